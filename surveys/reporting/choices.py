"""Counting what is not a score: choices, numbers, ratings asked once."""

from __future__ import annotations

from typing import Any

import numpy as np

from surveys.authoring.questionnaire import BLANK, DONT_KNOW
from surveys.publishing.plan import Slot, SurveyPlan
from surveys.responding.answers import ASKED, BLANK_CHOICE, BLANK_NUMBER, option_codes
from surveys.scoring.layout import Bytes


class ChoiceTally:
    """Counts of everything that is not a score: choices, numbers, ratings asked once."""

    def __init__(self, plan: SurveyPlan) -> None:
        self.plan = plan
        self.slots = [
            slot
            for slot in plan.slots
            if slot.item.type in ("choice", "multi", "number") or (slot.item.type == "rating" and slot.unit < 0)
        ]
        self._counts = {slot.index: np.zeros(_answers(plan, slot), np.int64) for slot in self.slots}
        self._n = dict.fromkeys(self._counts, 0)
        self._sums = dict.fromkeys(self._counts, 0.0)

    def add(self, packed: Bytes) -> None:
        """Count ballots (n, width)."""
        for slot in self.slots:
            raw = np.ascontiguousarray(packed[:, slot.offset : slot.offset + slot.width])
            values = raw.view({1: "u1", 2: "<u2", 4: "<u4"}[slot.width]).ravel().astype(np.int64)
            if slot.item.type == "number":
                given = values[(values > 0) & (values != BLANK_NUMBER)]
                self._sums[slot.index] += float((given - 1 + slot.item.low).sum())
                self._n[slot.index] += len(given)
            elif slot.item.type == "multi":
                given = values[values > ASKED]
                self._counts[slot.index] += [
                    int((given >> bit & 1).sum()) for bit in range(len(self._counts[slot.index]))
                ]
                self._n[slot.index] += len(given)
            else:
                blanks = (BLANK_CHOICE,) if slot.item.type == "choice" else (BLANK, DONT_KNOW)
                given = values[(values > 0) & ~np.isin(values, blanks)]
                size = len(self._counts[slot.index])
                self._counts[slot.index] += np.bincount(given - 1, minlength=size)[:size]
                self._n[slot.index] += len(given)

    def result(self) -> dict[str, dict[str, Any]]:
        """By slot name: n who answered, counts by option, and the mean of a number."""
        found = {}
        for slot in self.slots:
            n = self._n[slot.index]
            entry: dict[str, Any] = {"n": n, "counts": self._counts[slot.index].tolist()}
            if slot.item.type == "number":
                entry = {"n": n, "mean": self._sums[slot.index] / n if n else None}
            found[self.plan.slot_name(slot)] = entry
        return found


def _answers(plan: SurveyPlan, slot: Slot) -> int:
    if slot.item.type == "number":
        return 0
    if slot.item.scale is not None:
        return len(slot.item.scale.points)
    return len(option_codes(plan, slot.item))
