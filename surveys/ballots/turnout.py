"""Turnout: ballots against admissions."""

from __future__ import annotations

from surveys.admission.issuing import admission_counts
from surveys.ballots.box import count_ballots
from surveys.campaigns.indices import SurveyId
from surveys.campaigns.plan import SurveyPlan
from surveys.scoring.totals import GroupTurnout, Turnout, UnitTurnout


def turnout_of(
    survey_id: SurveyId, plan: SurveyPlan, ballots: list[int] | None = None, paper: list[int] | None = None
) -> Turnout:
    """Turnout of a survey; `ballots` and those on `paper`, by group, where they were counted already.

    The base of a group is the number of people expected or, where that is not given, the admissions issued.
    """
    if ballots is None:
        counted = count_ballots(survey_id)
        ballots = [counted.get(number, 0) for number in range(len(plan.groups))]
    rows = admission_counts(survey_id)
    groups = []
    for number, group in enumerate(plan.groups):
        issued = sum(row.admissions for row in rows if row.group == number)
        on_paper = paper[number] if paper else 0
        groups.append(GroupTurnout(issued, group.expected or issued or None, ballots[number], on_paper))
    by_unit = [
        UnitTurnout(row.group, row.unit, row.admissions, row.used) for row in rows if row.unit is not None
    ]  # fmt: skip
    return Turnout(tuple(groups), tuple(by_unit))
