"""What staff should know before the seal, which cannot be undone: groups whose ballots are missing or too few."""

from __future__ import annotations

from typing import Any

from surveys.campaigns.plan import Group, SurveyPlan
from surveys.inputs.problems import Problem
from surveys.inputs.values import plain_number
from surveys.results.report import short_turnouts
from surveys.scoring.rounding import percent_text, round_half_up
from surveys.scoring.totals import GroupTurnout, Turnout

SealWarning = list[Problem]
"""A warning: the sentences of which it consists."""


def seal_warnings(plan: SurveyPlan, turnout: Turnout) -> list[SealWarning]:
    """Warnings that somebody has to confirm before the seal; none where there is nothing to remark."""
    rows = list(zip(plan.groups, turnout.groups, strict=True))
    if not any(row.ballots for _, row in rows):
        return [[Problem("There are no ballots. Nothing can be reported."), *_without_score(plan, turnout)]]
    warnings = [warning for group, row in rows if (warning := _group_warning(plan, group, row, turnout))]
    return warnings + [_turnout_warning(plan, group, share) for group, share in short_turnouts(plan, turnout)]


def _group_warning(plan: SurveyPlan, group: Group, row: GroupTurnout, turnout: Turnout) -> SealWarning:
    counts = bool(plan.rated_items and group.score_weight)
    if row.ballots >= plan.rule.minimum or not (row.ballots or counts):
        return []
    values: dict[str, Any] = {"group": group.text, "n": row.ballots, "minimum": plan.rule.minimum}
    if not counts:
        return [Problem("%(group)s: %(n)s ballots, fewer than the %(minimum)s from which figures are shown. "
                        "None of its figures will be shown.", **values)]  # fmt: skip
    values["share"] = percent_text(group.score_weight, sum(other.score_weight for other in plan.groups))
    fact = (
        Problem("%(group)s, which has %(share)s of the weight, has sent %(n)s ballots, fewer than the %(minimum)s that "
                "a score needs. None of its figures will be shown.", **values)
        if row.ballots
        else Problem("%(group)s, which has %(share)s of the weight, has sent no ballots.", **values)
    )  # fmt: skip
    return [fact, *_without_score(plan, turnout)]


def _without_score(plan: SurveyPlan, turnout: Turnout) -> SealWarning:
    """What it means for the units that a group has no score of them."""
    if not plan.rated_items:
        return []
    enough = [
        group for group, row in zip(plan.groups, turnout.groups, strict=True)
        if group.score_weight and row.ballots >= plan.rule.minimum
    ]  # fmt: skip
    if not enough:
        return [Problem("No unit will have a score.")]
    if plan.rule.short_group == "no_score":
        return [Problem("Under the rule of this survey, the units that it rates will have no score.")]
    return [Problem("The units get their scores from the other groups alone, with those groups' weights.")]


def _turnout_warning(plan: SurveyPlan, group: Group, share: float | None) -> SealWarning:
    required = plain_number(group.required_turnout or 0)
    warning = [
        Problem("%(group)s: the required turnout of %(required)s %% cannot be checked, because the number of people is "
                "not known.", group=group.text, required=required)
        if share is None
        else Problem("%(group)s: turnout %(share)s %%, short of the required %(required)s %%.",
                     group=group.text, share=str(round_half_up(share)), required=required)
    ]  # fmt: skip
    if plan.rule.turnout_required:
        warning.append(Problem("Under the rule of this survey the result will not be valid."))
    return warning
