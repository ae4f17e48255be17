"""The Bayesian bootstrap over ballots within groups (Rubin 1981): what the scores might have been.

In each draw a ballot has a random weight (exponential, which makes the shares Dirichlet). To the ballots half a pseudo-ballot
is added at each end of the scale: with ratings of two levels this is Jeffreys' interval of a share. So an interval has a length
even where few people rate or all of them agree. The score itself is not changed.

A mean of several groups gets half a pseudo-ballot at each end in all, not in each of them: a group gets the part that is its
share of the weights. A pseudo-ballot pulls the draws towards the middle of the scale. That pull would be the same for many groups as for one, while
the spread of their mean is smaller: of five groups of 20 raters who mostly gave the highest level, half a pseudo-ballot in each would leave intervals of 95 % that cover
the truth in half of all surveys. For the same reason means over units are made from draws without and with pseudo-ballots (`UnitDraws.mean_of`).

Half of the weight of a pseudo-ballot is the same for all units, as if one person had rated them all, and half is each unit's own. Were it all
the same, differences of units that few people rate would seem too sure (of 8 raters, one survey in three told apart units that were
equal); were it all each unit's own, fewer true differences would be found.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from surveys.scoring.layout import Bools, Floats, Ints, Layout
from surveys.scoring.scores import item_mean, mean_points, unit_scores, valid_counts
from surveys.scoring.tally import Tally

_CHUNK = 6_000_000  # weighted counts held at one time
_PARTS = 1024
"""Weights are whole multiples of 1/1024, so that their sums are exact and the same on every machine, in whatever order they are added."""
_PSEUDO_BALLOTS = 0.5


@dataclass(frozen=True)
class UnitDraws:
    """Scores of units in each draw: `scores` (R, U), and `plain` (R, U) without pseudo-ballots. NaN where there is no score."""

    scores: Floats
    plain: Floats

    def take(self, draws: Ints | slice) -> UnitDraws:
        """Some of the draws, in this order."""
        return UnitDraws(self.scores[draws], self.plain[draws])

    def mean_of(self, units: Sequence[int]) -> Floats:
        """The plain mean of some units in each draw (R); NaN without units. A unit that stands there twice counts twice.

        A unit whose part in the mean is w gets this part of its pseudo-ballots: their pull is multiplied by w, their spread by its root.
        """
        if not len(units):
            return np.full(len(self.scores), np.nan)
        some, times = np.unique(np.asarray(units), return_counts=True)
        part = times / times.sum()
        plain = self.plain[:, some]
        pseudo = self.scores[:, some] - plain
        pull = pseudo.mean(axis=0)
        return np.asarray((plain + part * pull + np.sqrt(part) * (pseudo - pull)) @ part)


@dataclass(frozen=True)
class Draws:
    """Scores in each draw: of `units`, and of units by `groups` (R, G, U)."""

    units: UnitDraws
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
    groups, units, _, levels = layout.shape
    scores, plain, of_groups = (
        np.full((layout.rule.resamples, *shape), np.nan) for shape in ((units,), (units,), (groups, units))
    )
    found = Draws(UnitDraws(scores, plain), of_groups)
    if not levels:
        return found
    shares = _shares(included, layout)
    there = ~np.isnan(unit_scores(by_group, included, short, layout))
    scores[:, there] = plain[:, there] = 0
    for group in range(groups):
        if tally.ballots[group] and included[group].any():
            share = np.where(included[group], shares[group], 0)
            drawn = _draw_group(tally, group, counted[group], share)
            if not_asked is not None:
                middle, factor = by_group[group], np.sqrt(not_asked[group])
                drawn = tuple(middle + (each - middle) * factor for each in drawn)
            of_groups[:, group] = drawn[0]
            enters = there & (share > 0)
            scores[:, enters] += share[enters] * drawn[1][:, enters]
            plain[:, enters] += share[enters] * drawn[2][:, enters]
    return found


def _shares(included: Bools, layout: Layout) -> Floats:
    """The share of each group in the score of each unit (G, U); 0 where it does not enter."""
    weights = np.where(included, layout.group_weights[:, None], 0.0)
    total = weights.sum(axis=0)
    return np.divide(weights, total, out=np.zeros(weights.shape), where=total > 0)


def _draw_group(tally: Tally, group: int, counted: Bools, share: Floats) -> tuple[Floats, ...]:
    """Scores of units by one group in each draw (R, U): with whole pseudo-ballots, with this `share` (U) of them, with none."""
    layout = tally.layout
    _, units, items, levels = layout.shape
    resamples, trim = layout.rule.resamples, layout.rule.trim
    blocks = tally.blocks(group)[..., :levels]
    n = len(blocks)
    rng = np.random.default_rng((layout.rule.seed, group))
    # No weight is 0: a unit that one ballot rates would have no score in such a draw.
    weights = np.maximum(np.rint(rng.standard_exponential((resamples, n)) * _PARTS), 1)
    whole = _pseudo_ballots(rng, resamples, np.ones(units))
    part = np.where((share == 1)[:, None], whole, _pseudo_ballots(rng, resamples, share))
    real, (lowest, highest), each = valid_counts(blocks.sum(axis=0)), layout.item_ends, np.arange(items)
    scores = [np.full((resamples, units), np.nan) for _ in range(3)]
    step = max(1, _CHUNK // (resamples * items * levels))
    for start in range(0, units, step):
        some = slice(start, start + step)
        counts = (weights @ blocks[:, some].reshape(n, -1).astype(np.float64)).reshape(resamples, -1, items, levels)
        before = np.zeros((resamples, 1, 2))
        for place, pseudo in ((2, None), (0, whole), (1, part)):
            if pseudo is part and (share[some] == 1).all():
                scores[1][:, some] = scores[0][:, some]
                continue
            if pseudo is not None:  # whole numbers, so that what is added and taken away leaves no trace
                counts[:, :, each, lowest] += pseudo[:, some, :1] - before[..., :1]
                counts[:, :, each, highest] += pseudo[:, some, 1:] - before[..., 1:]
                before = pseudo[:, some]
            means = mean_points(counts, layout.points, trim, real[some])
            scores[place][:, some] = item_mean(np.where(counted[some], means, np.nan), layout.item_weights)
    return tuple(scores)


def _pseudo_ballots(rng: np.random.Generator, resamples: int, share: Floats) -> Floats:
    """The weights of the pseudo-ballots of units at both ends (R, U, 2), of which each unit gets a `share` (U)."""
    values, place = np.unique(share, return_inverse=True)
    steps = _PSEUDO_BALLOTS / 2 * np.diff(values, prepend=0.0)
    shared = rng.standard_gamma(steps[:, None], (resamples, len(values), 2)).cumsum(axis=1)[:, place]
    own = rng.standard_gamma(_PSEUDO_BALLOTS / 2 * share[:, None], (resamples, len(share), 2))
    return np.asarray(np.rint((shared + own) * _PARTS))
