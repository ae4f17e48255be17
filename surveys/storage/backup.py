"""Backup and restore of the database together with the keys that belong to it."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict

from surveys.inputs.problems import InputError, Problem
from surveys.storage.database import current, database, is_sqlite
from surveys.storage.locks import backing_up
from surveys.storage.secret import FILE as KEY

_SQLITE = "surveys.sqlite3"


def write_backup(instance: Path, folder: Path, url: str, keys: str) -> None:
    """Copy the database, while it is in use, and the keys into a new folder; `keys` is the folder of the mix's keys.

    Raises InputError.
    """
    if folder.exists():
        raise InputError(Problem("The folder %(name)s already exists.", name=str(folder)))
    pg_dump = shutil.which("pg_dump") or ""
    if not is_sqlite() and not pg_dump:
        raise InputError(Problem("pg_dump is not installed here; it comes with PostgreSQL."))
    folder.mkdir(parents=True, mode=0o700)
    with backing_up():
        if is_sqlite():
            _copy(instance / _SQLITE, folder / _SQLITE)
        else:
            _dump(folder / "surveys.dump", pg_dump, url)
        if (instance / keys).is_dir():
            shutil.copytree(instance / keys, folder / keys)
    shutil.copy2(instance / KEY, folder / KEY)


def _copy(source: Path, target: Path) -> None:
    """A copy by a connection of its own: the one that holds the writer's lock cannot be copied from."""
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)


def _dump(target: Path, pg_dump: str, url: str) -> None:
    """A dump by PostgreSQL's own program; the password goes by the environment, where no process list shows it."""
    names = {
        "dbname": "PGDATABASE",
        **{name: f"PG{name.upper()}" for name in ("host", "port", "user", "password", "sslmode")},
    }
    settings = {names[name]: str(value) for name, value in conninfo_to_dict(url).items() if name in names}
    command = [pg_dump, "--format=custom", f"--file={target}"]
    subprocess.run(command, check=True, env={**os.environ, **settings})  # noqa: S603  (its path was just looked up)


def check_backup(folder: Path) -> None:
    """Raise InputError unless a folder holds a whole backup that can be restored here."""
    if not is_sqlite():
        raise InputError(
            Problem("This is for SQLite. For PostgreSQL use pg_restore, and copy secret.key and mix from the backup.")
        )
    for name in (_SQLITE, KEY):
        if not (folder / name).is_file():
            raise InputError(Problem("%(name)s is missing in the backup.", name=name))
    with closing(sqlite3.connect(folder / _SQLITE)) as copy:
        if copy.execute("PRAGMA integrity_check").fetchone() != ("ok",):
            raise InputError(Problem("The database in the backup is damaged."))


def restore_backup(instance: Path, folder: Path, keys: str) -> None:
    """Put a backup in the place of the database and keys of this instance.

    Raises InputError while another process has the database open: what it wrote meanwhile would be torn.
    """
    in_use = current().in_use
    if in_use is None or not in_use.alone():
        raise InputError(Problem("The service is running on this database. Stop it, then restore."))
    try:
        database.close()
        for name in (_SQLITE, KEY):
            shutil.copyfile(folder / name, instance / f"{name}.restored")
            (instance / f"{name}.restored").chmod(0o600)
        for leftover in (f"{_SQLITE}-wal", f"{_SQLITE}-shm"):
            (instance / leftover).unlink(missing_ok=True)
        for name in (_SQLITE, KEY):
            (instance / f"{name}.restored").replace(instance / name)
        shutil.rmtree(instance / keys, ignore_errors=True)
        if (folder / keys).is_dir():
            shutil.copytree(folder / keys, instance / keys)
    finally:
        in_use.with_others()
