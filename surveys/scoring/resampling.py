"""The Bayesian bootstrap over ballots within groups (Rubin 1981): what the scores might have been.

In each draw a ballot has a random weight (exponential, which makes the shares Dirichlet). To the ballots half a pseudo-ballot
is added at each end of the scale: with ratings of two levels this is Jeffreys' interval of a share. So an interval has a length
even where few people rate or all of them agree. The score itself is not changed.

Half of the weight of a pseudo-ballot is the same for all units, as if one person had rated them all, and half is each unit's own. Were it all
the same, differences of units that few people rate would seem too sure (of 8 raters, one survey in three told apart units that were
equal); were it all each unit's own, fewer true differences would be found.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from surveys.scoring.layout import Bools, Floats
from surveys.scoring.scores import item_mean, mean_points, unit_scores, valid_counts
from surveys.scoring.tally import Tally

_CHUNK = 6_000_000  # weighted counts held at one time
_PARTS = 1024
"""Weights are whole multiples of 1/1024, so that their sums are exact and the same on every machine, in whatever order they are added."""
_PSEUDO_BALLOTS = 0.5


@dataclass(frozen=True)
class Draws:
    """Scores in each draw: `units` (R, U) and `groups` (R, G, U)."""

    units: Floats
    groups: Floats


def draw_scores(
    tally: Tally, by_group: Floats, included: Bools, short: Bools, counted: Bools, not_asked: Floats | None = None
) -> Draws:
    """Score `rule.resamples` draws of the ballots of a tally. `by_group` (G, U) are the scores themselves.

    `not_asked` (G, U): the share of the people meant who gave no rating, by which the variance is multiplied (the finite population
    correction; Cochran, Sampling Techniques, ch. 2); None: people without number are meant.

    Groups that enter a unit's score (G, U) and items that enter a group's (G, U, I) are those of the real count: the
    question is how the published figure would vary, not whether it would be published.
    """
    layout = tally.layout
    groups, units, items, levels = layout.shape
    resamples = layout.rule.resamples
    scores = np.full((resamples, groups, units), np.nan)
    if not levels:
        return Draws(np.full((resamples, units), np.nan), scores)
    lowest, highest = layout.item_ends
    each = np.arange(items)
    for group in range(groups):
        blocks = tally.blocks(group)[..., :levels]
        n = len(blocks)
        if not n or not included[group].any():
            continue
        rng = np.random.default_rng((layout.rule.seed, group))
        weights = np.rint(rng.standard_exponential((resamples, n)) * _PARTS)
        shared = rng.standard_gamma(_PSEUDO_BALLOTS / 2, (resamples, 1, 2))
        pseudo = np.rint((shared + rng.standard_gamma(_PSEUDO_BALLOTS / 2, (resamples, units, 2))) * _PARTS)
        real = valid_counts(blocks.sum(axis=0))
        step = max(1, _CHUNK // (resamples * items * levels))
        for start in range(0, units, step):
            part = slice(start, start + step)
            counts = (weights @ blocks[:, part].reshape(n, -1).astype(np.float64)).reshape(resamples, -1, items, levels)
            counts[:, :, each, lowest] += pseudo[:, part, :1]
            counts[:, :, each, highest] += pseudo[:, part, 1:]
            means = mean_points(counts, layout.points, layout.rule.trim, real[part])
            scores[:, group, part] = item_mean(np.where(counted[group, part], means, np.nan), layout.item_weights)
    if not_asked is not None:
        scores = by_group + (scores - by_group) * np.sqrt(not_asked)
    return Draws(unit_scores(scores, included, short, layout), scores)
