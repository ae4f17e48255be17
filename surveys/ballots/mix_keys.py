"""The keys of the mix: a small file for each kind of ballot, whose key is replaced whenever its ballots move on.

What has left the mix must stay unreadable, though old pages of it lie in SQLite's log and in PostgreSQL's dead rows.
So a kind's key is forgotten as soon as nothing in the mix is encrypted with it any more, and whoever comes later, with
the database and with this folder, reads what is in the mix at that moment and nothing that was there before.

A file has slots of 40 bytes, two or as many as it needs: number (4), key (32), CRC-32 of both (4). The greatest number
encrypts; a slot that is no whole key, such as one of zeros, is empty. Slots are written in place, so that the bytes of an
old key are overwritten where the file system allows it.
"""

from __future__ import annotations

import fcntl
import os
import re
import secrets
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from surveys.campaigns.indices import GroupIndex, SurveyId
from surveys.storage.private_files import create_private

_SLOT = struct.Struct(">I32sI")

FOLDER = "mix"
"""The folder of the keys in the instance folder."""

_NAME = re.compile(r"[0-9]+\.[0-9]+\.-?[0-9]+\.[0-9]+")
_FIRST_SLOTS = 2
_STEP = 1 << 12
"""A key's number is greater than the last one by a random step up to this: two folders that were once copies of each
other then give their next keys different numbers, and each notices entries under the other's."""


class KindKeys:
    """The keys of one kind. Read again each time: other processes change them."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def all(self) -> dict[int, bytes]:
        """The present keys by number: one, or several while a move is under way and after keys were merged."""
        try:
            return _read(self.path.read_bytes())
        except FileNotFoundError:
            return {}

    def newest(self) -> tuple[int, bytes]:
        """The key that encrypts, made where there is none yet. Raises FileNotFoundError where the folder is gone."""
        keys = self.all()
        if not keys:
            self._begin({})
            keys = self.all()
        return max(keys.items())

    def add(self, keys: dict[int, bytes]) -> int:
        """Put further keys beside those that are there; returns how many are new.

        None of them encrypts from now on: where one has the greatest number, a fresh key is made above it.
        """
        if not self.all() and self._begin(keys):
            return len(keys)
        with self._locked() as file:
            known = _read(_content(file))
            new = {number: key for number, key in keys.items() if number not in known}
            if new and max(new) > max(known, default=0):
                _put(file, _next(max(new)), secrets.token_bytes(32))  # first: cut off behind it, nothing is amiss
            for number, key in new.items():
                _put(file, number, key)
        return len(new)

    def _begin(self, keys: dict[int, bytes]) -> bool:
        """Make the file, with these keys and a fresh one above them; whether it was this process that made the keys."""
        # The first number is at random: a key made after a file was lost has the number of none of the old ones.
        number = _next(max(keys)) if keys else secrets.randbelow(1 << 30) + 1
        slots = [_slot(number, secrets.token_bytes(32)), *(_slot(*key) for key in keys.items())]
        if create_private(self.path, b"".join(slots).ljust(_FIRST_SLOTS * _SLOT.size, b"\0")):
            return True
        with self._locked() as damaged:
            made = not _read(_content(damaged))
            if made:
                os.pwrite(damaged, b"".join(slots), 0)
                os.fsync(damaged)
        return made

    def renew(self, used: set[int]) -> int:
        """Make the next key, durably, before a move commits; `used` are the numbers that entries still need.

        Where an earlier move made a key and then failed, that one is taken, unless entries were encrypted with it since.
        Keys that nothing needs any more are overwritten. Returns the number of the key that encrypts from now on.
        """
        with self._locked() as file:
            newest = max(_read(_content(file)))
            _keep(file, used | {newest})
            if newest in used:
                newest = _next(newest)
                _put(file, newest, secrets.token_bytes(32))
        return newest

    def forget_before(self, number: int) -> None:
        """Overwrite the keys older than `number`, after the move that emptied the mix of them."""
        with self._locked() as file:
            _keep(file, {key for key in _read(_content(file)) if key >= number})

    def erase(self) -> None:
        """Overwrite all keys and remove the file, when the survey is sealed."""
        with suppress(FileNotFoundError):
            with self._locked() as file:
                os.pwrite(file, bytes(os.fstat(file).st_size), 0)
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
        self._kinds: dict[tuple[int, ...], KindKeys] = {}

    def of(self, survey_id: SurveyId, group: GroupIndex, own_unit: int, size: int) -> KindKeys:
        """The keys of a kind (see mix_entries.MixKind)."""
        kind = (survey_id, group, own_unit, size)
        known = self._kinds.get(kind)
        if known is None:  # once, because building a path costs more than reading the file
            known = self._kinds[kind] = KindKeys(self.folder / ".".join(map(str, kind)))
        return known

    def erase(self, survey_id: SurveyId) -> None:
        """Forget all keys of a survey."""
        for path in self.folder.glob(f"{survey_id}.*"):
            KindKeys(path).erase()

    def surveys(self) -> set[SurveyId]:
        """The surveys that have keys."""
        return {SurveyId(int(path.name.split(".")[0])) for path in key_files(self.folder)}


def key_files(folder: Path) -> list[Path]:
    """The files of all kinds in a folder of keys. Their names are the fields of the kinds."""
    return sorted(path for path in folder.glob("[0-9]*") if _NAME.fullmatch(path.name))


def is_whole(data: bytes) -> bool:
    """Whether a file has slots that are keys or empty, and nothing else."""
    slots = [data[start : start + _SLOT.size] for start in range(0, len(data), _SLOT.size)]
    return all(len(_read(slot)) == 1 or slot == bytes(_SLOT.size) for slot in slots)


def _next(number: int) -> int:
    return number + 1 + secrets.randbelow(_STEP)


def _slot(number: int, key: bytes) -> bytes:
    return _SLOT.pack(number, key, zlib.crc32(number.to_bytes(4, "big") + key))


def _read(data: bytes) -> dict[int, bytes]:
    """The slots that were written to their end."""
    found = {}
    for start in range(0, len(data) - _SLOT.size + 1, _SLOT.size):
        number, key, check = _SLOT.unpack_from(data, start)
        if number and check == zlib.crc32(data[start : start + 36]):
            found[number] = key
    return found


def _content(file: int) -> bytes:
    return os.pread(file, os.fstat(file).st_size, 0)


def _put(file: int, number: int, key: bytes) -> None:
    """Write a key into the first empty slot, or behind the last one."""
    data, start = _content(file), 0
    while _read(data[start : start + _SLOT.size]):
        start += _SLOT.size
    os.pwrite(file, _slot(number, key), start)
    os.fsync(file)


def _keep(file: int, numbers: set[int]) -> None:
    """Overwrite all slots but those of these keys, and what was not written to its end."""
    data = _content(file)
    for start in range(0, len(data), _SLOT.size):
        slot = data[start : start + _SLOT.size]
        if any(slot) and not _read(slot).keys() & numbers:
            os.pwrite(file, bytes(len(slot)), start)
    os.fsync(file)
