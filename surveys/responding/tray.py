"""The tray: ballots lie sealed until ten of a kind have come, then move on together, in shuffled order.

A kind is a survey's group and, where the paper names one, own unit: what decides which units a ballot rates. Without the
tray, one transaction would tie an admission to its ballot (SQLite's log, PostgreSQL's xmin), and the place of a cell in
its page would tell when it came. With it, that transaction writes only an entry that the database's thief cannot read,
and the transaction that moves on ties ten admissions to ten ballots.
"""

from __future__ import annotations

import json
import logging
import secrets
import struct
import threading
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import NamedTuple

import peewee
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from surveys.database import Model, database, drop_connection, hold_backup_off, lock_survey, write
from surveys.responding.answers import Remarks
from surveys.responding.models import insert_ballots
from surveys.responding.sql import delete_many, insert_many, run
from surveys.responding.tray_keys import KindKeys, TrayKeys
from surveys.text import InputError, Problem

BATCH = 10
"""So many of a kind move on together, at least."""

CROWD = 50
"""While others are putting ballots in, a batch grows to so many before it moves on."""

_HEAD = struct.Struct(">I16s16sBI")
_NONCE = 12
_STEP = 64
_COUNT = "SELECT COUNT(*) FROM tray WHERE survey_id = ? AND group_no = ? AND own_unit = ?"
_INSERT = "INSERT INTO tray (survey_id, group_no, own_unit, number, sealed) VALUES (?, ?, ?, ?, ?)"
_TAKE = "SELECT number, sealed FROM tray WHERE survey_id = ? AND group_no = ? AND own_unit = ?"
_KINDS = "SELECT group_no, own_unit, COUNT(*) FROM tray WHERE survey_id = ? GROUP BY group_no, own_unit"


class TrayEntry(Model):
    """A sealed ballot. `number` is random; `sealed` can only be read with a key that is not in the database."""

    survey = peewee.IntegerField(column_name="survey_id")
    group = peewee.SmallIntegerField(column_name="group_no")
    own_unit = peewee.SmallIntegerField()
    number = peewee.BlobField()
    sealed = peewee.BlobField()

    class Meta:
        table_name = "tray"
        primary_key = peewee.CompositeKey("survey", "group", "own_unit", "number")


class Kind(NamedTuple):
    """What decides which units a ballot rates: a survey's group and, where the paper names one, the own unit (or -1)."""

    survey: int
    group: int
    own_unit: int

    @property
    def keys(self) -> KindKeys:
        """The keys of this kind."""
        return keys().of(*self)

    def name(self, key: int) -> bytes:
        """What an entry is bound to, beside its key."""
        return struct.pack(">IHhI", *self, key)


@dataclass(frozen=True)
class SealedBallot:
    """What an entry holds: the ballot, and the admission and receipt that are rewritten when it moves on.

    `room` is how many bytes the remarks of any paper of this kind may take.
    """

    admission: bytes
    receipt: bytes
    channel: int
    packed: bytes
    remarks: tuple[Remarks, ...]
    room: int = field(default=0, compare=False)


_keys: TrayKeys | None = None


def open_tray(instance: Path) -> None:
    """Use the tray keys of an instance."""
    global _keys
    _keys = TrayKeys(instance)


def keys() -> TrayKeys:
    """The keys in use."""
    assert _keys is not None, "open_tray was not called"
    return _keys


def seal_entry(ballot: SealedBallot, kind: Kind) -> bytes:
    """A ballot as an entry: number of the key, nonce, AES-256-GCM of the padded ballot, bound to kind and key.

    Its length is the same for all ballots of a kind: it must not tell who wrote much.
    """
    texts = json.dumps([[r.unit, r.item, r.body] for r in ballot.remarks], ensure_ascii=False).encode()
    admission = ballot.admission or bytes(16)
    body = _HEAD.pack(len(ballot.packed), admission, ballot.receipt, ballot.channel, len(texts)) + ballot.packed + texts
    size = max(_HEAD.size + len(ballot.packed) + 2 + ballot.room, len(body))
    number, key = kind.keys.newest()
    nonce = secrets.token_bytes(_NONCE)
    return (
        number.to_bytes(4, "big")
        + nonce
        + AESGCM(key).encrypt(nonce, body.ljust(-(-size // _STEP) * _STEP, b"\0"), kind.name(number))
    )


def open_entry(sealed: bytes, kind: Kind, known: dict[int, bytes]) -> SealedBallot:
    """Open an entry with one of the `known` keys. Raises InputError where its key is gone or it was changed."""
    number = int.from_bytes(sealed[:4], "big")
    try:
        if number not in known:
            raise InvalidTag
        body = AESGCM(known[number]).decrypt(sealed[4 : 4 + _NONCE], sealed[4 + _NONCE :], kind.name(number))
    except InvalidTag:
        raise InputError(
            Problem("A ballot in the tray cannot be opened. Restore the folder tray of this instance.")
        ) from None
    length, admission, receipt, channel, texts = _HEAD.unpack_from(body)
    packed = body[_HEAD.size : _HEAD.size + length]
    remarks = json.loads(body[_HEAD.size + length : _HEAD.size + length + texts])
    room = len(body) - _HEAD.size - length - 2
    return SealedBallot(
        admission if any(admission) else b"", receipt, channel, packed, tuple(Remarks(*row) for row in remarks), room
    )


def lay_in(ballot: SealedBallot, kind: Kind) -> int:
    """Lay a ballot into the tray; returns how many of its kind lie there now.

    Inside a write transaction that holds the survey's lock: no key may be forgotten between sealing and storing.
    """
    run(_INSERT, (*kind, secrets.token_bytes(16), seal_entry(ballot, kind)))
    return int(run(_COUNT, kind).fetchone()[0])


def waiting(survey: int) -> list[tuple[int, int, int]]:
    """(group, own unit, count) of what lies in the tray of a survey."""
    return [(g, u, n) for g, u, n in run(_KINDS, (survey,)).fetchall()]


class Visit:
    """One ballot on its way into the tray; `count` is how many of its kind lay there afterwards.

    Whoever leaves last moves on what is due: in a crowd larger batches cost less for each ballot.
    """

    def __init__(self, kind: Kind) -> None:
        self.kind, self.count = kind, 0

    def __enter__(self) -> Visit:
        with _crowd.gate:
            _crowd.inside += 1
        return self

    def __exit__(self, *_: object) -> None:
        with _crowd.gate:
            _crowd.inside -= 1
            if self.count >= BATCH:
                _crowd.due.add(self.kind)
            now = {kind for kind in _crowd.due if not _crowd.inside or (kind == self.kind and self.count >= CROWD)}
            _crowd.due -= now
        for kind in now:
            _try_to_move(kind)


class _Crowd:
    """The visits of this process."""

    def __init__(self) -> None:
        self.gate, self.inside, self.due = threading.Lock(), 0, set[Kind]()


_crowd = _Crowd()


def _try_to_move(kind: Kind) -> None:
    try:
        move_on(kind)
    except Exception as error:
        # The ballot is in the tray, safe and received, and its sender is told so. The next one moves it on.
        logging.getLogger(__name__).error("the tray could not be moved on: %s", type(error).__name__)
        drop_connection()


def move_on(kind: Kind) -> int:
    """Move a kind's ballots on if at least ten lie there; returns how many went. Safe to call from many processes."""

    def act() -> tuple[int, int]:
        if not hold_backup_off(wait=False):
            return 0, 0  # they go on when the backup is done
        lock_survey(kind.survey, exclusive=True)
        return _move_kind(kind, BATCH)

    moved, key = write(act)
    if moved and not database.in_transaction():
        kind.keys.forget_before(key)
    return moved


def _move_kind(kind: Kind, least: int) -> tuple[int, int]:
    """Put the kind's ballots into the ballot table, shuffled, under new random numbers; (how many, the key from now on).

    Inside a write transaction that holds the survey's lock alone. Their admissions and receipts are written anew as
    well, in the order of their own random keys, so that all rows of the batch are of one transaction and lie as that
    transaction laid them.
    """
    survey, group, own_unit = kind
    numbers, ballots, key = _open_all(kind, least)
    if not ballots:
        return 0, 0
    delete_many("tray", "number", survey, numbers, f"group_no = {group:d} AND own_unit = {own_unit:d}")
    receipts = sorted(ballot.receipt for ballot in ballots)
    delete_many("receipt", "number", survey, receipts)
    insert_many("receipt (survey_id, number)", [(survey, receipt) for receipt in receipts])
    admissions = sorted(ballot.admission for ballot in ballots if ballot.admission)
    delete_many("admission", "code_hash", survey, admissions)
    insert_many("admission (survey_id, code_hash, group_no, own_unit, used)",
                [(survey, admission, group, own_unit, True) for admission in admissions])  # fmt: skip
    insert_ballots(survey, group, [(b.channel, b.packed) for b in ballots], [r for b in ballots for r in b.remarks])
    return len(ballots), key


def _open_all(kind: Kind, least: int) -> tuple[list[bytes], list[SealedBallot], int]:
    """All entries of a kind, opened, and the key that seals from now on; nothing where there are fewer than `least`."""
    entries = run(_TAKE, kind).fetchall()
    if not entries or len(entries) < least:
        return [], [], 0
    known = kind.keys.all()
    ballots = [open_entry(bytes(sealed), kind, known) for _, sealed in entries]
    key = kind.keys.renew({int.from_bytes(bytes(sealed)[:4], "big") for _, sealed in entries})
    return [bytes(number) for number, _ in entries], ballots, key


def empty(survey: int) -> None:
    """Inside the seal's transaction: move on whatever is left, however few they are. Its keys go after the commit."""
    for group, own_unit, _ in waiting(survey):
        _move_kind(Kind(survey, group, own_unit), 1)


def change_key() -> int:
    """Seal what lies in the tray with new keys, of running surveys too; returns for how many kinds."""
    kinds = [Kind(*row) for row in run("SELECT DISTINCT survey_id, group_no, own_unit FROM tray", ()).fetchall()]
    for kind in kinds:
        key = write(partial(_seal_anew, kind))
        if key:
            kind.keys.forget_before(key)
    return len(kinds)


def _seal_anew(kind: Kind) -> int:
    hold_backup_off(wait=True)
    lock_survey(kind.survey, exclusive=True)
    numbers, ballots, key = _open_all(kind, 1)
    delete_many("tray", "number", kind.survey, numbers, f"group_no = {kind.group:d} AND own_unit = {kind.own_unit:d}")
    for ballot in ballots:
        lay_in(ballot, kind)
    return key
