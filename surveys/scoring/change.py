"""Changes from one round to the next: of scores from their draws, of items from their published counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from surveys.scoring.comparison import Difference, difference, holm
from surveys.scoring.layout import Bools, Floats, Ints
from surveys.scoring.resampling import UnitDraws
from surveys.scoring.rule import Trim
from surveys.scoring.scores import mean_points, weighted_mean

_PSEUDO_BALLOTS = 0.5
"""At each end of the scale, as in resampling.py."""
_PAIRING = 9001
"""Keeps the random numbers of the pairing apart from those of the draws."""


@dataclass(frozen=True)
class ItemRule:
    """What makes the score of an item out of counts: points of levels (L), what is trimmed, weights of groups (G).

    `lowest` and `highest` (I): the positions of the levels of each item with the fewest and with the most points.
    """

    points: Floats
    lowest: Ints
    highest: Ints
    trim: Trim
    group_weights: Floats
    seed: int
    resamples: int


def item_draws(
    counts: Ints, shown: Bools, rule: ItemRule, stream: int, not_asked: Floats | None = None, part: float = 1.0
) -> Floats:
    """Scores of the items of a unit in each draw (R, I), from counts (G, I, L) of groups that are `shown` (G, I).

    Within one group and one item the bootstrap of resampling.py is a Dirichlet over the levels, with the counts as its
    parameters and pseudo-ballots at each end (Rubin 1981), so no ballot is needed: half a one in all, of which each group gets its
    share of the weights. `part`: what the unit is of a mean over units. `stream` tells surveys and units apart. `not_asked` (G, I) is the share of the people meant who gave no rating; None: people without number are meant.
    NaN where no group has a rating that is shown.
    """
    n = counts.sum(axis=-1)
    there = shown & (n > 0)
    parameters = np.where(there[..., None], counts, 0).astype(np.float64)
    each = np.arange(counts.shape[1])
    weights_of = np.where(there, rule.group_weights[:, None], 0.0)
    share = part * weights_of / np.maximum(weights_of.sum(axis=0), 1e-12)
    parameters[:, each, rule.lowest] += _PSEUDO_BALLOTS * share
    parameters[:, each, rule.highest] += _PSEUDO_BALLOTS * share
    rng = np.random.default_rng((rule.seed, stream))
    weights = rng.standard_gamma(parameters, (rule.resamples, *parameters.shape))
    means = mean_points(weights, rule.points, rule.trim, n)
    if not_asked is not None:
        score = mean_points(counts, rule.points, rule.trim)
        means = score + (means - score) * np.sqrt(not_asked)
    return weighted_mean(np.moveaxis(np.where(there, means, np.nan), 1, -1), rule.group_weights)


def linked_mean(each: Sequence[Floats], seed: int, stream: int) -> Floats:
    """The mean of the items of several units in each draw (R, I), from the draws of each.

    The ballots may be the same people's, and counts do not say how these hang together. So the draws of each unit are taken from the
    lowest to the highest, as if all went up and down as one: no other mean of them has more spread.
    """
    if len(each) == 1:
        return each[0]
    together = np.mean([np.sort(draws, axis=0) for draws in each], axis=0)
    return np.asarray(together[np.random.default_rng((seed, _PAIRING, stream)).permutation(len(together))])


def paired_apart(before: UnitDraws, after: UnitDraws, seed: int, stream: int) -> tuple[UnitDraws, UnitDraws]:
    """Draws of two rounds side by side, so that a draw of one says nothing of the draw of the other beside it.

    Rounds with one seed and as many ballots would have the same random weights, which would make differences too sure.
    """
    draws = min(len(before.scores), len(after.scores))
    order = np.random.default_rng((seed, _PAIRING, stream)).permutation(draws)
    return before.take(order), after.take(slice(draws))


def changes(before: Floats, after: Floats, values: Floats) -> list[Difference | None]:
    """The changes `values` (N) with their 95 % intervals, from draws (R, N) of both rounds; None where a figure is missing."""
    return [
        None if np.isnan(value) else difference(after[:, n], before[:, n], float(value))
        for n, value in enumerate(values)
    ]


def clear_changes(found: list[Difference | None]) -> list[bool]:
    """Which changes are not zero, all these statements together right with probability 0.95 (Holm)."""
    there = [n for n, change in enumerate(found) if change is not None]
    rejected = holm([change.p for change in found if change is not None])
    clear = [False] * len(found)
    for n, yes in zip(there, rejected, strict=True):
        clear[n] = yes
    return clear
