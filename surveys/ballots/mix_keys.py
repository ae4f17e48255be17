"""The keys of the mix: a small file for each kind of ballot, whose key is replaced whenever its ballots move on.

What has left the mix must stay unreadable, though old pages of it lie in SQLite's log and in PostgreSQL's dead rows.
So a kind's key is forgotten as soon as nothing in the mix is encrypted with it any more, and whoever comes later, with
the database and with this folder, reads what is in the mix at that moment and nothing that was there before.

A file has two slots of 40 bytes: number (4), key (32), CRC-32 of both (4). A key's number says which slot is its own,
the greater number encrypts, and a slot of zeros is empty. Slots are written in place, so that the old key's bytes are
overwritten where the file system allows it.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from surveys.campaigns.indices import GroupIndex, SurveyId

_SLOT = struct.Struct(">I32sI")

FOLDER = "mix"
"""The folder of the keys in the instance folder."""


class KindKeys:
    """The keys of one kind. Read again each time: other processes change them."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def all(self) -> dict[int, bytes]:
        """The present keys by number: one, or two while a move is under way."""
        try:
            return _read(self.path.read_bytes())
        except FileNotFoundError:
            return {}

    def newest(self) -> tuple[int, bytes]:
        """The key that encrypts, made where there is none yet."""
        keys = self.all()
        if not keys:
            self._begin()
            keys = self.all()
        return max(keys.items())

    def _begin(self) -> None:
        self.path.parent.mkdir(mode=0o700, exist_ok=True)
        draft = self.path.with_name(f"new.{secrets.token_hex(8)}")
        number = secrets.randbelow(1 << 30) + 1  # at random: a key made after a file was lost is none of the old ones
        slots = [bytes(_SLOT.size)] * 2
        slots[number % 2] = _slot(number)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(b"".join(slots))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, self.path)  # of two processes that begin together, one makes the key
        except FileExistsError:
            with self._locked() as damaged:
                if not _read(os.pread(damaged, 2 * _SLOT.size, 0)):
                    _overwrite(damaged, number, slots[number % 2])
        draft.unlink()
        _sync_folder(self.path.parent)

    def renew(self, used: set[int]) -> int:
        """Make the next key, durably, before a move commits; `used` are the numbers that entries still need.

        Where an earlier move made a key and then failed, that one is taken. Returns the number of the key that encrypts from now on.
        """
        with self._locked() as file:
            keys = _read(os.pread(file, 2 * _SLOT.size, 0))
            newest = max(keys)
            if len(keys) == 2 and used <= {newest}:
                _overwrite(file, min(keys), bytes(_SLOT.size))
                del keys[min(keys)]
            if len(keys) == 1:
                newest += 1
                _overwrite(file, newest, _slot(newest))
        return newest

    def forget_before(self, number: int) -> None:
        """Overwrite the keys older than `number`, after the move that emptied the mix of them."""
        with self._locked() as file:
            for old in _read(os.pread(file, 2 * _SLOT.size, 0)):
                if old < number:
                    _overwrite(file, old, bytes(_SLOT.size))

    def erase(self) -> None:
        """Overwrite all keys and remove the file, when the survey is sealed."""
        with suppress(FileNotFoundError):
            with self._locked() as file:
                os.pwrite(file, bytes(2 * _SLOT.size), 0)
                os.fsync(file)
            self.path.unlink()

    @contextmanager
    def _locked(self) -> Iterator[int]:
        """The file, with no other process changing it: a slot is looked at and then written."""
        file = os.open(self.path, os.O_RDWR)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield file
        finally:
            os.close(file)


class MixKeys:
    """The folder of all kinds' keys in the instance folder."""

    def __init__(self, instance: Path) -> None:
        self.folder = instance / FOLDER

    def of(self, survey_id: SurveyId, group: GroupIndex, own_unit: int, size: int) -> KindKeys:
        """The keys of a kind (see mix_entries.MixKind)."""
        return KindKeys(self.folder / f"{survey_id}.{group}.{own_unit}.{size}")

    def erase(self, survey_id: SurveyId) -> None:
        """Forget all keys of a survey."""
        for path in self.folder.glob(f"{survey_id}.*"):
            KindKeys(path).erase()

    def surveys(self) -> set[SurveyId]:
        """The surveys that have keys."""
        return {SurveyId(int(path.name.split(".")[0])) for path in self.folder.glob("[0-9]*")}


def _slot(number: int) -> bytes:
    key = secrets.token_bytes(32)
    return _SLOT.pack(number, key, zlib.crc32(number.to_bytes(4, "big") + key))


def _read(data: bytes) -> dict[int, bytes]:
    """The slots that were written to their end."""
    found = {}
    for start in range(0, len(data) - _SLOT.size + 1, _SLOT.size):
        number, key, check = _SLOT.unpack_from(data, start)
        if number and check == zlib.crc32(data[start : start + 36]):
            found[number] = key
    return found


def _overwrite(file: int, number: int, slot: bytes) -> None:
    os.pwrite(file, slot, number % 2 * _SLOT.size)
    os.fsync(file)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
