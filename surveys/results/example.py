"""How a few made-up ballots would score under a rule: shown while the rule is chosen, computed as real ones are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from surveys.campaigns.drafts import Draft
from surveys.campaigns.plan import SurveyPlan
from surveys.campaigns.plan_file import read_plan
from surveys.campaigns.sample import for_everybody
from surveys.inputs.text import Text
from surveys.questionnaires.rated_levels import RatedLevels
from surveys.questionnaires.scales import Scale
from surveys.results.ballot_layout import layout_of
from surveys.scoring.result import Number, compute
from surveys.scoring.tally import Tally
from surveys.scoring.totals import GroupTurnout, Turnout

RATERS = 7
"""Ballots of each group, and more where the rule withholds figures from so few."""

_NAMES = ("甲", "乙", "丙")
_LETTERS = ("A", "B", "C")
# What seven people give each unit, as places on the scale from its best (0) to its worst (1).
_GIVEN = (
    (0.0, 0.0, 0.0, 0.0, 0.34, 0.0, 1.0),
    (0.0, 0.34, 0.34, 0.0, 0.67, 0.34, 0.34),
    (0.67, 0.34, 1.0, 0.67, 0.0, 1.0, 0.67),
)


@dataclass(frozen=True)
class ExampleUnit:
    """A made-up unit: by group how often each answer was given, best first, and the score; then what follows from them."""

    name: Text
    given: list[list[tuple[Text, int]]]
    by_group: list[Number]
    score: Number
    rate: Number
    grade: Text | None
    capped: bool
    """Whether a gate of the rule made the grade lower than its points do."""


@dataclass(frozen=True)
class Example:
    """The groups with their shares of a score, and the units."""

    groups: list[tuple[Text, float]]
    units: list[ExampleUnit]
    raters: int


def example_of(draft: Draft, rule: Mapping[str, Any]) -> Example:
    """Score the example by a rule as it stands in a survey file. Raises InputError where the rule cannot be read."""
    plan = _plan(draft, rule)
    raters = max(RATERS, plan.rule.minimum)
    scales, levels = [item.scale for item in plan.rated_items], plan.rated_levels
    layout = layout_of(plan)
    tally = Tally(layout, [raters] * len(plan.groups))
    packed = np.zeros((raters, plan.width), np.uint8)
    for unit in range(len(_GIVEN)):
        shares = [_GIVEN[unit][n % RATERS] for n in range(raters)]
        packed[:, layout.columns[unit]] = [[_place(scale, share) + 1 for scale in scales] for share in shares]
    for group in plan.group_indices:
        shifted = np.roll(packed, group, axis=0)
        if group % 2:  # a second group is a little more severe
            shifted[0] = shifted[1]
        tally.add(np.full(raters, group, np.int64), shifted)
    turnout = Turnout(tuple(GroupTurnout(raters, raters, raters) for _ in plan.groups), ())
    result = compute(tally, {}, turnout).result
    weights = [group.score_weight for group in plan.groups]
    return Example(
        [(group.text, weight / (sum(weights) or 1)) for group, weight in zip(plan.groups, weights, strict=True)],
        [
            ExampleUnit(
                unit.text,
                [_given(levels, result.counts[group][number][0]) for group in plan.group_indices],
                [result.group_score[group][number] for group in plan.group_indices],
                result.score[number],
                result.rate[number],
                None if result.grade[number] is None else plan.rule.grades[result.grade[number] or 0].name,
                result.grade[number] != result.grade_points[number],
            )
            for number, unit in enumerate(plan.units)
        ],
        raters,
    )


def _plan(draft: Draft, rule: Mapping[str, Any]) -> SurveyPlan:
    """A survey of three units that all groups of the draft rate, with the draft's questionnaire."""
    groups = [
        {"code": f"g{number}", "name": group.get("name") or str(number), "weight": group.get("weight", 1),
         "admission": group.get("admission", "code")}
        for number, group in enumerate(draft.data.get("groups") or [], 1)
    ] or [{"code": "g1", "name": {"zh": "全体", "en": "Everyone"}}]  # fmt: skip
    units = [
        {"code": letter, "name": {"zh": f"{name}支部", "en": f"Branch {letter}"}}
        for name, letter in zip(_NAMES, _LETTERS, strict=True)
    ]
    kept = {name: value for name, value in rule.items() if name != "resamples"} | {"resamples": 200}
    return read_plan({"slug": "example", "title": "-", "questionnaire": for_everybody(draft.definition), "units": units,
                      "groups": groups, "rule": kept})  # fmt: skip


def _place(scale: Scale, share: float) -> int:
    """The position on the scale that lies so far from the best answer."""
    order = np.argsort(-np.array(scale.points), kind="stable")
    return int(order[round(share * (len(order) - 1))])


def _given(levels: RatedLevels, counts: Sequence[int]) -> list[tuple[Text, int]]:
    words = zip(levels.words("zh"), levels.words("en"), strict=True)
    return [({"zh": zh, "en": en}, count) for (zh, en), count in zip(words, counts, strict=True) if count]
