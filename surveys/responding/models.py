"""Tables of what came back. Nothing in them ties a ballot to a paper, an admission, a person or a moment.

`survey` is a plain number, not a foreign key: PostgreSQL would lock the survey's row for every ballot and leave a
mark in it, and surveys are never deleted.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable

import peewee

from surveys.database import Model
from surveys.responding.answers import Remarks
from surveys.responding.sql import insert_many

PHONE, PAPER = 1, 2


class Ballot(Model):
    """One respondent's answers, packed in the order of the plan's slots (see answers.py). `number` is random."""

    survey = peewee.IntegerField(column_name="survey_id")
    number = peewee.BlobField()
    group = peewee.SmallIntegerField(column_name="group_no")
    channel = peewee.SmallIntegerField()
    answers = peewee.BlobField()

    class Meta:
        primary_key = peewee.CompositeKey("survey", "number")


class Receipt(Model):
    """The number of a ballot paper that came back."""

    survey = peewee.IntegerField(column_name="survey_id")
    number = peewee.BlobField()

    class Meta:
        primary_key = peewee.CompositeKey("survey", "number")


class Pace(Model):
    """Of a group's ballots that have moved on from the tray, how many were sent very fast (see box.SECONDS_A_RATING)."""

    survey = peewee.IntegerField(column_name="survey_id")
    group = peewee.SmallIntegerField(column_name="group_no")
    fast = peewee.IntegerField()
    ballots = peewee.IntegerField()

    class Meta:
        primary_key = peewee.CompositeKey("survey", "group")


class Remark(Model):
    """A text that somebody wrote about a unit (a position in the plan's units, or -1), under its own random number."""

    survey = peewee.IntegerField(column_name="survey_id")
    number = peewee.BlobField()
    unit = peewee.SmallIntegerField()
    item = peewee.CharField(max_length=40)
    body = peewee.TextField()

    class Meta:
        primary_key = peewee.CompositeKey("survey", "number")


class Batch(Model):
    """A file of ballots that was brought in: its SHA-256, so that the same file is not counted twice."""

    survey = peewee.IntegerField(column_name="survey_id")
    digest = peewee.CharField(max_length=64)
    name = peewee.CharField(max_length=100)
    ballots = peewee.IntegerField()

    class Meta:
        primary_key = peewee.CompositeKey("survey", "digest")


def insert_ballots(survey: int, group: int, ballots: Iterable[tuple[int, bytes]], remarks: Iterable[Remarks]) -> None:
    """Put (channel, packed answers) and remarks into their tables, each shuffled by itself, under random numbers.

    Inside a write transaction.
    """
    chance = secrets.SystemRandom()
    shuffled, texts = list(ballots), list(remarks)
    chance.shuffle(shuffled)
    chance.shuffle(texts)
    insert_many(
        "ballot (survey_id, number, group_no, channel, answers)",
        [(survey, secrets.token_bytes(16), group, channel, packed) for channel, packed in shuffled],
    )
    insert_many("remark (survey_id, number, unit, item, body)",
                [(survey, secrets.token_bytes(16), text.unit, text.item, text.body) for text in texts])  # fmt: skip
