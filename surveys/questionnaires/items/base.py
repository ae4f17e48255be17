"""What every kind of item knows of itself.

A kind has a module here and templates of the same name: `templates/respond/items/` for the questionnaire page and
`templates/staff/paper/items/` for the printed ballot; where it needs a script of its own, that is in `static/js/`. The
rest of the package asks the item and switches on no kind.
"""

from __future__ import annotations

import re
import unicodedata
from abc import ABC
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from surveys.inputs.identifiers import fold, half_width
from surveys.inputs.problems import Faults, InputError, Problem
from surveys.inputs.text import Text, clean, pick
from surveys.inputs.translations import Gettext
from surveys.inputs.values import (
    as_code,
    as_codes,
    as_flag,
    as_list,
    as_table,
    check_names,
    read_optional_text,
    read_text,
)

Fields = Mapping[str, list[str]]
"""The fields of a form with the values typed. An answer's fields begin with the index of its slot."""


@dataclass(frozen=True)
class Option:
    """One answer of a choice."""

    code: str
    text: Text


@dataclass(frozen=True)
class Condition:
    """Shows an item only when `item` ("*": any of the section) was answered by one of `answers` (codes)."""

    item: str
    answers: frozenset[str]


@dataclass(frozen=True)
class Reading:
    """What a form's fields came to: packed bytes, whether nothing was answered, and the problem if it is no answer.

    `codes` are those of the answers given, which conditions look at; `remark` is a text, which is stored apart.
    """

    packed: bytes
    blank: bool
    codes: frozenset[str] = frozenset()
    remark: str = ""
    problem: Problem | None = None


@dataclass(frozen=True)
class Keys:
    """How an answer on a paper ballot is typed: with one key, or up to `size` characters and Enter.

    `twice`: by both clerks, and compared.
    """

    one: bool
    size: int
    twice: bool = True


@dataclass(frozen=True)
class Totals:
    """Answers counted, by group: who answered n (G), counts of each answer (G, A), sums of figures (G, F)."""

    n: NDArray[np.int64]
    counts: NDArray[np.int64]
    sums: NDArray[np.float64]

    def __add__(self, other: Totals) -> Totals:
        return Totals(self.n + other.n, self.counts + other.counts, self.sums + other.sums)


@dataclass(frozen=True)
class AnswerLine:
    """One line of an item's result: an answer with its count (its share is of those who answered), or a mean."""

    text: str
    count: int | None = None
    mean: float | None = None
    decimals: int = 0
    """How many decimals the numbers have that the mean is of: it is shown with no fewer."""


BLANK_KEY, BLANK_DIGIT = ".", "9"
"""What a clerk types for a blank; the digit where an answer takes one key."""

MOST_ON_ONE_KEY = 8


HINT_LIMIT = 300
"""The longest hint, in characters."""

COMMON_NAMES = ("code", "type", "text", "hint", "criterion", "required", "when", "groups")
"""What every definition may say."""


@dataclass(frozen=True, kw_only=True)
class Item(ABC):
    """One question of a questionnaire."""

    type: ClassVar[str]
    asks: ClassVar[bool] = True
    """Whether it wants an answer; a note does not."""
    remarkable: ClassVar[bool] = False
    """Whether its answer is a remark."""
    names: ClassVar[tuple[str, ...]] = ()
    """What the definition of this kind may say beside COMMON_NAMES."""
    script: ClassVar[str] = ""
    """A file in static/js/ that makes answering it easier, where there is one."""

    code: str
    text: Text
    hint: Text | None = None
    """What helps to answer it, shown below the question."""
    criterion: Text | None = None
    required: bool = False
    when: Condition | None = None
    groups: tuple[str, ...] = ()
    """The codes of the groups that see it; none: everyone."""

    # The definition.

    @classmethod
    def read(cls, row: Mapping[str, Any], where: str, scales: Mapping[str, Any]) -> Self:
        """The item from plain data. Raises InputError with the place of a fault."""
        return cls(**cls.read_common(row, where))

    @classmethod
    def read_common(cls, row: Mapping[str, Any], where: str, *, required: bool = False) -> dict[str, Any]:
        """What all kinds have in common, as arguments of the constructor."""
        faults = Faults()
        common = {
            "code": faults.take(lambda: as_code(row.get("code"), f"{where}.code")),
            "text": faults.take(lambda: read_text(row.get("text"), f"{where}.text", limit=500, lines=True)),
            "hint": faults.take(
                lambda: read_optional_text(row.get("hint"), f"{where}.hint", limit=HINT_LIMIT, lines=True)
            ),
            "criterion": faults.take(lambda: read_optional_text(row.get("criterion"), f"{where}.criterion", limit=50)),
            "required": faults.take(lambda: as_flag(row.get("required", required), f"{where}.required")),
            "when": faults.take(lambda: _read_when(row.get("when"), f"{where}.when")),
            "groups": faults.take(lambda: _read_groups(row.get("groups"), f"{where}.groups")),
        }
        faults.check()
        return common

    def with_units(self, units: Sequence[Option]) -> Item:
        """The item as it is asked in a survey of these units."""
        return self

    def seen_by(self, group: str) -> bool:
        """Whether a group (its code) is asked it."""
        return not self.groups or fold(group) in map(fold, self.groups)

    @property
    def seconds(self) -> float:
        """How long it takes to answer; nothing for what most people leave out."""
        return 0.0

    @property
    def answer_codes(self) -> tuple[str, ...]:
        """The codes of its answers by position, which conditions can name."""
        return ()

    def fields_given(self, answers: frozenset[str], name: str) -> list[tuple[str, str]]:
        """The fields of a form with the values that stand for these answers (codes): what shows a follow-up."""
        return [(name, str(position)) for position, code in enumerate(self.answer_codes, 1) if code in answers]

    def name(self, language: str) -> str:
        """Its criterion or, where it has none, its text."""
        return pick(self.criterion or self.text, language)

    # A form.

    @property
    def most_values(self) -> int:
        """How many values one of its fields can have."""
        return 1

    @property
    def most_characters(self) -> int:
        """How many characters such a value can have."""
        return 10

    def field_names(self, name: str) -> tuple[str, ...]:
        """Its fields in a form; `name` is that of its slot."""
        return (name,)

    def text_field(self, name: str) -> str:
        """The field of a text that goes with its answer and becomes a remark; empty where there is none."""
        return ""

    # A packed ballot: `width` bytes, all zero where it was not asked.

    @property
    def width(self) -> int:
        """Bytes in a packed ballot."""
        return 0

    @property
    def blank(self) -> bytes:
        """The bytes of an answer that was left out."""
        return b""

    def read_form(self, fields: Fields, name: str) -> Reading:
        """Check and pack what stands in the fields of a form; `name` is that of its slot."""
        raise NotImplementedError(self.type)

    def describe(self, packed: bytes) -> str:
        """A packed answer in words, for csv. Empty: not asked. "-": left blank. "?": don't know."""
        raise NotImplementedError(self.type)

    def read_cell(self, cell: str, name: str) -> dict[str, list[str]]:
        """A cell of a table as fields of a form. Raises ValueError for what is no answer."""
        raise NotImplementedError(self.type)

    # Typing a paper ballot.

    def keys(self) -> Keys:
        """How it is typed."""
        raise NotImplementedError(self.type)

    def typing_hint(self, gettext: Gettext) -> str:
        """What a clerk must know to type it; empty where it is plain."""
        return ""

    def canonical(self, typed: str) -> str:
        """What was typed, in one way of writing it; empty for a blank. Raises ValueError for what is no answer."""
        raise NotImplementedError(self.type)

    def typed_fields(self, typed: str, name: str) -> dict[str, list[str]]:
        """A canonical answer as fields of a form."""
        return {name: typed.split(" ")}

    # The result, of what is not a score.

    def tally(self, raw: NDArray[np.uint8], groups: NDArray[np.int64], group_count: int) -> Totals | None:
        """Count packed answers (n, width) of groups (n); None where there is nothing to count."""
        return None

    def lines(self, counts: Sequence[int], means: Sequence[float], language: str, gettext: Gettext) -> list[AnswerLine]:
        """The result in words, from the counts of each answer and the means of each figure."""
        return []


def _read_when(data: object, where: str) -> Condition | None:
    if data is None:
        return None
    row = as_table(data, where)
    check_names(row, ("item", "in"), where)
    faults, item = Faults(), row.get("item", "*")
    if item != "*":
        faults.take(lambda: as_code(item, f"{where}.item"))
    answers = faults.take(lambda: as_codes(row.get("in"), f"{where}.in"))
    faults.check()
    return Condition(item, frozenset(answers))


def _read_groups(data: object, where: str) -> tuple[str, ...]:
    """Groups as they are written: by their codes or names, which only a survey knows (campaigns/asked_groups.py)."""
    if data is None:
        return ()
    faults = Faults()
    names = faults.each(as_list(data, where), lambda name, number: _group_name(name, f"{where}[{number}]"))
    faults.check()
    if not names:
        raise InputError(Problem("Name at least one group, or leave this out: then every group is asked.", where))
    if len({fold(name) for name in names}) < len(names):
        raise InputError(Problem("A group is named twice.", where))
    return tuple(names)


def _group_name(data: object, where: str) -> str:
    name = clean(data) if isinstance(data, str) else ""
    if not name:
        raise InputError(Problem("A text is missing.", where))
    if len(name) > 50:
        raise InputError(Problem("The text is longer than %(limit)s characters.", where, limit=50))
    return name


ROOM = 4
"""So many times the characters that an answer may have are looked at: cleaning leaves some out and joins others."""


def typed_in(fields: Fields, name: str, most: int) -> str:
    """The first value of a field, cleaned. Of one that is far too long the beginning, with a mark that no answer has."""
    text = (fields.get(name) or [""])[0]
    return clean(text if len(text) <= ROOM * most else text[:most] + "\N{HORIZONTAL ELLIPSIS}")


def folded(typed: str) -> str:
    """What was typed on a number pad or by a Chinese input method: half width, single spaces, "." for "。"."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", typed)).strip().replace("。", BLANK_KEY)


def is_blank_typed(text: str, *, one_key: bool) -> bool:
    """Whether a clerk typed a blank."""
    return text in ("", BLANK_KEY) or (one_key and text in ("0", BLANK_DIGIT))


def position_of(cell: str, words: Sequence[Sequence[str]]) -> int:
    """The position of an answer given by word, code or position; words win over positions.

    Raises ValueError: no such answer, or two of this name.
    """
    wanted = fold(cell)
    found = [position for position, names in enumerate(words, 1) if wanted in map(fold, names)]
    if len(found) > 1:
        raise ValueError(cell)
    if found:
        return found[0]
    digits = half_width(cell)
    if digits.isascii() and digits.isdigit() and len(digits) < 10 and 1 <= int(digits) <= len(words):
        return int(digits)
    raise ValueError(cell)


def whole_numbers(raw: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Packed answers (n, width) of 1, 2 or 4 bytes as whole numbers (n)."""
    dtype = {1: "u1", 2: "<u2", 4: "<u4"}[raw.shape[1]]
    return np.ascontiguousarray(raw).view(dtype).ravel().astype(np.int64)


def count_positions(
    values: NDArray[np.int64], valid: NDArray[np.bool_], groups: NDArray[np.int64], group_count: int, answers: int
) -> Totals:
    """Totals of answers that are positions from 1."""
    given, of = values[valid], groups[valid]
    counts = np.bincount(of * answers + given - 1, minlength=group_count * answers).reshape(group_count, answers)
    return Totals(np.bincount(of, minlength=group_count), counts, np.zeros((group_count, 0)))
