"""Intervals of a score and of a rate."""

from __future__ import annotations

from math import sqrt

import numpy as np

from surveys.scoring.layout import Floats

Z95 = 1.959963984540054
_TOGETHER = 500  # scores whose draws are looked at together: bounds memory


def wilson(successes: float, n: float, z: float = Z95) -> tuple[float, float]:
    """Wilson's score interval of a share, as fractions (Wilson 1927). (0, 1) where n is 0."""
    if n <= 0:
        return 0.0, 1.0
    share = successes / n
    middle = share + z * z / (2 * n)
    reach = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    return max(0.0, (middle - reach) / scale), min(1.0, (middle + reach) / scale)


def interval(draws: Floats, score: Floats, ends: tuple[float, float] | None = None) -> tuple[Floats, Floats]:
    """The 95 % interval of scores (…) from their draws (R, …); NaN where there is no score.

    It holds the score. `ends`: the lowest and the highest score there can be; a limit lies there where the score does
    (Brown, Cai & DasGupta 2001).
    """
    low, high = np.full(score.shape, np.nan), np.full(score.shape, np.nan)
    there = ~np.isnan(score)
    if there.any():
        columns, scores = draws.reshape(len(draws), -1), score.ravel()
        where = np.flatnonzero(there.ravel())
        for start in range(0, len(where), _TOGETHER):
            some = where[start : start + _TOGETHER]
            bounds = np.quantile(columns[:, some], [0.025, 0.975], axis=0)
            low.flat[some], high.flat[some] = np.minimum(bounds[0], scores[some]), np.maximum(bounds[1], scores[some])
    if ends is not None:
        low[score <= ends[0]], high[score >= ends[1]] = ends
    return low, high
