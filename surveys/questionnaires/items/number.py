"""A whole number within bounds. Packed as four bytes: 0 not asked, value − low + 1, 2³² − 1 left blank."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from surveys.inputs.problems import Faults, InputError, Problem
from surveys.inputs.translations import Gettext
from surveys.inputs.values import as_whole
from surveys.questionnaires.items.base import (
    AnswerLine,
    Fields,
    Item,
    Keys,
    Reading,
    Totals,
    folded,
    is_blank_typed,
    typed_in,
    whole_numbers,
)

_BLANK = 0xFFFFFFFF


@dataclass(frozen=True, kw_only=True)
class NumberItem(Item):
    """A number from `low` to `high`."""

    type: ClassVar[str] = "number"
    names: ClassVar[tuple[str, ...]] = ("low", "high")

    low: int = 0
    high: int = 1_000_000

    @classmethod
    def read(cls, row: Mapping[str, Any], where: str, scales: Mapping[str, Any]) -> Self:
        faults = Faults()
        low = faults.take(lambda: as_whole(row.get("low", 0), 0, 10**9, f"{where}.low"))
        high = faults.take(lambda: as_whole(row.get("high", 10**6), 0, 10**9, f"{where}.high"))
        common = faults.take(lambda: cls.read_common(row, where))
        faults.check()
        if low > high:
            raise InputError(Problem("The lowest number is above the highest.", where))
        return cls(**common, low=low, high=high)

    @property
    def seconds(self) -> float:
        return 8.0

    @property
    def width(self) -> int:
        return 4

    @property
    def blank(self) -> bytes:
        return _BLANK.to_bytes(4, "little")

    def read_form(self, fields: Fields, name: str) -> Reading:
        text = typed_in(fields, name, self.most_characters)
        if not text:
            return Reading(self.blank, True)
        if text.isdecimal() and len(text) <= 10 and self.low <= int(text) <= self.high:
            return Reading((int(text) - self.low + 1).to_bytes(4, "little"), False)
        problem = Problem("A whole number from %(low)s to %(high)s is expected.", low=self.low, high=self.high)
        return Reading(self.blank, True, problem=problem)

    def describe(self, packed: bytes) -> str:
        value = int.from_bytes(packed, "little")
        return "" if not value else "-" if value == _BLANK else str(value - 1 + self.low)

    def read_cell(self, cell: str, name: str) -> dict[str, list[str]]:
        return {name: [cell]}

    def keys(self) -> Keys:
        return Keys(False, 10)

    def typing_hint(self, gettext: Gettext) -> str:
        return gettext("A whole number from %(low)s to %(high)s", low=self.low, high=self.high)

    def canonical(self, typed: str) -> str:
        text = folded(typed)
        if is_blank_typed(text, one_key=False):
            return ""
        if not text.isdecimal() or not self.low <= int(text) <= self.high:
            raise ValueError(typed)
        return str(int(text))

    def tally(self, raw: NDArray[np.uint8], groups: NDArray[np.int64], group_count: int) -> Totals:
        values = whole_numbers(raw)
        valid = (values > 0) & (values != _BLANK)
        given, of = values[valid], groups[valid]
        sums = np.bincount(of, weights=(given - 1 + self.low).astype(float), minlength=group_count).astype(float)
        return Totals(np.bincount(of, minlength=group_count), np.zeros((group_count, 0), np.int64), sums[:, None])

    def lines(self, counts: Sequence[int], means: Sequence[float], language: str, gettext: Gettext) -> list[AnswerLine]:
        return [AnswerLine(gettext("Mean"), mean=mean) for mean in means]
