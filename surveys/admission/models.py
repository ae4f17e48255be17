"""Tables of admissions and of persons on rosters."""

from __future__ import annotations

import peewee

from surveys.campaigns.indices import GroupIndex, SurveyId, UnitIndex
from surveys.storage.database import Model


class Admission(Model):
    """The right to submit one ballot. Knows whether it was used, not when.

    `code_hash` is a keyed hash; `own_unit` a position in the plan's units, or null. `survey_id` is a plain number, not
    a foreign key: PostgreSQL would lock the survey's row for every ballot and leave a mark in it.
    """

    survey_id: SurveyId = peewee.IntegerField()  # type: ignore[assignment]
    code_hash = peewee.BlobField()
    group: GroupIndex = peewee.SmallIntegerField(column_name="group_no")  # type: ignore[assignment]
    own_unit: UnitIndex | None = peewee.SmallIntegerField(null=True)  # type: ignore[assignment]
    used = peewee.BooleanField(default=False)
    batch = peewee.SmallIntegerField(default=0)
    """Which of the survey's batches of codes it was issued in, from 1; 0 for a person on a roster."""
    draws = peewee.SmallIntegerField(default=0)
    """For how many forms units were drawn, while it is not used (see ballots/drawing.py); 0 once it is."""

    class Meta:
        primary_key = peewee.CompositeKey("survey_id", "code_hash")


ADMISSION_COLUMNS = "survey_id, code_hash, group_no, own_unit, used, batch, draws"
"""All columns, for statements that write rows again."""


class Person(Model):
    """Somebody on a survey's roster. Erased after the seal; the admission stays, and says nothing of who held it."""

    survey_id: SurveyId = peewee.IntegerField()  # type: ignore[assignment]
    number = peewee.CharField(max_length=40)
    number_key = peewee.CharField(max_length=40)
    """The number folded (see inputs/identifiers.py): no two persons of a survey have the same."""
    name = peewee.CharField(max_length=60)
    group: GroupIndex = peewee.SmallIntegerField(column_name="group_no")  # type: ignore[assignment]
    own_unit: UnitIndex | None = peewee.SmallIntegerField(null=True)  # type: ignore[assignment]
    class_name = peewee.CharField(max_length=60, default="")
    email = peewee.CharField(max_length=200, default="")
    code_hash = peewee.BlobField()
    on_paper = peewee.BooleanField(default=False)
    mail_round = peewee.SmallIntegerField(default=0)
    """In which round of mails the person was last written to; 0: in none."""
    mail_outcome = peewee.CharField(max_length=10, default="")
    """What became of that mail: sent, refused or retry (see mail.py); empty: nothing yet."""
    mail_reply = peewee.CharField(max_length=200, default="")
    """What the mail server said where it did not take the mail."""

    class Meta:
        primary_key = peewee.CompositeKey("survey_id", "number_key")
