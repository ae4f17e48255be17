"""The ballot box: reading and counting stored ballots, and rewriting the tables at the seal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from surveys.admission.models import ADMISSION_COLUMNS
from surveys.ballots.mix import waiting
from surveys.campaigns.indices import GroupIndex, SurveyId
from surveys.storage.statements import run

_READ = (
    "SELECT number, group_no, channel, answers FROM ballot WHERE survey_id = ? AND number > ? ORDER BY number LIMIT ?"
)
_BATCH = 5000


Row = tuple[bytes, GroupIndex, int, bytes]
"""Random number, group, channel and packed answers of a ballot, as the database gives them."""


@dataclass(frozen=True)
class BallotBatch:
    """Rows of the ballot table. Columns are taken out when they are asked for: there may be a million rows."""

    rows: list[Row]

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def groups(self) -> list[GroupIndex]:
        """The group of each ballot."""
        return [row[1] for row in self.rows]

    @property
    def channels(self) -> list[int]:
        """The channel of each ballot."""
        return [row[2] for row in self.rows]

    @property
    def packed(self) -> list[bytes]:
        """The packed answers of each ballot."""
        return [row[3] for row in self.rows]


def count_stored(survey_id: SurveyId) -> dict[int, int]:
    """How many ballots are in the ballot table, by group."""
    return dict(
        run("SELECT group_no, COUNT(*) FROM ballot WHERE survey_id = ? GROUP BY group_no", (survey_id,)).fetchall()
    )


def count_ballots(survey_id: SurveyId) -> dict[int, int]:
    """How many ballots were received, by group, those in the mix among them."""
    counts = count_stored(survey_id)
    for kind, count in waiting():
        if kind.survey_id == survey_id:
            counts[kind.group] = counts.get(kind.group, 0) + count
    return counts


def read_ballots(survey_id: SurveyId) -> Iterator[BallotBatch]:
    """All ballots in the order of their numbers, in batches."""
    after = b""
    while True:
        batch = run(_READ, (survey_id, after, _BATCH)).fetchall()
        if not batch:
            return
        yield BallotBatch(batch)
        after = batch[-1][0]


def pace_of(survey_id: SurveyId, groups: int) -> list[tuple[int, int]]:
    """By group: how many ballots were sent very fast, and of how many that is known."""
    rows = run("SELECT group_no, fast, ballots FROM pace WHERE survey_id = ?", (survey_id,)).fetchall()
    known = {group: (fast, ballots) for group, fast, ballots in rows}
    return [known.get(group, (0, 0)) for group in range(groups)]


REWRITTEN = {
    "ballot": ("number", "survey_id, number, group_no, channel, answers"),
    "receipt": ("number", "survey_id, number"),
    "remark": ("number", "survey_id, number, unit, item, body"),
    "admission": ("code_hash", ADMISSION_COLUMNS),
}
"""The tables whose rows the seal writes again: their random key, and their columns."""


def count_rows(survey_id: SurveyId) -> int:
    """How many rows of a survey are in these tables."""
    return sum(
        run(f"SELECT COUNT(*) FROM {table} WHERE survey_id = ?", (survey_id,)).fetchone()[0] for table in REWRITTEN
    )


def rewrite_part(survey_id: SurveyId, table: str, after: bytes, rows: int) -> tuple[int, bytes]:
    """Write the next rows of a table again in the order of their random keys, so that no cell lies as it came in.

    `after` is the key of the last row that was written again, empty before the first. Inside a write transaction; nothing may
    be added meanwhile. Returns how many were written, and the key of the last one: empty if none are left. What the old cells
    held is zeroed by secure_delete (SQLite) or removed by the vacuum that follows the seal (PostgreSQL).
    """
    key, columns = REWRITTEN[table]
    last = run(
        f"SELECT {key} FROM {table} WHERE survey_id = ? AND {key} > ? ORDER BY {key} LIMIT 1 OFFSET ?",
        (survey_id, after, rows - 1),
    ).fetchone()
    where = f"survey_id = ? AND {key} > ?" + (f" AND {key} <= ?" if last else "")
    values = (survey_id, after, bytes(last[0])) if last else (survey_id, after)
    run(f"CREATE TEMPORARY TABLE moving AS SELECT {columns} FROM {table} WHERE 1 = 0", ())
    written = run(f"INSERT INTO moving ({columns}) SELECT {columns} FROM {table} WHERE {where}", values).rowcount
    run(f"DELETE FROM {table} WHERE {where}", values)
    run(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM moving ORDER BY {key}", ())
    run("DROP TABLE moving", ())
    return written, bytes(last[0]) if last else b""
