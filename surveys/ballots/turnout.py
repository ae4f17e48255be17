"""Turnout: ballots against admissions."""

from __future__ import annotations

from collections import Counter
from typing import Any

import peewee

from surveys.admission.issuing import admission_counts
from surveys.admission.roster import units_of_paper_voters
from surveys.ballots.box import count_ballots
from surveys.ballots.paper.models import PaperStack
from surveys.ballots.paper.stages import Stage
from surveys.campaigns.indices import GroupIndex, SurveyId, UnitIndex
from surveys.campaigns.people import people_of
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
    for number, people in enumerate(people_of(survey_id, plan)):
        issued = sum(row.admissions for row in rows if row.group == number)
        on_paper = paper[number] if paper else 0
        groups.append(GroupTurnout(issued, people or issued or None, ballots[number], on_paper))
    papers = _papers_beside_admissions(survey_id)
    by_unit = [
        UnitTurnout(row.group, row.unit, row.admissions, row.used, papers[row.group, row.unit])
        for row in rows if row.unit is not None
    ]  # fmt: skip
    return Turnout(tuple(groups), tuple(by_unit))


def _papers_beside_admissions(survey_id: SurveyId) -> Counter[tuple[GroupIndex, UnitIndex]]:
    """Ballots of accepted stacks by group and own unit, but for as many as were marked on the roster: those count there."""
    stack: Any = PaperStack  # whose columns are typed as what rows hold
    stacks = (
        stack.select(stack.group, stack.own_unit, peewee.fn.SUM(stack.papers))
        .where(stack.survey_id == survey_id, stack.stage == Stage.ACCEPTED.value, stack.own_unit.is_null(False))
        .group_by(stack.group, stack.own_unit)
        .tuples()
    )  # fmt: skip
    found = Counter({(group, unit): int(papers) for group, unit, papers in stacks})
    return found - units_of_paper_voters(survey_id)
