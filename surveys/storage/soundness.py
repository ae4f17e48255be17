"""Whether the database and the folders of an instance can be used at this moment. Each fault is a short code."""

from __future__ import annotations

import errno
import shutil
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

import peewee

from surveys.storage.backup import SQLITE
from surveys.storage.database import database, is_sqlite
from surveys.storage.instance import secret_belongs
from surveys.storage.private_files import DRAFT
from surveys.storage.schema import migration_state

_LOCK_SECONDS = 0.4
_PROBE = b"\0" * 4096


def database_faults(instance: Path) -> list[str]:
    """What keeps the database from taking a ballot.

    `database`: it cannot be reached; `database_read_only`; `database_locked`: somebody else has been writing for a while;
    `migrations_missing`; `migrations_unknown`: a newer version has been here; `secret_key`: it is not this database's.
    """
    try:
        found = _writing_faults(instance)
        missing, unknown = migration_state()
        if not missing and not secret_belongs(instance):
            found.append("secret_key")
    except (peewee.PeeweeException, sqlite3.Error):
        return ["database"]
    return found + ["migrations_missing"] * missing + ["migrations_unknown"] * unknown


def _writing_faults(instance: Path) -> list[str]:
    if not is_sqlite():
        read_only = "SELECT pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean"
        return ["database_read_only"] if database.execute_sql(read_only).fetchone()[0] else []
    with closing(sqlite3.connect(instance / SQLITE, timeout=_LOCK_SECONDS, isolation_level=None)) as own:
        try:
            own.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            return ["database_locked" if error.sqlite_errorcode == sqlite3.SQLITE_BUSY else "database_read_only"]
        own.execute("ROLLBACK")
    return []


def folder_faults(folders: dict[str, Path], least_mb: int) -> list[str]:
    """What keeps folders from being written to, by the name of each: `NAME_read_only`, `NAME_missing`; or `disk_full`."""
    found = []
    for name, folder in folders.items():
        try:
            if shutil.disk_usage(folder).free < least_mb * 1024 * 1024:
                found.append("disk_full")
            with tempfile.TemporaryFile(dir=folder, prefix=DRAFT) as probe:
                probe.write(_PROBE)
                probe.flush()
        except FileNotFoundError:
            found.append(f"{name}_missing")
        except OSError as error:
            found.append("disk_full" if error.errno in (errno.ENOSPC, errno.EDQUOT) else f"{name}_read_only")
    return list(dict.fromkeys(found))
