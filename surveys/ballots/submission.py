"""Submitting a ballot: the one function by which a respondent's ballot enters."""

from __future__ import annotations

import time
from enum import Enum

from surveys.ballots import mix as mixing
from surveys.ballots.answers import Answers
from surveys.ballots.mix import Mix
from surveys.ballots.mix_entries import EntryBody, MixKind, kind_of
from surveys.ballots.models import PHONE
from surveys.ballots.receipts import confirm_receipt
from surveys.ballots.token import BallotToken
from surveys.campaigns.states import State, StoredState
from surveys.storage.database import is_sqlite
from surveys.storage.locks import lock_survey
from surveys.storage.statements import run
from surveys.storage.transactions import pipelined, write_together

_STATE = "SELECT state, opens_at, closes_at, late_until FROM survey WHERE id = ?"
_USED = "SELECT used FROM admission WHERE survey_id = ? AND code_hash = ?"
_USE = "UPDATE admission SET used = TRUE, draws = 0 WHERE survey_id = ? AND code_hash = ? AND used = FALSE"
_RECEIPT = "INSERT INTO receipt (survey_id, number) VALUES (?, ?) ON CONFLICT DO NOTHING"
# On PostgreSQL the same in one statement: each way there and back costs as much as the work.
_ALL_IN_ONE = f"""
WITH admitted AS ({_USE} RETURNING 1),
     received AS (INSERT INTO receipt (survey_id, number)
                  SELECT ?, ? WHERE ? OR EXISTS (SELECT 1 FROM admitted) ON CONFLICT DO NOTHING RETURNING 1)
INSERT INTO mix_entry ({mixing.COLUMNS}) SELECT ?, ?, ?, ?, ?, ? FROM received
"""
SECONDS_A_RATING = 1
"""A ballot that took less was sent very fast: a third of the time that a plan reckons with (plan.minutes)."""


class Outcome(Enum):
    """What became of a ballot that was sent."""

    RECEIVED = "received"
    RECEIVED_BEFORE = "received before"
    ALREADY_ANSWERED = "already answered"
    NOT_OPEN = "not open"


def submit_ballot(
    mix: Mix, token: BallotToken, answers: Answers, *, channel: int = PHONE, now: float | None = None
) -> Outcome:
    """Use the admission, write the receipt and store the ballot in the mix: one transaction, durable when this returns.

    The same token again stores nothing and is told so. `answers` must be free of problems.
    """
    at = time.time() if now is None else now
    fast = at - token.issued_at < SECONDS_A_RATING * answers.ratings
    body = EntryBody(token.admission, token.number, channel, fast, answers.packed, answers.remarks).encode()
    kind = kind_of(token.survey_id, token.group, token.own_unit, body)

    def act() -> Outcome:
        with pipelined():
            lock_survey(token.survey_id, exclusive=False)
            cursor = run(_STATE, (token.survey_id,))
        row = cursor.fetchone()
        taken = row is not None and StoredState(State(row[0]), *row[1:]).takes_ballots(at)
        if taken and _store(mix, token, kind, body):
            return Outcome.RECEIVED
        # On PostgreSQL this waited for whoever uses the admission or the token at this moment.
        if confirm_receipt(token.survey_id, token.number):
            return Outcome.RECEIVED_BEFORE
        return Outcome.ALREADY_ANSWERED if taken or _was_used(token) else Outcome.NOT_OPEN

    with mix.submission(kind) as submission:
        outcome = write_together(act)
        submission.stored = outcome is Outcome.RECEIVED
    return outcome


def _was_used(token: BallotToken) -> bool:
    """Whether another ballot was received for the token's admission."""
    row = run(_USED, (token.survey_id, token.admission)).fetchone() if token.admission else None
    return row is not None and bool(row[0])


def _store(mix: Mix, token: BallotToken, kind: MixKind, body: bytes) -> bool:
    """Use the admission, write the receipt, insert the entry.

    False, and nothing written: the admission was used before, or the token's ballot was received before.
    """
    receipt, entry = (token.survey_id, token.number), mix.new_entry(body, kind)
    if not is_sqlite():
        values = (token.survey_id, token.admission, *receipt, not token.admission, *entry)
        return bool(run(_ALL_IN_ONE, values).rowcount)
    if token.admission and not run(_USE, (token.survey_id, token.admission)).rowcount:
        return False
    if not run(_RECEIPT, receipt).rowcount:
        return False
    run(mixing.INSERT, entry)
    return True
