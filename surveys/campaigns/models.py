"""The table of surveys."""

from __future__ import annotations

import peewee

from surveys.campaigns.indices import SurveyId
from surveys.questionnaires.models import Edition
from surveys.storage.database import Model


class Survey(Model):
    """One run of an edition. `plan` is JSON (see plan.py) and does not change after publication.

    `grace_minutes` is how long after a planned end ballots are taken that were begun before it; `late_until` is until when,
    in seconds since 1970 (see states.py).
    `revision` counts how often the draft was saved, so that nobody overwrites what they have not seen; `changed_by` is
    who saved it last. `people` is JSON: how many people groups have by their codes, entered after publication (people.py).
    """

    id: SurveyId = peewee.AutoField()  # type: ignore[assignment]
    slug = peewee.CharField(max_length=40, unique=True)
    state = peewee.CharField(max_length=12, default="draft")
    opens_at = peewee.BigIntegerField()
    closes_at = peewee.BigIntegerField()
    grace_minutes = peewee.IntegerField(default=10)
    late_until = peewee.BigIntegerField()
    edition_id: int | None
    edition = peewee.ForeignKeyField(Edition, null=True, on_delete="RESTRICT")
    plan = peewee.TextField()
    plan_digest = peewee.CharField(max_length=64)
    revision = peewee.IntegerField(default=1)
    changed_by = peewee.CharField(max_length=60, default="")
    people = peewee.TextField(default="{}")

    class Meta:
        constraints = [peewee.Check("state IN ('draft', 'published', 'paused', 'sealed')")]
