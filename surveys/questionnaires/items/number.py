"""A number within bounds, whole or with decimals.

Packed as four bytes, counted in steps of its last decimal: 0 not asked, value − low + 1, 2³² − 1 left blank.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from surveys.inputs.problems import Faults, InputError, Problem
from surveys.inputs.translations import Gettext
from surveys.inputs.values import as_number, as_whole
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
HIGHEST = 10**9
MOST_DECIMALS = 4
MAX_STEPS = _BLANK - 2
"""So many steps lie between the bounds at most: the others are blank and not asked."""
_HIGH, _HIGH_OF_MANY_DECIMALS = 10**6, 10**5
_PARTS = re.compile(r"(?P<whole>\d{0,10})(?:(?P<sign>[.,])(?P<part>\d{1,10}))?")


def usual_highest(decimals: int) -> int:
    """Where numbers with so many decimals end, if nothing is said."""
    return _HIGH_OF_MANY_DECIMALS if decimals == MOST_DECIMALS else _HIGH


def _read_bound(value: object, decimals: int, where: str) -> int:
    """A bound in steps of the last decimal. Raises InputError."""
    exact = Decimal(repr(as_number(value, 0, HIGHEST, where))).scaleb(decimals)
    if exact != int(exact):
        if not decimals:
            as_whole(value, 0, HIGHEST, where)
        raise InputError(Problem("A bound has no more decimals than the number: %(n)s.", where, n=decimals))
    return int(exact)


@dataclass(frozen=True, kw_only=True)
class NumberItem(Item):
    """A number with `decimals` from `low` to `high`, which are given in steps of the last decimal."""

    type: ClassVar[str] = "number"
    names: ClassVar[tuple[str, ...]] = ("low", "high", "decimals")

    low: int = 0
    high: int = _HIGH
    decimals: int = 0

    @classmethod
    def read(cls, row: Mapping[str, Any], where: str, scales: Mapping[str, Any]) -> Self:
        faults = Faults()
        decimals = faults.take(lambda: as_whole(row.get("decimals", 0), 0, MOST_DECIMALS, f"{where}.decimals"))
        usual = usual_highest(decimals or 0)
        low = high = 0
        if decimals is not None:
            low = faults.take(lambda: _read_bound(row.get("low", 0), decimals, f"{where}.low"))
            high = faults.take(lambda: _read_bound(row.get("high", usual), decimals, f"{where}.high"))
        common = faults.take(lambda: cls.read_common(row, where))
        faults.check()
        if low > high:
            raise InputError(Problem("The lowest number is above the highest.", where))
        if high - low > MAX_STEPS:
            raise InputError(
                Problem("With so many decimals the bounds may be %(most)s apart at most.", f"{where}.high",
                        most=MAX_STEPS // 10**decimals)
            )  # fmt: skip
        return cls(**common, low=low, high=high, decimals=decimals)

    @property
    def seconds(self) -> float:
        return 8.0

    @property
    def most_characters(self) -> int:
        return 10 + (self.decimals + 1 if self.decimals else 0)

    @property
    def width(self) -> int:
        return 4

    @property
    def blank(self) -> bytes:
        return _BLANK.to_bytes(4, "little")

    def written(self, steps: int) -> str:
        """A value in steps as a number with all its decimals."""
        return str(Decimal(steps).scaleb(-self.decimals))

    @property
    def bounds(self) -> tuple[str, str]:
        """The bounds as they are said to people, without decimals that are zero."""
        low, high = (self.written(bound) for bound in (self.low, self.high))
        return (low, high) if not self.decimals else (_short(low), _short(high))

    def _steps(self, text: str) -> int:
        """A number as people write it, in steps. Raises ValueError for what is none within the bounds.

        A comma is a decimal sign unless it may part thousands: 1,500 is refused, 0,500 and 1,5 are not.
        """
        found = _PARTS.fullmatch(text)
        if found is None or not (found["whole"] or found["part"]) or (found["sign"] and not self.decimals):
            raise ValueError(text)
        whole, part = int(found["whole"] or 0), found["part"] or ""
        if found["sign"] == "," and (not found["whole"] or (len(part) == 3 and whole)):
            raise ValueError(text)
        exact = Decimal(f"{whole}.{part or 0}").scaleb(self.decimals)
        if exact != int(exact) or not self.low <= exact <= self.high:
            raise ValueError(text)
        return int(exact)

    def _pack(self, steps: int) -> bytes:
        return (steps - self.low + 1).to_bytes(4, "little")

    def read_form(self, fields: Fields, name: str) -> Reading:
        text = typed_in(fields, name, self.most_characters)
        if not text:
            return Reading(self.blank, True)
        try:
            return Reading(self._pack(self._steps(folded(text))), False)
        except ValueError:
            return Reading(self.blank, True, problem=self._expected())

    def _expected(self) -> Problem:
        low, high = self.bounds
        if not self.decimals:
            return Problem("A whole number from %(low)s to %(high)s is expected.", low=low, high=high)
        return Problem("A number from %(low)s to %(high)s is expected, decimals: at most %(n)s.",
                       low=low, high=high, n=self.decimals)  # fmt: skip

    @property
    def example(self) -> str:
        """A number between the bounds with all its decimals: 3.5 where that is one."""
        one = 10**self.decimals
        usual = self.low - self.low % one + 3 * one + one // 2
        return self.written(usual if self.low <= usual <= self.high else self.high)

    def describe(self, packed: bytes) -> str:
        value = int.from_bytes(packed, "little")
        return "" if not value else "-" if value == _BLANK else self.written(value - 1 + self.low)

    def read_cell(self, cell: str, name: str) -> dict[str, list[str]]:
        return {name: [cell]}

    def keys(self) -> Keys:
        return Keys(False, self.most_characters)

    def typing_hint(self, gettext: Gettext) -> str:
        low, high = self.bounds
        if not self.decimals:
            return gettext("A whole number from %(low)s to %(high)s", low=low, high=high)
        return gettext(
            "A number from %(low)s to %(high)s, such as %(example)s", low=low, high=high, example=self.example
        )

    def canonical(self, typed: str) -> str:
        text = folded(typed)
        return "" if is_blank_typed(text, one_key=False) else self.written(self._steps(text))

    def tally(self, raw: NDArray[np.uint8], groups: NDArray[np.int64], group_count: int) -> Totals:
        values = whole_numbers(raw)
        valid = (values > 0) & (values != _BLANK)
        given, of = values[valid], groups[valid]
        steps = np.bincount(of, weights=(given - 1 + self.low).astype(float), minlength=group_count).astype(float)
        sums = steps / 10**self.decimals
        return Totals(np.bincount(of, minlength=group_count), np.zeros((group_count, 0), np.int64), sums[:, None])

    def lines(self, counts: Sequence[int], means: Sequence[float], language: str, gettext: Gettext) -> list[AnswerLine]:
        return [AnswerLine(gettext("Mean"), mean=mean, decimals=self.decimals) for mean in means]


def _short(number: str) -> str:
    """A number with decimals without those that are zero."""
    return number.rstrip("0").rstrip(".") if "." in number else number
