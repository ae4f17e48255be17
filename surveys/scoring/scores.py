"""From counts to scores: trimming, items, groups (steps 3 to 6 of the method). All functions take leading axes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from surveys.scoring.layout import Bools, Floats, Layout
from surveys.scoring.rule import Trim

Counts = NDArray[Any]


def mean_points(counts: Counts, points: Floats, trim: Trim, real: Counts | None = None) -> Floats:
    """The mean of ratings given as counts (…, L) of levels worth `points` (L), trimmed. NaN where there is none.

    `real` (…): where the counts are weighted ones, how many ratings there are; of these the rule takes its share.
    """
    order = np.argsort(points, kind="stable")
    sorted_counts = np.asarray(counts)[..., order]
    worth = points[order]
    if trim.kind != "none":
        sorted_counts = _trimmed(sorted_counts, trim, real)
    total = sorted_counts.sum(axis=-1)
    sums = sorted_counts @ worth
    return np.divide(sums, total, out=np.full(np.shape(total), np.nan), where=total > 0)


def _trimmed(counts: Counts, trim: Trim, real: Counts | None = None) -> Floats:
    """Counts with the lowest and highest ratings taken out; levels are in ascending order of points."""
    upto = np.cumsum(counts, axis=-1, dtype=np.float64)
    total = upto[..., -1:]
    n = total if real is None else np.asarray(real, dtype=np.float64)[..., None]
    if trim.kind == "drop_ends":
        cut = np.where(n > trim.above, float(trim.count), 0.0)
    else:
        # Whole numbers throughout: 0.29 of 100 must be 29.
        cut = (n.astype(np.int64) * trim.share.numerator // trim.share.denominator).astype(np.float64)
    if real is not None:
        cut = cut * total / np.maximum(n, 1)
    kept = np.clip(upto, cut, total - cut)
    return np.diff(kept, axis=-1, prepend=np.broadcast_to(cut, total.shape))


def valid_counts(counts: Counts) -> Floats:
    """Valid ratings n from counts (…, L)."""
    return np.asarray(counts).sum(axis=-1, dtype=np.float64)


def item_mean(means: Floats, weights: Floats) -> Floats:
    """S(u,g) from item means (…, I): weighted over the items that have one. NaN where none has."""
    return weighted_mean(means, weights)


def weighted_mean(values: Floats, weights: Floats) -> Floats:
    """The weighted mean over the last axis of the values that are there (not NaN). NaN where the weights are zero."""
    there = ~np.isnan(values)
    used = np.where(there, weights, 0.0)
    total = used.sum(axis=-1)
    sums = (np.where(there, values, 0.0) * used).sum(axis=-1)
    return np.divide(sums, total, out=np.full(np.shape(total), np.nan), where=total > 0)


def counted_items(counts: Counts, layout: Layout) -> Bools:
    """Which items count (…, I), from counts (…, I, L): those with the minimum of valid ratings.

    An item with fewer is withheld. Were it in the score, the score would tell of it.
    """
    return valid_counts(counts) >= max(1, layout.rule.minimum)


def group_scores(counts: Counts, layout: Layout, counted: Bools) -> tuple[Floats, Floats, Floats]:
    """From counts (…, I, L): item means m (…, I), scores S(u,g) over the `counted` items (…, I), and the raters n (…).

    n is that of the item with the most valid ratings among those that carry weight, so that it can be read off the
    distribution.
    """
    means = mean_points(counts, layout.points, layout.rule.trim)
    scores = item_mean(np.where(counted, means, np.nan), layout.item_weights)
    return means, scores, valid_counts(counts)[..., layout.item_weights > 0].max(axis=-1, initial=0)


def included_groups(raters: Floats, layout: Layout) -> Bools:
    """Which groups are shown for a unit (G, U): asked about it, with a score for it, which takes the minimum of raters.

    They enter the unit's score, but those that are reported apart.
    """
    return layout.rates & (raters >= layout.rule.minimum) & (raters > 0)


def short_groups(raters: Floats, layout: Layout) -> Bools:
    """Which groups should have rated a unit but fall short of the minimum (G, U)."""
    return layout.rates & ~included_groups(raters, layout)


def unit_scores(scores: Floats, included: Bools, short: Bools, layout: Layout) -> Floats:
    """S(u) from S(u,g) (…, G, U): weighted over the included groups; NaN where the rule gives no score."""
    values = np.moveaxis(np.where(included, scores, np.nan), -2, -1)
    result = weighted_mean(values, layout.group_weights)
    if layout.rule.short_group == "no_score":
        result = np.where(short[layout.counts].any(axis=0), np.nan, result)
    return result
