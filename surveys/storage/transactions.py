"""Write transactions with retry, and reads that survive a lost connection."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

import peewee

from surveys.storage.database import OpenDatabase, current, database, drop_connection, is_sqlite
from surveys.storage.pool import NoConnectionError, translated

T = TypeVar("T")

# Class 40 (transaction rollback), 08 (connection), 57P0x (server shutting down), 53300 (too many connections), 25006 (the
# server became a replica: another one is the primary now).
_RETRY_STATES = ("40", "08", "57P0", "53300", "25006")
_ATTEMPTS = 8
_RETRY_SECONDS = 10.0
"""No attempt begins later: whoever waits is told rather than kept."""


def write(act: Callable[[], T]) -> T:
    """Run `act` in one write transaction and return what it returns; durable when this returns.

    Runs `act` again after a serialization failure, a locked database or a lost connection, so `act` must do
    nothing outside the database. Any other exception rolls back and is raised.
    """
    if database.in_transaction():
        return act()  # part of a larger transaction, which is retried as a whole
    began = time.monotonic()
    for attempt in range(_ATTEMPTS):
        try:
            if not is_sqlite():
                with database.atomic():
                    return act()
            with current().writing(), database.atomic():
                return act()
        except peewee.PeeweeException as error:
            late = attempt == _ATTEMPTS - 1 or time.monotonic() - began > _RETRY_SECONDS
            if late or not _worth_retrying(error):
                raise
            if not is_sqlite() and not database.in_transaction():
                drop_connection()
            time.sleep(random.uniform(0, 0.02 * 2**attempt))
    raise AssertionError("unreachable")


class _Waiting:
    """An act that waits for the writer, and what it returned."""

    def __init__(self, act: Callable[[], Any]) -> None:
        self.act, self.done = act, False
        self.result: Any = None


def write_together(act: Callable[[], T]) -> T:
    """As `write`; on SQLite the acts that wait for the writer at this moment share one transaction and its cost.

    `act` may run in another thread, and must not raise to undo what it did: should one act fail, each is run alone.
    """
    if not is_sqlite() or database.in_transaction():
        return write(act)
    opened, own = current(), _Waiting(act)
    with opened.turn:
        opened.waiting.append(own)
        opened.turn.wait_for(lambda: own.done or not opened.led)
        if own.done:
            return own.result
        opened.led = True
    try:
        _run_waiting(opened, own)
    finally:
        with opened.turn:
            opened.led = False
            opened.turn.notify_all()
    return own.result if own.done else write(act)


def _run_waiting(opened: OpenDatabase, own: _Waiting) -> None:
    """Run a thread's own act and those that wait with it, also those that come while another process writes."""
    try:
        with opened.writing(), database.atomic():
            batch = [opened.waiting.popleft() for _ in range(len(opened.waiting))]
            results = [one.act() for one in batch]
        for one, result in zip(batch, results, strict=True):
            one.result, one.done = result, True
    except Exception:
        with suppress(ValueError):
            opened.waiting.remove(own)  # it is run alone, and by nobody else
        logging.getLogger(__name__).debug("a shared transaction failed; its acts are run one by one")


def read(act: Callable[[], T]) -> T:
    """Run the first query of a request; if the connection was lost since the last one, connect again and repeat it."""
    try:
        return act()
    except peewee.PeeweeException as error:
        if database.in_transaction() or not _worth_retrying(error):
            raise
        drop_connection()
        return act()


def _worth_retrying(error: peewee.PeeweeException) -> bool:
    original: Any = getattr(error, "orig", None) or error.__cause__
    if isinstance(original, NoConnectionError):  # it has waited already
        return False
    state = getattr(original, "sqlstate", None)
    if state:
        return str(state).startswith(_RETRY_STATES)
    # psycopg reports a connection that died without a state; SQLite only says "database is locked".
    text = str(error).lower()
    return isinstance(error, peewee.OperationalError | peewee.InterfaceError) and (
        "locked" in text or "connection" in text or "closed" in text
    )


@contextmanager
def pipelined() -> Iterator[None]:
    """Statements inside go to PostgreSQL without waiting for each other's answer; they still run one after the other.

    Each sees what was committed when it began, so one that follows a lock sees what the lock waited for. Raises
    PeeweeException, at the latest at the end.
    """
    if is_sqlite():
        yield
    else:
        with translated, database.connection().pipeline():
            yield
