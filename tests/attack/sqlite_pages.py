"""What a stolen SQLite file and its log tell: rows with the place of their cells, and which were written together."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Written:
    """A row that one transaction wrote or removed.

    `tx` is 0 for what lies in the database file, then counts the log's commits. Of two places, the one with the higher
    page, or on the same page the lower offset, was filled later.
    """

    tx: int
    table: str
    values: tuple[object, ...]
    place: tuple[int, int]
    removed: bool = False


class Stolen:
    """The pages of a database as copies of the file and its log show them, one commit after the other.

    Feed the growing log again and again: what was seen is not looked at twice.
    """

    def __init__(self, database: bytes, tables: tuple[str, ...]) -> None:
        self.size = int.from_bytes(database[16:18], "big")
        self.pages = {n + 1: database[n * self.size : (n + 1) * self.size] for n in range(len(database) // self.size)}
        self.tables, self.tx, self._at, self._salt = tables, 0, 32, b""
        self._roots: dict[str, int] = {}
        self._known: dict[str, dict[int, set[tuple[object, ...]]]] = {table: {} for table in tables}
        self._all: dict[str, set[tuple[object, ...]]] = {table: set() for table in tables}
        self._read_roots(database)

    def _read_roots(self, database: bytes) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "copy"
            # The header says that there is a log; without it the copy is read as it is.
            path.write_bytes(database[:18] + b"\x01\x01" + database[20:])
            connection = sqlite3.connect(path)
            rows = connection.execute("SELECT name, rootpage FROM sqlite_master WHERE type = 'table'").fetchall()
            connection.close()
        self._roots = dict(rows)

    def first(self) -> list[Written]:
        """What lies in the database file."""
        return self._changes(set(self.pages))

    def feed(self, log: bytes) -> list[Written]:
        """What the transactions wrote that came to the log since the last call."""
        found: list[Written] = []
        if log[16:24] != self._salt:
            self._at, self._salt = 32, log[16:24]  # a new log in the place of the old one
        changed: set[int] = set()
        pending: dict[int, bytes] = {}
        at = self._at
        while at + 24 + self.size <= len(log):
            head = log[at : at + 24]
            if head[8:16] != self._salt:
                break
            page = int.from_bytes(head[:4], "big")
            pending[page] = log[at + 24 : at + 24 + self.size]
            changed.add(page)
            at += 24 + self.size
            if int.from_bytes(head[4:8], "big"):
                self.pages |= pending
                self.tx += 1
                found += self._changes(changed)
                changed, pending, self._at = set(), {}, at
        return found

    def _changes(self, changed: set[int]) -> list[Written]:
        found = []
        for table in self.tables:
            pages = list(self._walk(self._roots[table]))
            known = self._known[table]
            before = self._all[table]
            for gone in known.keys() - set(pages):
                del known[gone]
            fresh: dict[int, list[tuple[int, tuple[object, ...]]]] = {}
            for page in pages:
                if page in changed or page not in known:
                    fresh[page] = list(self._cells(page))
                    known[page] = {values for _, values in fresh[page]}
            for page, cells in fresh.items():
                found += [Written(self.tx, table, values, (page, at)) for at, values in cells if values not in before]
            if fresh:
                self._all[table] = set().union(*known.values())
                found += [Written(self.tx, table, row, (0, 0), removed=True) for row in before - self._all[table]]
        return found

    def _walk(self, page: int) -> Iterator[int]:
        """The pages of a tree, in the order of its keys."""
        yield page
        data = self.pages[page]
        if data[0] == 0x02:
            for cell in self._pointers(page):
                yield from self._walk(int.from_bytes(data[cell : cell + 4], "big"))
            yield from self._walk(int.from_bytes(data[8:12], "big"))

    def _pointers(self, page: int) -> list[int]:
        data = self.pages[page]
        start = 12 if data[0] == 0x02 else 8
        count = int.from_bytes(data[3:5], "big")
        return [int.from_bytes(data[start + 2 * i : start + 2 * i + 2], "big") for i in range(count)]

    def _cells(self, page: int) -> Iterator[tuple[int, tuple[object, ...]]]:
        data = self.pages[page]
        for cell in self._pointers(page):
            length, at = varint(data, cell + (4 if data[0] == 0x02 else 0))
            yield cell, record(self._payload(data, at, length))

    def _payload(self, data: bytes, at: int, length: int) -> bytes:
        """A cell's payload, with what lies on overflow pages (SQLite's file format, section 1.6)."""
        most, least = (self.size - 12) * 64 // 255 - 23, (self.size - 12) * 32 // 255 - 23
        if length <= most:
            return data[at : at + length]
        here = least + (length - least) % (self.size - 4)
        here = here if here <= most else least
        body = data[at : at + here]
        following = int.from_bytes(data[at + here : at + here + 4], "big")
        while following and len(body) < length:
            body += self.pages[following][4:]
            following = int.from_bytes(self.pages[following][:4], "big")
        return body[:length]


def varint(data: bytes, at: int) -> tuple[int, int]:
    """A variable-length integer and where it ends."""
    value = 0
    for _ in range(9):
        byte = data[at]
        at += 1
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            break
    return value, at


def record(body: bytes) -> tuple[object, ...]:
    """The values of a record: integers, bytes and texts."""
    end, at = varint(body, 0)
    kinds = []
    while at < end:
        kind, at = varint(body, at)
        kinds.append(kind)
    values: list[object] = []
    for kind in kinds:
        width = {5: 6, 6: 8}.get(kind, kind) if kind <= 6 else 0 if kind < 12 else (kind - 12) // 2
        part = body[at : at + width]
        at += width
        if kind >= 12:
            values.append(part if kind % 2 == 0 else part.decode())
        else:
            values.append(
                None if kind == 0 else kind - 8 if kind in (8, 9) else int.from_bytes(part, "big", signed=True)
            )
    return tuple(values)
