"""Counting what is not a score: answers to every item that can be counted, but ratings of units."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from surveys.campaigns.packing import ShortRows
from surveys.campaigns.plan import Slot, SurveyPlan
from surveys.questionnaires.items.base import Item, Totals
from surveys.questionnaires.items.rating import RatingItem
from surveys.scoring.layout import Bytes, Ints
from surveys.scoring.totals import AnswerTotals


@dataclass(frozen=True)
class _Question:
    """An item that is counted: of `units`, or once (then there is one).

    Its bytes in a full row (units, width), those among what a short row holds once or of a unit, and its slots by unit.
    """

    item: Item
    each_unit: bool
    columns: Ints
    inside: slice
    slots: tuple[Slot, ...]


class AnswerTally:
    """Feed ballots with `add` or `add_listed`, then read `result`."""

    def __init__(self, plan: SurveyPlan) -> None:
        self.plan = plan
        self._totals: dict[int, Totals] = {}
        self._questions = list(enumerate(_questions(plan)))
        self.add(0, np.zeros((0, plan.width), np.uint8))
        self._questions = [
            (n, each) for n, each in self._questions if n in self._totals
        ]  # what has nothing to count is left

    def add(self, group: int, rows: Bytes) -> None:
        """Count full rows (n, width) of a group."""
        for number, each in self._questions:
            units, width = each.columns.shape
            self._count(number, each, group, np.tile(np.arange(units), len(rows)),
                        rows[:, each.columns.ravel()].reshape(-1, width))  # fmt: skip

    def add_listed(self, group: int, rows: ShortRows) -> None:
        """Count short rows of a group."""
        for number, each in self._questions:
            if each.each_unit:
                raw, units = rows.slots[:, :, each.inside], rows.units.ravel()
            else:
                raw, units = rows.once[:, None, each.inside], np.zeros(len(rows.once), np.int64)
            self._count(number, each, group, units, raw.reshape(-1, raw.shape[2]))

    def _count(self, number: int, question: _Question, group: int, units: Ints, raw: Bytes) -> None:
        """Count answers (n, width) about units (n)."""
        groups = len(self.plan.groups)
        of = units * groups + group
        counted = question.item.tally(np.ascontiguousarray(raw), of, len(question.columns) * groups)
        if counted is not None:
            before = self._totals.get(number)
            self._totals[number] = counted if before is None else before + counted

    def result(self) -> dict[str, AnswerTotals]:
        """By slot name, in the plan's order."""
        groups = self.plan.groups
        found: dict[int, tuple[Slot, AnswerTotals]] = {}
        for number, question in self._questions:
            totals = self._totals[number]
            sees = [question.item.seen_by(group.code) for group in groups]
            n, counts, sums = (each.reshape(len(question.columns), len(groups), *each.shape[1:]).tolist()
                               for each in (totals.n, totals.counts, totals.sums))  # fmt: skip
            for unit, slot in enumerate(question.slots):
                found[slot.index] = slot, AnswerTotals(slot.unit, n[unit], counts[unit], sums[unit], sees)
        return {
            self.plan.slot_name(slot): totals for _, (slot, totals) in sorted(found.items(), key=lambda row: row[0])
        }


def _questions(plan: SurveyPlan) -> Iterator[_Question]:
    """All items that take bytes, but ratings of units."""
    first = once = entry = 0
    for section in plan.questionnaire.sections:
        count, units = len(section.items), len(plan.units) if section.each_unit else 1
        for place, item in enumerate(section.items):
            inside = entry if section.each_unit else once
            if item.width and units and not (isinstance(item, RatingItem) and section.each_unit):
                slots = plan.slots[first + place : first + count * units : count]
                at = np.array([slot.offset for slot in slots], np.int64)
                columns = at[:, None] + np.arange(item.width)
                yield _Question(item, section.each_unit, columns, slice(inside, inside + item.width), slots)
            if section.each_unit:
                entry += item.width
            else:
                once += item.width
        first += count * units
