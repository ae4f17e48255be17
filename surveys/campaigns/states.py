"""The states of a survey and every way from one to another, in one place.

Stored are draft, published, paused, sealing and sealed, and the window. Waiting and open follow from the window and the
clock, so no daemon is needed to open a survey at eight in the morning.

Ballots that were begun before a planned end are taken for some minutes after it (docs/decisions/0006-grace-period.md).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum

from surveys.inputs.problems import InputError, Problem
from surveys.inputs.translations import message_id


class State(StrEnum):
    """What a survey is at a moment."""

    DRAFT = message_id("draft")
    PUBLISHED = message_id("published")
    OPEN = message_id("open")
    PAUSED = message_id("paused")
    CLOSED = message_id("closed")
    SEALING = message_id("sealing")
    SEALED = message_id("sealed")


class Move(StrEnum):
    """What staff can do to a survey's state."""

    PUBLISH = "publish"
    OPEN = "open"
    PAUSE = "pause"
    RESUME = "resume"
    EXTEND = "extend"
    CLOSE = "close"
    REOPEN = "reopen"
    BEGIN_SEAL = "begin-seal"
    SEAL = "seal"
    GIVE_SEAL_UP = "give-seal-up"


ALLOWED: dict[Move, frozenset[State]] = {
    Move.PUBLISH: frozenset({State.DRAFT}),
    Move.OPEN: frozenset({State.PUBLISHED}),
    Move.PAUSE: frozenset({State.OPEN}),
    Move.RESUME: frozenset({State.PAUSED}),
    Move.EXTEND: frozenset({State.PUBLISHED, State.OPEN, State.PAUSED}),
    Move.CLOSE: frozenset({State.OPEN, State.PAUSED}),
    Move.REOPEN: frozenset({State.CLOSED}),
    Move.BEGIN_SEAL: frozenset({State.CLOSED}),
    Move.SEAL: frozenset({State.SEALING}),
    Move.GIVE_SEAL_UP: frozenset({State.SEALING}),
}

UNTIL_THE_END = (State.PUBLISHED, State.OPEN, State.PAUSED)
"""From publication until it closes: while people can still be admitted."""

SINCE_THE_BEGINNING = (State.OPEN, State.PAUSED, State.CLOSED)
"""From the beginning until the seal: while paper ballots can be counted."""

UNCHANGEABLE = (State.SEALING, State.SEALED)
"""Since the seal began: nothing that enters the result or its digest changes any more."""

NEED_REASON = frozenset({Move.PAUSE, Move.EXTEND, Move.CLOSE, Move.REOPEN})
"""Moves that change what was announced, so that the audit trail says why."""


@dataclass(frozen=True)
class StoredState:
    """What is stored of a survey's state: `state` is none that follows from the clock; times are seconds since 1970.

    `late_until` is until when ballots are taken that were begun before the end; 0 or the end: no longer than until then.
    """

    state: State
    opens_at: int
    closes_at: int
    late_until: int = 0

    def at(self, now: float) -> State:
        """The state at a moment."""
        if self.state not in (State.PUBLISHED, State.PAUSED):
            return self.state
        if now < self.opens_at:
            return State.PUBLISHED
        if now >= self.closes_at:
            return State.CLOSED
        return State.PAUSED if self.state is State.PAUSED else State.OPEN

    def takes_late(self, now: float) -> bool:
        """Whether the survey is closed, and takes ballots that were begun before."""
        return self.state is State.PUBLISHED and self.at(now) is State.CLOSED and now < self.late_until

    def takes_ballots(self, now: float) -> bool:
        """Whether the ballot of a token is taken. Tokens are handed out while it is open, so all were before the end."""
        return self.at(now) is State.OPEN or self.takes_late(now)


def move(
    stored: StoredState, act: Move, now: int, *, closes_at: int | None = None, grace_minutes: int = 0
) -> StoredState:
    """What is stored after a move. `closes_at` is the new end for reopen, with its grace. Raises InputError."""
    state = stored.at(now)
    if state not in ALLOWED[act]:
        raise InputError(Problem("This cannot be done while the survey is %(state)s.", state=state.value))
    if act is Move.PUBLISH:
        if stored.closes_at <= max(now, stored.opens_at):
            raise InputError(Problem("The end must be after the beginning and in the future.", "closes"))
        return replace(stored, state=State.PUBLISHED)
    if act is Move.OPEN:
        return replace(stored, state=State.PUBLISHED, opens_at=now)
    if act is Move.PAUSE:
        return replace(stored, state=State.PAUSED)
    if act is Move.RESUME:
        return replace(stored, state=State.PUBLISHED)
    if act is Move.CLOSE:
        # Whoever closes by hand wants it closed.
        return replace(stored, state=State.PUBLISHED, closes_at=now, late_until=now)
    if act in (Move.EXTEND, Move.REOPEN):
        if closes_at is None or closes_at <= max(now, stored.opens_at):
            raise InputError(Problem("The end must be after the beginning and in the future.", "closes"))
        if act is Move.EXTEND and closes_at <= stored.closes_at:
            raise InputError(Problem("The new end must be later than the planned one.", "closes"))
        state = stored.state if act is Move.EXTEND else State.PUBLISHED
        return replace(stored, state=state, closes_at=closes_at, late_until=closes_at + 60 * grace_minutes)
    if act is Move.GIVE_SEAL_UP:
        return replace(stored, state=State.PUBLISHED, late_until=min(stored.late_until, now))
    if act is Move.SEAL:
        return replace(stored, state=State.SEALED)
    if stored.takes_late(now):
        raise InputError(
            Problem("Ballots that were begun before the end are taken until %(until)s. The survey can be sealed after that.",
                    until=datetime.fromtimestamp(stored.late_until, UTC))
        )  # fmt: skip
    return replace(stored, state=State.SEALING)
