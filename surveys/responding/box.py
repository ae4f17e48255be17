"""The ballot box: the one function by which a ballot enters, and what is read out of it.

It lays the ballot into the tray (tray.py), which moves ballots on in batches.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from surveys.database import is_sqlite, lock_survey, sent_together, write_together
from surveys.publishing.machine import Standing, State
from surveys.responding import tray
from surveys.responding.answers import Answers
from surveys.responding.models import PHONE
from surveys.responding.paper import BallotPaper
from surveys.responding.sql import run
from surveys.responding.tray import Kind, SealedBallot

_STANDING = "SELECT state, opens_at, closes_at FROM survey WHERE id = ?"
_USE = "UPDATE admission SET used = TRUE WHERE survey_id = ? AND code_hash = ? AND used = FALSE"
_RECEIPT = "INSERT INTO receipt (survey_id, number) VALUES (?, ?) ON CONFLICT DO NOTHING"
# On PostgreSQL the same in one statement: each way there and back costs as much as the work.
_ALL_IN_ONE = f"""
WITH admitted AS ({_USE} RETURNING 1),
     came AS (INSERT INTO receipt (survey_id, number)
              SELECT ?, ? WHERE ? OR EXISTS (SELECT 1 FROM admitted) ON CONFLICT DO NOTHING RETURNING 1)
{tray.INSERT.replace("VALUES (", "SELECT ").rstrip(")")} FROM came
"""
_READ = (
    "SELECT number, group_no, channel, answers FROM ballot WHERE survey_id = ? AND number > ? ORDER BY number LIMIT ?"
)
_BATCH = 5000
SECONDS_A_RATING = 1
"""A ballot that took less was sent very fast: a third of the time that a plan reckons with (plan.minutes)."""


class Outcome(Enum):
    """What became of a ballot that was sent."""

    RECEIVED = "received"
    RECEIVED_BEFORE = "received before"
    ALREADY_ANSWERED = "already answered"
    NOT_OPEN = "not open"


def put_in(paper: BallotPaper, answers: Answers, *, channel: int = PHONE, now: float | None = None) -> Outcome:
    """Use the admission, write the receipt and lay the ballot into the tray: one transaction, durable when this returns.

    The same paper again stores nothing and is told so. `answers` must be free of problems.
    """
    moment = time.time() if now is None else now
    fast = moment - paper.handed < SECONDS_A_RATING * answers.ratings
    body = SealedBallot(paper.admission, paper.number, channel, fast, answers.packed, answers.remarks).body()
    kind = tray.kind_of(paper.survey, paper.group, paper.own_unit, body)

    def act() -> Outcome:
        with sent_together():
            lock_survey(paper.survey, exclusive=False)
            standing = run(_STANDING, (paper.survey,))
        row = standing.fetchone()
        opened = row is not None and Standing(State(row[0]), row[1], row[2]).at(moment) is State.OPEN
        if opened and _enter(paper, kind, body):
            return Outcome.RECEIVED
        # On PostgreSQL this waited for whoever uses the admission or the paper at this moment.
        if has_receipt(paper.survey, paper.number):
            return Outcome.RECEIVED_BEFORE
        return Outcome.ALREADY_ANSWERED if opened else Outcome.NOT_OPEN

    with tray.Visit(kind) as visit:
        outcome = write_together(act)
        visit.laid_in = outcome is Outcome.RECEIVED
    return outcome


def _enter(paper: BallotPaper, kind: Kind, body: bytes) -> bool:
    """Use the admission, write the receipt, lay the ballot in.

    False, and nothing written: the admission was used before, or the paper came back before.
    """
    receipt, entry = (paper.survey, paper.number), tray.new_entry(body, kind)
    if not is_sqlite():
        values = (paper.survey, paper.admission, *receipt, not paper.admission, *entry)
        return bool(run(_ALL_IN_ONE, values).rowcount)
    if paper.admission and not run(_USE, (paper.survey, paper.admission)).rowcount:
        return False
    if not run(_RECEIPT, receipt).rowcount:
        return False
    run(tray.INSERT, entry)
    return True


def count_ballots(survey: int) -> dict[int, int]:
    """How many ballots lie in the box, by group, those in the tray among them."""
    counts = dict(
        run("SELECT group_no, COUNT(*) FROM ballot WHERE survey_id = ? GROUP BY group_no", (survey,)).fetchall()
    )
    for kind, count in tray.waiting():
        if kind.survey == survey:
            counts[kind.group] = counts.get(kind.group, 0) + count
    return counts


def read_ballots(survey: int) -> Iterator[list[tuple[bytes, int, int, bytes]]]:
    """All ballots in the order of their numbers, in batches of (number, group, channel, packed answers)."""
    after = b""
    while True:
        batch = run(_READ, (survey, after, _BATCH)).fetchall()
        if not batch:
            return
        yield batch
        after = batch[-1][0]


def pace_of(survey: int, groups: int) -> list[tuple[int, int]]:
    """By group: how many ballots were sent very fast, and of how many that is known."""
    rows = run("SELECT group_no, fast, ballots FROM pace WHERE survey_id = ?", (survey,)).fetchall()
    known = {group: (fast, ballots) for group, fast, ballots in rows}
    return [known.get(group, (0, 0)) for group in range(groups)]


def has_receipt(survey: int, number: bytes) -> bool:
    """Whether the paper with this number came back."""
    cursor = run("SELECT 1 FROM receipt WHERE survey_id = ? AND number = ?", (survey, number))
    return cursor.fetchone() is not None


@dataclass
class BallotDigest:
    """SHA-256 over ballots fed in the order of their numbers: number, group, channel, length and answers of each."""

    ballots: int = 0

    def __post_init__(self) -> None:
        self._hash = hashlib.sha256(b"ballots")

    def feed(self, batch: list[tuple[bytes, int, int, bytes]]) -> None:
        """Add ballots."""
        self._hash.update(
            b"".join(
                number + group.to_bytes(2, "big") + channel.to_bytes(1, "big") + len(packed).to_bytes(4, "big") + packed
                for number, group, channel, packed in batch
            )
        )
        self.ballots += len(batch)

    def hex(self) -> str:
        """The digest so far."""
        return self._hash.hexdigest()


def read_receipts(survey: int) -> Iterator[list[bytes]]:
    """All receipts in their order, in batches."""
    after = b""
    while True:
        batch = run(
            "SELECT number FROM receipt WHERE survey_id = ? AND number > ? ORDER BY number LIMIT ?",
            (survey, after, 20000),
        ).fetchall()
        if not batch:
            return
        yield [bytes(row[0]) for row in batch]
        after = batch[-1][0]


def receipts_digest(survey: int) -> tuple[str, int]:
    """SHA-256 over all receipts in order, and how many there are."""
    digest, count = hashlib.sha256(b"receipts"), 0
    for batch in read_receipts(survey):
        digest.update(b"".join(batch))
        count += len(batch)
    return digest.hexdigest(), count


def rewrite_tables(survey: int) -> None:
    """Write the survey's rows anew in the order of their random numbers, so that no cell lies as it came in.

    Inside the seal's transaction. What the old cells held is zeroed by secure_delete (SQLite) or removed by the
    vacuum that follows the seal (PostgreSQL).
    """
    tables = {
        "ballot": "survey_id, number, group_no, channel, answers",
        "receipt": "survey_id, number",
        "remark": "survey_id, number, unit, item, body",
        "admission": "survey_id, code_hash, group_no, own_unit, used",
    }
    for table, columns in tables.items():
        key = "code_hash" if table == "admission" else "number"
        run(f"CREATE TEMPORARY TABLE moving AS SELECT {columns} FROM {table} WHERE survey_id = {survey:d}", ())
        run(f"DELETE FROM {table} WHERE survey_id = ?", (survey,))
        run(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM moving ORDER BY {key}", ())
        run("DROP TABLE moving", ())
