"""A backup: a folder with a copy of the database and the keys that belong to it."""

from __future__ import annotations

import secrets
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from surveys.inputs.problems import InputError, Problem
from surveys.storage.database import is_sqlite
from surveys.storage.locks import backing_up
from surveys.storage.postgres_programs import dump, program
from surveys.storage.private_files import DRAFT, create_private
from surveys.storage.secret import FILE as KEY

SQLITE = "surveys.sqlite3"
DUMP = "surveys.dump"


def write_backup(instance: Path, folder: Path, url: str, keys: str) -> None:
    """Copy the database, while it is in use, and the keys into a new folder; `keys` is the folder of the mix's keys.

    It is written under another name first: what has the name is whole, and of a backup that fails nothing stays. Raises
    InputError.
    """
    if folder.exists():
        raise InputError(Problem("The folder %(name)s already exists.", name=str(folder)))
    if folder.resolve().is_relative_to(instance.resolve()):
        raise InputError(Problem("A backup in the instance folder would be lost with it. Choose another place."))
    if not is_sqlite():
        program("pg_dump")
    draft = folder.with_name(f"{folder.name}.unfinished.{secrets.token_hex(4)}")
    try:
        draft.mkdir(mode=0o700)  # no folder above it: a path that is typed wrongly is not made
        with backing_up():
            copy = draft / (SQLITE if is_sqlite() else DUMP)
            create_private(copy, b"")
            if is_sqlite():
                _copy(instance / SQLITE, copy)
            else:
                dump(url, copy)
            if (instance / keys).is_dir():
                shutil.copytree(instance / keys, draft / keys, ignore=shutil.ignore_patterns(f"{DRAFT}*"))
        shutil.copy2(instance / KEY, draft / KEY)
        draft.rename(folder)
    except (OSError, sqlite3.Error) as error:
        raise cannot_write(folder, error) from None
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def cannot_write(folder: Path, error: Exception) -> InputError:
    """What is said of a folder that cannot be written, or a disk that is full."""
    reason = str(getattr(error, "strerror", None) or error)
    return InputError(Problem("The folder %(name)s cannot be written: %(reason)s", name=str(folder), reason=reason))


def _copy(source: Path, target: Path) -> None:
    """A copy by a connection of its own: the one that holds the writer's lock cannot be copied from."""
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)
