"""Which units can be told apart, from draws of their scores: neighbours, any two, and the ranks that a unit may have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import erfc, sqrt

import numpy as np

from surveys.scoring.intervals import interval
from surveys.scoring.layout import Bools, Floats

LEVEL = 0.05
CERTAIN = 1e-9
"""Points under this are no difference, but how numbers with a point are added up."""


@dataclass(frozen=True)
class Difference:
    """One score minus another, with its 95 % interval, and the p-value of its being zero."""

    value: float
    low: float
    high: float
    p: float

    @property
    def clears_zero(self) -> bool:
        """Whether zero lies outside the interval."""
        return self.low > 0 or self.high < 0


def difference(one: Floats, other: Floats, value: float) -> Difference:
    """Of two scores whose difference is `value`, from their draws (R)."""
    draws = one - other
    low, high = interval(draws[:, None], np.array([value]))
    return Difference(value, float(low[0]), float(high[0]), _p_value(draws))


def _p_value(draws: Floats) -> float:
    """Two-sided: twice the share of draws on the other side of zero, or the normal tail where that is more.

    The share alone could not get under 1 of all draws, and would be 0 where none is there.
    """
    spread = float(draws.std())
    if spread < CERTAIN:
        return 1.0 if abs(float(draws[0])) < CERTAIN else 0.0
    share = 2 * min(float((draws <= 0).mean()), float((draws >= 0).mean()))
    return min(1.0, max(share, erfc(abs(float(draws.mean())) / spread / sqrt(2))))


def holm(p_values: Sequence[float], level: float = LEVEL) -> list[bool]:
    """Which hypotheses are rejected, so that with probability 1 − level no true one is (Holm 1979)."""
    rejected = [False] * len(p_values)
    for step, at in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        if p_values[at] > level / (len(p_values) - step):
            break
        rejected[at] = True
    return rejected


def brackets(order: Sequence[int], better: Bools) -> list[tuple[int, int]]:
    """The longest runs of places (first and last, from 0) in an order of units in which no two units are told apart.

    `better` (U, U): which unit is better than which. Runs of one are left out, and those that lie inside another one.
    """
    found: list[tuple[int, int]] = []
    start = 0
    places = np.asarray(order, np.int64)
    for place, unit in enumerate(order):
        above = places[start:place]
        apart = np.flatnonzero(better[unit, above] | better[above, unit])
        if len(apart):
            start += int(apart[-1]) + 1
        if place > start:
            if found and found[-1][0] == start:
                found.pop()
            found.append((start, place))
    return found
