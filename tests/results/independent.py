"""Scores computed a second time, in plain Python with fractions and with no code of the package.

A case says what a survey asks and how it scores; ballots are lists of answers. What is computed is what `docs/committee.md`
and the sheet 说明 say, step by step.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

DONT_KNOW, BLANK = "?", ""


@dataclass
class Case:
    """A survey: levels as (points, satisfied), items and groups with weights, which units each group rates, the rule."""

    levels: list[tuple[int, bool]]
    items: dict[str, int]
    groups: dict[str, int]
    units: int = 3
    rates: dict[str, list[int]] = field(default_factory=dict)
    minimum: int = 3
    trim: dict[str, Any] = field(default_factory=dict)
    short_group: str = "reweigh"
    void_same_over: int | None = None
    rate_item: str | None = None
    decimals: int = 2
    grades: list[tuple[str, int]] = field(
        default_factory=lambda: [("优秀", 90), ("良好", 80), ("一般", 60), ("较差", 0)]
    )
    gates: list[tuple[str, Any, int]] = field(default_factory=list)
    direct: tuple[int, int] | None = None


Ballot = dict[tuple[int, str], Any]
"""By unit and item: the position of a level from 0, a number (direct scales), DONT_KNOW or BLANK."""


def printed(value: Fraction | None, decimals: int = 2) -> Decimal | None:
    """Half up, exactly."""
    if value is None:
        return None
    scaled = value * 10**decimals
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Decimal(whole).scaleb(-decimals).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def _is_void(case: Case, ballot: Ballot) -> bool:
    if case.void_same_over is None:
        return False
    valid = {cell: answer for cell, answer in ballot.items() if answer not in (DONT_KNOW, BLANK)}
    return len(set(valid.values())) == 1 and len({unit for unit, _ in valid}) >= case.void_same_over


def _kept(case: Case, ratings: list[Fraction]) -> list[Fraction]:
    ratings = sorted(ratings)
    if "share" in case.trim:
        cut = int(Fraction(str(case.trim["share"])) * len(ratings))
    elif "drop_ends" in case.trim:
        cut = case.trim["drop_ends"] if len(ratings) > case.trim["above"] else 0
    else:
        cut = 0
    return ratings[cut : len(ratings) - cut]


@dataclass
class Figures:
    """What a survey's result must be: by unit, and by (group, unit) and (group, unit, item)."""

    score: dict[int, Fraction | None]
    group_score: dict[tuple[str, int], Fraction]
    item_score: dict[tuple[int, str], Fraction]
    mean: dict[tuple[str, int, str], Fraction]
    counts: dict[tuple[str, int, str], list[int]]
    n: dict[int, int]
    rate: dict[int, Fraction | None]
    rank: dict[int, int | None]
    by_points: dict[int, str | None]
    grade: dict[int, str | None]


def _weighted(parts: list[tuple[Fraction, int]]) -> Fraction | None:
    total = sum(weight for _, weight in parts)
    return sum((value * weight for value, weight in parts), Fraction(0)) / total if total else None


def compute(case: Case, ballots: dict[str, list[Ballot]]) -> Figures:
    """Everything that a result shows, from the ballots of each group."""
    places = range(len(case.levels)) if not case.direct else range(case.direct[1] - case.direct[0] + 1)
    answers: dict[tuple[str, int, str], list[int]] = {}
    for group, of_group in ballots.items():
        good = [ballot for ballot in of_group if not _is_void(case, ballot)]
        for unit in range(case.units):
            for item in case.items:
                given = [ballot.get((unit, item), BLANK) for ballot in good]
                answers[group, unit, item] = [a for a in given if a not in (DONT_KNOW, BLANK)]
    base = case.direct[0] if case.direct else 0

    def points(answer: int) -> Fraction:
        return Fraction(answer) if case.direct else Fraction(case.levels[answer][0])

    def satisfied(answer: int) -> bool:
        return answer >= 80 if case.direct else case.levels[answer][1]

    found = Figures({}, {}, {}, {}, {}, {}, {}, {}, {}, {})
    for unit in range(case.units):
        rating = [g for g in case.groups if unit in case.rates.get(g, range(case.units))]
        n = {g: max(len(answers[g, unit, i]) for i, weight in case.items.items() if weight) for g in rating}
        shown = [g for g in rating if n[g] >= max(1, case.minimum)]
        for group in shown:
            parts = []
            for item, weight in case.items.items():
                of_item = answers[group, unit, item]
                if of_item and len(of_item) < case.minimum:
                    continue
                found.counts[group, unit, item] = [of_item.count(base + place) for place in places]
                if of_item:
                    kept = _kept(case, [points(answer) for answer in of_item])
                    found.mean[group, unit, item] = sum(kept, Fraction(0)) / len(kept)
                    parts.append((found.mean[group, unit, item], weight))
            score = _weighted(parts)
            assert score is not None
            found.group_score[group, unit] = score
        counting = [g for g in shown if case.groups[g]]
        short = [g for g in rating if g not in shown and case.groups[g]]
        total = _weighted([(found.group_score[g, unit], case.groups[g]) for g in counting])
        found.score[unit] = None if case.short_group == "no_score" and short else total
        found.n[unit] = sum(n[g] for g in counting)
        for item in case.items:
            mean = _weighted(
                [(found.mean[g, unit, item], case.groups[g]) for g in counting if (g, unit, item) in found.mean]
            )
            if mean is not None:
                found.item_score[unit, item] = mean
        pooled = [
            answer for g in counting for item in ([case.rate_item] if case.rate_item else case.items)
            if (g, unit, item) in found.counts for answer in answers[g, unit, item]
        ]  # fmt: skip
        any_satisfied = case.direct or any(good for _, good in case.levels)
        found.rate[unit] = (
            Fraction(100 * sum(map(satisfied, pooled)), len(pooled)) if pooled and any_satisfied else None
        )
    _rank_and_grade(case, found)
    return found


def _rank_and_grade(case: Case, found: Figures) -> None:
    figures = {unit: printed(score, case.decimals) for unit, score in found.score.items()}
    for unit, figure in figures.items():
        better = [other for other in figures.values() if figure is not None and other is not None and other > figure]
        found.rank[unit] = None if figure is None else len(better) + 1
        place = next((p for p, (_, at) in enumerate(case.grades) if figure is not None and figure >= at), None)
        found.by_points[unit] = None if place is None else case.grades[place][0]
        for _kind, under, cap in case.gates:
            rate = printed(found.rate[unit])
            if place is not None and rate is not None and rate < under and place < cap:
                place = cap
        found.grade[unit] = None if place is None else case.grades[place][0]
