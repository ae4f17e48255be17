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

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from surveys.scoring.layout import Bools, Floats, Ints, Layout
from surveys.scoring.scores import mean_points, unit_scores, valid_counts
from surveys.scoring.tally import Tally

_CHUNK = 6_000_000  # weighted counts held at one time
_PARTS = 1024
"""Weights are whole multiples of 1/1024, so that their sums are exact and the same on every machine, in whatever order they are added."""
_MOST_PARTS = 2**16 - 1  # a weight of 64, which no draw comes near
_TOGETHER = 500
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
class DrawnPart:
    """Some units in each draw: their `scores` and `plain` scores (R, units) as in UnitDraws, and those by `groups` (R, G, units)."""

    units: range
    scores: Floats
    plain: Floats
    groups: Floats


def draw_scores(
    tally: Tally, by_group: Floats, included: Bools, short: Bools, counted: Bools, not_asked: Floats | None = None
) -> Iterator[DrawnPart]:
    """Score `rule.resamples` draws of the ballots of a tally, some units at a time. `by_group` (G, U) are the scores themselves.

    `not_asked` (G, U): the share of the people meant who gave no rating, by which the variance is multiplied (the finite population
    correction; Cochran, Sampling Techniques, ch. 2); None: people without number are meant.

    Groups that enter a unit's score (G, U) and items that enter a group's (G, U, I) are those of the real count: the
    question is how the published figure would vary, not whether it would be published.
    """
    layout = tally.layout
    groups, units, items, levels = layout.shape
    resamples = layout.rule.resamples
    shares = _shares(included, layout)
    there = ~np.isnan(unit_scores(by_group, included, short, layout))
    drawn = {
        group: _GroupDraws(tally, group, counted[group], np.where(included[group], shares[group], 0))
        for group in range(groups) if levels and tally.ballots[group] and included[group].any()
    }  # fmt: skip
    columns = levels if layout.rule.trim.kind != "none" else 2
    step = max(1, _CHUNK // max(1, resamples * items * columns))
    starts = sorted({*range(0, units, step), *range(0, units, _TOGETHER)})
    for start, stop in pairwise([*starts, units]):
        some = range(start, stop)
        nan = np.where(there[start:stop], 0.0, np.nan)
        scores, plain = (np.tile(nan, (resamples, 1)) for _ in range(2))
        of_groups = np.full((resamples, groups, len(some)), np.nan)
        for group, each in drawn.items():
            whole, part, none = each.scores(some)
            if not_asked is not None:
                middle, factor = by_group[group, start:stop], np.sqrt(not_asked[group, start:stop])
                whole, part, none = (middle + (one - middle) * factor for one in (whole, part, none))
            of_groups[:, group] = whole
            share = shares[group, start:stop]
            enters = (share > 0) & there[start:stop]
            scores[:, enters] += share[enters] * part[:, enters]
            plain[:, enters] += share[enters] * none[:, enters]
        yield DrawnPart(some, scores, plain, of_groups)


def _shares(included: Bools, layout: Layout) -> Floats:
    """The share of each group in the score of each unit (G, U); 0 where it does not enter."""
    weights = np.where(included, layout.group_weights[:, None], 0.0)
    total = weights.sum(axis=0)
    return np.divide(weights, total, out=np.zeros(weights.shape), where=total > 0)


class _GroupDraws:
    """Scores of units by one group in each draw. `counted` (U, I); `share` (U): the group's part in the score of each unit.

    The pseudo-ballots of _TOGETHER units are made at one time, each time by a generator of its own, so that those of thousands of
    units need not be kept.
    """

    def __init__(self, tally: Tally, group: int, counted: Bools, share: Floats) -> None:
        layout = tally.layout
        self.layout, self.counted, self.share = layout, counted, share
        self.blocks, self.seed = tally.blocks(group), (layout.rule.seed, group)
        rng = np.random.default_rng(self.seed)
        shape = layout.rule.resamples, self.blocks.count
        # No weight is 0: a unit that one ballot rates would have no score in such a draw.
        weights = np.maximum(np.rint(rng.standard_exponential(shape) * _PARTS), 1)
        self.weights = np.minimum(weights, _MOST_PARTS).astype(np.uint16)
        self.real = valid_counts(self.blocks.sums()[..., : layout.shape[3]])
        first = share[:_TOGETHER]
        self.shared = _shared(rng, shape[0], np.ones(1))[0]
        self.pseudo = {0: _own(rng, shape[0], np.ones(len(first)))}
        self.shared_part = _shared(rng, shape[0], share)
        self.pseudo_part = {0: _own(rng, shape[0], first)}

    def scores(self, units: range) -> tuple[Floats, Floats, Floats]:
        """Scores of some units (R, units): with whole pseudo-ballots, with the share of them, with none."""
        layout, some = self.layout, slice(units.start, units.stop)
        trim = layout.rule.trim
        # Without trimming a mean takes no more than how many ratings there are, and their points together.
        table = (
            np.eye(layout.shape[3]) if trim.kind != "none" else np.stack([np.ones(layout.shape[3]), layout.points], 1)
        )
        counts = self.blocks.weighted(self.weights.astype(np.float64), units, table)
        weights = np.where(self.counted[some], layout.item_weights, 0.0)
        none = self._of(counts, units, weights)
        whole_ballots, part_ballots = self._pseudo_ballots(units)
        self._add(counts, whole_ballots)
        whole = part = self._of(counts, units, weights)
        if not (self.share[some] == 1).all():
            self._add(counts, part_ballots - whole_ballots)
            part = self._of(counts, units, weights)
        return whole, part, none

    def _of(self, counts: Floats, units: range, weights: Floats) -> Floats:
        """Scores (R, units) from weighted counts (units, I, C, R) and the weights of items (units, I)."""
        layout = self.layout
        if layout.rule.trim.kind == "none":
            means = np.divide(
                counts[:, :, 1], counts[:, :, 0], out=np.zeros(counts[:, :, 0].shape), where=counts[:, :, 0] > 0
            )
        else:
            real = self.real[units.start : units.stop, :, None]
            means = np.nan_to_num(mean_points(np.moveaxis(counts, 2, -1), layout.points, layout.rule.trim, real))
        total = weights.sum(axis=1)
        sums = (means * weights[..., None]).sum(axis=1).T
        return np.asarray(np.divide(sums, total, out=np.full(sums.shape, np.nan), where=total > 0))

    def _add(self, counts: Floats, pseudo: Floats) -> None:
        """Add pseudo-ballots (R, units, 2): whole numbers, so that what is added and taken away leaves no trace."""
        layout = self.layout
        of_units = pseudo.transpose(1, 2, 0)
        for item, ends in enumerate(zip(*layout.item_ends, strict=True)):
            for end, level in enumerate(ends):
                if layout.rule.trim.kind != "none":
                    counts[:, item, level] += of_units[:, end]
                else:
                    counts[:, item, 0] += of_units[:, end]
                    counts[:, item, 1] += of_units[:, end] * layout.points[level]

    def _pseudo_ballots(self, units: range) -> tuple[Floats, Floats]:
        """The weights of whole pseudo-ballots of some units at both ends (R, units, 2), and of the share of them."""
        block = units.start // _TOGETHER
        if block not in self.pseudo:
            share = self.share[block * _TOGETHER : (block + 1) * _TOGETHER]
            rng = np.random.default_rng((*self.seed, block))
            self.pseudo = {block: _own(rng, len(self.weights), np.ones(len(share)))}
            self.pseudo_part = {block: _own(rng, len(self.weights), share)}
        inside = slice(units.start - block * _TOGETHER, units.stop - block * _TOGETHER)
        whole = np.rint((self.shared + self.pseudo[block][:, inside]) * _PARTS)
        share = self.share[units.start : units.stop]
        values, place = self.shared_part
        part = np.rint((values[:, place[units.start : units.stop]] + self.pseudo_part[block][:, inside]) * _PARTS)
        return whole, np.where((share == 1)[:, None], whole, part)


def _shared(rng: np.random.Generator, resamples: int, share: Floats) -> tuple[Floats, Ints]:
    """The half of the pseudo-ballots that is the same for all units with one `share` (R, shares, 2), and which is that of a unit (U)."""
    values, place = np.unique(share, return_inverse=True)
    steps = _PSEUDO_BALLOTS / 2 * np.diff(values, prepend=0.0)
    return rng.standard_gamma(steps[:, None], (resamples, len(values), 2)).cumsum(axis=1), place


def _own(rng: np.random.Generator, resamples: int, share: Floats) -> Floats:
    """The half of the pseudo-ballots that is each unit's own (R, U, 2), of which it gets a `share` (U)."""
    return rng.standard_gamma(_PSEUDO_BALLOTS / 2 * share[:, None], (resamples, len(share), 2))
