"""What a sealed survey would have given under another rule: for information, never stored, never official.

It is computed from the counts that may be shown, so it tells nothing that they do not. What would need the ballots again, such as void
ballots, the minimum of ratings or intervals, stays as it is or is left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from typing import Any

import numpy as np

from surveys.campaigns.plan import SurveyPlan
from surveys.campaigns.rule_file import read_rule
from surveys.inputs.problems import Faults, InputError, Problem
from surveys.inputs.values import as_number, as_table, check_names
from surveys.results.ballot_layout import layout_of
from surveys.results.report import Report
from surveys.scoring.grading import gated, grade_by_points, ranks
from surveys.scoring.layout import Floats
from surveys.scoring.result import unit_turnout
from surveys.scoring.rounding import round_half_up
from surveys.scoring.rule import ScoreRule
from surveys.scoring.scores import counted_items, group_scores, unit_scores

OF_RULE = ("trim", "item_weights", "short_group", "grades", "gates", "decimals")


@dataclass(frozen=True)
class UnitOutcome:
    """A unit's printed score, rank and grade (a position) under a rule; None where there is none."""

    score: Decimal | None
    rank: int | None
    grade: int | None


@dataclass(frozen=True)
class WhatIf:
    """The rule that was tried, and the outcome of each unit (U)."""

    rule: ScoreRule
    group_weights: tuple[float, ...]
    units: list[UnitOutcome]


def what_if(report: Report, data: Mapping[str, Any]) -> WhatIf:
    """Try another rule. `data` says what is different, by the names of a survey file's rule, and `group_weights` by code.

    Raises InputError with all faults.
    """
    plan, faults = report.plan, Faults()
    table = as_table(data, "rule")
    faults.take(lambda: check_names(table, (*OF_RULE, "group_weights"), "rule"))
    weights = faults.take(lambda: _group_weights(plan, table.get("group_weights", {})))
    said = {name: table[name] for name in OF_RULE if name in table}
    read = faults.take(lambda: read_rule(said, plan.rated_items))
    faults.check()
    grades = read.grades if "grades" in said else plan.rule.grades
    for gate in read.gates if "gates" in said else ():
        if gate.cap >= len(grades):
            raise InputError(Problem("The rule has no such grade.", "rule.gates"))
    rule = replace(plan.rule, **{name: getattr(read, name) for name in said})
    return WhatIf(rule, tuple(weights), _outcomes(report, rule, np.array(weights)))


def _group_weights(plan: SurveyPlan, data: object) -> list[float]:
    """The weights of the groups: those that are named, and the survey's own of the others."""
    faults, weights = Faults(), [group.score_weight for group in plan.groups]
    places = {group.code: number for number, group in enumerate(plan.groups)}
    for code, weight in as_table(data, "rule.group_weights").items():
        where = f"rule.group_weights.{code}"
        if code not in places or plan.groups[places[code]].apart:
            faults.note("There is no group %(name)s that counts.", where, name=str(code)[:50])
        else:
            weights[places[code]] = faults.take(partial(as_number, weight, 0, 1000, where))
    if not sum(weight or 0 for weight in weights):
        faults.note("The weights of the groups are all zero, so no unit could have a score.", "rule.group_weights")
    faults.check()
    return weights


def _outcomes(report: Report, rule: ScoreRule, group_weights: Floats) -> list[UnitOutcome]:
    plan, result = report.plan, report.result
    layout = layout_of(plan)
    items = np.array([
        item.weight if rule.item_weights is None else rule.item_weights.get(item.code, 0.0) for item in plan.rated_items
    ])  # fmt: skip
    layout = replace(layout, rule=rule, group_weights=group_weights, item_weights=items)
    shown = np.array(result.shown, bool)
    counts = np.zeros(layout.shape, np.int64)
    for group, unit, item in np.argwhere(shown):
        counts[group, unit, item] = result.counts[group][unit][item]
    included, short = np.array(result.included, bool), np.array(result.short, bool)
    _, by_group, _ = group_scores(counts, layout, counted_items(counts, layout))
    scores = unit_scores(by_group, included, short, layout)
    printed = [None if np.isnan(score) else round_half_up(float(score), rule.decimals) for score in scores]
    rates = [None if rate is None else round_half_up(rate) for rate in result.rate]
    turnouts = unit_turnout(result.turnout, len(printed))
    return [
        UnitOutcome(score, rank, gated(grade_by_points(score, rule), rule, rates[unit], turnouts[unit])[0])
        for unit, (score, rank) in enumerate(zip(printed, ranks(printed), strict=True))
    ]
