"""Ballots against admissions."""

from __future__ import annotations

from typing import Any

from surveys.publishing.models import Survey
from surveys.publishing.operations import admission_counts
from surveys.publishing.plan import SurveyPlan
from surveys.responding.box import count_ballots


def turnout_of(survey: Survey, plan: SurveyPlan, ballots: list[int] | None = None) -> dict[str, Any]:
    """Turnout by group, and by group and own unit where admissions are tied to units.

    `base` is the admissions issued or, for an open link, the number of people expected (or None).
    """
    if ballots is None:
        counted = count_ballots(survey.id)
        ballots = [counted.get(number, 0) for number in range(len(plan.groups))]
    rows = admission_counts(survey.id)
    groups = []
    for number, group in enumerate(plan.groups):
        issued = sum(row["admissions"] for row in rows if row["group"] == number)
        base = group.expected or issued or None
        groups.append({"admissions": issued, "base": base, "ballots": ballots[number]})
    return {"groups": groups, "by_unit": [row for row in rows if row["unit"] >= 0]}
