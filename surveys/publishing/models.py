"""Tables of surveys and admissions."""

from __future__ import annotations

import peewee

from surveys.authoring.models import Edition
from surveys.database import Model


class Survey(Model):
    """One run of an edition. `plan` is JSON (see plan.py) and does not change after publication."""

    id = peewee.AutoField()
    slug = peewee.CharField(max_length=40, unique=True)
    state = peewee.CharField(max_length=12, default="draft")
    opens_at = peewee.BigIntegerField()
    closes_at = peewee.BigIntegerField()
    edition_id: int | None
    edition = peewee.ForeignKeyField(Edition, null=True, on_delete="RESTRICT")
    plan = peewee.TextField()
    plan_digest = peewee.CharField(max_length=64)

    class Meta:
        constraints = [peewee.Check("state IN ('draft', 'published', 'sealed')")]


class Admission(Model):
    """The right to put one ballot in. Knows whether it was used, not when.

    `code_hash` is a keyed hash; `own_unit` a position in the plan's units, or -1.
    """

    survey = peewee.IntegerField(column_name="survey_id")
    code_hash = peewee.BlobField()
    group = peewee.SmallIntegerField(column_name="group_no")
    own_unit = peewee.SmallIntegerField(default=-1)
    used = peewee.BooleanField(default=False)

    class Meta:
        primary_key = peewee.CompositeKey("survey", "code_hash")
