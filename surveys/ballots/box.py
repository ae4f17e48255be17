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


def count_ballots(survey_id: SurveyId) -> dict[int, int]:
    """How many ballots were received, by group, those in the mix among them."""
    counts = dict(
        run("SELECT group_no, COUNT(*) FROM ballot WHERE survey_id = ? GROUP BY group_no", (survey_id,)).fetchall()
    )
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


def rewrite_tables(survey_id: SurveyId) -> None:
    """Write the survey's rows again in the order of their random numbers, so that no cell lies as it came in.

    Inside the seal's transaction. What the old cells held is zeroed by secure_delete (SQLite) or removed by the
    vacuum that follows the seal (PostgreSQL).
    """
    tables = {
        "ballot": "survey_id, number, group_no, channel, answers",
        "receipt": "survey_id, number",
        "remark": "survey_id, number, unit, item, body",
        "admission": ADMISSION_COLUMNS,
    }
    for table, columns in tables.items():
        key = "code_hash" if table == "admission" else "number"
        run(f"CREATE TEMPORARY TABLE moving AS SELECT {columns} FROM {table} WHERE survey_id = {survey_id:d}", ())
        run(f"DELETE FROM {table} WHERE survey_id = ?", (survey_id,))
        run(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM moving ORDER BY {key}", ())
        run("DROP TABLE moving", ())
