"""Counts that are kept beside the scores: answers to other questions, and turnout. Plain values, stored as JSON."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class AnswerTotals:
    """Answers to one question about one unit (a position, or None: asked once), by group.

    `n` (G): who answered. `counts` (G, A): how often each answer was given. `sums` (G, F): sums of figures, such as a
    number, or the rank of each option. `sees` (G): whether a group is asked the question at all; empty: all are.
    """

    unit: int | None
    n: list[int]
    counts: list[list[int]]
    sums: list[list[float]]
    sees: list[bool] = field(default_factory=list)

    @property
    def of_some(self) -> bool:
        """Whether only some of the groups are asked it."""
        return not all(self.sees)


@dataclass(frozen=True)
class GroupTurnout:
    """Of one group: admissions issued, ballots, those on paper, and what the turnout is a share of (None: unknown)."""

    admissions: int
    base: int | None
    ballots: int
    paper: int = 0

    @property
    def missing(self) -> int:
        """How many of these people have no admission, though others have one."""
        return max(0, (self.base or 0) - self.admissions) if self.admissions else 0

    @property
    def percent(self) -> float | None:
        """Ballots in percent of the base."""
        return 100 * self.ballots / self.base if self.base else None


@dataclass(frozen=True)
class UnitTurnout:
    """Of the holders of one unit's admissions in one group (positions): how many there are and how many were used.

    `paper`: ballots on paper of that unit's people whose admissions were not marked as used.
    """

    group: int
    unit: int
    admissions: int
    used: int
    paper: int = 0

    @property
    def took_part(self) -> int:
        """Of these people, how many gave a ballot."""
        return self.used + self.paper


@dataclass(frozen=True)
class Turnout:
    """Turnout by group, and by group and own unit where admissions are tied to units."""

    groups: tuple[GroupTurnout, ...]
    by_unit: tuple[UnitTurnout, ...] = ()

    def of_unit(self, unit: int) -> tuple[int, int]:
        """Of all groups together: how many people of a unit (a position) gave a ballot, and of how many."""
        rows = [row for row in self.by_unit if row.unit == unit]
        return sum(row.took_part for row in rows), sum(row.admissions for row in rows)
