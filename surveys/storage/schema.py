"""The schema: migrations, and emptying the places where a database keeps what rows used to be."""

from __future__ import annotations

from pathlib import Path

from playhouse.migrations import Runner

from surveys.storage.database import allow_long_work, database, is_sqlite, long_work
from surveys.storage.locks import wait_for_migrations

BALLOT_TABLES = ("ballot", "receipt", "remark", "admission", "mix_entry", "damaged_entry", "pace", "paper_stack")

_MIGRATIONS = str(Path(__file__).parent / "migrations")


def migrate() -> list[str]:
    """Apply pending migrations; returns their names. Safe when several processes start together."""
    with database.atomic("EXCLUSIVE") if is_sqlite() else database.atomic():
        allow_long_work()
        wait_for_migrations()
        return list(Runner(database.obj, _MIGRATIONS).up())


class NewerDatabaseError(RuntimeError):
    """The database was brought up to date by a later version, which may have changed what this one relies on."""


def check_not_newer() -> None:
    """Raises NewerDatabaseError where the database has had migrations that this version does not know."""
    unknown = sorted(set(Runner(database.obj, _MIGRATIONS).applied()) - migration_names())
    if unknown:
        raise NewerDatabaseError(
            f"the database belongs to a later version of this software ({', '.join(unknown)}). Install that version, or "
            "restore the backup that was made before the upgrade."
        )


def migration_names() -> set[str]:
    """The names of all migrations that this version knows."""
    return {migration.name for migration in Runner(database.obj, _MIGRATIONS).migrations()}


QUICKLY = 24 * 2**20
"""Bytes of a PostgreSQL table that are written again in less than half a second, for which nobody else can use it."""


def forgets_quickly(tables: tuple[str, ...] = BALLOT_TABLES) -> bool:
    """Whether forgetting the old pages of these tables keeps nobody waiting long. On SQLite it never does."""
    if is_sqlite():
        return True
    sizes = [database.execute_sql("SELECT pg_table_size(%s::regclass)", (table,)).fetchone()[0] for table in tables]
    return max(sizes) <= QUICKLY


def forget_dead_rows(tables: tuple[str, ...] = BALLOT_TABLES) -> None:
    """Remove PostgreSQL's dead rows and which transaction wrote the others; what is in free space stays. Nobody waits."""
    with long_work():
        for table in tables:
            database.execute_sql(f"VACUUM (FREEZE) {table}")


def migration_state() -> tuple[bool, bool]:
    """Whether migrations are missing in the database, and whether it has some that this version does not know."""
    runner = Runner(database.obj, _MIGRATIONS)
    known, applied = migration_names(), set(runner.applied())
    return bool(known - applied), bool(applied - known)


def forget_old_pages(tables: tuple[str, ...] = BALLOT_TABLES) -> None:
    """Empty SQLite's log, or remove PostgreSQL's dead rows of these tables. Outside a transaction."""
    if is_sqlite():
        database.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    else:
        with long_work():
            for table in tables:
                database.execute_sql(f"VACUUM (FULL, FREEZE) {table}")
