"""Made surveys whose truth is known: populations of ballots with units, raters and items that hang together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from surveys.scoring.layout import Layout
from surveys.scoring.resampling import UnitDraws, draw_scores
from surveys.scoring.rule import ScoreRule
from surveys.scoring.scores import counted_items, group_scores, included_groups, short_groups, unit_scores
from surveys.scoring.tally import Tally

POINTS = np.array([100.0, 80.0, 60.0, 0.0])
FLOORS = np.array([0.6, -0.3, -1.3])
"""Latent values above these are 满意, 比较满意, 基本满意; the others 不满意."""
ITEMS = 8


def layout(units: int, items: int = ITEMS, resamples: int = 2000, weights: Sequence[float] = (1.0,), **rule) -> Layout:
    """Groups of these weights (one) that rate all units on all items."""
    return Layout(
        width=units * items,
        columns=np.arange(units * items).reshape(units, items),
        points=POINTS,
        satisfied=np.array([True, True, False, False]),
        item_weights=np.ones(items),
        group_weights=np.array(weights),
        apart=np.zeros(len(weights), bool),
        rates=np.ones((len(weights), units), bool),
        rule=ScoreRule(**{"minimum": 1, "resamples": resamples, **rule}),
        rate_item=None,
    )


def ballots(rng, people: int, middles, items: int = ITEMS, correlation: float = 0.0, spread: float = 0.8) -> np.ndarray:
    """Ratings (people, units × items) of units whose latent values lie around `middles` (U).

    Latent value: middle + a part of the ballot and unit (variance `spread`², of which the share `correlation` is the ballot's for all
    units) + a part of the item (variance 0.7²).
    """
    units = len(middles)
    of_ballot = rng.normal(0, spread, (people, 1)) * np.sqrt(correlation)
    of_unit = rng.normal(0, spread, (people, units)) * np.sqrt(1 - correlation)
    latent = (np.asarray(middles) + of_ballot + of_unit)[:, :, None] + rng.normal(0, 0.7, (people, units, items))
    return (1 + (latent[..., None] <= FLOORS).sum(axis=-1)).astype(np.uint8).reshape(people, -1)


def own_ballots(rng, people: int, middle: float, units: int = 10, items: int = 2) -> np.ndarray:
    """Ratings (people × units, units × items) of units of which each has raters of its own."""
    rows = np.zeros((units, people, units, items), np.uint8)
    for unit in range(units):
        rows[unit, :, unit] = ballots(rng, people, [middle], items)
    return rows.reshape(units * people, units * items)


def true_mean(middle: float, spread: float = 0.8) -> float:
    """The mean points of a population, computed from the normal distribution of its latent values."""
    from scipy.stats import norm

    above = norm.sf((FLOORS - middle) / np.hypot(spread, 0.7))
    return float(np.diff(above, prepend=0.0, append=1.0) @ POINTS)


def tally_of(plan: Layout, *groups: np.ndarray) -> Tally:
    """Ballots (n, U × I) by group, counted."""
    tally = Tally(plan, [len(rows) for rows in groups])
    for group, rows in enumerate(groups):
        tally.add(np.full(len(rows), group, np.int64), rows)
    return tally


def scores_and_draws(
    plan: Layout, *groups: np.ndarray, not_asked: np.ndarray | None = None
) -> tuple[np.ndarray, UnitDraws]:
    """Scores (U) and their draws of ballots (n, U × I) by group."""
    tally = tally_of(plan, *groups)
    counts = tally.counts()[..., : len(POINTS)]
    counted = counted_items(counts, plan)
    _, by_group, raters = group_scores(counts, plan, counted)
    included = included_groups(raters, plan), short_groups(raters, plan)
    parts = list(draw_scores(tally, by_group, *included, counted, not_asked))
    draws = UnitDraws(*(np.hstack([getattr(part, name) for part in parts]) for name in ("scores", "plain")))
    return unit_scores(by_group, *included, plan), draws
