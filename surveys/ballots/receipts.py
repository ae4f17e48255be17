"""Receipts: proofs that a ballot arrived, linked to no ballot."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from surveys.campaigns.indices import SurveyId
from surveys.storage.database import is_sqlite
from surveys.storage.statements import run
from surveys.storage.transactions import write

_BATCH = 20_000
_NUMBER = re.compile(r"(?<![0-9a-z])[0-9a-f](?:[\s\u2010-\u2015-]*[0-9a-f]){31}(?![0-9a-z])")


def read_receipt(typed: str) -> bytes | None:
    """The number of a receipt as typed or pasted, perhaps with words around it; None if there is none, or several."""
    found = _NUMBER.findall(unicodedata.normalize("NFKC", typed).lower())
    return bytes.fromhex(re.sub("[^0-9a-f]", "", found[0])) if len(found) == 1 else None


def has_receipt(survey_id: SurveyId, number: bytes) -> bool:
    """Whether the ballot of the token with this number was received."""
    cursor = run("SELECT 1 FROM receipt WHERE survey_id = ? AND number = ?", (survey_id, number))
    return cursor.fetchone() is not None


def confirm_receipt(survey_id: SurveyId, number: bytes) -> bool:
    """As has_receipt, for who is told now that the ballot was received: it is durable when this returns.

    After a crash a PostgreSQL server shows transactions that no replica has yet. One that only reads does not wait for
    the replicas; this one writes a few bytes into the log, and its commit waits for all that lies before them.
    """

    def act() -> bool:
        found = has_receipt(survey_id, number)
        if found and not is_sqlite():  # SQLite shows nobody what is not durable
            run("SELECT pg_logical_emit_message(TRUE, 'surveys', '')", ())
        return found

    return act() if is_sqlite() else write(act)


def read_receipts(survey_id: SurveyId) -> Iterator[list[bytes]]:
    """All receipts in their order, in batches."""
    after = b""
    while True:
        batch = run(
            "SELECT number FROM receipt WHERE survey_id = ? AND number > ? ORDER BY number LIMIT ?",
            (survey_id, after, _BATCH),
        ).fetchall()
        if not batch:
            return
        yield [bytes(row[0]) for row in batch]
        after = batch[-1][0]
