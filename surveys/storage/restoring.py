"""Putting a backup back: it is looked at whole before anything is changed, and takes effect whole or not at all."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from surveys.inputs.problems import InputError, Problem
from surveys.storage.audit import AuditEntry
from surveys.storage.backup import DUMP, SQLITE, cannot_write
from surveys.storage.database import current, database, is_sqlite
from surveys.storage.instance import FOLDER_ID, fingerprint_row, read_id, stored_id
from surveys.storage.postgres_programs import check_dump, dumped_rows, program, restore_dump
from surveys.storage.schema import migration_names
from surveys.storage.secret import FILE as KEY

_RESTORED, _REPLACED = ".restored", ".replaced"


def check_backup(folder: Path, keys: str) -> None:
    """Raise InputError unless a folder holds a whole backup that can be restored here; `keys` is its folder of keys."""
    own, other = (SQLITE, DUMP) if is_sqlite() else (DUMP, SQLITE)
    if not (folder / own).is_file() and (folder / other).is_file():
        raise InputError(
            Problem("This is a backup of PostgreSQL. Set DATABASE_URL to an empty database and restore it there.")
            if is_sqlite()
            else Problem("This is a backup of SQLite. Restore it without DATABASE_URL.")
        )
    for name in (own, KEY):
        if not (folder / name).is_file():
            raise InputError(Problem("%(name)s is missing in the backup.", name=name))
    secret = (folder / KEY).read_bytes()
    if len(secret) != 32:
        raise InputError(Problem("secret.key in the backup does not have 32 bytes."))
    migrations, facts = _of_sqlite(folder / SQLITE) if is_sqlite() else _of_dump(folder / DUMP)
    if not migrations:
        raise InputError(Problem("%(name)s in the backup is not a database of this service.", name=own))
    if migrations != migration_names():
        raise InputError(
            Problem("The backup was made by another version of this software. Restore it with that version; then run "
                    "db migrate with this one.")
        )  # fmt: skip
    name, value = fingerprint_row(secret)
    if facts.get(name, value) != value:
        raise InputError(Problem("secret.key in the backup is not the one that its database was made with."))
    if FOLDER_ID in facts and read_id(folder / keys) != facts[FOLDER_ID]:
        raise InputError(
            Problem("The folder %(name)s is missing in the backup, or is not the one that belongs to its database.",
                    name=keys)
        )  # fmt: skip
    if is_sqlite() and facts.get(FOLDER_ID) != stored_id() and _is_in_use():
        raise InputError(
            Problem("The database here belongs to another installation, and people have worked with it. Move the instance "
                    "folder away if the backup shall take its place.")
        )  # fmt: skip


def _is_in_use() -> bool:
    """Whether anybody has done anything in the database of this instance."""
    return database.table_exists(AuditEntry) and AuditEntry.select().exists()


def _of_sqlite(path: Path) -> tuple[set[str], dict[str, str]]:
    """The migrations that a database in a backup has had, and what it knows of its installation."""
    try:
        # Immutable: else SQLite would make files beside it, in a folder that may be read-only.
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?immutable=1", uri=True)) as copy:
            if copy.execute("PRAGMA integrity_check").fetchone() != ("ok",):
                raise sqlite3.DatabaseError
            if not copy.execute("SELECT 1 FROM sqlite_master WHERE name = 'schema_migration'").fetchone():
                return set(), {}
            migrations = {name for (name,) in copy.execute("SELECT name FROM schema_migration")}
            return migrations, dict(copy.execute("SELECT name, value FROM instance").fetchall())
    except sqlite3.Error:
        raise InputError(Problem("The database in the backup is damaged.")) from None


def _of_dump(path: Path) -> tuple[set[str], dict[str, str]]:
    program("pg_restore")  # where it is missing, that is said, and not that the dump is damaged
    try:
        check_dump(path)
        migrations = {row[1] for row in dumped_rows(path, "schema_migration")}
        return migrations, {row[0]: row[1] for row in dumped_rows(path, "instance")}
    except InputError:
        raise InputError(Problem("The database in the backup is damaged.")) from None


def check_target() -> None:
    """Raise InputError unless the database of this instance can take a backup: on PostgreSQL it must be empty.

    Into a living one pg_restore would bring back ballots that have moved on since, beside themselves.
    """
    if not is_sqlite() and database.get_tables():
        raise InputError(Problem("The database has tables already. Make an empty one, and restore into that."))


def restore_backup(instance: Path, folder: Path, url: str, keys: str) -> None:
    """Put a checked backup in the place of the database and the keys of this instance.

    Raises InputError, with everything as it was; on SQLite also while another process has the database open: what it
    wrote meanwhile would be torn.
    """
    in_use = current().in_use
    if in_use is not None and not in_use.alone():
        raise InputError(Problem("The service is running on this database. Stop it, then restore."))
    names = [*([SQLITE] if is_sqlite() else []), KEY, keys]
    try:
        check_target()
        _stage(instance, folder, names)
        if not is_sqlite():
            restore_dump(url, folder / DUMP)
        database.close()
        if is_sqlite():
            for leftover in (f"{SQLITE}-wal", f"{SQLITE}-shm"):
                (instance / leftover).unlink(missing_ok=True)
        for name in names:
            _swap(instance, name)
    except OSError as error:
        raise cannot_write(instance, error) from None
    finally:
        for name in names:
            _remove(instance / f"{name}{_RESTORED}")
        if in_use is not None:
            in_use.with_others()


def _stage(instance: Path, folder: Path, names: list[str]) -> None:
    """Copy what a backup has under other names, so that a full disk is found out before anything is replaced."""
    for name in names:
        source, target = folder / name, instance / f"{name}{_RESTORED}"
        _remove(target)
        if source.is_dir():
            shutil.copytree(source, target)
            target.chmod(0o700)
        elif source.exists():
            shutil.copyfile(source, target)
            target.chmod(0o600)


def _swap(instance: Path, name: str) -> None:
    """Put what was staged in its place; what the backup does not have is gone from here, too."""
    staged, place, old = (instance / f"{name}{ending}" for ending in (_RESTORED, "", _REPLACED))
    if staged.is_dir() or place.is_dir():
        _remove(old)
        if place.exists():
            place.rename(old)
        if staged.exists():
            staged.rename(place)
        _remove(old)
    else:
        staged.replace(place)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
