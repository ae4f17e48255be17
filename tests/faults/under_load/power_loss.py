"""What a disk holds after the power failed at some moment: all that was waited for, and of the rest some sectors or none.

Reads what disk.c noted. A file is known by its inode, because it can have several names and other names later.
"""

from __future__ import annotations

import random
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

WRITE, TRUNCATE, SYNC, CREATE, RENAME, LINK, UNLINK, SYNC_FOLDER = range(1, 9)
_HEAD = struct.Struct("=qQQIIII")
_SECTOR = 512


@dataclass(frozen=True)
class Note:
    """One act on a file. `path` is where it lay then, `other` the new name of RENAME and LINK."""

    nanoseconds: int
    inode: int
    offset: int
    kind: int
    path: Path
    other: Path
    data: bytes


def read_notes(log: Path) -> Iterator[Note]:
    """The notes in the order in which they were made."""
    content, at = log.read_bytes(), 0
    while at < len(content):
        nanoseconds, inode, offset, kind, *lengths = _HEAD.unpack_from(content, at)
        at += _HEAD.size
        texts = []
        for length in lengths:
            texts.append(content[at : at + length])
            at += length
        path, other, data = texts
        yield Note(nanoseconds, inode, offset, kind, Path(path.decode()), Path(other.decode()), data)


@dataclass
class _File:
    durable: bytearray = field(default_factory=bytearray)
    pending: list[Note] = field(default_factory=list)

    def content(self, chance: random.Random) -> bytes:
        """What is found after the power failed: of what was not waited for each sector came to the disk, or did not."""
        found = bytearray(self.durable)
        for note in self.pending:
            if note.kind == TRUNCATE:
                if chance.random() < 0.5:
                    _truncate(found, note.offset)
                continue
            for start in range(0, len(note.data), _SECTOR):
                if chance.random() < 0.5:
                    _put(found, note.offset + start, note.data[start : start + _SECTOR])
        return bytes(found)

    def sync(self) -> None:
        for note in self.pending:
            if note.kind == TRUNCATE:
                _truncate(self.durable, note.offset)
            else:
                _put(self.durable, note.offset, note.data)
        self.pending.clear()


class Disk:
    """The folder of an instance, as it is at first, and as the notes change it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: dict[int, _File] = {}
        self._names: dict[Path, int] = {}
        self._pending_names: list[Note] = []
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not path.name.endswith("-shm"):
                inode = path.stat().st_ino
                self._names[path] = inode
                self._files[inode] = _File(bytearray(path.read_bytes()))

    def happen(self, note: Note) -> None:
        """Take an act over."""
        if note.kind in (WRITE, TRUNCATE):
            self._files.setdefault(note.inode, _File()).pending.append(note)
        elif note.kind == SYNC:
            if note.inode in self._files:
                self._files[note.inode].sync()
            # As file systems do it: a new file that was waited for is there under the name that it was made with.
            self._settle(lambda one: one.kind == CREATE and one.inode == note.inode)
        elif note.kind == SYNC_FOLDER:
            self._settle(lambda one: note.path in (one.path.parent, one.other.parent))
        else:
            if note.kind == CREATE:
                self._files[note.inode] = _File()
            self._pending_names.append(note)

    def write(self, target: Path, chance: random.Random) -> None:
        """Lay out what is found after the power failed now."""
        names = dict(self._names)
        # Of what was not waited for, the first few names changed.
        for note in self._pending_names[: chance.randint(0, len(self._pending_names))]:
            _rename(names, note)
        for path, inode in names.items():
            place = target / path.relative_to(self._folder)
            place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            place.write_bytes(self._files[inode].content(chance))
            place.chmod(0o600)

    def _settle(self, covered: Callable[[Note], bool]) -> None:
        """These changes of names are durable now, and with them the earlier ones: a journal keeps the order."""
        last = max((number for number, note in enumerate(self._pending_names) if covered(note)), default=-1)
        for note in self._pending_names[: last + 1]:
            _rename(self._names, note)
        del self._pending_names[: last + 1]


def _rename(names: dict[Path, int], note: Note) -> None:
    if note.kind in (CREATE, LINK):
        names[note.other if note.kind == LINK else note.path] = note.inode
    elif note.kind == RENAME:
        names.pop(note.path, None)
        names[note.other] = note.inode
    else:
        names.pop(note.path, None)


def _put(content: bytearray, offset: int, data: bytes) -> None:
    if len(content) < offset:
        content.extend(bytes(offset - len(content)))
    content[offset : offset + len(data)] = data


def _truncate(content: bytearray, size: int) -> None:
    del content[size:]
    content.extend(bytes(size - len(content)))
