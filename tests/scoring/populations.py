"""Made surveys whose truth is known: populations of ballots with units, raters and items that hang together."""

from __future__ import annotations

import numpy as np

from surveys.scoring.layout import Layout
from surveys.scoring.rule import ScoreRule
from surveys.scoring.tally import Tally

POINTS = np.array([100.0, 80.0, 60.0, 0.0])
FLOORS = np.array([0.6, -0.3, -1.3])
"""Latent values above these are 满意, 比较满意, 基本满意; the others 不满意."""
ITEMS = 8


def layout(units: int, items: int = ITEMS, resamples: int = 2000) -> Layout:
    """One group that rates all units on all items."""
    return Layout(
        width=units * items,
        columns=np.arange(units * items).reshape(units, items),
        points=POINTS,
        satisfied=np.array([True, True, False, False]),
        item_weights=np.ones(items),
        group_weights=np.ones(1),
        apart=np.zeros(1, bool),
        rates=np.ones((1, units), bool),
        rule=ScoreRule(minimum=1, resamples=resamples),
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


def true_mean(middle: float, spread: float = 0.8) -> float:
    """The mean points of a population, computed from the normal distribution of its latent values."""
    from scipy.stats import norm

    above = norm.sf((FLOORS - middle) / np.hypot(spread, 0.7))
    return float(np.diff(above, prepend=0.0, append=1.0) @ POINTS)


def tally_of(rows: np.ndarray, plan: Layout) -> Tally:
    """Ballots (n, U × I) of the one group, counted."""
    tally = Tally(plan, [len(rows)])
    tally.add(np.zeros(len(rows), np.int64), rows)
    return tally
