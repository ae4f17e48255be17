"""What the scoring functions need to know of a survey, as arrays. Shapes: U units, I items, G groups, L levels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from surveys.scoring.rule import ScoreRule

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Bytes = NDArray[np.uint8]


@dataclass(frozen=True)
class LayoutQuota:
    """How often an item (a position) may or must be given `levels` (positions from 1) on one ballot.

    `least` and `most` (U + 1): the limits on a ballot with so many units.
    """

    item: int
    levels: tuple[int, ...]
    least: Ints
    most: Ints


@dataclass(frozen=True)
class Layout:
    """`columns` (U, I): the byte of each rating in a packed ballot. `points` (L): 0 to 100, by position.

    Where items have scales of their own, L goes over the levels of all scales, one scale after the other, and `spans` says which are an
    item's: from its first level to the one after its last. With no spans all levels are those of every item.

    `entry_columns` (I): the byte of each rating among the slots of a unit, for ballots that list their units.

    `places` (U): the order in which units of one rank are listed; empty: that of their positions.
    `rates` (G, U): whether a group is asked about a unit. `apart` (G): groups that are reported but enter no score.
    """

    width: int
    columns: Ints
    points: Floats
    satisfied: Bools
    item_weights: Floats
    group_weights: Floats
    apart: Bools
    rates: Bools
    rule: ScoreRule
    rate_item: int | None
    quotas: tuple[LayoutQuota, ...] = ()
    spans: tuple[tuple[int, int], ...] = ()
    places: tuple[int, ...] = ()
    entry_columns: tuple[int, ...] = ()

    def ratings_of(self, rows: Bytes) -> Bytes:
        """The ratings (n, U, I) in full rows (n, width)."""
        columns = self.columns.ravel()
        if len(columns) and (np.diff(columns) == 1).all():  # all together: nothing has to be picked
            found = rows[:, columns[0] : columns[-1] + 1]
        else:
            found = rows[:, columns]
        return np.asarray(found.reshape(len(rows), *self.columns.shape))

    def listed(self, unit: int) -> int:
        """The place of a unit among those of its rank."""
        return self.places[unit] if self.places else unit

    @property
    def item_spans(self) -> Ints:
        """By item (I, 2): its first level and the one after its last."""
        return np.array(self.spans or [(0, len(self.points))] * self.columns.shape[1], np.int64).reshape(-1, 2)

    @property
    def item_ends(self) -> tuple[Ints, Ints]:
        """By item (I): the positions of its levels with the fewest and with the most points."""
        ends = [
            (a + int(np.argmin(self.points[a:b])), a + int(np.argmax(self.points[a:b]))) for a, b in self.item_spans
        ]
        return np.array([low for low, _ in ends], np.int64), np.array([high for _, high in ends], np.int64)

    @property
    def counts(self) -> Bools:
        """Which groups enter scores (G,); the others are reported apart."""
        return self.group_weights > 0

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """(G, U, I, L)."""
        return len(self.group_weights), self.columns.shape[0], self.columns.shape[1], len(self.points)
