"""Ranks, grades, gates and quotas, from printed figures (steps 7 to 10)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import ceil, inf

from surveys.scoring.rule import Gate, GradeQuota, ScoreRule


def ranks(printed: Sequence[Decimal | None]) -> list[int | None]:
    """Ranks by printed score: equal ones share a rank and the next is skipped (1, 2, 2, 4). None has no rank."""
    ordered = sorted((score for score in printed if score is not None), reverse=True)
    first = {score: ordered.index(score) + 1 for score in set(ordered)}
    return [None if score is None else first[score] for score in printed]


def grade_by_points(score: Decimal | None, rule: ScoreRule) -> int | None:
    """The position of the grade that a printed score earns; None under the lowest threshold or without a score."""
    if score is None:
        return None
    for position, grade in enumerate(rule.grades):
        if score >= Decimal(repr(grade.at)):
            return position
    return None


def gated(
    grade: int | None, rule: ScoreRule, rate: Decimal | None, turnout: Decimal | None
) -> tuple[int | None, list[Gate]]:
    """The grade after the gates, and those that lowered it. `rate` and `turnout` are printed percentages.

    A gate whose figure is unknown does not lower anything.
    """
    used = []
    for gate in rule.gates:
        figure = rate if gate.kind == "rate" else turnout
        if grade is not None and figure is not None and figure < Decimal(repr(gate.under)) and grade < gate.cap:
            grade = gate.cap
            used.append(gate)
    return grade, used


@dataclass(frozen=True)
class GradeQuotaCheck:
    """A quota against the grades as they came out.

    Where it is broken, `cut` are the last unit inside and the first one outside, by score, and `tied` those that share the score at
    the cut: the committee decides.
    """

    quota: GradeQuota
    limit: int
    found: int
    kept: bool
    tied: tuple[int, ...]
    cut: tuple[int, int] | None = None


def check_grade_quota(
    quota: GradeQuota, grades: Sequence[int | None], printed: Sequence[Decimal | None]
) -> GradeQuotaCheck:
    """Compare the grades of the units that have a printed score with a quota. Nothing is changed."""
    scored = {unit: score for unit, score in enumerate(printed) if score is not None}

    def position(unit: int) -> float:
        """The grade's, or behind all: a unit under the lowest threshold is no better than the lowest grade."""
        grade = grades[unit]
        return inf if grade is None else grade

    exact = Decimal(repr(quota.share)) * len(scored)
    if quota.kind == "at_most":
        limit = int(exact)
        # Those who may have to give their place up; whom a gate has lowered has none.
        places = [unit for unit in scored if position(unit) <= quota.grade]
        found, kept, border = len(places), len(places) <= limit, limit
    else:
        limit = ceil(exact)  # rounded up: at least 15 % of 24 is 4
        places = [unit for unit in scored if position(unit) < quota.grade]
        found = len(scored) - len(places)
        kept, border = found >= limit, len(scored) - limit
    places.sort(key=lambda unit: scored[unit], reverse=True)
    tied: tuple[int, ...] = ()
    cut = None
    if not kept and 0 < border < len(places):
        cut = places[border - 1], places[border]
        if scored[cut[0]] == scored[cut[1]]:
            tied = tuple(unit for unit in places if scored[unit] == scored[cut[1]])
    return GradeQuotaCheck(quota, limit, found, kept, tied, cut)
