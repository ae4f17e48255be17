"""Opening the database, write transactions with retry, and migrations. SQLite and PostgreSQL."""

from __future__ import annotations

import logging
import random
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import peewee
from playhouse.migrations import Runner

T = TypeVar("T")

database = peewee.DatabaseProxy()

# One writer at a time inside a process: waiting threads queue here fairly, where SQLite would make them
# sleep and poll. Between processes SQLite's own lock and busy timeout decide.
_writer = threading.Lock()

# Class 40 (transaction rollback), 08 (connection), 57P0x (server shutting down), 53300 (too many connections).
_RETRY_STATES = ("40", "08", "57P0", "53300")
_ATTEMPTS = 8


class Model(peewee.Model):
    """The base of all tables."""

    class Meta:
        database = database
        legacy_table_names = False


def open_database(instance: Path, url: str = "") -> peewee.Database:
    """Bind the tables to SQLite in `instance`, or to PostgreSQL where `url` says so. Connects lazily, by thread."""
    opened: peewee.Database
    if url:
        if urlsplit(url).scheme not in ("postgresql", "postgres"):
            raise ValueError("DATABASE_URL must begin with postgresql://")
        opened = peewee.PostgresqlDatabase("postgresql://" + url.split("://", 1)[1], prefer_psycopg3=True)
    else:
        instance.mkdir(parents=True, exist_ok=True)
        path = instance / "surveys.sqlite3"
        path.touch(mode=0o600)  # the log beside it gets the same mode from SQLite
        opened = peewee.SqliteDatabase(
            str(path),
            pragmas={
                "journal_mode": "wal",
                "synchronous": "full",  # durable before "received" is said
                "foreign_keys": 1,
                "secure_delete": 1,  # what is deleted is overwritten with zeros
                "cache_size": -16000,
                "temp_store": "memory",  # no temporary copies of ballots in files
            },
            lock_type="IMMEDIATE",  # a transaction that reads first and writes later cannot fail in between
            timeout=30,
        )
    database.initialize(opened)
    return opened


def is_sqlite() -> bool:
    """Whether the open database is SQLite."""
    return isinstance(database.obj, peewee.SqliteDatabase)


def _worth_retrying(error: peewee.PeeweeException) -> bool:
    original: Any = getattr(error, "orig", None) or error.__cause__
    state = getattr(original, "sqlstate", None)
    if state:
        return str(state).startswith(_RETRY_STATES)
    # psycopg reports a connection that died without a state; SQLite only says "database is locked".
    text = str(error).lower()
    return isinstance(error, peewee.OperationalError | peewee.InterfaceError) and (
        "locked" in text or "connection" in text or "closed" in text
    )


def write(act: Callable[[], T]) -> T:
    """Run `act` in one write transaction and return what it returns; durable when this returns.

    Runs `act` again after a serialization failure, a locked database or a lost connection, so `act` must do
    nothing outside the database. Any other exception rolls back and is raised.
    """
    if database.in_transaction():
        return act()  # part of a larger transaction, which is retried as a whole
    for attempt in range(_ATTEMPTS):
        try:
            if not is_sqlite():
                with database.atomic():
                    return act()
            with _writer, database.atomic():
                return act()
        except peewee.PeeweeException as error:
            if attempt == _ATTEMPTS - 1 or not _worth_retrying(error):
                raise
            if not is_sqlite() and not database.in_transaction():
                drop_connection()
            time.sleep(random.uniform(0, 0.02 * 2**attempt))
    raise AssertionError("unreachable")


class _Turn:
    """One act that waits for the writer, and what became of it."""

    def __init__(self, act: Callable[[], Any]) -> None:
        self.act, self.done = act, False
        self.result: Any = None


_waiting: deque[_Turn] = deque()


def write_together(act: Callable[[], T]) -> T:
    """As `write`; on SQLite the acts that wait for the writer at this moment share one transaction and its cost.

    `act` may run in another thread, and must not raise to undo what it did: should one act fail, each is run alone.
    """
    if not is_sqlite() or database.in_transaction():
        return write(act)
    turn = _Turn(act)
    _waiting.append(turn)
    with _writer:
        if not turn.done:  # this thread runs its own act and those that came meanwhile
            turns = [_waiting.popleft() for _ in range(len(_waiting))]
            try:
                with database.atomic():
                    results = [one.act() for one in turns]
                for one, result in zip(turns, results, strict=True):
                    one.result, one.done = result, True
            except Exception:
                logging.getLogger(__name__).debug("a shared transaction failed; its acts are run one by one")
    return turn.result if turn.done else write(act)


def read(act: Callable[[], T]) -> T:
    """Run the first query of a request: if the connection was lost since the last one, connect anew and run it again."""
    try:
        return act()
    except peewee.PeeweeException as error:
        if database.in_transaction() or not _worth_retrying(error):
            raise
        drop_connection()
        return act()


def drop_connection() -> None:
    """Forget this thread's connection; the next query connects anew."""
    try:
        database.close()
    except peewee.PeeweeException:
        database.obj._state.reset()  # it is broken: there is nothing left to close


def lock_survey(survey: int, *, exclusive: bool) -> None:
    """Inside a write transaction: keep the seal of a survey apart from ballots that come in.

    SQLite has one writer at a time, so there is nothing to do. On PostgreSQL an advisory lock does it, because a
    row lock would leave its mark (xmax) in the table.
    """
    if not is_sqlite():
        name = "pg_advisory_xact_lock" if exclusive else "pg_advisory_xact_lock_shared"
        database.execute_sql(f"SELECT {name}(%s)", (survey,))


def sent_together() -> AbstractContextManager[Any]:
    """Statements inside go to PostgreSQL without waiting for each other's answer; they still run one after the other.

    Each sees what was committed when it began, so one that follows a lock sees what the lock waited for.
    """
    return nullcontext() if is_sqlite() else database.connection().pipeline()


_BACKUP = 7_305_002


def hold_backup_off(*, wait: bool) -> bool:
    """Inside a write transaction that changes the tray's keys: whether no backup is running; `wait` for its end.

    SQLite's backup holds the writer's lock, so there is nothing to do.
    """
    if is_sqlite():
        return True
    if wait:
        database.execute_sql("SELECT pg_advisory_xact_lock_shared(%s)", (_BACKUP,))
        return True
    return bool(database.execute_sql("SELECT pg_try_advisory_xact_lock_shared(%s)", (_BACKUP,)).fetchone()[0])


@contextmanager
def backing_up() -> Iterator[None]:
    """Nothing changes the tray's keys meanwhile, so that a copy of them belongs to the copy of the database."""
    with database.atomic():
        if not is_sqlite():
            database.execute_sql("SELECT pg_advisory_xact_lock(%s)", (_BACKUP,))
        yield


def migrate() -> list[str]:
    """Apply pending migrations; returns their names. Safe when several processes start together."""
    directory = str(Path(__file__).parent / "migrations")
    if is_sqlite():
        with database.atomic("EXCLUSIVE"):
            return list(Runner(database.obj, directory).up())
    with database.atomic():
        database.execute_sql("SELECT pg_advisory_xact_lock(%s)", (7_305_001,))
        return list(Runner(database.obj, directory).up())


OF_BALLOTS = ("ballot", "receipt", "remark", "admission", "tray", "pace", "paper_stack")


def forget_old_pages(tables: tuple[str, ...] = OF_BALLOTS) -> None:
    """Empty the places where a database keeps what rows used to be: SQLite's log, PostgreSQL's dead rows of tables.

    Outside a transaction.
    """
    if is_sqlite():
        database.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    else:
        for table in tables:
            database.execute_sql(f"VACUUM (FULL, FREEZE) {table}")
