"""Counting ballots: one pass, in time linear in ballots and memory that does not grow with them.

Counts are kept for blocks of ballots, so that the bootstrap can resample them. Up to BLOCKS ballots of a group a
block is one ballot, which is the plain bootstrap over ballots. Above, a block holds several ballots (they come in
the order of their random numbers, so blocks are random groups of equal size) and blocks are resampled: the random
groups method (Wolter, Introduction to Variance Estimation, ch. 2). Its standard errors have a relative error of
about 1/sqrt(2 × BLOCKS), 1.6 %.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import ceil
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surveys.scoring.layout import Bools, Bytes, Floats, Ints, Layout
from surveys.scoring.ratings import BLANK, DONT_KNOW

BLOCKS = 2000
_MAX_CELLS = 60_000_000  # of all blocks together: bounds memory for very many units or levels


@dataclass
class Moments:
    """Sums for reliability, by group and unit: over complete rows of items (alpha) and over raters (ICC).

    Shapes (G, U), item_sums (G, U, I), item_products (G, U, I, I).
    """

    rows: Floats
    item_sums: Floats
    item_products: Floats
    raters: Floats
    rater_sums: Floats
    rater_squares: Floats


class Habits:
    """Ballots that may have been filled in without care, by group: one level throughout, or all ratings like another's.

    `shown` (G, U, I): look at these ratings only, so that the counts tell nothing of the others.
    """

    def __init__(self, layout: Layout, shown: Bools | None = None) -> None:
        groups, units, items, _ = layout.shape
        self.layout = layout
        self.straight = [0] * groups
        self._shown = None if shown is None else shown.reshape(groups, units * items)
        # Ballots alike are told by a random linear hash to 64 bits: of a million, two differing ones agree once in
        # 37 million tallies.
        self._factors = np.random.default_rng().integers(1, 2**64, units * items, np.uint64, endpoint=False)
        self._marks: list[list[NDArray[np.uint64]]] = [[] for _ in range(groups)]

    def add(self, group: int, rows: Bytes, straight: Bools | None = None) -> None:
        """Count ballots of a group by their ratings (n, U × I); `straight` says which give one level, if that is known."""
        if self._shown is not None:
            rows, straight = np.where(self._shown[group], rows, 0).astype(np.uint8), None
        if straight is None:
            straight = judge(rows, self.layout)[1]
        self.straight[group] += int(straight.sum())
        self._marks[group].append(rows[~straight].astype(np.uint64) @ self._factors)

    def alike(self) -> list[int]:
        """By group, ballots that give the same ratings as another one, those with one answer throughout aside."""
        return [_repeated(marks) for marks in self._marks]


def _repeated(marks: list[NDArray[np.uint64]]) -> int:
    if not marks:
        return 0
    _, counts = np.unique(np.concatenate(marks), return_counts=True)
    return int(counts[counts > 1].sum())


@dataclass
class Tally:
    """Feed ballots with `add`, then read.

    blocks[g]: (blocks, U, I, L + 2) counts of each level, don't know and blank. Void ballots are only counted.
    """

    layout: Layout
    expected: list[int]
    """Ballots by group that will be fed; decides the size of a block."""
    ballots: list[int] = field(init=False)
    void: list[int] = field(init=False)
    habits: Habits = field(init=False)
    moments: Moments = field(init=False)

    def __post_init__(self) -> None:
        groups, units, items, levels = self.layout.shape
        self.ballots, self.void = [0] * groups, [0] * groups
        self.habits = Habits(self.layout)
        self._cells = units * items
        self._codes = levels + 3  # the last one collects "not asked" and is dropped
        most = max(200, _MAX_CELLS // max(1, self._cells * self._codes * groups))
        self._size = [max(1, ceil(n / min(BLOCKS, most))) for n in self.expected]
        self._done: list[list[NDArray[np.int32]]] = [[] for _ in range(groups)]
        self._rest: list[Bytes] = [np.zeros((0, self._cells), np.uint8) for _ in range(groups)]
        self._lookup = np.full((items, 256), levels + 2, dtype=np.int64)
        self._lookup[:, DONT_KNOW], self._lookup[:, BLANK] = levels, levels + 1
        self._points = np.zeros((items, 256))
        for item, (first, last) in enumerate(self.layout.item_spans):
            self._lookup[item, 1 : last - first + 1] = np.arange(first, last)
            self._points[item, 1 : last - first + 1] = self.layout.points[first:last]
        self._base = np.arange(self._cells, dtype=np.int64) * self._codes
        each, of_items = np.zeros((groups, units)), np.zeros((groups, units, items))
        products = np.zeros((groups, units, items, items))
        self.moments = Moments(each, of_items, products, each.copy(), each.copy(), each.copy())

    def add(self, groups: Ints, packed: Bytes) -> None:
        """Count ballots: their groups (n,) and packed answers (n, width)."""
        if not self._cells:
            for group, count in enumerate(np.bincount(groups, minlength=len(self.ballots))):
                self.ballots[group] += int(count)
            return
        ratings = np.ascontiguousarray(packed[:, self.layout.columns.ravel()])
        for group in np.unique(groups):
            rows = ratings[groups == group]
            self.ballots[group] += len(rows)
            void, straight = judge(rows, self.layout)
            self.void[group] += int(void.sum())
            self.habits.add(int(group), rows, straight)
            if void.any():
                rows = rows[~void]
            self._add_moments(int(group), rows)
            self._fill(int(group), rows)

    def blocks(self, group: int) -> NDArray[np.int32]:
        """Counts of a group by block: (blocks, U, I, L + 2). After all ballots were fed."""
        if len(self._rest[group]):
            self._count(group, self._rest[group], len(self._rest[group]))
            self._rest[group] = self._rest[group][:0]
        _, units, items, levels = self.layout.shape
        if not self._done[group]:
            return np.zeros((0, units, items, levels + 2), np.int32)
        self._done[group] = [np.concatenate(self._done[group])]
        return self._done[group][0].reshape(-1, units, items, self._codes)[..., :-1]

    def counts(self) -> Ints:
        """Counts of all groups: (G, U, I, L + 2)."""
        return np.stack([self.blocks(g).sum(axis=0, dtype=np.int64) for g in range(len(self.ballots))])

    def _fill(self, group: int, rows: Bytes) -> None:
        size = self._size[group]
        if len(self._rest[group]):
            rows = np.concatenate([self._rest[group], rows])
        whole = len(rows) // size * size
        # A bounded number of ballots at a time keeps the index arrays small.
        step = max(size, 4096 // size * size)
        for start in range(0, whole, step):
            self._count(group, rows[start : min(start + step, whole)], size)
        self._rest[group] = rows[whole:].copy()

    def _count(self, group: int, rows: Bytes, size: int) -> None:
        blocks = len(rows) // size
        index = self._of_item(self._lookup, rows)
        index += self._base
        if blocks > 1:
            index += (np.arange(len(rows)) // size * (self._cells * self._codes))[:, None]
        counted = np.bincount(index.ravel(), minlength=blocks * self._cells * self._codes)
        self._done[group].append(counted.astype(np.int32).reshape(blocks, -1))

    def _of_item(self, table: NDArray[Any], rows: Bytes) -> NDArray[Any]:
        """What a table (I, 256) says of each rating (…, U × I or I); the short way where all items have one scale."""
        if not self.layout.spans:
            return table[0][rows]
        items = len(table)
        found = table[np.arange(items), rows.reshape(-1, items)]
        return found.reshape(rows.shape)

    def _add_moments(self, group: int, rows: Bytes) -> None:
        moments = self.moments
        _, units, items, _ = self.layout.shape
        weights, sizes = self.layout.item_weights, np.diff(self.layout.item_spans)[:, 0]
        for start in range(0, len(rows), 4096):
            part = rows[start : start + 4096].reshape(-1, units, items)
            valid = (part >= 1) & (part <= sizes)
            points = self._of_item(self._points, part)  # 0 where there is no valid rating
            complete = np.logical_and.reduce(valid, axis=2)
            by_unit = np.ascontiguousarray((points * complete[..., None]).transpose(1, 2, 0))
            moments.rows[group] += complete.sum(axis=0)
            moments.item_sums[group] += by_unit.sum(axis=2)
            moments.item_products[group] += by_unit @ by_unit.transpose(0, 2, 1)
            weight = valid @ weights
            rated = weight > 0
            scores = np.divide(points @ weights, weight, out=np.zeros(weight.shape), where=rated)
            moments.raters[group] += rated.sum(axis=0)
            moments.rater_sums[group] += scores.sum(axis=0)
            moments.rater_squares[group] += (scores * scores).sum(axis=0)


def judge(rows: Bytes, layout: Layout) -> tuple[Bools, Bools]:
    """Which ballots are void by the survey's rule, and which give one level throughout over two units or more.

    `rows` (n, U × I) are the ratings of ballots. "Same over m units": every valid rating on the ballot is the same,
    and at least m units have one. Of items with different scales, ratings with the same points are the same.
    """
    _, units, items, _ = layout.shape
    spans = layout.item_spans
    valid = (rows >= 1) & (rows <= np.tile(np.diff(spans)[:, 0], units))
    level = rows
    if layout.spans:
        equal = np.zeros((items, 256), np.uint8)
        alike = np.unique(layout.points, return_inverse=True)[1]
        for item, (first, last) in enumerate(spans):
            equal[item, 1 : last - first + 1] = alike[first:last] + 1
        level = equal[np.arange(items), rows.reshape(-1, items)].reshape(rows.shape)
    lowest = np.where(valid, level, 255).min(axis=1)
    highest = np.where(valid, level, 0).max(axis=1)
    same = lowest == highest
    rated = np.zeros(len(rows), np.int64)
    rated[same] = valid[same].reshape(-1, units, items).any(axis=2).sum(axis=1)
    rule = layout.rule
    void = same & (rated >= rule.void_same_over) if rule.void_same_over else np.zeros(len(rows), bool)
    if rule.void_quota:
        cube = rows.reshape(-1, units, items)
        for quota in layout.quotas:
            column = cube[:, :, quota.item]
            on_ballot = (cube > 0).any(axis=2).sum(axis=1)
            given = np.isin(column, quota.levels).sum(axis=1)
            void |= (given > quota.most[on_ballot]) | (given < quota.least[on_ballot])
    return void, same & (rated >= 2)
