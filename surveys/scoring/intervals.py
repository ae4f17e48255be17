"""How sure a score is: the bootstrap over ballots within groups, and Wilson's interval of a rate."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np

from surveys.scoring.layout import Bools, Floats
from surveys.scoring.rounding import units_half_up
from surveys.scoring.scores import group_scores, unit_scores
from surveys.scoring.tally import Tally

Z95 = 1.959963984540054
_CHUNK = 6_000_000  # resampled counts held at one time


def wilson(successes: float, n: float, z: float = Z95) -> tuple[float, float]:
    """Wilson's score interval of a share, as fractions (Wilson 1927). (0, 1) where n is 0."""
    if n <= 0:
        return 0.0, 1.0
    share = successes / n
    middle = share + z * z / (2 * n)
    reach = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    return max(0.0, (middle - reach) / scale), min(1.0, (middle + reach) / scale)


@dataclass(frozen=True)
class Resampled:
    """Scores of each resample: `units` (R, U) and `groups` (R, G, U)."""

    units: Floats
    groups: Floats


def bootstrap(tally: Tally, included: Bools, short: Bools, counted: Bools) -> Resampled:
    """Resample ballots within groups `rule.resamples` times and score each resample.

    Groups that enter a unit's score (G, U) and items that enter a group's (G, U, I) are those of the real count: the
    question is how the published figure would vary, not whether it would be published.
    """
    layout = tally.layout
    groups, units, items, levels = layout.shape
    resamples = layout.rule.resamples
    scores = np.full((resamples, groups, units), np.nan)
    for group in range(groups):
        blocks = tally.blocks(group)[..., :levels]
        n = len(blocks)
        if not n or not included[group].any():
            continue
        rng = np.random.default_rng((layout.rule.seed, group))
        times = rng.multinomial(n, np.full(n, 1 / n), size=resamples).astype(np.float32)
        step = max(1, _CHUNK // (resamples * items * levels))
        for start in range(0, units, step):
            part = blocks[:, start : start + step].astype(np.float32)
            # Whole numbers under 2^24 are exact in single precision, whatever the order of adding.
            counts = (times @ part.reshape(n, -1)).reshape(resamples, -1, items, levels)
            of_items = counted[group, start : start + step]
            scores[:, group, start : start + step] = group_scores(counts, layout, of_items)[1]
    return Resampled(unit_scores(scores, included, short, layout), scores)


def percentile_interval(samples: Floats) -> tuple[Floats, Floats]:
    """The 95 % percentile interval over the first axis; NaN where there are no samples."""
    low = np.full(samples.shape[1:], np.nan)
    high = low.copy()
    there = ~np.isnan(samples).all(axis=0)
    if there.any():
        bounds = np.nanpercentile(samples[:, there], [2.5, 97.5], axis=0)
        low[there], high[there] = bounds
    return low, high


def rank_interval(samples: Floats, scores: Floats, decimals: int) -> tuple[Floats, Floats]:
    """The 95 % interval of each unit's rank over resamples (R, U) of its score (U); units without a score have none.

    A resample that happens to leave a unit without a rating says nothing of it; there its score stands as it is, so that all
    units are ranked among all in each of them.
    """
    ranks = np.full(samples.shape, np.nan)
    there = ~np.isnan(scores)
    printed = units_half_up(np.where(np.isnan(samples), scores, samples)[:, there], decimals)
    if there.any():
        ordered = np.sort(printed, axis=1)
        ranks[:, there] = [
            len(row) - np.searchsorted(sorted_row, row, side="right") + 1
            for row, sorted_row in zip(printed, ordered, strict=True)
        ]
    low, high = percentile_interval(ranks)
    own = np.full(scores.shape, np.nan)
    figures = units_half_up(scores[there], decimals)
    own[there] = [(figures > figure).sum() + 1 for figure in figures]
    return np.fmin(np.floor(low), own), np.fmax(np.ceil(high), own)
