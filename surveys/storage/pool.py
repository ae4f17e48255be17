"""Connections to PostgreSQL: a bounded pool, checked when taken, with time limits on everything that can wait.

The reasons, and why it is neither playhouse.pool nor psycopg_pool, are in docs/decisions/0025-postgresql.md.
"""

from __future__ import annotations

import select
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import peewee
import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg.pq import TransactionStatus

_LIFETIME = 1800.0
"""Seconds after which a connection is made anew, so that a name that leads to another server now is followed."""
_MARGIN = 2.0
"""Seconds that this side waits longer than the server may take: the server's own error says more."""

translated: Any = peewee.__exception_wrapper__  # type: ignore[attr-defined]
"""Raises Peewee's errors for those of psycopg."""


@dataclass(frozen=True)
class Limits:
    """How many connections a process has, and how many seconds things may take."""

    connections: int = 7
    wait: float = 3
    """For a free connection, while none comes back."""
    connect: int = 3
    """For connecting to one host."""
    statement: int = 15
    lock: int = 10
    """For a lock that others hold."""
    idle: int = 60
    """For a transaction between two statements."""
    silence: int = 10
    """Until a network that swallows everything counts as a connection that is lost."""
    long: int = 3600
    """For a statement of long work (see PooledPostgres.allow_long_work)."""


_PLANS = "-c enable_seqscan=off -c jit=off"
"""A prepared statement keeps the plan that was good for an empty table, and a restored one has no statistics: the planner
would scan it for each ballot. Where no index helps, it still does; long work chooses freely."""


class NoConnectionError(peewee.OperationalError):
    """All connections of this process are in use, and none came back in time."""


class _Connection(psycopg.Connection[Any]):
    """A connection that waits for an answer so long and no longer: a server that hangs keeps no limit of its own."""

    answer_seconds: float = 0
    made_at: float = 0

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        try:
            return super().wait(gen, interval, timeout or self.answer_seconds or None)
        except psycopg.errors._WaitTimeout:
            self.pgconn.finish()  # what it would still answer belongs to no statement any more
            raise psycopg.OperationalError("the database did not answer in time") from None


class PooledPostgres(peewee.PostgresqlDatabase):
    """PostgreSQL whose threads take connections from a pool and give them back.

    What `url` says wins over the limits, and reaches libpq as it is.
    """

    _state: Any
    server_version: Any

    def __init__(self, url: str, limits: Limits) -> None:
        self.limits = limits
        self._idle: list[_Connection] = []
        self._taken = 0
        self._came_back = time.monotonic()
        self._changed = threading.Condition()
        super().__init__("", prefer_psycopg3=True)
        self._url = url

    def connect(self, reuse_if_open: bool = False) -> bool:
        """Take a connection for this thread. Nothing is locked meanwhile: connecting may take seconds."""
        if not self._state.closed:
            if reuse_if_open:
                return False
            raise peewee.OperationalError("Connection already opened.")
        self._state.reset()
        self._take_place()
        try:
            connection = self._checked() or self._new()
        except BaseException:
            self._leave_place()
            raise
        self._state.set_connection(connection)
        return True

    def close(self) -> bool:
        """Give this thread's connection back."""
        if self.in_transaction():
            raise peewee.OperationalError("Attempting to close database while transaction is open.")
        return self._end(keep=True)

    def discard(self) -> None:
        """Close this thread's connection, whatever it is doing."""
        self._end(keep=False)

    def close_idle(self) -> None:
        """Close all connections that no thread has."""
        with self._changed:
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def allow_long_work(self) -> None:
        """Until the end of the transaction: statements, locks and pauses may take as long as `limits.long` says."""
        self._lift_limits(local=True)

    @contextmanager
    def long_work(self) -> Iterator[None]:
        """The same for statements outside a transaction."""
        self._lift_limits(local=False)
        try:
            yield
        finally:
            self.discard()  # its successor has the usual limits

    def _lift_limits(self, *, local: bool) -> None:
        database: Any = self
        connection: _Connection = database.connection()
        names = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
        values = {**dict.fromkeys(names, f"{self.limits.long}s"), "enable_seqscan": "on"}
        calls = ", ".join(["set_config(%s, %s, %s)"] * len(values))
        database.execute_sql(
            f"SELECT {calls}", [part for name, value in values.items() for part in (name, value, local)]
        )
        connection.answer_seconds = self.limits.long + _MARGIN

    def _end(self, *, keep: bool) -> bool:
        was_open, connection = not self._state.closed, self._state.conn
        self._state.reset()
        if not was_open:
            return False
        connection.answer_seconds = self._answer_seconds
        usable = keep and not connection.closed
        usable = usable and connection.info.transaction_status == TransactionStatus.IDLE
        usable = usable and time.monotonic() - connection.made_at < _LIFETIME
        if not usable:
            with suppress(psycopg.Error):
                connection.close()
        self._leave_place(connection if usable else None)
        return True

    def _take_place(self) -> None:
        """Wait for a place, no longer than `wait` seconds after the last connection came back.

        So where the database hangs, those who have a connection are held up, and nobody else waits behind them.
        """
        latest = time.monotonic() + 4 * self.limits.wait
        with self._changed:
            if not self._taken:
                self._came_back = time.monotonic()
            while self._taken >= self.limits.connections:
                left = min(self._came_back + self.limits.wait, latest) - time.monotonic()
                if left <= 0:
                    raise NoConnectionError("all database connections of this process are in use")
                self._changed.wait(left)
            self._taken += 1

    def _leave_place(self, connection: _Connection | None = None) -> None:
        with self._changed:
            self._taken -= 1
            if connection is not None:
                self._idle.append(connection)
                self._came_back = time.monotonic()
            self._changed.notify()

    def _checked(self) -> _Connection | None:
        """An idle connection that still lives: the one used last, so that the others can be let go."""
        while True:
            with self._changed:
                if not self._idle:
                    return None
                connection = self._idle.pop()
            if _lives(connection):
                return connection
            connection.close()

    def _new(self) -> _Connection:
        with translated:
            connection = _Connection.connect(self._url, autocommit=True, **self._parameters())
        connection.made_at, connection.answer_seconds = time.monotonic(), self._answer_seconds
        if self.server_version is None:
            self.server_version = connection.info.server_version
        return connection

    @property
    def _answer_seconds(self) -> float:
        return self.limits.statement + _MARGIN

    def _parameters(self) -> dict[str, Any]:
        """What is said to libpq beside the address; the address wins."""
        given, limits = conninfo_to_dict(self._url), self.limits
        options = (
            f"-c statement_timeout={limits.statement}s -c lock_timeout={limits.lock}s "
            f"-c idle_in_transaction_session_timeout={limits.idle}s {_PLANS} -c log_parameter_max_length_on_error=0"
        )
        chosen = {
            "connect_timeout": limits.connect,
            "keepalives": 1,
            "keepalives_idle": max(1, limits.silence // 2),
            "keepalives_interval": max(1, limits.silence // 6),
            "keepalives_count": 3,
            "tcp_user_timeout": limits.silence * 1000,
            "application_name": "surveys",
        }
        kept = {name: value for name, value in chosen.items() if name not in given}
        return {**kept, "options": f"{options} {given.get('options', '')}".strip()}


def _lives(connection: _Connection) -> bool:
    """Whether nothing came from the server while the connection was idle, such as the end of it. Costs no way there and back."""
    if connection.closed or connection.info.transaction_status != TransactionStatus.IDLE:
        return False
    poll = select.poll()
    poll.register(connection.pgconn.socket, select.POLLIN)
    return not poll.poll(0)
