"""How a ballot is stored: every slot of the plan, or only the units it was asked about, whichever is smaller.

A full row holds all slots in the plan's order. A short row holds what is asked once, and then an entry for each unit: its position
(two bytes) and the bytes of its slots. Which of the two it is follows from the group alone, and so does the length: a ballot with fewer
units is filled up with empty entries. So the size of a ballot tells nothing of who sent it or what was answered. A ballot on paper may
list more units than a phone would; it is longer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from surveys.campaigns.indices import GroupIndex, UnitIndex
from surveys.questionnaires.questionnaire import Section
from surveys.scoring.layout import Bytes, Ints

_POSITION = 2
_EMPTY = 0xFFFF  # the position in an entry without a unit; its slots are zero, "not asked"


@dataclass(frozen=True)
class ShortRows:
    """Short rows of ballots (n) that have equally many entries (K), taken apart.

    `once` (n, bytes): what is asked once. `units` (n, K): the unit of each entry, 0 in empty ones, whose slots are all zero anyway.
    `slots` (n, K, bytes): the slots of each entry.
    """

    once: Bytes
    units: Ints
    slots: Bytes


@dataclass(frozen=True)
class Packing:
    """Where the bytes of a plan's ballots are. `once` and `each`: sections, as (first byte in a full row, bytes), of a unit for `each`."""

    width: int
    once: tuple[tuple[int, int], ...]
    each: tuple[tuple[int, int], ...]
    entries: tuple[int | None, ...]
    """By group: for how many units a short row has room; None: its ballots are full rows."""

    @property
    def once_width(self) -> int:
        """The bytes of what is asked once."""
        return sum(size for _, size in self.once)

    @property
    def unit_width(self) -> int:
        """The bytes of a unit's slots."""
        return sum(size for _, size in self.each)

    @property
    def entry_width(self) -> int:
        """The bytes of an entry."""
        return _POSITION + self.unit_width

    def pack(self, group: GroupIndex, row: bytes | bytearray, units: tuple[UnitIndex, ...]) -> bytes:
        """A full row with answers about these units, as a ballot of the group is stored."""
        room = self.entries[group]
        if room is None:
            return bytes(row)
        parts = [row[at : at + size] for at, size in self.once]
        for unit in sorted(units):
            parts.append(unit.to_bytes(_POSITION, "big"))
            parts += [row[at + unit * size : at + (unit + 1) * size] for at, size in self.each]
        empty = _EMPTY.to_bytes(_POSITION, "big") + bytes(self.unit_width)
        return b"".join(parts) + empty * max(0, room - len(units))

    def unpack(self, group: GroupIndex, packed: bytes) -> bytes:
        """The full row of a stored ballot. Raises ValueError for what is none."""
        if self.entries[group] is None:
            if len(packed) != self.width:
                raise ValueError("not a ballot of this survey")
            return bytes(packed)
        parts = self.take_apart([packed])
        row = np.zeros(self.width, np.uint8)
        row[self.once_columns()] = parts.once[0]
        for unit, slots in zip(parts.units[0], parts.slots[0], strict=True):
            if slots.any():
                row[self.unit_columns(int(unit))] = slots
        return row.tobytes()

    def take_apart(self, packed: list[bytes]) -> ShortRows:
        """Short rows of one length. Raises ValueError for what is none."""
        body = np.frombuffer(b"".join(packed), np.uint8).reshape(len(packed), -1)
        entries = body[:, self.once_width :]
        if entries.shape[1] % self.entry_width:
            raise ValueError("not a ballot of this survey")
        entries = entries.reshape(len(packed), -1, self.entry_width)
        units = entries[..., 0].astype(np.int64) * 256 + entries[..., 1]
        slots = entries[..., _POSITION:]
        empty = units == _EMPTY
        if slots[empty].any() or (units[~empty] >= self._units()).any():
            raise ValueError("not a ballot of this survey")
        return ShortRows(body[:, : self.once_width], np.where(empty, 0, units), slots)

    def once_columns(self) -> Ints:
        """Where the bytes of what is asked once are in a full row."""
        return _ranges([(at, size) for at, size in self.once])

    def unit_columns(self, unit: int) -> Ints:
        """Where the bytes of a unit's entry are in a full row."""
        return _ranges([(at + unit * size, size) for at, size in self.each])

    def _units(self) -> int:
        return (self.width - self.once_width) // self.unit_width


def _ranges(parts: list[tuple[int, int]]) -> Ints:
    return np.concatenate([np.zeros(0, np.int64), *(np.arange(at, at + size) for at, size in parts)])


def packing_of(sections: Sequence[Section], units: int, rooms: Sequence[int]) -> Packing:
    """How ballots with these sections about so many units are stored. `rooms`: by group, how many units a ballot lists at most."""
    once: list[tuple[int, int]] = []
    each: list[tuple[int, int]] = []
    at = 0
    for section in sections:
        size = sum(item.width for item in section.items)
        (each if section.each_unit else once).append((at, size))
        at += size * (units if section.each_unit else 1)
    entry = _POSITION + sum(size for _, size in each)
    base = sum(size for _, size in once)
    return Packing(at, tuple(once), tuple(each), tuple(room if base + room * entry < at else None for room in rooms))
