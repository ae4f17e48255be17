"""Opening and closing the database. SQLite and PostgreSQL."""

from __future__ import annotations

import fcntl
import os
import threading
from collections import deque
from collections.abc import Callable, Hashable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any, TypeVar

import peewee
from cachetools import LRUCache

from surveys.storage.pool import Limits, PooledPostgres
from surveys.storage.private_files import make_folder

T = TypeVar("T")

database = peewee.DatabaseProxy()
"""What the tables are bound to. One database at a time is open in a process (see `open_database`)."""


class Model(peewee.Model):
    """The base of all tables."""

    class Meta:
        database = database
        legacy_table_names = False


class InUse:
    """A lock beside an SQLite database: each process that has it open holds it with others, a restore alone."""

    def __init__(self, instance: Path) -> None:
        self.path = instance / "in-use"
        self._file = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(self._file, fcntl.LOCK_SH)  # waits for the end of a restore

    def alone(self) -> bool:
        """Hold it alone from now on, if no other process has the database open."""
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            fcntl.flock(self._file, fcntl.LOCK_SH)
            return False
        return True

    def with_others(self) -> None:
        """Let others open the database again."""
        fcntl.flock(self._file, fcntl.LOCK_SH)

    def release(self) -> None:
        """Say that this process does not have it open any more."""
        os.close(self._file)


class OpenDatabase:
    """An open database with what belongs to it in this process. The application object holds it."""

    def __init__(self, connections: peewee.Database, address: str, in_use: InUse | None) -> None:
        self.connections, self.address, self.in_use = connections, address, in_use
        self.writer = threading.Lock()
        """One writer at a time inside a process: waiting threads queue here fairly, where SQLite would make them
        sleep and poll. Processes queue for a file's lock; should another program hold SQLite's own, its busy timeout decides."""
        self._queue = (
            None if in_use is None else os.open(in_use.path.with_name("writer"), os.O_RDWR | os.O_CREAT, 0o600)
        )
        self.waiting: deque[Any] = deque()
        """Acts that wait to be run together (transactions.write_together)."""
        self.turn, self.led = threading.Condition(), False
        """Who waits is told when an act was run, and when no thread runs acts."""
        self._cache: LRUCache[Hashable, Any] = LRUCache(maxsize=64)
        self._cache_lock = threading.Lock()

    @contextmanager
    def only_process(self) -> Iterator[None]:
        """For who holds the writer: on SQLite, wait until no other process writes. The lock ends with the process."""
        if self._queue is None:
            yield
            return
        fcntl.flock(self._queue, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(self._queue, fcntl.LOCK_UN)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Alone among the threads and processes that write."""
        with self.writer, self.only_process():
            yield

    def cached(self, key: Hashable, make: Callable[[], T]) -> T:
        """What `make` returned for this key before, or what it returns now."""
        with self._cache_lock:
            if key in self._cache:
                return self._cache[key]
        made = make()
        with self._cache_lock:
            self._cache[key] = made
        return made

    def close(self) -> None:
        """Close its connections, and let the process open another database."""
        global _opened
        if _opened is self:
            disconnect()
            if self.in_use is not None:
                self.in_use.release()
            if self._queue is not None:
                os.close(self._queue)
            _opened = None


_opened: OpenDatabase | None = None


class DatabaseInUseError(RuntimeError):
    """Another database is open in this process."""


def open_database(instance: Path, url: str = "", limits: Limits | None = None) -> OpenDatabase:
    """Bind the tables to SQLite in `instance`, or to PostgreSQL where `url` says so. Connects lazily, by thread.

    `limits` are those of PostgreSQL's connections.

    Raises DatabaseInUseError while another database is open: the tables can be bound to one only, so a second
    application on another database would take the first one's away.
    """
    global _opened
    address = url or str((instance / "surveys.sqlite3").resolve())
    if _opened is not None and _opened.address != address:
        raise DatabaseInUseError(
            "an application with another database is open in this process; close it first: "
            'app.extensions["database"].close()'
        )
    if _opened is None:
        connections = _postgres(url, limits or Limits()) if url else _sqlite(instance)
        _opened = OpenDatabase(connections, address, None if url else InUse(instance))
        database.initialize(_opened.connections)
    return _opened


def _postgres(url: str, limits: Limits) -> peewee.Database:
    if not url.startswith(("postgresql://", "postgres://")):
        raise ValueError("DATABASE_URL must begin with postgresql://")
    return PooledPostgres(url, limits)


def _sqlite(instance: Path) -> peewee.Database:
    make_folder(instance)
    path = instance / "surveys.sqlite3"
    path.touch(mode=0o600)  # the log beside it gets the same mode from SQLite
    return peewee.SqliteDatabase(
        str(path),
        pragmas={
            "journal_mode": "wal",
            "synchronous": "full",  # durable before "received" is said
            "foreign_keys": 1,
            "secure_delete": 1,  # what is deleted is overwritten with zeros
            "cache_size": -1500,  # of each thread; the system keeps the file in memory, too
            "temp_store": "memory",  # no temporary copies of ballots in files
        },
        lock_type="IMMEDIATE",  # a transaction that reads first and writes later cannot fail in between
        timeout=30,
    )


def current() -> OpenDatabase:
    """The open database."""
    assert _opened is not None, "no database is open"
    return _opened


def is_sqlite() -> bool:
    """Whether the open database is SQLite."""
    return isinstance(database.obj, peewee.SqliteDatabase)


def drop_connection() -> None:
    """Forget this thread's connection; the next query connects anew."""
    if isinstance(database.obj, PooledPostgres):
        database.obj.discard()
        return
    try:
        database.close()
    except peewee.PeeweeException:
        database.obj._state.reset()  # it is broken: there is nothing left to close


def release_connection() -> None:
    """After a request: give this thread's connection back to the pool. SQLite's stay with their threads."""
    if isinstance(database.obj, PooledPostgres) and not database.in_transaction():
        database.close()


def disconnect() -> None:
    """Close this thread's connection and those of the pool: processes that fork from this one must not share them."""
    database.close()
    if isinstance(database.obj, PooledPostgres):
        database.obj.close_idle()


def allow_long_work() -> None:
    """Inside a transaction that may take long: until its end it is not cut off by the limits of respondents' requests."""
    if isinstance(database.obj, PooledPostgres):
        database.obj.allow_long_work()


def long_work() -> AbstractContextManager[None]:
    """The same for statements outside a transaction."""
    return database.obj.long_work() if isinstance(database.obj, PooledPostgres) else nullcontext()
