"""Counting what is not a score: choices, numbers, ratings asked once."""

from __future__ import annotations

from typing import Any

import numpy as np

from surveys.authoring.questionnaire import BLANK, DONT_KNOW
from surveys.publishing.plan import Slot, SurveyPlan
from surveys.responding.answers import ASKED, BLANK_CHOICE, BLANK_NUMBER, option_codes
from surveys.scoring.layout import Bools, Bytes, Ints


class ChoiceTally:
    """Counts of everything that is not a score: choices, numbers, ratings asked once."""

    def __init__(self, plan: SurveyPlan) -> None:
        self.plan = plan
        self.slots = [
            slot
            for slot in plan.slots
            if slot.item.type in ("choice", "multi", "number") or (slot.item.type == "rating" and slot.unit < 0)
        ]
        groups = len(plan.groups)
        self._counts = {slot.index: np.zeros((groups, _answers(plan, slot)), np.int64) for slot in self.slots}
        self._n = {slot.index: np.zeros(groups, np.int64) for slot in self.slots}
        self._sums = {slot.index: np.zeros(groups) for slot in self.slots}

    def add(self, groups: Ints, packed: Bytes) -> None:
        """Count ballots (n, width) of groups (n)."""
        for slot in self.slots:
            raw = np.ascontiguousarray(packed[:, slot.offset : slot.offset + slot.width])
            values = raw.view({1: "u1", 2: "<u2", 4: "<u4"}[slot.width]).ravel().astype(np.int64)
            valid = _valid(slot, values)
            given, of = values[valid], groups[valid]
            self._n[slot.index] += np.bincount(of, minlength=len(self._n[slot.index]))
            if slot.item.type == "number":
                np.add.at(self._sums[slot.index], of, given - 1 + slot.item.low)
            elif slot.item.type == "multi":
                for bit in range(self._counts[slot.index].shape[1]):
                    np.add.at(self._counts[slot.index][:, bit], of, given >> bit & 1)
            else:
                np.add.at(self._counts[slot.index], (of, given - 1), 1)

    def result(self) -> dict[str, dict[str, Any]]:
        """By slot name: the unit (-1: none) and, by group, n who answered, counts by option or sums of a number."""
        found = {}
        for slot in self.slots:
            entry: dict[str, Any] = {"unit": slot.unit, "n": self._n[slot.index].tolist()}
            if slot.item.type == "number":
                entry["sums"] = self._sums[slot.index].tolist()
            else:
                entry["counts"] = self._counts[slot.index].tolist()
            found[self.plan.slot_name(slot)] = entry
        return found


def _valid(slot: Slot, values: Ints) -> Bools:
    if slot.item.type == "number":
        return (values > 0) & (values != BLANK_NUMBER)
    if slot.item.type == "multi":
        return values > ASKED
    blanks = (BLANK_CHOICE,) if slot.item.type == "choice" else (BLANK, DONT_KNOW)
    return (values > 0) & ~np.isin(values, blanks)


def _answers(plan: SurveyPlan, slot: Slot) -> int:
    if slot.item.type == "number":
        return 0
    if slot.item.scale is not None:
        return len(slot.item.scale.points)
    return len(option_codes(plan, slot.item))
