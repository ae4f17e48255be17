"""Backups that are made again and again: a file for each, encrypted where a recipient is named, and the oldest removed.

Encrypted files are of age (https://age-encryption.org): the server needs only the recipient, which opens nothing; the identity
that opens them is kept elsewhere, and the program age opens them without this service.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile

import pyrage

from surveys.inputs.problems import InputError, Problem
from surveys.storage.backup import cannot_write
from surveys.storage.private_files import write_private

_NAME = re.compile(r"surveys-(?P<at>\d{8}T\d{6}Z)\.zip(?P<age>\.age)?")
_TIME = "%Y%m%dT%H%M%SZ"
_INSIDE = "backup"


@dataclass(frozen=True)
class KeptBackup:
    """A file of a backup, when it was made (seconds since 1970), and whether it is encrypted."""

    path: Path
    made_at: float
    encrypted: bool


def kept_backups(folder: Path) -> list[KeptBackup]:
    """The backups in a folder, the newest first. Other files are passed over."""
    found = []
    for path in folder.iterdir() if folder.is_dir() else ():
        if name := _NAME.fullmatch(path.name):
            made = datetime.strptime(name["at"], _TIME).replace(tzinfo=UTC)
            found.append(KeptBackup(path, made.timestamp(), bool(name["age"])))
    return sorted(found, key=lambda backup: backup.made_at, reverse=True)


def keep_backup(folder: Path, write: Callable[[Path], None], recipient: str, kept: int, now: float) -> KeptBackup:
    """Make a backup in a folder, then remove all but the newest `kept`.

    `write` writes a backup as a folder. `recipient` is a public key of age (age1…); empty: the file is not encrypted. Raises
    InputError, with the backups that were there as they were.
    """
    if kept < 1:
        raise InputError(Problem("At least one backup is kept."))
    key = read_recipient(recipient) if recipient else None
    if not folder.is_dir():
        raise InputError(Problem("There is no folder %(name)s.", name=str(folder)))
    at = datetime.fromtimestamp(now, UTC)
    path = folder / f"surveys-{at:{_TIME}}.zip{'.age' if key else ''}"
    if path.exists():
        raise InputError(Problem("%(name)s is there already.", name=str(path)))
    try:
        with tempfile.TemporaryDirectory(prefix="unfinished.", dir=folder) as draft:
            write(Path(draft) / _INSIDE)
            with write_private(path) as file:
                _pack(Path(draft) / _INSIDE, file, key)
    except OSError as error:
        raise cannot_write(folder, error) from None
    for old in kept_backups(folder)[kept:]:
        old.path.unlink(missing_ok=True)
    return KeptBackup(path, at.timestamp(), key is not None)


def read_recipient(text: str) -> Any:
    """A public key of age. Raises InputError."""
    try:
        return pyrage.x25519.Recipient.from_str(text.strip())
    except pyrage.RecipientError:
        raise InputError(
            Problem("BACKUP_RECIPIENT is no public key of age. It begins with age1; age-keygen makes one.")
        ) from None


def _pack(folder: Path, file: IO[bytes], key: Any) -> None:
    with tempfile.TemporaryFile(dir=folder.parent) as plain:
        with ZipFile(plain, "w", ZIP_DEFLATED, compresslevel=1) as archive:
            for path in sorted(folder.rglob("*")):
                archive.write(path, f"{_INSIDE}/{path.relative_to(folder)}")
        plain.seek(0)
        if key is None:
            shutil.copyfileobj(plain, file)
        else:
            pyrage.encrypt_io(plain, file, [key])


def open_backup(path: Path, folder: Path, identity: Path | None) -> None:
    """Unpack a backup into a new folder, from which it is restored. `identity` is the file with the key that opens it.

    Raises InputError, and nothing of the folder stays.
    """
    if folder.exists():
        raise InputError(Problem("The folder %(name)s already exists.", name=str(folder)))
    draft = folder.with_name(f"{folder.name}.unfinished")
    try:
        draft.mkdir(mode=0o700)
        with path.open("rb") as file, tempfile.TemporaryFile(dir=draft) as plain:
            if path.suffix == ".age":
                _decrypt(file, plain, identity)
            else:
                shutil.copyfileobj(file, plain)
            _unpack(plain, draft)
        (draft / _INSIDE).rename(folder)
    except BadZipFile as error:
        raise InputError(
            Problem("%(name)s is damaged, or no backup: %(reason)s", name=str(path), reason=str(error))
        ) from None
    except OSError as error:
        raise cannot_write(folder, error) from None
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _decrypt(file: IO[bytes], plain: IO[bytes], identity: Path | None) -> None:
    if identity is None:
        raise InputError(Problem("The backup is encrypted. Name the file with the identity that opens it."))
    keys = [
        line.strip() for line in identity.read_text("utf-8").splitlines() if line.strip() and not line.startswith("#")
    ]
    try:
        pyrage.decrypt_io(file, plain, [pyrage.x25519.Identity.from_str(key) for key in keys])
    except pyrage.IdentityError:
        raise InputError(Problem("%(name)s holds no identity of age.", name=str(identity))) from None
    except (pyrage.DecryptError, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise  # of the disk: what cannot be decrypted has none
        raise InputError(Problem("The backup is damaged, or encrypted for another identity.")) from None


def _unpack(file: IO[bytes], folder: Path) -> None:
    with ZipFile(file) as archive:
        if archive.testzip() is not None or not all(name.startswith(f"{_INSIDE}/") for name in archive.namelist()):
            raise BadZipFile(f"not all of it is whole and below {_INSIDE}/")
        archive.extractall(folder)
