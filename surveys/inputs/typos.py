"""Whether one text is another one with its typos corrected. In doubt it is not: what may be another word may mean something else.

A typo is: other punctuation, spaces or capitals, but not between digits; a well-known misspelling that is no word (`MISSPELT`); a
character that is there twice, or only once where it should be twice; 的 and 地 and 得 for each other, or 的 left out or too many, where
they are part of no word; in a longer word of Latin letters two letters in the wrong order, or one of two equal letters too few or too
many. Numbers, short words, negations, other signs, and every other Chinese character stay as they are.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from surveys.inputs.identifiers import half_width
from surveys.inputs.misspelt import LATIN_WORDS, MISSPELT

_TOKEN = re.compile(r"[A-Za-z]+|(?P<between>(?<=[0-9])[^\w]+(?=[0-9]))|\S")
_FREE = frozenset(" ,.;:?!'\"()，。、；：？！“”‘’（）《》〈〉【】—…·\n")
_PARTICLES = frozenset("的地得")
_DECISIVE = frozenset("不没無无非未否勿莫别零〇一二两三四五六七八九十百千万")
_MIN_LETTERS = 5
_LONGEST_WORD = 4
_REPEATED = frozenset(
    "人天年月日事家处个种样条件次回层步代户时分点多常渐刚往偏仅好大小高长早晚慢轻深远久满红白看想说谈问听试走坐等笑帮爸妈哥姐弟妹爷奶叔公星娃"
)
"""Characters that are words when they are there twice."""
_RIGHT_TOKENS = re.compile("|".join("\0".join(wrong) for wrong in MISSPELT))


def is_typo(old: str, new: str) -> bool:
    """Whether `new` is `old` with a few typos corrected: known misspellings, and at most two others or one in ten characters."""
    before, after = _tokens(old), _tokens(new)
    if not before or not after:
        return old == new
    if Counter(token for token in before if token in _DECISIVE) != Counter(
        token for token in after if token in _DECISIVE
    ):
        return False
    most = max(2, len(before) // 10)
    if abs(len(before) - len(after)) > most:
        return False
    steps = _steps(before, after, most)
    return steps is not None and 2 * steps <= max(2, len(before))


def sounds_of(text: str) -> tuple[str, ...]:
    """What two texts have in common that differ by no more than characters that sound the same, punctuation and case."""
    return tuple(min(_sounds(word)) if _chinese(word) else word for word in _split(text))


def around_the_difference(old: str, new: str, reach: int = 12) -> tuple[str, str]:
    """Both texts around the place where they differ, with "…" for what is left out."""
    start = next(
        (at for at, (one, other) in enumerate(zip(old, new, strict=False)) if one != other), min(len(old), len(new))
    )
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1

    def part(text: str) -> str:
        first, last = max(0, start - reach), min(len(text), max(start, len(text) - end) + reach)
        middle = text[first:last]
        middle = middle if len(middle) <= 4 * reach else middle[: 4 * reach] + "…"
        return ("…" if first else "") + middle + ("…" if last < len(text) else "")

    return part(old), part(new)


def _tokens(text: str) -> list[str]:
    """The words of a text, with known misspellings put right."""
    return list(
        _RIGHT_TOKENS.sub(lambda found: "\0".join(MISSPELT[found[0].replace("\0", "")]), "\0".join(_split(text))).split(
            "\0"
        )
    )


def _split(text: str) -> list[str]:
    """Words of Latin letters and single characters, without punctuation and spaces, in half width and small letters. What
    stands between two digits is kept: 10.5 is not 105."""
    tokens = []
    for match in _TOKEN.finditer(half_width(text)):
        token = match[0].lower()
        if match["between"]:
            tokens.append(token.strip() or " ")
        elif token not in _FREE:
            tokens.append(token)
    return tokens


def _steps(before: Sequence[str], after: Sequence[str], most: int) -> int | None:
    """How many typos lie between two lists of tokens, at most so many; None if there is no such way.

    Row by row, within the band that so many typos can leave.
    """
    impossible = most + 1
    rows: list[dict[int, int]] = []
    for i in range(len(before) + 1):
        row: dict[int, int] = {}
        for j in range(max(0, i - most), min(len(after), i + most) + 1):
            row[j] = min((cost for cost in _ways(before, after, i, j, rows, row)), default=impossible) if i or j else 0
        rows.append(row)
        if min([*row.values(), *rows[i - 1].values()]) > most:  # two rows: a swap leaps over one
            return None
    steps = rows[-1].get(len(after), impossible)
    return steps if steps <= most else None


def _ways(
    before: Sequence[str], after: Sequence[str], i: int, j: int, rows: list[dict[int, int]], row: dict[int, int]
) -> list[int]:
    """The costs of the ways to the first i and j tokens. `rows` are those before, `row` is this one so far."""
    far, ways = 10**6, []
    if i and j and (cost := _cost(before, i - 1, after, j - 1)) is not None:
        ways.append(rows[i - 1].get(j - 1, far) + cost)
    if i and _is_spare(before, i - 1):
        ways.append(rows[i - 1].get(j, far) + 1)
    if j and _is_spare(after, j - 1):
        ways.append(row.get(j - 1, far) + 1)
    return ways


def _cost(before: Sequence[str], at: int, after: Sequence[str], there: int) -> int | None:
    """0 for the same token, 1 for a typo of it, None for another one."""
    one, other = before[at], after[there]
    if one == other:
        return 0
    if one in _PARTICLES and other in _PARTICLES:
        return 1 if not _in_a_word(before, at) and not _in_a_word(after, there) else None
    long_enough = min(len(one), len(other)) >= _MIN_LETTERS - 1 and max(len(one), len(other)) >= _MIN_LETTERS
    return (
        1
        if one.isascii()
        and other.isascii()
        and one.isalpha()
        and other.isalpha()
        and long_enough
        and _misspelt(one, other)
        else None
    )


def _is_spare(tokens: Sequence[str], at: int) -> bool:
    """Whether a token can be left out or too many: 的, or one that is there twice in a row and is no word so, as 人人 is."""
    character = tokens[at]
    if character == "的" and not _in_a_word(tokens, at):
        return True
    twice = (at > 0 and tokens[at - 1] == character) or (at + 1 < len(tokens) and tokens[at + 1] == character)
    return (
        twice and (_chinese(character) or (character.isascii() and character.isalpha())) and character not in _REPEATED
    )


def _in_a_word(tokens: Sequence[str], at: int) -> bool:
    """Whether the character at a place may be part of a word of several, such as 土地 or 目的."""
    words = _words_with_particles()
    return any(
        "".join(tokens[start : start + length]) in words
        for length in range(2, _LONGEST_WORD + 1)
        for start in range(max(0, at - length + 1), at + 1)
        if start + length <= len(tokens)
    )


@lru_cache(maxsize=1)
def _words_with_particles() -> frozenset[str]:
    """Words with 的, 地 or 得: these have several readings, and pypinyin lists the words that decide which."""
    from pypinyin.phrases_dict import phrases_dict  # half a second, which not every command needs

    return frozenset(word for word in phrases_dict if len(word) <= _LONGEST_WORD and _PARTICLES & set(word))


def _misspelt(one: str, other: str) -> bool:
    """Whether two words differ by neighbouring letters in another order, or by one of two equal letters too few or too many,
    and are not both known as words."""
    if one[0] != other[0] or {one, other} <= LATIN_WORDS:
        return False
    if len(one) == len(other):
        places = [at for at, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]
        return (
            len(places) == 2
            and places[1] == places[0] + 1
            and one[places[0]] == other[places[1]]
            and one[places[1]] == other[places[0]]
        )
    short, long = sorted((one, other), key=len)
    return len(long) == len(short) + 1 and any(
        long[at] == long[at - 1] and long[:at] + long[at + 1 :] == short for at in range(1, len(long))
    )


def _chinese(token: str) -> bool:
    return len(token) == 1 and "\u4e00" <= token <= "\u9fff"


@lru_cache(maxsize=8000)
def _sounds(character: str) -> frozenset[str]:
    """The readings of a character without tones, and without what many speakers do not tell apart: zh and z, ing and in."""
    from pypinyin import Style, pinyin  # half a second, which not every command needs

    readings = pinyin(character, style=Style.NORMAL, heteronym=True)[0]
    return frozenset(re.sub(r"(?<=^[zcs])h|(?<=[aei]n)g$", "", reading) for reading in readings)
