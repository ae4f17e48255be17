"""Tables of what came back. Nothing in them ties a ballot to a token, an admission, a person or a time.

`survey_id` is a plain number, not a foreign key: PostgreSQL would lock the survey's row for every ballot and leave a
mark in it, and surveys are never deleted.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable

import peewee

from surveys.ballots.answers import RemarkText
from surveys.campaigns.indices import GroupIndex, SurveyId, UnitIndex
from surveys.storage.database import Model
from surveys.storage.statements import insert_many

PHONE, PAPER = 1, 2
"""Channels of a ballot."""


class Ballot(Model):
    """One respondent's answers, packed in the order of the plan's slots (see answers.py). `number` is random."""

    survey_id: SurveyId = peewee.IntegerField()  # type: ignore[assignment]
    number = peewee.BlobField()
    group: GroupIndex = peewee.SmallIntegerField(column_name="group_no")  # type: ignore[assignment]
    channel = peewee.SmallIntegerField()
    answers = peewee.BlobField()

    class Meta:
        primary_key = peewee.CompositeKey("survey_id", "number")


class MixEntry(Model):
    """An encrypted ballot in the mix. `number` is random; the key of `ciphertext` is not in the database.

    `own_unit` is part of the primary key, which takes no null: −1 stands for none (see mix_entries.MixKind).
    """

    survey_id: SurveyId = peewee.IntegerField()  # type: ignore[assignment]
    group: GroupIndex = peewee.SmallIntegerField(column_name="group_no")  # type: ignore[assignment]
    own_unit = peewee.SmallIntegerField()
    size = peewee.IntegerField()
    number = peewee.BlobField()
    ciphertext = peewee.BlobField()

    class Meta:
        primary_key = peewee.CompositeKey("survey_id", "group", "own_unit", "size", "number")


class DamagedEntry(MixEntry):
    """An entry of the mix that was changed after it was stored, set apart so that the others move on."""


class Receipt(Model):
    """The number of a token whose ballot was received."""

    survey_id: SurveyId = peewee.IntegerField()  # type: ignore[assignment]
    number = peewee.BlobField()

    class Meta:
        primary_key = peewee.CompositeKey("survey_id", "number")


class Pace(Model):
    """Of a group's ballots that have left the mix, how many were sent very fast (see submission.SECONDS_A_RATING)."""

    survey_id: SurveyId = peewee.IntegerField()  # type: ignore[assignment]
    group: GroupIndex = peewee.SmallIntegerField(column_name="group_no")  # type: ignore[assignment]
    fast = peewee.IntegerField()
    ballots = peewee.IntegerField()

    class Meta:
        primary_key = peewee.CompositeKey("survey_id", "group")


class Remark(Model):
    """A text that somebody wrote about a unit (a position in the plan's units, or null), under its own random number."""

    survey_id: SurveyId = peewee.IntegerField()  # type: ignore[assignment]
    number = peewee.BlobField()
    unit: UnitIndex | None = peewee.SmallIntegerField(null=True)  # type: ignore[assignment]
    item = peewee.CharField(max_length=40)
    body = peewee.TextField()

    class Meta:
        primary_key = peewee.CompositeKey("survey_id", "number")


class ImportedFile(Model):
    """A file of ballots that was imported: the SHA-256 of its bytes and of its ballots, so that none is counted twice."""

    survey_id: SurveyId = peewee.IntegerField()  # type: ignore[assignment]
    digest = peewee.CharField(max_length=64)
    content = peewee.CharField(max_length=64)
    name = peewee.CharField(max_length=100)
    ballots = peewee.IntegerField()

    class Meta:
        primary_key = peewee.CompositeKey("survey_id", "digest")


def insert_ballots(
    survey_id: SurveyId, group: GroupIndex, ballots: Iterable[tuple[int, bytes]], remarks: Iterable[RemarkText]
) -> None:
    """Put (channel, packed answers) and remarks into their tables, each shuffled by itself, under random numbers.

    Inside a write transaction.
    """
    random = secrets.SystemRandom()
    shuffled, texts = list(ballots), list(remarks)
    random.shuffle(shuffled)
    random.shuffle(texts)
    insert_many(
        "ballot",
        "survey_id, number, group_no, channel, answers",
        [(survey_id, secrets.token_bytes(16), group, channel, packed) for channel, packed in shuffled],
    )
    insert_many(
        "remark",
        "survey_id, number, unit, item, body",
        [(survey_id, secrets.token_bytes(16), text.unit, text.item, text.body) for text in texts],
    )


def insert_receipts(survey_id: SurveyId, numbers: Iterable[bytes]) -> None:
    """Write receipts in the order of their numbers. Inside a write transaction."""
    insert_many("receipt", "survey_id, number", [(survey_id, number) for number in sorted(numbers)])
