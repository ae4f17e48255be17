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
from collections import Counter
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import peewee
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from surveys.database import Model, database, drop_connection, hold_backup_off, lock_survey, write
from surveys.responding.answers import Remarks
from surveys.responding.models import insert_ballots
from surveys.responding.sql import delete_many, insert_many, run, take_many
from surveys.responding.tray_keys import KindKeys, TrayKeys
from surveys.text import InputError, Problem

BATCH = 10
"""So many of a kind move on together, at least."""

CROWD = 50
"""While others are putting ballots in, a batch grows to so many before it moves on."""

_HEAD = struct.Struct(">I16s16sB?I")
_NONCE = 12
_SIZE = 896  # with what is added to it, such an entry stays inside its page in SQLite (1,002 bytes at most)
_KIND = "survey_id = ? AND group_no = ? AND own_unit = ? AND size = ?"
_COUNT = f"SELECT COUNT(*) FROM tray WHERE {_KIND}"
INSERT = "INSERT INTO tray (survey_id, group_no, own_unit, size, number, sealed) VALUES (?, ?, ?, ?, ?, ?)"
_TAKE = f"SELECT sealed FROM tray WHERE {_KIND}"
_REMOVE = f"DELETE FROM tray WHERE {_KIND}"
_KINDS = "SELECT survey_id, group_no, own_unit, size, COUNT(*) FROM tray GROUP BY survey_id, group_no, own_unit, size"


class TrayEntry(Model):
    """A sealed ballot. `number` is random; `sealed` can only be read with a key that is not in the database."""

    survey = peewee.IntegerField(column_name="survey_id")
    group = peewee.SmallIntegerField(column_name="group_no")
    own_unit = peewee.SmallIntegerField()
    size = peewee.IntegerField()
    number = peewee.BlobField()
    sealed = peewee.BlobField()

    class Meta:
        table_name = "tray"
        primary_key = peewee.CompositeKey("survey", "group", "own_unit", "size", "number")


class Kind(NamedTuple):
    """Ballots that nobody must be able to tell apart: a survey's group, the own unit (or -1), the bytes of an entry."""

    survey: int
    group: int
    own_unit: int
    size: int

    @property
    def keys(self) -> KindKeys:
        """The keys of this kind."""
        return keys().of(*self)

    def name(self, key: int) -> bytes:
        """What an entry is bound to, beside its key."""
        return struct.pack(">IHhII", *self, key)


@dataclass(frozen=True)
class SealedBallot:
    """What an entry holds: the ballot, and the admission and receipt that are rewritten when it moves on.

    Whether it was sent very fast is added to its group's count then, and not kept with the ballot.
    """

    admission: bytes
    receipt: bytes
    channel: int
    fast: bool
    packed: bytes
    remarks: tuple[Remarks, ...]

    def body(self) -> bytes:
        """The entry before it is padded and sealed."""
        texts = json.dumps([[r.unit, r.item, r.body] for r in self.remarks], ensure_ascii=False).encode()
        head = _HEAD.pack(
            len(self.packed), self.admission or bytes(16), self.receipt, self.channel, self.fast, len(texts)
        )
        return head + self.packed + texts


_keys: TrayKeys | None = None


def open_tray(instance: Path) -> None:
    """Use the tray keys of an instance."""
    global _keys
    _keys = TrayKeys(instance)


def keys() -> TrayKeys:
    """The keys in use."""
    assert _keys is not None, "open_tray was not called"
    return _keys


def kind_of(survey: int, group: int, own_unit: int, body: bytes) -> Kind:
    """The kind of a ballot.

    Its size is part of it, because the length of an entry tells who wrote much: were they mixed, the one long remark of
    a batch would have an author. Most fit into the smallest size, longer ones double it and wait for others as long.
    """
    size = _SIZE
    while size < len(body):
        size *= 2
    return Kind(survey, group, own_unit, size)


def seal_entry(body: bytes, kind: Kind) -> bytes:
    """A ballot as an entry: number of the key, nonce, AES-256-GCM of the padded body, bound to kind and key."""
    number, key = kind.keys.newest()
    nonce = secrets.token_bytes(_NONCE)
    padded = body.ljust(kind.size, b"\0")
    return number.to_bytes(4, "big") + nonce + AESGCM(key).encrypt(nonce, padded, kind.name(number))


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
    length, admission, receipt, channel, fast, texts = _HEAD.unpack_from(body)
    packed = body[_HEAD.size : _HEAD.size + length]
    remarks = json.loads(body[_HEAD.size + length : _HEAD.size + length + texts])
    return SealedBallot(
        admission if any(admission) else b"", receipt, channel, fast, packed, tuple(Remarks(*row) for row in remarks)
    )


def new_entry(body: bytes, kind: Kind) -> tuple[object, ...]:
    """A row for INSERT: a ballot sealed under a random number.

    Inside a write transaction that holds the survey's lock: no key may be forgotten between sealing and storing.
    """
    return (*kind, secrets.token_bytes(16), seal_entry(body, kind))


def waiting() -> list[tuple[Kind, int]]:
    """How many of each kind lie in the tray."""
    return [(Kind(*row[:4]), row[4]) for row in run(_KINDS, ()).fetchall()]


class Visit:
    """One ballot on its way into the tray; `laid_in` says whether it came to lie there.

    Whoever leaves last looks whether ten lie there, and moves them on. In a crowd that happens after every fifty that
    this process laid in: larger batches cost less for each ballot.
    """

    _gate = threading.Lock()
    _inside = 0
    _came: Counter[Kind] = Counter()

    def __init__(self, kind: Kind) -> None:
        self.kind, self.laid_in = kind, False

    def __enter__(self) -> Visit:
        with Visit._gate:
            Visit._inside += 1
        return self

    def __exit__(self, *_: object) -> None:
        with Visit._gate:
            Visit._inside -= 1
            Visit._came[self.kind] += self.laid_in
            look = [kind for kind, count in Visit._came.items() if count and (not Visit._inside or count >= CROWD)]
            for kind in look:
                del Visit._came[kind]
        for kind in look:
            _try_to_move(kind)


def _try_to_move(kind: Kind) -> None:
    try:
        if run(_COUNT, kind).fetchone()[0] >= BATCH:
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
    survey, group, *_ = kind
    ballots, key = _take_all(kind, least)
    if not ballots:
        return 0, 0
    receipts = sorted(ballot.receipt for ballot in ballots)
    delete_many("receipt", "number", survey, receipts)
    insert_many("receipt (survey_id, number)", [(survey, receipt) for receipt in receipts])
    used = [ballot.admission for ballot in ballots if ballot.admission]
    columns = "survey_id, code_hash, group_no, own_unit, used"
    insert_many(
        f"admission ({columns})", sorted(take_many(columns, "admission", "code_hash", survey, used), key=_hash_of)
    )
    _add_pace(survey, group, sum(ballot.fast for ballot in ballots), len(ballots))
    insert_ballots(survey, group, [(b.channel, b.packed) for b in ballots], [r for b in ballots for r in b.remarks])
    return len(ballots), key


def _add_pace(survey: int, group: int, fast: int, ballots: int) -> None:
    """Whole batches are added, so the count tells of ten ballots at a time how many were sent very fast."""
    values = (fast, ballots, survey, group)
    if not run(
        "UPDATE pace SET fast = fast + ?, ballots = ballots + ? WHERE survey_id = ? AND group_no = ?", values
    ).rowcount:
        run("INSERT INTO pace (fast, ballots, survey_id, group_no) VALUES (?, ?, ?, ?)", values)


def _hash_of(admission: tuple[Any, ...]) -> bytes:
    return bytes(admission[1])


def _take_all(kind: Kind, least: int) -> tuple[list[SealedBallot], int]:
    """Take all ballots of a kind out of the tray, with the key that seals from now on; none if fewer than `least`."""
    entries = [bytes(sealed) for (sealed,) in run(_TAKE, kind).fetchall()]
    if not entries or len(entries) < least:
        return [], 0
    known = kind.keys.all()
    ballots = [open_entry(sealed, kind, known) for sealed in entries]
    key = kind.keys.renew({int.from_bytes(sealed[:4], "big") for sealed in entries})
    run(_REMOVE, kind)
    return ballots, key


def empty(survey: int) -> None:
    """Inside the seal's transaction: move on whatever is left, however few they are. Its keys go after the commit."""
    for kind, _ in waiting():
        if kind.survey == survey:
            _move_kind(kind, 1)


def change_key() -> int:
    """Seal what lies in the tray with new keys, of running surveys too; returns for how many kinds."""
    kinds = [kind for kind, _ in waiting()]
    for kind in kinds:
        key = write(partial(_seal_anew, kind))
        if key:
            kind.keys.forget_before(key)
    return len(kinds)


def _seal_anew(kind: Kind) -> int:
    hold_backup_off(wait=True)
    lock_survey(kind.survey, exclusive=True)
    ballots, key = _take_all(kind, 1)
    for ballot in ballots:
        run(INSERT, new_entry(ballot.body(), kind))
    return key
