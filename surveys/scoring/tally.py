"""Counting ballots: one pass, in time linear in ballots and memory that does not grow with them.

Counts are kept for blocks of ballots, so that the bootstrap can resample them. Up to BLOCKS ballots of a group a
block is one ballot, which is the plain bootstrap over ballots. Above, a block holds several ballots (they come in
the order of their random numbers, so blocks are random groups of equal size) and blocks are resampled: the random
groups method (Wolter, Introduction to Variance Estimation, ch. 2). Its standard errors have a relative error of
about 1/sqrt(2 × BLOCKS), 1.6 %. Where the counts of so many blocks would not fit into the memory (thousands of units, each rated by
thousands), there are fewer, at least 200: then it is 5 %.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from surveys.scoring.blocks import Codes, FullBlocks, ListedBlocks, ceil_of
from surveys.scoring.layout import Bools, Bytes, Floats, Ints, Layout

BLOCKS = 2000
_LEAST_BLOCKS = 200
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

    @classmethod
    def none(cls, layout: Layout) -> Moments:
        """Of no ballots."""
        groups, units, items, _ = layout.shape
        each, of_items = np.zeros((groups, units)), np.zeros((groups, units, items))
        products = np.zeros((groups, units, items, items))
        return cls(each, of_items, products, each.copy(), each.copy(), each.copy())

    def add_full(self, group: int, codes: Codes, layout: Layout, ratings: Bytes) -> None:
        """Add ballots by their ratings of all units (n, U, I)."""
        for start in range(0, len(ratings), 4096):
            points, complete, rated, scores = _points_of(codes, layout, ratings[start : start + 4096])
            by_unit = np.ascontiguousarray((points * complete[..., None]).transpose(1, 2, 0))
            self.rows[group] += complete.sum(axis=0)
            self.item_sums[group] += by_unit.sum(axis=2)
            self.item_products[group] += by_unit @ by_unit.transpose(0, 2, 1)
            self.raters[group] += rated.sum(axis=0)
            self.rater_sums[group] += scores.sum(axis=0)
            self.rater_squares[group] += (scores * scores).sum(axis=0)

    def add_listed(self, group: int, codes: Codes, layout: Layout, units: Ints, ratings: Bytes) -> None:
        """Add ballots by the units that they list (n, K) and the ratings of these (n, K, I)."""
        for start in range(0, len(ratings), 4096):
            asked = ratings[start : start + 4096].any(axis=2)
            listed, rows = units[start : start + 4096][asked], ratings[start : start + 4096][asked]
            order = np.argsort(listed, kind="stable")
            listed, rows = listed[order], rows[order]
            points, complete, rated, scores = _points_of(codes, layout, rows)
            there, starts = np.unique(listed, return_index=True)
            if not len(there):
                continue
            whole = points * complete[:, None]
            for sums, values in (
                (self.rows, complete),
                (self.item_sums, whole),
                (self.item_products, whole[:, :, None] * whole[:, None, :]),
                (self.raters, rated),
                (self.rater_sums, scores),
                (self.rater_squares, scores * scores),
            ):
                sums[group][there] += np.add.reduceat(values, starts, axis=0, dtype=np.float64)


def _points_of(codes: Codes, layout: Layout, ratings: Bytes) -> tuple[Floats, Bools, Bools, Floats]:
    """Of ratings (…, I): their points, 0 where there is no valid one; what is complete, what has any (…), and the score of it (…)."""
    valid = (ratings >= 1) & (ratings <= np.diff(layout.item_spans)[:, 0])
    points = codes.of(codes.points, ratings)
    weight = valid @ layout.item_weights
    rated = weight > 0
    scores = np.divide(points @ layout.item_weights, weight, out=np.zeros(weight.shape), where=rated)
    return points, np.logical_and.reduce(valid, axis=-1), rated, scores


class Habits:
    """Ballots that may have been filled in without care, by group: one level throughout, or all ratings like another's.

    `expected`: ballots by group that will be fed. `shown` (G, U, I): look at these ratings only, so that the counts tell nothing of
    the others.
    """

    def __init__(self, layout: Layout, expected: list[int], shown: Bools | None = None) -> None:
        groups, units, items, _ = layout.shape
        self.layout = layout
        self.straight = [0] * groups
        self._shown = shown
        # Ballots alike are told by a random linear hash to 64 bits: of a million, two differing ones agree once in
        # 37 million tallies.
        self._factors = np.random.default_rng().integers(1, 2**64, (units, items), np.uint64, endpoint=False)
        self._marks = [np.empty(count, np.uint64) for count in expected]
        self._marked = [0] * groups

    def add(self, group: int, ratings: Bytes, units: Ints | None = None, straight: Bools | None = None) -> None:
        """Count ballots of a group by their ratings (n, U, I) or, with `units` (n, K), (n, K, I).

        `straight` says which give one level, if that is known.
        """
        if self._shown is not None:
            shown = self._shown[group] if units is None else self._shown[group][units]
            ratings, straight = ratings * shown, None
        if straight is None:
            straight = judge(ratings, self.layout)[1]
        self.straight[group] += int(straight.sum())
        rest = ~straight
        marks = self._hashes(ratings[rest], None if units is None else units[rest])
        start = self._marked[group]
        if start + len(marks) > len(self._marks[group]):
            self._marks[group] = np.concatenate([self._marks[group][:start], marks])
        else:
            self._marks[group][start : start + len(marks)] = marks
        self._marked[group] += len(marks)

    def _hashes(self, ratings: Bytes, units: Ints | None) -> NDArray[np.uint64]:
        if units is None:
            return np.asarray(
                ratings.reshape(len(ratings), self._factors.size).astype(np.uint64) @ self._factors.ravel()
            )
        return np.asarray((ratings * self._factors[units]).sum(axis=(1, 2), dtype=np.uint64))

    def alike(self) -> list[int]:
        """By group, ballots that give the same ratings as another one, those with one answer throughout aside."""
        return [_repeated(marks[:count]) for marks, count in zip(self._marks, self._marked, strict=True)]


def _repeated(marks: NDArray[np.uint64]) -> int:
    marks.sort()
    like_next = np.zeros(len(marks) + 1, bool)
    like_next[1:-1] = marks[1:] == marks[:-1]
    return int((like_next[1:] | like_next[:-1]).sum())


class Tally:
    """Feed ballots with `add` or `add_listed`, all of a group in the same way; then read. Void ballots are only counted.

    `expected`: ballots by group that will be fed; decides the size of a block. `listed`: by group, how many units a ballot lists
    at most, for those that are fed with `add_listed`.
    """

    def __init__(self, layout: Layout, expected: list[int], listed: dict[int, int] | None = None) -> None:
        groups, units, items, levels = layout.shape
        self.layout = layout
        self.ballots, self.void = [0] * groups, [0] * groups
        self.habits, self.moments = Habits(layout, expected), Moments.none(layout)
        self._codes = codes = Codes(layout)
        self._rates = units * items > 0
        self._blocks: list[FullBlocks | ListedBlocks] = []
        for group, count in enumerate(expected):
            units_each = (listed or {}).get(group)
            most = _most_blocks(_MAX_CELLS // groups // max(1, items * (levels + 3)), units, count, units_each)
            size = max(1, ceil_of(count, most))
            self._blocks.append(
                FullBlocks(layout, codes, size) if units_each is None else ListedBlocks(layout, codes, size)
            )

    def add(self, groups: Ints, packed: Bytes) -> None:
        """Count ballots: their groups (n,) and full rows (n, width)."""
        for group in np.unique(groups):
            self.add_full(int(group), self.layout.ratings_of(packed[groups == group]))

    def add_full(self, group: int, ratings: Bytes) -> None:
        """Count ballots of a group by their ratings of all units (n, U, I)."""
        if not self._rates:
            self.ballots[group] += len(ratings)
            return
        ratings, _ = self._judged(group, ratings, None)
        blocks = self._blocks[group]
        assert isinstance(blocks, FullBlocks)
        self.moments.add_full(group, self._codes, self.layout, ratings)
        blocks.add(ratings)

    def add_listed(self, group: int, units: Ints, ratings: Bytes) -> None:
        """Count ballots of a group by the units that they list (n, K) and the ratings of these (n, K, I).

        An entry whose ratings are all "not asked" is none.
        """
        if not self._rates:
            self.ballots[group] += len(ratings)
            return
        ratings, listed = self._judged(group, ratings, units)
        blocks = self._blocks[group]
        assert isinstance(blocks, ListedBlocks)
        assert listed is not None
        self.moments.add_listed(group, self._codes, self.layout, listed, ratings)
        blocks.add(listed, ratings)

    def _judged(self, group: int, ratings: Bytes, units: Ints | None) -> tuple[Bytes, Ints | None]:
        """Count ballots as void or straight, and return those that are not void."""
        self.ballots[group] += len(ratings)
        void, straight = judge(ratings, self.layout)
        self.habits.add(group, ratings, units, straight)
        if not void.any():
            return ratings, units
        self.void[group] += int(void.sum())
        return ratings[~void], None if units is None else units[~void]

    def blocks(self, group: int) -> FullBlocks | ListedBlocks:
        """The counts of a group by block. After all ballots were fed."""
        self._blocks[group].finish()
        return self._blocks[group]

    def counts(self) -> Ints:
        """Counts of all groups: (G, U, I, L + 2)."""
        return np.stack([self.blocks(group).sums() for group in range(len(self.ballots))])


def _most_blocks(entries: int, units: int, ballots: int, listed: int | None) -> int:
    """How many blocks of a group may be kept, where so many `entries` (a unit's counts in a block) fit into the memory."""
    if listed is None or ballots * listed > entries:
        return min(BLOCKS, max(_LEAST_BLOCKS, entries // max(1, units)))
    return BLOCKS


def judge(ratings: Bytes, layout: Layout) -> tuple[Bools, Bools]:
    """Which ballots are void by the survey's rule, and which give one level throughout over two units or more.

    `ratings` (n, K, I) are those of ballots. "Same over m units": every valid rating on the ballot is the same,
    and at least m units have one. Of items with different scales, ratings with the same points are the same.
    """
    spans = layout.item_spans
    sizes = np.diff(spans)[:, 0]
    valid = (ratings >= 1) & (ratings <= sizes)
    level = ratings
    if layout.spans:
        equal = np.zeros((len(spans), 256), np.uint8)
        alike = np.unique(layout.points, return_inverse=True)[1]
        for item, (first, last) in enumerate(spans):
            equal[item, 1 : last - first + 1] = alike[first:last] + 1
        level = equal[np.arange(len(spans)), ratings]
    lowest = np.where(valid, level, 255).min(axis=(1, 2), initial=255)
    highest = np.where(valid, level, 0).max(axis=(1, 2), initial=0)
    same = lowest == highest
    rated = np.zeros(len(ratings), np.int64)
    rated[same] = valid[same].any(axis=2).sum(axis=1)
    rule = layout.rule
    void = same & (rated >= rule.void_same_over) if rule.void_same_over else np.zeros(len(ratings), bool)
    if rule.void_quota:
        for quota in layout.quotas:
            on_ballot = (ratings > 0).any(axis=2).sum(axis=1)
            given = np.isin(ratings[:, :, quota.item], quota.levels).sum(axis=1)
            void |= (given > quota.most[on_ballot]) | (given < quota.least[on_ballot])
    return void, same & (rated >= 2)
