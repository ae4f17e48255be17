"""Which of all pairs of units can be told apart, from draws of their scores: of thousands of units as well as of a few.

Step-down max-t over the differences of all pairs (Romano & Wolf 2005; Mogstad, Romano, Shaikh & Wilhelm 2024, Review of Economic
Studies 91). In each draw the largest studentised difference is wanted. Of 5,000 units there are 25,000,000 ordered pairs, so most are left out
by a bound: with z the deviation of a unit in units of its own spread, and r the correlation of two units, the square of their studentised
difference is at most (z1² + z2² − 2 r z1 z2) / (1 − r²), by the Cauchy-Schwarz inequality. So only the units with the largest deviations
of a draw have to be looked at, until what they give is more than the bound for all others. Pairs with a larger correlation than the bound
reckons with are looked at one by one.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from surveys.scoring.comparison import CERTAIN, LEVEL
from surveys.scoring.layout import Bools, Floats, Ints

_FEW = 1000
"""So many units are reckoned with in double precision; of more, variances of pairs are kept in single precision (100 MB of 5,000)."""
_FIRST, _MOST = 32, 512
"""So many units with the largest deviations are looked at in each draw at first, and at most. Then the bound is taken instead of the largest
difference: fewer pairs are told apart, and no more statements are wrong."""
_PAIRS = 100_000
_BOUNDS = (0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99)
"""So many pairs, at most, are looked at one by one: those whose correlation is at least the lowest of these bounds that leaves so few."""
_ROWS = 500
_ROUNDING = 1e-6
_CHUNK = 2_000_000

Real = NDArray[np.floating]


def told_apart(draws: Floats, scores: Floats, level: float = LEVEL) -> Bools:
    """Which units are better than which others (U, U), all statements together right with probability 1 − level.

    From the scores (U) and their draws (R, U).
    """
    units = draws.shape[1]
    if units < 2:
        return np.zeros((units, units), bool)
    pairs = _Pairs(draws)
    certain = pairs.spread < CERTAIN
    better = np.zeros_like(certain)
    for start in range(0, units, _ROWS):
        rows = slice(start, start + _ROWS)
        better[rows] = certain[rows] & (scores[rows, None] - scores > CERTAIN)
    left = ~certain
    while left.any():
        critical = np.quantile(pairs.largest(left, level), 1 - level)
        found = np.zeros_like(left)
        for start in range(0, units, _ROWS):
            rows = slice(start, start + _ROWS)
            found[rows] = left[rows] & (scores[rows, None] - scores > critical * pairs.spread[rows])
        if not found.any():
            break
        better |= found
        left &= ~found
    return better


class _Pairs:
    """Differences of all pairs in each draw: deviations `apart` (R, U) from the mean, and the spread of each pair's difference (U, U)."""

    def __init__(self, draws: Floats) -> None:
        self.type = np.float64 if draws.shape[1] <= _FEW else np.float32
        apart = draws - draws.mean(axis=0)
        # What all units have in common in a draw is in no difference of two, and would only make them seem alike.
        apart -= apart.mean(axis=1, keepdims=True)
        self.apart: Real = apart.astype(self.type)
        own = np.einsum("ru,ru->u", apart, apart) / len(apart)
        del apart
        self.spread: Real = self.apart.T @ self.apart
        self.spread *= -2 / len(draws)
        self.spread += own[:, None].astype(self.type)
        self.spread += own.astype(self.type)
        np.sqrt(np.maximum(self.spread, 0, out=self.spread), out=self.spread)
        self.own: Real = np.sqrt(own).astype(self.type)
        self.one, self.other, self.correlation = self._alike()
        most = min(_MOST, draws.shape[1])
        self.top: Ints = np.empty((len(draws), most), np.int32)
        self.deviation: Real = np.empty((len(draws), most), self.type)
        for start in range(0, len(draws), _ROWS):
            self._sort(slice(start, start + _ROWS))

    def _sort(self, some: slice) -> None:
        """Find the units with the largest deviations in some draws, the largest first."""
        apart, most = self.apart[some], self.top.shape[1]
        sizes = np.abs(np.divide(apart, self.own, out=np.zeros_like(apart), where=self.own > CERTAIN))
        top = np.argpartition(-sizes, most - 1, axis=1)[:, :most]
        sizes = np.take_along_axis(sizes, top, axis=1)
        order = np.argsort(-sizes, axis=1, kind="stable")
        self.top[some] = np.take_along_axis(top, order, axis=1)
        self.deviation[some] = np.take_along_axis(sizes, order, axis=1)

    def _alike(self) -> tuple[Ints, Ints, float]:
        """Pairs whose correlation is above a bound, and the bound: as low as it can be with so few pairs above it."""
        units = len(self.own)
        if units <= _FIRST:  # all pairs are looked at anyway
            return np.zeros(0, np.int64), np.zeros(0, np.int64), 0.99
        above = np.zeros(len(_BOUNDS), np.int64)
        for start in range(0, units, _ROWS):
            correlations = self._correlations(start)
            above += [np.count_nonzero(correlations >= bound) for bound in _BOUNDS]
        if above[-1] > 2 * _PAIRS:
            return np.zeros(0, np.int64), np.zeros(0, np.int64), 1 - 1e-6
        bound = _BOUNDS[int(np.argmax(above <= 2 * _PAIRS))]
        pairs = []
        for start in range(0, units, _ROWS):
            one, other = np.nonzero(self._correlations(start) >= bound)
            pairs.append(np.stack([one + start, other])[:, one + start < other])
        one, other = np.concatenate(pairs, axis=1)
        return one, other, bound

    def _correlations(self, start: int) -> Real:
        """The size of the correlations of some units with all; 0 with themselves."""
        rows = slice(start, start + _ROWS)
        own = self.own
        found = own[rows, None] ** 2 + own**2 - self.spread[rows] ** 2
        products = 2 * own[rows, None] * own
        np.divide(found, products, out=found, where=products > CERTAIN**2)
        found[products <= CERTAIN**2] = 0
        np.abs(found, out=found)
        found[np.arange(len(found)), np.arange(start, start + len(found))] = 0
        return np.asarray(found)

    def largest(self, left: Bools, level: float) -> Real:
        """The largest studentised difference of a pair that is `left` in each draw (R), as far as the quantile 1 − level needs it."""
        found = self._of_alike(left)
        bound = np.full(len(found), np.inf)
        most, which = min(_FIRST, self.top.shape[1]), np.arange(len(found))
        while True:
            found[which] = np.maximum(found[which], self._of_top(left, which, most))
            bound[which] = self._bound(which, most)
            # What lies under the quantile, whatever it is, need not be known.
            which = np.flatnonzero((found < bound) & (bound > np.quantile(found, 1 - level, method="lower")))
            if not len(which) or most == self.top.shape[1]:
                break
            most = min(2 * most, self.top.shape[1])
        found[which] = bound[which]
        return found

    def _bound(self, which: Ints, most: int) -> Real:
        """What no pair exceeds of which one unit is not among those with the largest deviations; of no units, nothing."""
        if most == self.deviation.shape[1] == len(self.own):
            return np.full(len(which), -np.inf)
        first = self.deviation[which, 0].astype(np.float64)
        next_one = self.deviation[which, min(most, self.deviation.shape[1] - 1)].astype(np.float64)
        r = self.correlation
        return np.sqrt((first**2 + next_one**2 + 2 * r * first * next_one) / (1 - r**2)) * (1 + _ROUNDING)

    def _of_top(self, left: Bools, which: Ints, most: int) -> Real:
        found = np.full(len(which), -np.inf)
        step = max(1, _CHUNK // most**2)
        for start in range(0, len(which), step):
            some = which[start : start + step]
            top = self.top[some, :most]
            each = np.take_along_axis(self.apart[some], top, axis=1)
            one, other = top[:, :, None], top[:, None, :]
            wanted = left[one, other]
            gap = each[:, :, None] - each[:, None, :]
            studentised = np.divide(
                gap, self.spread[one, other], out=np.full(gap.shape, -np.inf, self.type), where=wanted
            )
            found[start : start + step] = studentised.max(axis=(1, 2))
        return found

    def _of_alike(self, left: Bools) -> Real:
        found = np.full(len(self.apart), -np.inf)
        step = max(1, _CHUNK // len(self.apart))
        for first, second in ((self.one, self.other), (self.other, self.one)):
            wanted = left[first, second]
            one, other = first[wanted], second[wanted]
            for start in range(0, len(one), step):
                some = one[start : start + step], other[start : start + step]
                gap = self.apart[:, some[0]] - self.apart[:, some[1]]
                np.maximum(found, (gap / self.spread[some]).max(axis=1), out=found)
        return found
