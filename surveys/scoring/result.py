"""The result of a sealed survey: computed once, stored, and read from then on."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from itertools import pairwise
from typing import Any

import numpy as np

from surveys.scoring.comparison import brackets, difference, holm
from surveys.scoring.grading import gated, grade_by_points, ranks
from surveys.scoring.intervals import interval, wilson
from surveys.scoring.layout import Bools, Floats, Ints, Layout
from surveys.scoring.pairs import told_apart
from surveys.scoring.reliability import Icc, alpha_from_sums, icc_from_sums, shrink
from surveys.scoring.resampling import DrawnPart, UnitDraws, draw_scores
from surveys.scoring.rounding import round_half_up
from surveys.scoring.rule import ScoreRule
from surveys.scoring.scores import (
    counted_items,
    group_scores,
    included_groups,
    short_groups,
    unit_scores,
    weighted_mean,
)
from surveys.scoring.tally import Moments, Tally
from surveys.scoring.totals import AnswerTotals, GroupTurnout, Turnout, UnitTurnout

METHOD = "2"
"""The version of the method; a change in any figure is a new one."""

Number = float | None


@dataclass(kw_only=True)
class GroupFigures:
    """Scores of units by group (G, U) with intervals, and their differences from the first group's (G − 1, U)."""

    group_score: list[list[Number]]
    group_low: list[list[Number]]
    group_high: list[list[Number]]
    group_n: list[list[int | None]]
    difference: list[list[Number]]
    difference_low: list[list[Number]]
    difference_high: list[list[Number]]


@dataclass(kw_only=True)
class UnitFigures:
    """Scores of units (U) with intervals and ranks.

    `rank_low` and `rank_high`: the ranks that a unit may have, those of all units together right with probability 0.95.
    `runs`: runs of places in the ranking (first and last, from 0) in which no two units can be told apart in the same sense;
    `better_digest`: of all that is shown to be better than what (Scored.better). `differs_from_next`: whether a unit and the next in rank
    can be told apart, looking at neighbours alone.
    """

    score: list[Number]
    low: list[Number]
    high: list[Number]
    rank: list[int | None]
    rank_low: list[Number]
    rank_high: list[Number]
    differs_from_next: list[bool | None]
    runs: list[list[int]] = field(default_factory=list)
    better_digest: str = ""


@dataclass(kw_only=True)
class GradeFigures:
    """Satisfaction rates of units (U) in percent, and grades: by points, and as the rule's gates leave them."""

    rate: list[Number]
    rate_low: list[Number]
    rate_high: list[Number]
    grade_points: list[int | None]
    grade: list[int | None]


@dataclass(kw_only=True)
class Result(GroupFigures, UnitFigures, GradeFigures):
    """Figures of a survey, as lists: g groups, u units, i items, l levels. None: there is no such figure.

    `apart[g]`: whether a group is reported apart and enters no score. `straight`, `alike`, `fast`: ballots with one answer
    throughout, like another one, sent very fast (of those `timed`). `shown[g][u][i]`: whether an
    item of a unit may be shown for a group. `rate` is in percent.
    """

    method: str
    seed: int
    resamples: int
    apart: list[bool]
    ballots: list[int]
    void: list[int | None]
    straight: list[int | None]
    alike: list[int | None]
    fast: list[int | None]
    timed: list[int]
    counts: list[list[list[list[int]]]]
    dont_know: list[list[list[int]]]
    blank: list[list[list[int]]]
    means: list[list[list[Number]]]
    included: list[list[bool]]
    short: list[list[bool]]
    shown: list[list[list[bool]]]
    item_score: list[list[Number]]
    n: list[int]
    shrunk: list[Number]
    alpha: Number
    icc_single: Number
    icc_average: Number
    answers: dict[str, AnswerTotals]
    turnout: Turnout

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Result:
        """What to_json wrote."""
        turnout = Turnout(
            tuple(GroupTurnout(**row) for row in data["turnout"]["groups"]),
            tuple(UnitTurnout(**row) for row in data["turnout"]["by_unit"]),
        )
        answers = {name: AnswerTotals(**totals) for name, totals in data["answers"].items()}
        return cls(**{**data, "answers": answers, "turnout": turnout})


@dataclass(frozen=True)
class Scored:
    """A result, and what any two units can be compared with: the draws of their scores, and which are `better` than which (U, U)."""

    result: Result
    draws: UnitDraws
    better: Bools


def compute(
    tally: Tally,
    answers: dict[str, AnswerTotals],
    turnout: Turnout,
    pace: list[tuple[int, int]] | None = None,
    people: Ints | None = None,
) -> Scored:
    """Score a tally. `answers` (by slot name), `turnout` and `pace` (see results/sealing.py) are kept beside the scores.

    `pace` holds, by group, how many ballots were sent very fast and of how many that is known. `people` (G, U): how many may
    rate a unit, 0 where nobody knows; for rules whose intervals are about these people.
    """
    layout, rule, levels = tally.layout, tally.layout.rule, tally.layout.shape[3]
    pace = pace or [(0, 0)] * len(tally.ballots)
    counts = tally.counts()
    counted = counted_items(counts[..., :levels], layout)
    means, by_group, raters = group_scores(counts[..., :levels], layout, counted)
    included, short = included_groups(raters, layout), short_groups(raters, layout)
    shown = may_show(counts[..., :levels].sum(axis=-1), included, rule.minimum)
    scoring = shown & layout.counts[:, None, None]
    n = np.where(included & layout.counts[:, None], raters, 0).sum(axis=0)
    score = unit_scores(by_group, included, short, layout)
    not_asked = None if people is None else _not_asked(raters, people)
    drawn = draw_scores(tally, by_group, included, short, counted, not_asked)
    ends = (float(layout.points.min()), float(layout.points.max())) if levels else None
    alpha, icc = _reliability(tally.moments, np.logical_and.reduce(scoring, axis=-1))
    rates = [_rate(counts, scoring, layout, unit, people) for unit in range(len(score))]
    of_groups, draws = _of_groups(by_group, raters, included, drawn, ends, rule.resamples)
    of_units, better = _of_units(score, draws.scores, layout, ends)
    result = Result(
        method=METHOD,
        seed=rule.seed,
        resamples=rule.resamples,
        apart=layout.apart.tolist(),
        ballots=tally.ballots,
        void=[*tally.void],
        straight=[*tally.habits.straight],
        alike=[*tally.habits.alike()],
        fast=[fast for fast, _ in pace],
        timed=[timed for _, timed in pace],
        counts=counts[..., :levels].tolist(),
        dont_know=counts[..., levels].tolist(),
        blank=counts[..., levels + 1].tolist(),
        means=_plain(means),
        included=included.tolist(),
        short=short.tolist(),
        shown=shown.tolist(),
        item_score=_plain(weighted_mean(np.moveaxis(np.where(shown, means, np.nan), 0, -1), layout.group_weights)),
        n=n.astype(int).tolist(),
        shrunk=_plain(shrink(score, n, icc)),
        alpha=_plain(alpha),
        icc_single=_plain(icc.single),
        icc_average=_plain(icc.average),
        answers=answers,
        turnout=turnout,
        **vars(of_groups),
        **vars(of_units),
        **vars(_grades(score, rates, turnout, rule)),
    )
    return Scored(result, draws, better)


def _not_asked(raters: Floats, people: Ints) -> Floats:
    """The share of the people meant who gave no rating (G, U); 1 where nobody knows how many they are."""
    share = np.divide(raters, people, out=np.zeros(raters.shape), where=people > 0)
    return np.clip(1 - share, 0, 1)


def _of_groups(
    by_group: Floats,
    raters: Floats,
    included: Bools,
    drawn: Iterable[DrawnPart],
    ends: tuple[float, float] | None,
    resamples: int,
) -> tuple[GroupFigures, UnitDraws]:
    """From the scores of units by groups (G, U), and from all draws, which come some units at a time."""
    both = included[1:] & included[:1]
    score, apart = np.where(included, by_group, np.nan), np.where(both, by_group[1:] - by_group[:1], np.nan)
    low, high, apart_low, apart_high = (np.full(each.shape, np.nan) for each in (score, score, apart, apart))
    draws = UnitDraws(*(np.full((resamples, score.shape[1]), np.nan) for _ in range(2)))
    for part in drawn:
        some = slice(part.units.start, part.units.stop)
        draws.scores[:, some], draws.plain[:, some] = part.scores, part.plain
        low[:, some], high[:, some] = interval(part.groups, score[:, some], ends)
        apart_low[:, some], apart_high[:, some] = interval(part.groups[:, 1:] - part.groups[:, :1], apart[:, some])
    figures = GroupFigures(
        group_score=_plain(score),
        group_low=_plain(low),
        group_high=_plain(high),
        group_n=raters.astype(int).tolist(),
        difference=_plain(apart),
        difference_low=_plain(apart_low),
        difference_high=_plain(apart_high),
    )
    return figures, draws


def _of_units(
    score: Floats, draws: Floats, layout: Layout, ends: tuple[float, float] | None
) -> tuple[UnitFigures, Bools]:
    """From the scores of units (U) and their draws (R, U); and which units are better than which (U, U)."""
    low, high = interval(draws, score, ends)
    scored = [int(unit) for unit in np.flatnonzero(~np.isnan(score))]
    own = ranks(_rounded(score, layout.rule.decimals))
    better = np.zeros((len(score), len(score)), bool)
    better[np.ix_(scored, scored)] = told_apart(draws[:, scored], score[scored])
    above, below = better.sum(axis=0).tolist(), better.sum(axis=1).tolist()
    order = sorted(scored, key=lambda u: (own[u], layout.listed(u)))
    figures = UnitFigures(
        score=_plain(score),
        low=_plain(low),
        high=_plain(high),
        rank=own,
        # A printed rank counts units that are printed higher, however little that means: it lies in the set.
        rank_low=[None if rank is None else float(min(rank, 1 + n)) for rank, n in zip(own, above, strict=True)],
        rank_high=[
            None if rank is None else float(max(rank, len(scored) - n)) for rank, n in zip(own, below, strict=True)
        ],
        differs_from_next=_differs_from_next(score, draws, order),
        runs=[list(run) for run in brackets(order, better)],
        better_digest=hashlib.sha256(np.packbits(better).tobytes()).hexdigest(),
    )
    return figures, better


def _grades(
    score: Floats, rates: list[tuple[Number, Number, Number]], turnout: Turnout, rule: ScoreRule
) -> GradeFigures:
    """From scores and rates of units (U), turnout, and the rule."""
    by_points = [grade_by_points(figure, rule) for figure in _rounded(score, rule.decimals)]
    rounded = [None if rate is None else round_half_up(rate) for rate, _, _ in rates]
    turnouts = unit_turnout(turnout, len(score))
    return GradeFigures(
        rate=[rate for rate, _, _ in rates],
        rate_low=[lower for _, lower, _ in rates],
        rate_high=[upper for _, _, upper in rates],
        grade_points=by_points,
        grade=[gated(by_points[u], rule, rounded[u], turnouts[u])[0] for u in range(len(score))],
    )


def _rounded(score: Floats, decimals: int) -> list[Decimal | None]:
    """Scores as they are shown, ranked and graded."""
    return [None if np.isnan(value) else round_half_up(value, decimals) for value in score]


def may_show(n: Floats, included: Bools, minimum: int) -> Bools:
    """Which items of a unit may be shown for a group (G, U, I), from valid ratings n (G, U, I).

    Those of groups that are shown at all, with the minimum of ratings; or with none, for "nobody knew" tells of nobody.
    """
    return included[..., None] & ((n == 0) | (n >= minimum))


def _reliability(moments: Moments, scoring: Bools) -> tuple[float, Icc]:
    """Alpha and ICC, of the groups and units (G, U) whose items are all shown: others must leave no trace in them."""

    def of_units(sums: Floats) -> Floats:
        return np.where(scoring, sums, 0).sum(axis=0)

    rows = int(of_units(moments.rows).sum())
    alpha = alpha_from_sums(rows, moments.item_sums[scoring].sum(axis=0), moments.item_products[scoring].sum(axis=0))
    return alpha, icc_from_sums(*map(of_units, (moments.raters, moments.rater_sums, moments.rater_squares)))


def _rate(
    counts: Ints, shown: Bools, layout: Layout, unit: int, people: Ints | None = None
) -> tuple[Number, Number, Number]:
    """The satisfaction rate of a unit in percent, with Wilson's interval.

    Over the rule's rate item, or pooled over all items; then the interval counts each rater once, because ratings
    of one person are no independent pieces of evidence. From what may be shown (G, U, I). `people` (G, U): of a finite
    population the variance is multiplied by the share that gave no rating, as if there were the more raters.
    """
    levels = len(layout.points)
    chosen = np.where(shown[:, unit, :, None], counts[:, unit, :, :levels], 0)
    if layout.rate_item is not None:
        chosen = chosen[:, layout.rate_item : layout.rate_item + 1]
    total = float(chosen.sum())
    if not total or not layout.satisfied.any():
        return None, None, None
    share = float(chosen[..., layout.satisfied].sum()) / total
    by_group = chosen.sum(axis=-1).max(axis=-1)
    raters = float(by_group.sum())
    rating = by_group > 0
    if people is not None and (people[rating, unit] > 0).all():
        not_asked = max(0.0, 1 - raters / float(people[rating, unit].sum()))
        if not not_asked:
            return 100 * share, 100 * share, 100 * share
        raters /= not_asked
    low, high = wilson(share * raters, raters)
    return 100 * share, 100 * low, 100 * high


def unit_turnout(turnout: Turnout, units: int) -> list[Decimal | None]:
    """Turnout in percent of those whose own unit it is; None where no admission is tied to the unit."""
    figures = [turnout.of_unit(unit) for unit in range(units)]
    return [round_half_up(100 * took_part / of) if of else None for took_part, of in figures]


def _differs_from_next(score: Floats, draws: Floats, order: list[int]) -> list[bool | None]:
    """By unit: whether it and the next one in the `order` of the table can be told apart, at 5 % over all neighbours together.

    None for the last.
    """
    neighbours = list(pairwise(order))
    differences = [difference(draws[:, one], draws[:, other], score[one] - score[other]) for one, other in neighbours]
    result: list[bool | None] = [None] * len(score)
    for (unit, _), rejected in zip(neighbours, holm([each.p for each in differences]), strict=True):
        result[unit] = rejected
    return result


def _plain(values: Any) -> Any:
    """Arrays as nested lists with None for NaN."""
    if isinstance(values, np.ndarray):
        return [_plain(value) for value in values.tolist()]
    if isinstance(values, list):
        return [_plain(value) for value in values]
    return None if values != values else float(values)
