"""A choice of one option, or of one of the survey's units.

Packed as two bytes: 0 not asked, from 1 the position of the option, 65535 left blank.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from surveys.inputs.problems import Faults, Problem
from surveys.inputs.text import pick
from surveys.inputs.translations import Gettext
from surveys.questionnaires.items.base import (
    MOST_ON_ONE_KEY,
    AnswerLine,
    Fields,
    Item,
    Keys,
    Option,
    Reading,
    Totals,
    count_positions,
    folded,
    is_blank_typed,
    position_of,
    whole_numbers,
)
from surveys.questionnaires.items.options import OTHER, ItemWithOther, chosen_positions, read_options, read_other

MAX_OPTIONS = 250
_BLANK = 0xFFFF


@dataclass(frozen=True, kw_only=True)
class ChoiceItem(ItemWithOther):
    """A choice. `units_as_options`: the options are the units of the survey."""

    type: ClassVar[str] = "choice"
    names: ClassVar[tuple[str, ...]] = ("options", "other")

    units_as_options: bool = False

    @classmethod
    def read(cls, row: Mapping[str, Any], where: str, scales: Mapping[str, Any]) -> Self:
        from_units, faults = row.get("options") == "units", Faults()
        options: tuple[Option, ...] = ()
        if not from_units:
            options = faults.take(lambda: read_options(row.get("options"), MAX_OPTIONS, f"{where}.options"))
        elif row.get("other", False) is not False:
            faults.note("Where the options are the units of the survey, there is no other answer.", f"{where}.other")
        common = faults.take(lambda: cls.read_common(row, where))
        faults.check()
        options = read_other(row, options, MAX_OPTIONS, where)
        return cls(**common, options=options, units_as_options=from_units, other=bool(row.get("other", False)))

    def with_units(self, units: Sequence[Option]) -> Item:
        return replace(self, options=tuple(units)) if self.units_as_options else self

    @property
    def seconds(self) -> float:
        return 5.0

    @property
    def width(self) -> int:
        return 2

    @property
    def blank(self) -> bytes:
        return _BLANK.to_bytes(2, "little")

    def read_form(self, fields: Fields, name: str) -> Reading:
        chosen, problem = chosen_positions(fields.get(name, []), len(self.options))
        text, wrong = self.text_typed(fields, name)
        if text and not chosen and problem is None:
            chosen = [len(self.options)]  # who writes what it is means "other"
        if not chosen:
            return Reading(self.blank, True, problem=problem or wrong)
        answer = self.options[chosen[0] - 1].code
        if text and answer != OTHER.code:
            wrong = Problem("Choose “Other” for what you wrote beside it, or clear the text.")
        reading = Reading(chosen[0].to_bytes(2, "little"), False, frozenset((answer,)), problem=problem)
        return self.with_text(reading, text, wrong)

    def describe(self, packed: bytes) -> str:
        value = int.from_bytes(packed, "little")
        return "" if not value else "-" if value == _BLANK else self.options[value - 1].code

    def read_cell(self, cell: str, name: str) -> dict[str, list[str]]:
        words = [[option.code, *option.text.values()] for option in self.options]
        return {name: [str(position_of(cell.strip(), words))]}

    def keys(self) -> Keys:
        return Keys(len(self.options) <= MOST_ON_ONE_KEY, 3)

    def canonical(self, typed: str) -> str:
        text = folded(typed)
        if is_blank_typed(text, one_key=self.keys().one):
            return ""
        if not text.isdecimal() or not 1 <= int(text) <= len(self.options):
            raise ValueError(typed)
        return str(int(text))

    def tally(self, raw: NDArray[np.uint8], groups: NDArray[np.int64], group_count: int) -> Totals:
        values = whole_numbers(raw)
        return count_positions(values, (values > 0) & (values != _BLANK), groups, group_count, len(self.options))

    def lines(self, counts: Sequence[int], means: Sequence[float], language: str, gettext: Gettext) -> list[AnswerLine]:
        texts = [pick(option.text, language) for option in self.options]
        return [AnswerLine(text, count) for text, count in zip(texts, counts, strict=True)]
