"""The mix: ballots wait encrypted until ten of a kind have come, then move on together, in shuffled order.

A threshold mix. Without it, one transaction would tie an admission to its ballot (SQLite's log, PostgreSQL's xmin), and
the place of a cell in its page would tell when it came. With it, that transaction writes only an entry that the
database's thief cannot read, and the transaction that moves a batch on ties ten admissions to ten ballots.
"""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from surveys.admission.models import ADMISSION_COLUMNS
from surveys.ballots.mix_entries import (
    DamagedEntryError,
    EntryBody,
    MixKind,
    decrypt_entry,
    encrypt_entry,
    open_entry,
    unreadable_entry,
)
from surveys.ballots.mix_keys import KindKeys, MixKeys
from surveys.ballots.models import insert_ballots, insert_receipts
from surveys.campaigns.indices import GroupIndex, SurveyId
from surveys.inputs.problems import InputError, Problem
from surveys.storage.audit import Action
from surveys.storage.database import database, drop_connection
from surveys.storage.instance import Belonging, KeyFolder
from surveys.storage.locks import hold_backup_off, lock_survey, survey_subject
from surveys.storage.statements import delete_many, insert_many, run, take_many
from surveys.storage.transactions import write
from surveys.storage.unit_of_work import Actor, unit_of_work

BATCH_SIZE = 10
"""So many of a kind move on together, at least."""

BUSY_BATCH_SIZE = 50
"""While others are submitting ballots, a batch grows to so many before it moves on."""

_OF_KIND = "survey_id = ? AND group_no = ? AND own_unit = ? AND size = ?"
_COUNT = f"SELECT COUNT(*) FROM mix_entry WHERE {_OF_KIND}"
_TAKE = f"SELECT number, ciphertext FROM mix_entry WHERE {_OF_KIND}"
_REMOVE = f"DELETE FROM mix_entry WHERE {_OF_KIND}"
COLUMNS = "survey_id, group_no, own_unit, size, number, ciphertext"
INSERT = f"INSERT INTO mix_entry ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)"
# Entries that were damaged lie apart, so that the others move on. They wait for the seal, too.
_SET_APART = f"INSERT INTO damaged_entry ({COLUMNS}) SELECT {COLUMNS} FROM mix_entry WHERE {_OF_KIND} AND number = ?"
_REMOVE_ONE = f"{_REMOVE} AND number = ?"
_DAMAGED = "SELECT survey_id, COUNT(*) FROM damaged_entry GROUP BY survey_id"
_ALL = (
    f"SELECT number, ciphertext FROM mix_entry WHERE {_OF_KIND} "
    f"UNION ALL SELECT number, ciphertext FROM damaged_entry WHERE {_OF_KIND}"
)
_TABLES = ("mix_entry", "damaged_entry")
_KIND = "survey_id, group_no, own_unit, size"
_WAITING = (
    f"SELECT {_KIND}, COUNT(*) FROM (SELECT {_KIND} FROM mix_entry UNION ALL SELECT {_KIND} FROM damaged_entry) AS entries "
    f"GROUP BY {_KIND}"
)

_KEY_NUMBERS = f"SELECT DISTINCT substr(ciphertext, 1, 4) FROM mix_entry WHERE {_OF_KIND}"
_NUMBERS_WAITING = (
    f"SELECT {_KIND}, substr(ciphertext, 1, 4), COUNT(*) FROM mix_entry GROUP BY {_KIND}, substr(ciphertext, 1, 4)"
)
_RETRY_SECONDS = 60
"""So long a kind that could not be decrypted is left alone: each try reads all that waits, under the survey's lock."""


class MissingKeyError(RuntimeError):
    """Ballots of a kind wait in the mix, and the key that they were encrypted with is not in the folder of keys.

    No further one is taken: a new key would be begun beside them, and all of them could never move on together.
    """


class ForeignFolderError(MissingKeyError):
    """The folder of keys is not there, or is another installation's: no ballot is taken, of whatever kind."""


def foreign_folder() -> InputError:
    """What is said to staff who would move ballots on meanwhile."""
    return InputError(
        Problem(
            "The folder mix of this instance is missing or belongs to another installation. Restore it; until then no "
            "ballot is taken and nothing can be sealed."
        )
    )


def waiting() -> list[tuple[MixKind, int]]:
    """How many of each kind are in the mix."""
    return [(MixKind(*row[:4]), row[4]) for row in run(_WAITING, ()).fetchall()]


@dataclass
class Submission:
    """One ballot on its way into the mix; `stored` says whether it got there."""

    stored: bool = False


class Mix:
    """The mix of an instance: its keys, and what this process counts of the ballots that come in."""

    def __init__(self, instance: Path) -> None:
        self.keys = MixKeys(instance)
        self.folder = KeyFolder(self.keys.folder)
        self._lock = threading.Lock()
        self._submitting = 0
        self._stored: Counter[MixKind] = Counter()
        self._failed: dict[MixKind, float] = {}

    def keys_of(self, kind: MixKind) -> KindKeys:
        """The keys of a kind."""
        return self.keys.of(*kind)

    @contextmanager
    def submission(self, kind: MixKind) -> Iterator[Submission]:
        """Around the transaction that stores an entry.

        The last one to leave looks whether ten are there, and moves them on. While others are submitting, that happens
        after every fifty that this process stored: larger batches cost less for each ballot.
        """
        one = Submission()
        with self._lock:
            self._submitting += 1
        try:
            yield one
        finally:
            with self._lock:
                self._submitting -= 1
                self._stored[kind] += one.stored
                due = [
                    kind
                    for kind, count in self._stored.items()
                    if count and (not self._submitting or count >= BUSY_BATCH_SIZE)
                ]
                for each in due:
                    del self._stored[each]
            for each in due:
                self._try_to_flush(each)

    def _try_to_flush(self, kind: MixKind) -> None:
        if self._failed.get(kind, 0) > time.monotonic() - _RETRY_SECONDS:
            return
        try:
            if run(_COUNT, kind).fetchone()[0] >= BATCH_SIZE:
                self.flush_batch(kind)
            self._failed.pop(kind, None)
        except Exception as error:
            if isinstance(error, InputError):  # a key is missing: each further try would read all that waits
                self._failed[kind] = time.monotonic()
            # The ballot is in the mix, safe and received, and its sender is told so. The next one moves it on.
            logging.getLogger(__name__).error("a batch could not leave the mix: %s", type(error).__name__)
            drop_connection()

    def new_entry(self, body: bytes, kind: MixKind) -> tuple[object, ...]:
        """A row for INSERT: a ballot encrypted under a random number.

        Inside a write transaction that holds the survey's lock: no key may be forgotten between encrypting and storing.
        Raises MissingKeyError where ballots wait whose key is gone, and where the folder of keys is.
        """
        self._check_for_ballot()
        keys = self.keys_of(kind)
        known = keys.all()
        if (kind in self._failed or not known) and self.missing_keys(kind):
            raise MissingKeyError(f"a key of {kind} is missing")
        try:
            newest = max(known.items()) if known else keys.newest()
        except OSError as error:
            raise ForeignFolderError(f"no key could be begun: {type(error).__name__}") from None
        if not known:
            self._check_for_ballot()  # a folder that went away in between: this key is in another place
        return (*kind, secrets.token_bytes(16), encrypt_entry(body, kind, newest))

    def _check_for_ballot(self) -> None:
        if (found := self.folder.belonging()) is not Belonging.OWN:
            raise ForeignFolderError(found.value)

    def check_folder(self) -> None:
        """Raise InputError unless the folder of keys is there and the database's own."""
        if self.folder.belonging() is not Belonging.OWN:
            raise foreign_folder()

    def missing_keys(self, kind: MixKind) -> set[int]:
        """The numbers of keys that ballots of a kind were encrypted with and that are not in the folder of keys."""
        used = {int.from_bytes(bytes(number), "big") for (number,) in run(_KEY_NUMBERS, kind).fetchall()}
        return used - set(self.keys_of(kind).all())

    def undecryptable(self) -> Counter[SurveyId]:
        """By survey, how many ballots wait in the mix whose key is missing, or that were found damaged.

        Kinds in which a key is missing do not move on.
        """
        found = self.damaged()
        keys: dict[MixKind, dict[int, bytes]] = {}
        for *kind, number, count in run(_NUMBERS_WAITING, ()).fetchall():
            of_kind = MixKind(*kind)
            if of_kind not in keys:
                keys[of_kind] = self.keys_of(of_kind).all()
            if int.from_bytes(bytes(number), "big") not in keys[of_kind]:
                found[of_kind.survey_id] += count
        return found

    def damaged(self) -> Counter[SurveyId]:
        """By survey, how many ballots were set apart because they were changed after they were stored."""
        return Counter(dict(run(_DAMAGED, ()).fetchall()))

    def flush_batch(self, kind: MixKind) -> int:
        """Move a kind's ballots on if at least ten are there; returns how many. Safe to call from many processes."""

        def act() -> tuple[int, int | None]:
            if not hold_backup_off(wait=False):
                return 0, None  # they move on when the backup is done
            lock_survey(kind.survey_id, exclusive=True)
            return self._flush_kind(kind, BATCH_SIZE)

        moved, key = write(act)
        if key is not None and not database.in_transaction():
            self.keys_of(kind).forget_before(key)
        return moved

    def flush_kinds(self, kinds: Sequence[MixKind]) -> None:
        """Inside a write transaction, at the seal: move on all of these kinds that can be decrypted, however few.

        What cannot be decrypted stays. Nothing more may come in meanwhile; the keys are erased after the seal.
        """
        self.check_folder()
        for kind in kinds:
            readable, unreadable = self._readable(kind)
            for table in _TABLES:
                if unreadable:
                    delete_many(table, "number", kind.survey_id, [number for number, _ballot in readable])
                else:
                    run(f"DELETE FROM {table} WHERE {_OF_KIND}", kind)
            _store(kind, [ballot for _number, ballot in readable])

    def remove_lost(self, survey_id: SurveyId, agreed: int) -> int:
        """Inside the seal's last transaction: delete what is left in the mix, which cannot be decrypted; returns how many.

        Raises InputError where they are more than was agreed to, or one can be decrypted after all.
        """
        self.check_folder()
        lost = 0
        for kind, _count in kinds_waiting(survey_id):
            readable, unreadable = self._readable(kind)
            lost += unreadable
            if readable or lost > agreed:
                raise unreadable_entry()
            for table in _TABLES:
                run(f"DELETE FROM {table} WHERE {_OF_KIND}", kind)
        return lost

    def lost(self, survey_id: SurveyId) -> int:
        """How many of a survey's ballots in the mix cannot be decrypted. Raises InputError for a foreign folder of keys."""
        self.check_folder()
        return sum(self._readable(kind)[1] for kind, _count in kinds_waiting(survey_id))

    def _readable(self, kind: MixKind) -> tuple[list[tuple[bytes, EntryBody]], int]:
        """A kind's ballots that can be decrypted, with the numbers of their entries, and how many cannot."""
        known, ballots = self.keys_of(kind).all(), []
        entries = run(_ALL, (*kind, *kind)).fetchall()
        for number, ciphertext in entries:
            with suppress(InputError):
                ballots.append((bytes(number), decrypt_entry(bytes(ciphertext), kind, known)))
        return ballots, len(entries) - len(ballots)

    def _flush_kind(self, kind: MixKind, least: int) -> tuple[int, int | None]:
        """Move the kind's ballots on. Inside a write transaction that holds the survey's lock alone.

        Returns how many, and the number of the key from now on.
        """
        ballots, key = self._take(kind, least)
        _store(kind, ballots)
        return len(ballots), key

    def _take(self, kind: MixKind, least: int) -> tuple[list[EntryBody], int | None]:
        """Take a kind's ballots out, with the key that encrypts from now on; none if there are fewer than `least`."""
        self.check_folder()
        entries = run(_TAKE, kind).fetchall()
        if not entries or len(entries) < least:
            return [], None
        keys = self.keys_of(kind)
        known, ballots, used = keys.all(), [], set()
        for number, ciphertext in entries:
            try:
                ballot, key = open_entry(bytes(ciphertext), kind, known)
            except DamagedEntryError:
                _set_apart(kind, bytes(number))
            else:
                ballots.append(ballot)
                used.add(key)
        if len(ballots) < max(1, least):
            return [], None  # what is damaged hides nobody: the others wait until they are enough without it
        key = keys.renew(used)
        run(_REMOVE, kind)
        return ballots, key

    def change_keys(self, actor: Actor) -> tuple[int, int]:
        """Encrypt what is in the mix with new keys, of running surveys too.

        Kind by kind, each with its audit entry: run again after an interruption, it changes all of them. Returns for how
        many kinds, and how many were left as they were, because a key is missing.
        """
        self.check_folder()
        kinds, skipped = [kind for kind, _count in waiting()], 0
        for kind in kinds:
            try:
                key = unit_of_work(
                    actor,
                    Action.CHANGE_MIX_KEYS,
                    survey_subject(kind.survey_id),
                    apply=partial(self._encrypt_again, kind),
                    about=f"survey {kind.survey_id}, group {kind.group}",
                )
            except InputError:
                skipped += 1
                continue
            if key is not None:
                self.keys_of(kind).forget_before(key)
        return len(kinds) - skipped, skipped

    def _encrypt_again(self, kind: MixKind) -> int | None:
        hold_backup_off(wait=True)
        ballots, key = self._take(kind, 1)
        for ballot in ballots:
            run(INSERT, self.new_entry(ballot.encode(), kind))
        return key


def _set_apart(kind: MixKind, number: bytes) -> None:
    logging.getLogger(__name__).error("a ballot in the mix is damaged, see `mix show`")
    run(_SET_APART, (*kind, number))
    run(_REMOVE_ONE, (*kind, number))


def kinds_waiting(survey_id: SurveyId) -> list[tuple[MixKind, int]]:
    """How many of each kind of a survey are in the mix."""
    return [(kind, count) for kind, count in waiting() if kind.survey_id == survey_id]


def _store(kind: MixKind, ballots: list[EntryBody]) -> None:
    """Put a kind's ballots into the ballot table, shuffled, under new random numbers.

    Their admissions and receipts are written again as well, in the order of their own random keys, so that all rows of
    the batch are of one transaction and lie as that transaction laid them.
    """
    survey_id, group, *_rest = kind
    if not ballots:
        return
    receipts = sorted(ballot.receipt for ballot in ballots)
    delete_many("receipt", "number", survey_id, receipts)
    insert_receipts(survey_id, receipts)
    used = [ballot.admission for ballot in ballots if ballot.admission]
    admissions = take_many(ADMISSION_COLUMNS, "admission", "code_hash", survey_id, used)
    insert_many("admission", ADMISSION_COLUMNS, sorted(admissions, key=_hash_of))
    _add_pace(survey_id, group, sum(ballot.fast for ballot in ballots), len(ballots))
    insert_ballots(
        survey_id,
        group,
        [(ballot.channel, ballot.packed) for ballot in ballots],
        [remark for ballot in ballots for remark in ballot.remarks],
    )


def _hash_of(admission: tuple[Any, ...]) -> bytes:
    return bytes(admission[1])


def _add_pace(survey_id: SurveyId, group: GroupIndex, fast: int, ballots: int) -> None:
    """Whole batches are added, so the count tells of ten ballots at a time how many were sent very fast."""
    values = (fast, ballots, survey_id, group)
    if not run(
        "UPDATE pace SET fast = fast + ?, ballots = ballots + ? WHERE survey_id = ? AND group_no = ?", values
    ).rowcount:
        run("INSERT INTO pace (fast, ballots, survey_id, group_no) VALUES (?, ?, ?, ?)", values)
