"""Do the items hang together, and do raters agree: Cronbach's alpha, ICC, shrinkage. NaN where undefined."""

from __future__ import annotations

from dataclasses import dataclass
from math import nan

import numpy as np

from surveys.scoring.layout import Floats


def alpha_from_sums(rows: int, sums: Floats, products: Floats) -> float:
    """Cronbach's alpha from the number of complete rows, sums (I) and cross-products (I, I) of the items.

    alpha = I/(I−1) × (1 − Σ item variances / variance of the total) (Cronbach 1951).
    """
    items = len(sums)
    if rows < 2 or items < 2:
        return nan
    covariance = (products - np.outer(sums, sums) / rows) / (rows - 1)
    total = covariance.sum()
    if total <= 1e-12:
        return nan
    return float(items / (items - 1) * (1 - np.trace(covariance) / total))


@dataclass(frozen=True)
class Icc:
    """One-way random effects: ICC(1) of one rater, ICC(1,k) of the mean of k (Shrout & Fleiss 1979).

    `within` and `between` are the variance of raters within a unit and of units.
    """

    single: float
    average: float
    within: float
    between: float


def icc_from_sums(n: Floats, sums: Floats, squares: Floats) -> Icc:
    """ICC from each unit's raters n, sum and sum of squares of their ratings; units with no rater are left out.

    With unequal n, k is n₀ = (N − Σn²/N)/(a−1), as in the one-way analysis of variance.
    """
    rated = n > 0
    n, sums, squares = n[rated], sums[rated], squares[rated]
    units, total = len(n), float(n.sum())
    if units < 2 or total <= units:
        return Icc(nan, nan, nan, nan)
    grand = sums.sum() / total
    between = float((n * (sums / n - grand) ** 2).sum()) / (units - 1)
    within = max(0.0, float((squares - sums**2 / n).sum())) / (total - units)
    size = (total - float((n**2).sum()) / total) / (units - 1)
    spread = between + (size - 1) * within
    return Icc(
        single=(between - within) / spread if spread > 1e-12 else nan,
        average=(between - within) / between if between > 1e-12 else nan,
        within=within,
        between=max(0.0, (between - within) / size),
    )


def shrink(scores: Floats, n: Floats, icc: Icc) -> Floats:
    """Scores drawn towards the mean of all units, the more the fewer raters (empirical Bayes, normal model).

    μ + (S − μ) × τ²/(τ² + σ²/n), τ² and σ² from the one-way analysis of variance.
    """
    if np.isnan(icc.within) or not (~np.isnan(scores)).any():
        return np.full(scores.shape, nan)
    middle = float(np.nanmean(scores))
    noise = np.divide(icc.within, n, out=np.full(scores.shape, np.inf), where=n > 0)
    if icc.between == 0 and icc.within == 0:
        return scores.copy()
    factor = icc.between / (icc.between + noise)
    return middle + (scores - middle) * factor
