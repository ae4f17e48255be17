"""Counts of a group's ratings by blocks of ballots, for the bootstrap to resample: of ballots that rate all units, or the listed ones."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surveys.scoring.layout import Bytes, Floats, Ints, Layout
from surveys.scoring.ratings import BLANK, DONT_KNOW

_BALLOTS, _CELLS = 4096, 4_000_000
"""So many ballots are counted at a time, and so many counts of blocks made, which keeps arrays small."""


class Codes:
    """What the byte of a rating stands for: `lookup` and `points` (I, 256), and how many codes there are.

    Codes are the levels, don't know, blank and, last, "not asked", which is dropped.
    """

    def __init__(self, layout: Layout) -> None:
        _, _, items, levels = layout.shape
        self.count = levels + 3
        self._alike = not layout.spans
        self.lookup = np.full((items, 256), levels + 2, dtype=np.int32)
        self.lookup[:, DONT_KNOW], self.lookup[:, BLANK] = levels, levels + 1
        self.points = np.zeros((items, 256))
        for item, (first, last) in enumerate(layout.item_spans):
            self.lookup[item, 1 : last - first + 1] = np.arange(first, last)
            self.points[item, 1 : last - first + 1] = layout.points[first:last]

    def of(self, table: NDArray[Any], ratings: Bytes) -> NDArray[Any]:
        """What a table (I, 256) says of ratings (…, I); the short way where all items have one scale."""
        if self._alike:
            return np.asarray(table[0][ratings])
        return np.asarray(table[np.arange(len(table)), ratings])


class Blocks(ABC):
    """Counts (U, I, L + 2) of each block of `size` ballots; the last one may hold fewer."""

    def __init__(self, layout: Layout, codes: Codes, size: int) -> None:
        _, self.units, self.items, self.levels = layout.shape
        self.codes, self.size = codes, size
        self.count = 0
        self._type: type[np.unsignedinteger[Any]] = np.uint16 if size < 2**16 else np.uint32

    @abstractmethod
    def finish(self) -> None:
        """Count the ballots that wait for the rest of their block. No more can be fed afterwards."""

    @abstractmethod
    def sums(self) -> Ints:
        """The counts of all blocks together (U, I, L + 2)."""

    @abstractmethod
    def weighted(self, weights: Floats, units: range, table: Floats) -> Floats:
        """What blocks weigh in each draw: weights (R, blocks), times counts, times a `table` (L, C): (units, I, C, R)."""


class FullBlocks(Blocks):
    """Of ballots that hold a rating for all units, asked or not: every cell of every block."""

    def __init__(self, layout: Layout, codes: Codes, size: int) -> None:
        super().__init__(layout, codes, size)
        self._cells = self.units * self.items
        self._base = np.arange(self._cells, dtype=np.int32) * codes.count
        self._done: list[NDArray[np.unsignedinteger[Any]]] = []
        self._rest: Bytes = np.zeros((0, self._cells), np.uint8)

    def add(self, ratings: Bytes) -> None:
        """Count the ratings of ballots (n, U, I)."""
        rows = ratings.reshape(len(ratings), self._cells)
        if len(self._rest):
            rows = np.concatenate([self._rest, rows])
        whole = len(rows) // self.size * self.size
        step = self.size * max(1, min(_BALLOTS // self.size, _CELLS // (self._cells * self.codes.count)))
        for start in range(0, whole, step):
            self._count(rows[start : min(start + step, whole)], self.size)
        self._rest = rows[whole:].copy()

    def finish(self) -> None:
        if len(self._rest):
            self._count(self._rest, len(self._rest))
            self._rest = self._rest[:0]

    def _count(self, rows: Bytes, size: int) -> None:
        blocks = len(rows) // size
        index = self.codes.of(self.codes.lookup, rows.reshape(len(rows), self.units, self.items)).reshape(rows.shape)
        index += self._base
        if blocks > 1:
            index = index + (np.arange(len(rows)) // size * (self._cells * self.codes.count))[:, None]
        counted = np.bincount(index.ravel(), minlength=blocks * self._cells * self.codes.count)
        self._done.append(counted.astype(self._type).reshape(blocks, -1))
        self.count += blocks

    def _all(self) -> NDArray[np.unsignedinteger[Any]]:
        if len(self._done) > 1:
            self._done = [np.concatenate(self._done)]
        counts = self._done[0] if self._done else np.zeros((0, self._cells * self.codes.count), self._type)
        return counts.reshape(len(counts), self.units, self.items, self.codes.count)

    def sums(self) -> Ints:
        return np.asarray(self._all()[..., :-1].sum(axis=0, dtype=np.int64))

    def weighted(self, weights: Floats, units: range, table: Floats) -> Floats:
        counts = self._all()[:, units.start : units.stop, :, : self.levels] @ table
        found = counts.reshape(len(counts), len(units) * self.items * table.shape[1]).T @ weights.T
        return np.asarray(found.reshape(len(units), self.items, table.shape[1], len(weights)))


class ListedBlocks(Blocks):
    """Of ballots that list the units they rate: the counts of the units that a block rates, and no others."""

    def __init__(self, layout: Layout, codes: Codes, size: int) -> None:
        super().__init__(layout, codes, size)
        self._places: list[Ints] = []  # block × U + unit of each entry
        self._counts: list[NDArray[np.unsignedinteger[Any]]] = []
        self._rest: list[tuple[Ints, Bytes]] = []
        self._waiting = 0
        self._is_sorted = False

    def add(self, units: Ints, ratings: Bytes) -> None:
        """Count ballots: units (n, K) and their ratings (n, K, I)."""
        start = 0
        while start < len(units):
            room = self.size - self._waiting if self.size > 1 else _BALLOTS
            part = slice(start, start + room)
            start += room
            self._rest.append((units[part], ratings[part]))
            self._waiting += len(units[part])
            if self._waiting >= self.size:
                self.finish()

    def finish(self) -> None:
        blocks = ceil_of(self._waiting, self.size)
        if not blocks:
            return
        number, places, rated = 0, [], []
        for units, ratings in self._rest:
            of_block = self.count + (number + np.arange(len(units))) // self.size
            asked = ratings.any(axis=2)
            places.append((of_block[:, None] * self.units + units)[asked])
            rated.append(ratings[asked])
            number += len(units)
        self._count(np.concatenate(places), np.concatenate(rated))
        self._rest, self._waiting, self.count = [], 0, self.count + blocks

    def _count(self, places: Ints, ratings: Bytes) -> None:
        """Add entries: of each place, its ratings (I)."""
        known, entry = np.unique(places, return_inverse=True)
        cells = self.items * self.codes.count
        index = self.codes.of(self.codes.lookup, ratings) + np.arange(self.items) * self.codes.count
        index = index + (entry * cells)[:, None]
        counted = np.bincount(index.ravel(), minlength=len(known) * cells).reshape(
            len(known), self.items, self.codes.count
        )
        self._is_sorted = False
        self._places.append(known)
        self._counts.append(counted[..., :-1].astype(self._type))

    def _sorted(self) -> tuple[Ints, NDArray[np.unsignedinteger[Any]], Ints]:
        """Blocks and counts of all entries in the order of units, and where those of each unit begin (U + 1)."""
        if not self._is_sorted:
            empty = np.zeros((0, self.items, self.codes.count - 1), self._type)
            places = np.concatenate([np.zeros(0, np.int64), *self._places])
            counts = np.concatenate([empty, *self._counts])
            order = np.argsort(places % self.units, kind="stable")
            self._places, self._counts, self._is_sorted = [places[order]], [counts[order]], True
        places, counts = self._places[0], self._counts[0]
        return places // self.units, counts, np.searchsorted(places % self.units, np.arange(self.units + 1))

    def sums(self) -> Ints:
        _, counts, starts = self._sorted()
        found = np.zeros((self.units, self.items, self.codes.count - 1), np.int64)
        there = np.flatnonzero(np.diff(starts))
        if len(there):
            found[there] = np.add.reduceat(counts, starts[there], axis=0, dtype=np.int64)
        return found

    def weighted(self, weights: Floats, units: range, table: Floats) -> Floats:
        blocks, counts, starts = self._sorted()
        by_block = np.ascontiguousarray(weights.T)
        found = np.zeros((len(units), self.items * table.shape[1], len(weights)))
        for place, unit in enumerate(units):
            some = slice(starts[unit], starts[unit + 1])
            each = counts[some, :, : self.levels].astype(np.float64) @ table
            np.matmul(each.reshape(len(each), found.shape[1]).T, by_block[blocks[some]], out=found[place])
        return found.reshape(len(units), self.items, table.shape[1], len(weights))


def ceil_of(count: int, size: int) -> int:
    """How many parts of a size hold so many."""
    return -(-count // size)
