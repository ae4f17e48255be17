"""The lines of a pasted text: what is a number, an answer, a mark, a cell. Each costs no more than its length.

Lines are bounded, and runs of spaces, tabs and underscores are shortened before a pattern sees them, so that no pattern
can try such a run from each of its characters.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice, pairwise

from surveys.inputs.identifiers import half_width
from surveys.inputs.problems import Faults, InputError, Problem
from surveys.inputs.text import clean

MAX_TEXT, MAX_LINE, MAX_LINES = 200_000, 4_000, 5_000

_DIGITS = "一二三四五六七八九十"
_NUMBERED = re.compile(
    rf"(?P<star>[*＊]?)\s?(?P<front>[Qq问第(（]?)\s?(?P<number>\d{{1,3}}|[{_DIGITS}]{{1,3}})\s?"
    r"(?P<sign>[.．、:：)）]|题\s?[.．、:：]?|(?=\s))\s?\s?(?P<text>\S.*)"
)
_PART = re.compile(
    rf"第\s?(?:\d{{1,2}}|[{_DIGITS}]{{1,3}})\s?(?:部分|部份|篇|章|单元|节|大题)[\s.．、:：]*(?P<text>\S.*)"
)
_BOXES = "○●◯◎□■☐☑◆▪"
_CIRCLED = "①-⑳"
_BARE_LETTER = re.compile(r"(?P<letter>[A-Z])(?:\s{1,2}(?=\S)|(?=[^\x00-\x7f]))(?P<text>.+)")
_NEXT_BARE_LETTER = re.compile(r"\s{1,2}(?=[B-Z](?:\s|[^\x00-\x7f]))")
_LETTER = re.compile(r"[(（]?(?P<letter>[A-Za-zＡ-Ｚａ-ｚ])\s?[.．、:：)）]")
_FRONT = re.compile(rf"[{_BOXES}{_CIRCLED}√•·\-–]|[(（\[]\s?\s?[)）\]]")
_NEXT_BOX = re.compile(rf"[{_BOXES}{_CIRCLED}]|(?<=\s)[(（\[]\s?\s?[)）\]]")
_LETTER_CLASS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
_BLANK_CELL = "○●◯◎□■☐☑()（）[]-_＿ \t"
_NEXT_NUMBER = re.compile(r"(?:(?P<front>[(（])|(?<=\s))(?P<number>\d{1,2})(?P<sign>[)）.．、])(?!\d)")
_NUMBER_TOKEN = re.compile(r"(?P<number>\d{1,2})分?")

NEAR = ({".", "、"}, {"一.", "一、"})
"""Ways of writing the numbers of questions that are one: Word makes one of the other."""
NAMED = "Q"
"""The writing of numbers that say themselves that they are a question's: Q1, 第1题."""


@dataclass(frozen=True)
class Line:
    """A line that is not empty, with its number in the text. `indented`: it began with a tab or a wide space."""

    number: int
    text: str
    indented: bool = False


@dataclass(frozen=True)
class Numbered:
    """A line that begins with a number: its value, how the number is written, and the text behind it."""

    value: int
    writing: str
    text: str
    star: bool
    in_digits: bool

    def is_near(self, writing: str) -> bool:
        """Whether Word could have made one writing of the other."""
        return self.writing == writing or {self.writing, writing} in NEAR


def lines_of(text: str, faults: Faults) -> list[Line]:
    """All lines that are not empty, cleaned; those that are too long are named. Raises InputError: too many."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        if len(line) > MAX_LINE:
            faults.problems.append(Problem("This line has more than %(limit)s characters.", "", number, limit=MAX_LINE))
            continue
        parts = [_shortened(clean(part, lines=True)) for part in line.split("\t")]
        joined = "\t".join(part for part in parts if part)
        if joined:
            found.append(Line(number, joined, line[:2].isspace() or line[:1] in ("\t", "\u3000")))
    if len(found) > MAX_LINES:
        raise InputError(Problem("The text has more than %(limit)s lines.", limit=MAX_LINES))
    return found


def _shortened(text: str) -> str:
    """Two spaces for more of them, four underscores for more."""
    return re.sub(r"[_＿]{5,}", "____", re.sub(r"\s{2,}", "  ", text))


def numbered(line: str) -> Numbered | None:
    """The line as one that begins with a number; None for another one."""
    found = _NUMBERED.fullmatch(line)
    if found is None:
        return None
    front, sign = half_width(found["front"]), half_width(found["sign"][:1])
    by_name = front in ("Q", "q", "问", "第") or sign == "题"
    if (front == "(" and sign != ")") or (front == "第" and sign != "题") or not (sign or by_name):
        return None
    number = half_width(found["number"])
    in_digits = number.isdecimal()
    writing = NAMED if by_name else ("" if in_digits else "一") + ("()" if front == "(" else sign)
    return Numbered(_value(number), writing, found["text"], bool(found["star"]), in_digits)


def _value(number: str) -> int:
    """1 for "1" or "一"; 12 for "十二"; 0 for what is no number."""
    if number.isdecimal():
        return int(number)
    tens, ten, ones = number.partition("十")
    if not ten:
        return _DIGITS.find(number) + 1 if len(number) == 1 else 0
    return 10 * (_DIGITS.find(tens) + 1 if tens else 1) + (_DIGITS.find(ones) + 1 if ones else 0)


def has_blank(line: str) -> bool:
    """Whether a line has a place to write on."""
    return re.search(r"[_＿]{2,}", line) is not None


def part_title(line: str) -> str:
    """The title behind "第一部分"; empty for another line."""
    found = _PART.fullmatch(line)
    return found["text"] if found else ""


def first_letter(line: str) -> str:
    """The letter with which a line of answers begins, such as A; empty where it has none."""
    found = _LETTER.match(line)
    return half_width(found["letter"]).upper() if found else ""


def answers_of(line: str, *, before: str = "", crowded: bool = True) -> list[str]:
    """The answers on a line; none if it is no line of answers.

    `before` is the letter with which the next line begins: the answers of this line have letters before it. `crowded`: a
    letter may stand without a space behind the answer before it.
    """
    found = _LETTER.match(line)
    if found:
        return _lettered(line, found, before, crowded)
    found = _FRONT.match(line)
    if not found:
        return []
    starts = [found, *_NEXT_BOX.finditer(line, found.end())]
    ends = [*(start.start() for start in starts[1:]), len(line)]
    texts = [line[start.end() : end].strip() for start, end in zip(starts, ends, strict=True)]
    return [text for text in map(_without_letter, _without_signs(texts)) if text]


def _lettered(line: str, found: re.Match[str], before: str, crowded: bool) -> list[str]:
    """Answers with letters in their order: A, B, C."""
    texts, start, last = [], found.end(), half_width(found["letter"])
    for one in _LETTER.finditer(line, found.end()):
        at, letter = one.start(), half_width(one["letter"])
        spaced = line[at - 1].isspace()
        follows = ord(letter) == ord(last) + 1 and not (before and letter.upper() >= before)
        if follows and (spaced or (crowded and line[at - 1] not in _LETTER_CLASS)) and line[start:at].strip():
            texts.append(line[start:at].strip())
            start, last = one.end(), letter
    return [text for text in _without_signs([*texts, line[start:].strip()]) if text]


def _without_letter(text: str) -> str:
    """An answer with a box and a letter before it, "○A.大一", without the letter."""
    found = _LETTER.match(text)
    return text[found.end() :].strip() if found else text


def split_list(text: str, value: int, writing: str) -> list[str]:
    """What stands behind a number of a list, parted where the next numbers follow on the same line: "学生 （2）教师"."""
    parts, start = list[str](), 0
    for found in _NEXT_NUMBER.finditer(text):
        sign = "()" if found["front"] else half_width(found["sign"])
        if (
            int(half_width(found["number"])) == value + len(parts) + 1
            and sign == writing
            and text[start : found.start()].strip()
        ):
            parts.append(text[start : found.start()].strip())
            start = found.end()
    return _without_signs([*parts, text[start:].strip()])


def _without_signs(texts: list[str]) -> list[str]:
    """Answers of one line without the signs that part them."""
    return [text.rstrip(" ；;") for text in texts] if len(texts) > 1 else texts


def bare_letters(lines: list[str]) -> list[str]:
    """The answers of lines such as "A 学生" and "B 教师", if they all are, in order and two at least."""
    found = [_BARE_LETTER.fullmatch(part) for line in lines for part in _NEXT_BARE_LETTER.split(line)]
    texts = [one["text"] for one in found if one]
    in_order = all(one and ord(one["letter"]) == ord("A") + at for at, one in enumerate(found))
    return texts if len(texts) > 1 and in_order else []


def split_answers(text: str, below: str) -> tuple[str, str]:
    """A question's text, and the answers that stand on its line; `below` is the letter of the first line under it."""
    box = re.search(rf"[{_BOXES}①]", text)
    if box and box.start() > 0 and len(answers_of(text[box.start() :])) > 1:
        return text[: box.start()], text[box.start() :]
    for found in islice(_LETTER.finditer(text), 3):
        at = found.start()
        if half_width(found["letter"]).upper() == "A" and at > 0 and text[at - 1] not in _LETTER_CLASS:
            several = len(answers_of(text[at:], before=below)) > 1
            if several or below == "B":
                return text[:at], text[at:]
    bare = re.search(r"(?<=[\s:：？?])A(?=\s|[^\x00-\x7f])", text)
    return (text[: bare.start()], text[bare.start() :]) if bare and bare_letters([text[bare.start() :]]) else (text, "")


def cells(line: str) -> list[str]:
    """The cells of a row of a table: parted by tabs, wide spaces or bars."""
    return [cell.strip() for cell in re.split(r"\t|\s{2,}|[|｜]", line) if cell.strip()]


def row_cells(line: str) -> tuple[str, int]:
    """A row of a table without the boxes or blanks at its end, and their number."""
    name = line.rstrip(_BLANK_CELL + "|｜")
    end = line[len(name) :]
    return name.strip(" \t|｜"), len(re.findall(rf"[{_BOXES}]|[(（\[]\s?\s?[)）\]]|[_＿]+", end))


@dataclass(frozen=True)
class Run:
    """Numbers in a row, such as ○1 ○2 ○3 ○4 ○5, with the words at both ends."""

    low: str
    numbers: list[int]
    high: str

    @property
    def words(self) -> list[str]:
        """The answers in words: "1 很不满意", "2", …, "5 很满意"."""
        first, *middle, last = map(str, self.numbers)
        return [f"{first} {self.low}".strip(), *middle, f"{last} {self.high}".strip()]


def run_of_numbers(line: str) -> Run | None:
    """A line as numbers in a row, each one more or each one less than the one before; None for another line."""
    tokens = re.sub(rf"[{_BOXES}]\s?\s?(\d{{1,2}}分?)?", r" \1 ", line).split()
    found = [_NUMBER_TOKEN.fullmatch(token) for token in tokens]
    places = [at for at, one in enumerate(found) if one]
    numbers = [int(one["number"]) for one in found if one]
    if len(numbers) < 3 or places[-1] - places[0] != len(places) - 1:
        return None
    steps = {later - earlier for earlier, later in pairwise(numbers)}
    if steps not in ({1}, {-1}):
        return None
    return Run(" ".join(tokens[: places[0]]), numbers, " ".join(tokens[places[-1] + 1 :]))
