"""What ties a database to its instance folder: they belong together, and are restored together.

The database knows a fingerprint of secret.key. With the folder of the mix's keys it shares the installation's id, a random
number: a file system that is not there at the moment, or a second server with a folder of its own, is noticed by it.
"""

from __future__ import annotations

import os
import secrets
from enum import Enum
from pathlib import Path

import peewee

from surveys.storage import secret
from surveys.storage.database import Model, database, disconnect
from surveys.storage.private_files import create_private
from surveys.storage.transactions import write

_FINGERPRINT = "secret.key"
FOLDER_ID = "id"
"""The name of the fact that ties the folder of keys to the database."""
ID_FILE = "id"
"""The file with the installation's id in the folder of keys."""


class InstanceFact(Model):
    """Something that is known of the installation, by name."""

    name = peewee.CharField(max_length=20, primary_key=True)
    value = peewee.CharField(max_length=64)

    class Meta:
        table_name = "instance"


class WrongSecretError(RuntimeError):
    """The instance folder has no secret.key, or not the one that the database was made with."""


def load_matching_secret(instance: Path) -> bytes:
    """The installation's secret, which is made if there is no database yet.

    Raises WrongSecretError: with another secret no code and no ballot token that was handed out would be good.
    """
    path, known = instance / secret.FILE, _stored_fingerprint()
    if known and not path.exists():
        raise WrongSecretError(f"{path} is missing. Restore it from the backup that belongs to the database.")
    loaded = secret.load_secret(instance)
    if known and _fingerprint(loaded) != known:
        raise WrongSecretError(
            f"{path} is not the one that the database was made with. Restore it from the backup that belongs to the "
            "database, or use the database that belongs to it."
        )
    return loaded


def secret_belongs(instance: Path) -> bool:
    """Whether the instance's secret.key is the one that the database was made with; also where the database knows none yet."""
    found = InstanceFact.get_or_none(InstanceFact.name == _FINGERPRINT)
    try:
        return found is None or str(found.value) == _fingerprint((instance / secret.FILE).read_bytes())
    except OSError:
        return False


def remember_secret(instance: Path) -> None:
    """Note whose database this is, the first time."""
    value = _fingerprint(secret.load_secret(instance))
    write(lambda: InstanceFact.insert(name=_FINGERPRINT, value=value).on_conflict_ignore().execute())


class Belonging(Enum):
    """Whether a folder of keys and the database are of one installation."""

    OWN = "own"
    UNMARKED = "the database has no id yet; run db migrate"
    MISSING = "the folder has no id"
    FOREIGN = "the ids differ"


class KeyFolder:
    """The folder of the mix's keys, as one that belongs to the database or does not."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = str(path / ID_FILE)  # once: joining costs as much as reading
        self._expected = ""  # what the database says; it does not change while a process has it open

    def belonging(self) -> Belonging:
        """Whether the folder is there and the database's own. On the path of each ballot: it reads one small file."""
        found = _read(self._file)
        if found and found == self._expected:
            return Belonging.OWN
        self._expected = self._expected or stored_id()
        if not self._expected:
            return Belonging.UNMARKED
        if not found:
            return Belonging.MISSING
        return Belonging.OWN if found == self._expected else Belonging.FOREIGN

    def forget(self) -> None:
        """Ask the database again: another one was put into its place."""
        self._expected = ""

    def mark(self) -> None:
        """Give database and folder one id, where the database has none; a folder that has one keeps it."""
        if not stored_id():
            found = read_id(self.path) or write_id(self.path, secrets.token_hex(16))
            write(lambda: InstanceFact.insert(name=FOLDER_ID, value=found).on_conflict_ignore().execute())

    def accept(self) -> None:
        """Write the database's id into a folder that has none."""
        write_id(self.path, stored_id())


def read_id(folder: Path) -> str:
    """The id in a folder of keys; empty where there is none."""
    return _read(str(folder / ID_FILE))


def _read(path: str) -> str:
    try:
        file = os.open(path, os.O_RDONLY)
    except OSError:  # also of a network's file system that does not answer
        return ""
    try:
        return os.read(file, 64).decode("ascii", "replace").strip()
    except OSError:
        return ""
    finally:
        os.close(file)


def write_id(folder: Path, value: str) -> str:
    """Write an id into a folder of keys, unless it has one; returns the one that it has then."""
    create_private(folder / ID_FILE, value.encode())
    return read_id(folder)  # of two processes that begin together, both get one id


def stored_id() -> str:
    """The installation's id in the database; empty where `db migrate` has made none yet."""
    try:
        found = InstanceFact.get_or_none(InstanceFact.name == FOLDER_ID)
    except peewee.PeeweeException:
        if database.in_transaction():
            raise
        return ""  # no table yet, or no database: its own errors say so
    return str(found.value) if found else ""


def fingerprint_row(loaded: bytes) -> tuple[str, str]:
    """What a database that was made with this secret knows of it: a name and a value of InstanceFact."""
    return _FINGERPRINT, _fingerprint(loaded)


def _fingerprint(loaded: bytes) -> str:
    return secret.derive(loaded, "fingerprint").hex()


def _stored_fingerprint() -> str:
    try:
        found = InstanceFact.get_or_none(InstanceFact.name == _FINGERPRINT)
    except peewee.PeeweeException:
        return ""  # no table yet, or no database: its own errors say so
    finally:
        disconnect()
    return str(found.value) if found else ""
