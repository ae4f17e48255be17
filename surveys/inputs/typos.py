"""Whether one text is another one with its typos corrected. In doubt it is not.

A typo is: other punctuation, spaces or capitals; a Chinese character for one that sounds the same or looks alike, as input methods
and tired eyes confuse them; two neighbouring characters in the wrong order; a character that is there twice; 的, 地 or 得 left out or
too many; in a longer word of Latin letters two letters in the wrong order, or one letter too few or too many. Numbers, short
words, negations and other signs stay as they are.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from surveys.inputs.identifiers import half_width

_TOKEN = re.compile(r"[A-Za-z]+|\S")
_FREE = frozenset(" ,.;:?!'\"()，。、；：？！“”‘’（）《》〈〉【】—…·\n")
_PARTICLES = frozenset("的地得")
_DECISIVE = frozenset("不没無无非未否勿莫别零〇一二两三四五六七八九十百千万")
_LOOK_ALIKE = tuple(
    map(frozenset, ("帅师", "己已巳", "人入", "土士", "日曰", "侯候", "拔拨", "徒徙", "免兔", "折拆", "析折", "戍戌戊戎", "辨辩辫",
                    "既即", "暑署", "薄簿", "密蜜", "账帐", "坐座", "平评", "代带", "部陪", "间问", "今令", "治冶", "准淮", "凉谅", "晴睛", "竟竞"))
)  # fmt: skip
_MIN_LETTERS = 5


def is_typo(old: str, new: str) -> bool:
    """Whether `new` is `old` with a few typos corrected: at most two, or one in ten characters."""
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
    return tuple(min(_sounds(word)) if _chinese(word) else word for word in _tokens(text))


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
    """Words of Latin letters and single characters, without punctuation and spaces, in half width and small letters."""
    return [token.lower() for token in _TOKEN.findall(half_width(text)) if token not in _FREE]


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
    if i and j:
        one, other = before[i - 1], after[j - 1]
        cost = 0 if one == other else 1 if _confused(one, other) else None
        if cost is not None:
            ways.append(rows[i - 1].get(j - 1, far) + cost)
    if (
        i > 1
        and j > 1
        and before[i - 2 : i] == [after[j - 1], after[j - 2]]
        and _chinese(before[i - 1])
        and _chinese(before[i - 2])
    ):
        ways.append(rows[i - 2].get(j - 2, far) + 1)
    if i and _is_spare(before, i - 1):
        ways.append(rows[i - 1].get(j, far) + 1)
    if j and _is_spare(after, j - 1):
        ways.append(row.get(j - 1, far) + 1)
    return ways


def _is_spare(tokens: Sequence[str], at: int) -> bool:
    """Whether a token can be left out or too many: a particle, or one that is there twice in a row."""
    token = tokens[at]
    twice = (at > 0 and tokens[at - 1] == token) or (at + 1 < len(tokens) and tokens[at + 1] == token)
    return token in _PARTICLES or (twice and (_chinese(token) or token.isalpha()))


def _confused(one: str, other: str) -> bool:
    if _chinese(one) and _chinese(other):
        return bool(_sounds(one) & _sounds(other)) or any(one in pair and other in pair for pair in _LOOK_ALIKE)
    if not (one.isascii() and other.isascii() and one.isalpha() and other.isalpha()):
        return False
    return (
        min(len(one), len(other)) >= _MIN_LETTERS - 1
        and max(len(one), len(other)) >= _MIN_LETTERS
        and _misspelt(one, other)
    )


def _misspelt(one: str, other: str) -> bool:
    """Whether two words differ by neighbouring letters in another order, or by one letter too few or too many, not the first."""
    if one[0] != other[0]:
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
    return len(long) == len(short) + 1 and any(long[:at] + long[at + 1 :] == short for at in range(1, len(long)))


def _chinese(token: str) -> bool:
    return len(token) == 1 and "\u4e00" <= token <= "\u9fff"


@lru_cache(maxsize=8000)
def _sounds(character: str) -> frozenset[str]:
    """The readings of a character without tones, and without what many speakers do not tell apart: zh and z, ing and in."""
    from pypinyin import Style, pinyin  # half a second, which not every command needs

    readings = pinyin(character, style=Style.NORMAL, heteronym=True)[0]
    return frozenset(re.sub(r"(?<=^[zcs])h|(?<=[aei]n)g$", "", reading) for reading in readings)
