"""A date within bounds. Packed as four bytes: 0 not asked, days since `first` + 1, 2³² − 1 left blank."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from surveys.inputs.problems import Faults, InputError, Problem
from surveys.inputs.translations import Gettext
from surveys.questionnaires.items.base import (
    AnswerLine,
    Fields,
    Item,
    Keys,
    Reading,
    Totals,
    count_positions,
    folded,
    is_blank_typed,
    typed_in,
    whole_numbers,
)

LOWEST, HIGHEST = datetime.date(1900, 1, 1), datetime.date(2100, 12, 31)
MOST_PERIODS = 36
"""So many days, or else months, are told apart in a result; beyond them, years."""

_BLANK = 0xFFFFFFFF
_WRITTEN = (
    re.compile(r"([0-9]{4})([-/. ])([0-9]{1,2})\2([0-9]{1,2})"),
    re.compile(r"([0-9]{4}) ?(年) ?([0-9]{1,2}) ?月 ?([0-9]{1,2}) ?日"),
    re.compile(r"([0-9]{4})()([0-9]{2})([0-9]{2})"),
)


def read_day(text: str) -> datetime.date:
    """A date as people write it, the year first: 2026-11-05, 2026/11/5, 2026.11.5, 2026年11月5日, 20261105.

    Raises ValueError for everything else: whether 5/11/2026 is in May or in November, nobody can tell.
    """
    plain = folded(text)
    for form in _WRITTEN:
        found = form.fullmatch(plain)
        if found:
            return datetime.date(int(found[1]), int(found[3]), int(found[4]))
    raise ValueError(text)


def _read_bound(value: object, where: str) -> datetime.date:
    try:
        day = datetime.date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        day = None
    if day is None or day.isoformat() != value or not LOWEST <= day <= HIGHEST:
        raise InputError(
            Problem("A date from %(first)s to %(last)s is expected, as a text such as “2026-11-05”.", where,
                    first=LOWEST.isoformat(), last=HIGHEST.isoformat())
        )  # fmt: skip
    return day


@dataclass(frozen=True, kw_only=True)
class DateItem(Item):
    """A date from `first` to `last`."""

    type: ClassVar[str] = "date"
    names: ClassVar[tuple[str, ...]] = ("first", "last")

    first: datetime.date = LOWEST
    last: datetime.date = HIGHEST

    @classmethod
    def read(cls, row: Mapping[str, Any], where: str, scales: Mapping[str, Any]) -> Self:
        faults = Faults()
        first = faults.take(lambda: _read_bound(row.get("first", LOWEST.isoformat()), f"{where}.first"))
        last = faults.take(lambda: _read_bound(row.get("last", HIGHEST.isoformat()), f"{where}.last"))
        common = faults.take(lambda: cls.read_common(row, where))
        faults.check()
        if first > last:
            raise InputError(Problem("The first date is after the last.", where))
        return cls(**common, first=first, last=last)

    @property
    def bounded(self) -> bool:
        """Whether there are bounds that people must know."""
        return (self.first, self.last) != (LOWEST, HIGHEST)

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
        try:
            day = self._within(read_day(text))
        except ValueError:
            problem = Problem(
                "A date from %(first)s to %(last)s is expected.",
                first=self.first.isoformat(),
                last=self.last.isoformat(),
            )
            return Reading(self.blank, True, problem=problem)
        return Reading(((day - self.first).days + 1).to_bytes(4, "little"), False)

    def _within(self, day: datetime.date) -> datetime.date:
        if not self.first <= day <= self.last:
            raise ValueError(day)
        return day

    def describe(self, packed: bytes) -> str:
        value = int.from_bytes(packed, "little")
        if value in (0, _BLANK):
            return "-" if value else ""
        return (self.first + datetime.timedelta(days=value - 1)).isoformat()

    def read_cell(self, cell: str, name: str) -> dict[str, list[str]]:
        return {name: [cell.removesuffix("T00:00:00")]}  # a date in a workbook has a time, too

    def keys(self) -> Keys:
        return Keys(False, 12)

    def typing_hint(self, gettext: Gettext) -> str:
        return gettext("Year, month and day, such as 20261105")

    def canonical(self, typed: str) -> str:
        text = folded(typed)
        return "" if is_blank_typed(text, one_key=False) else self._within(read_day(text)).isoformat()

    @cached_property
    def _periods(self) -> tuple[list[str], NDArray[np.int64]]:
        """What a result tells apart: the names of the periods, and on which day after `first` each begins."""
        days = np.arange(np.datetime64(self.first), np.datetime64(self.last) + np.timedelta64(1, "D"))
        for unit in ("D", "M", "Y"):
            periods, starts = np.unique(days.astype(f"datetime64[{unit}]"), return_index=True)
            if len(periods) <= MOST_PERIODS:
                break
        return [str(period) for period in periods], starts.astype(np.int64)

    def tally(self, raw: NDArray[np.uint8], groups: NDArray[np.int64], group_count: int) -> Totals:
        values = whole_numbers(raw)
        names, starts = self._periods
        positions = np.searchsorted(starts, values - 1, side="right")
        return count_positions(positions, (values > 0) & (values != _BLANK), groups, group_count, len(names))

    def lines(self, counts: Sequence[int], means: Sequence[float], language: str, gettext: Gettext) -> list[AnswerLine]:
        return [AnswerLine(name, count) for name, count in zip(self._periods[0], counts, strict=True) if count]
