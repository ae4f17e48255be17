"""Locks inside write transactions: one survey, all accounts, a backup.

SQLite has one writer at a time, so there is nothing to do. On PostgreSQL they are advisory locks, held until the
transaction ends: a row lock would leave its mark (xmax) in the table. Transactions are at READ COMMITTED, so whatever
is read after a lock is as its last holder left it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import IntEnum

from surveys.storage.database import allow_long_work, database, is_sqlite

_MIGRATION = 7_305_001
_BACKUP = 7_305_002


class Kind(IntEnum):
    """What can be locked. The number is the first half of PostgreSQL's lock key."""

    ACCOUNTS = 1
    UNITS = 2
    QUESTIONNAIRES = 3
    SURVEYS = 4
    """Which surveys there are, and their addresses."""
    SURVEY = 5
    CAMPAIGNS = 6
    LETTERHEAD = 7


@dataclass(frozen=True, order=True)
class Subject:
    """What a change is about: a kind of things as a whole, or (`id`) one of them."""

    kind: Kind
    id: int = 0


def survey_subject(survey_id: int) -> Subject:
    """One survey with everything that belongs to it."""
    return Subject(Kind.SURVEY, survey_id)


def lock(subject: Subject, *, exclusive: bool = True) -> None:
    """Wait until nobody else holds this lock; with `exclusive` false, until nobody holds it exclusively."""
    if not is_sqlite():
        name = "pg_advisory_xact_lock" if exclusive else "pg_advisory_xact_lock_shared"
        database.execute_sql(f"SELECT {name}(%s, %s)", (int(subject.kind), subject.id))


def lock_survey(survey_id: int, *, exclusive: bool) -> None:
    """Keep the seal of a survey, and whatever staff do to it, apart from ballots that come in (not `exclusive`)."""
    lock(survey_subject(survey_id), exclusive=exclusive)


def wait_for_migrations() -> None:
    """Of several processes that start together, one migrates at a time."""
    if not is_sqlite():
        database.execute_sql("SELECT pg_advisory_xact_lock(%s)", (_MIGRATION,))


def hold_backup_off(*, wait: bool) -> bool:
    """Inside a write transaction that changes the mix's keys: whether no backup is running; `wait` for its end.

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
    """Nothing changes the mix's keys meanwhile, so that a copy of them belongs to the copy of the database."""
    with database.atomic():
        if not is_sqlite():
            allow_long_work()  # pg_dump runs meanwhile
            database.execute_sql("SELECT pg_advisory_xact_lock(%s)", (_BACKUP,))
        yield
