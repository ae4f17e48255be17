"""The states of a survey and every way from one to another, in one place.

Stored are draft, published, closed and sealed, and the window. Waiting and open follow from the window and the
clock, so no daemon is needed to open a survey at eight in the morning.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from surveys.text import InputError, Problem


class State(StrEnum):
    """What a survey is at a moment."""

    DRAFT = "draft"
    PUBLISHED = "published"
    OPEN = "open"
    CLOSED = "closed"
    SEALED = "sealed"


class Move(StrEnum):
    """What staff can do to a survey's state."""

    PUBLISH = "publish"
    OPEN = "open"
    CLOSE = "close"
    REOPEN = "reopen"
    SEAL = "seal"


ALLOWED: dict[Move, frozenset[State]] = {
    Move.PUBLISH: frozenset({State.DRAFT}),
    Move.OPEN: frozenset({State.PUBLISHED}),
    Move.CLOSE: frozenset({State.OPEN}),
    Move.REOPEN: frozenset({State.CLOSED}),
    Move.SEAL: frozenset({State.CLOSED}),
}


@dataclass(frozen=True)
class Standing:
    """What is stored of a survey's state: `stored` is draft, published or sealed; times are seconds since 1970."""

    stored: State
    opens_at: int
    closes_at: int

    def at(self, now: float) -> State:
        """The state at a moment."""
        if self.stored is not State.PUBLISHED:
            return self.stored
        if now < self.opens_at:
            return State.PUBLISHED
        return State.OPEN if now < self.closes_at else State.CLOSED


def move(standing: Standing, act: Move, now: int, *, closes_at: int | None = None) -> Standing:
    """What is stored after a move. `closes_at` is the new end for open and reopen. Raises InputError."""
    state = standing.at(now)
    if state not in ALLOWED[act]:
        raise InputError(Problem("This cannot be done while the survey is %(state)s.", state=state.value))
    if act is Move.PUBLISH:
        if standing.closes_at <= max(now, standing.opens_at):
            raise InputError(Problem("The end must lie after the beginning and in the future.", "closes"))
        return replace(standing, stored=State.PUBLISHED)
    if act is Move.OPEN:
        return replace(standing, opens_at=now)
    if act is Move.CLOSE:
        return replace(standing, closes_at=now)
    if act is Move.REOPEN:
        if closes_at is None or closes_at <= now:
            raise InputError(Problem("The end must lie after the beginning and in the future.", "closes"))
        return replace(standing, closes_at=closes_at)
    return replace(standing, stored=State.SEALED)
