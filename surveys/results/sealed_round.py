"""A sealed survey as a round of its campaign: shown scores with their draws, and the means of general branches."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from surveys.campaigns.models import Survey
from surveys.inputs.text import Text, pick
from surveys.results.report import Report
from surveys.scoring.layout import Floats
from surveys.scoring.resampling import UnitDraws


@dataclass(frozen=True)
class BranchMean:
    """A general branch in one round: the plain mean of the scores of its units, of `shown` of `total`, with its interval.

    `name` is the Chinese one, by which general branches are known; `own` the unit (a position) that is the general branch
    itself, where it was rated, too.
    """

    name: str
    text: Text
    score: float | None
    low: float | None
    high: float | None
    shown: int
    total: int
    own: int | None


@dataclass(frozen=True)
class SealedRound:
    """A sealed survey of a campaign, with its report."""

    survey: Survey
    stage: int
    report: Report

    @cached_property
    def stream(self) -> int:
        """A number of its own for random numbers, which stays when rounds are added."""
        return int(self.report.stored.digest[:8], 16)

    @cached_property
    def points(self) -> dict[str, tuple[float, ...]]:
        """The points of each item's scale, by the item's code."""
        return {item.code: tuple(item.scale.points) for item in self.report.plan.rated_items}

    @cached_property
    def scores(self) -> Floats:
        """The scores of units (U) that are shown; NaN where there is none."""
        return np.array([np.nan if score is None else score for score in self.report.result.score])

    @cached_property
    def draws(self) -> UnitDraws | None:
        """Their draws; None where none are stored."""
        draws, hidden = self.report.stored.unit_draws(), np.isnan(self.scores)
        if draws is None:
            return None
        return UnitDraws(np.where(hidden, np.nan, draws.scores), np.where(hidden, np.nan, draws.plain))

    @cached_property
    def children(self) -> dict[str, list[int]]:
        """The units of each general branch, by its Chinese name, in the order of the plan."""
        found: dict[str, list[int]] = {}
        for unit, one in enumerate(self.report.plan.units):
            if one.parent is not None:
                found.setdefault(pick(one.parent, "zh"), []).append(unit)
        return found

    @cached_property
    def branches(self) -> list[BranchMean]:
        """The general branches, in the order of the plan."""
        names = {pick(unit.name, "zh"): number for number, unit in enumerate(self.report.plan.units)}
        return [self._branch(name, units, names.get(name)) for name, units in self.children.items()]

    def branch_text(self, name: str) -> Text:
        """The name of a general branch by language."""
        return self.report.plan.units[self.children[name][0]].parent or {"zh": name}

    def _branch(self, name: str, units: list[int], own: int | None) -> BranchMean:
        shown, text = [unit for unit in units if not np.isnan(self.scores[unit])], self.branch_text(name)
        if not shown:
            return BranchMean(name, text, None, None, None, 0, len(units), own)
        score = float(self.scores[shown].mean())
        low = high = None
        if self.draws is not None:
            bounds = np.quantile(self.draws.mean_of(shown), [0.025, 0.975])
            low, high = min(float(bounds[0]), score), max(float(bounds[1]), score)
        return BranchMean(name, text, score, low, high, len(shown), len(units), own)
