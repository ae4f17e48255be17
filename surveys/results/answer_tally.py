"""Counting what is not a score: answers to every item that can be counted, but ratings of units."""

from __future__ import annotations

import numpy as np

from surveys.campaigns.plan import SurveyPlan
from surveys.questionnaires.items.base import Totals
from surveys.questionnaires.items.rating import RatingItem
from surveys.scoring.layout import Bytes, Ints
from surveys.scoring.totals import AnswerTotals


class AnswerTally:
    """Feed ballots with `add`, then read `result`."""

    def __init__(self, plan: SurveyPlan) -> None:
        self.plan = plan
        self._totals: dict[int, Totals] = {}
        self._slots = [
            slot
            for slot in plan.slots
            if slot.width and not (isinstance(slot.item, RatingItem) and slot.unit is not None)
        ]
        self.add(np.zeros(0, np.int64), np.zeros((0, plan.width), np.uint8))
        self._slots = [slot for slot in self._slots if slot.index in self._totals]  # what has nothing to count is left

    def add(self, groups: Ints, packed: Bytes) -> None:
        """Count ballots (n, width) of groups (n)."""
        for slot in self._slots:
            raw = np.ascontiguousarray(packed[:, slot.offset : slot.offset + slot.width])
            counted = slot.item.tally(raw, groups, len(self.plan.groups))
            if counted is not None:
                before = self._totals.get(slot.index)
                self._totals[slot.index] = counted if before is None else before + counted

    def result(self) -> dict[str, AnswerTotals]:
        """By slot name."""
        return {
            self.plan.slot_name(slot): AnswerTotals(
                slot.unit,
                totals.n.tolist(),
                totals.counts.tolist(),
                totals.sums.tolist(),
                [slot.item.seen_by(group.code) for group in self.plan.groups],
            )
            for slot in self._slots
            if (totals := self._totals.get(slot.index)) is not None
        }
