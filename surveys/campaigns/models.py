"""The tables of surveys and campaigns."""

from __future__ import annotations

import secrets

import peewee

from surveys.campaigns.indices import SurveyId
from surveys.inputs.text import Text
from surveys.questionnaires.models import Edition
from surveys.storage.database import Model


class Survey(Model):
    """One run of an edition. `plan` is JSON (see plan.py), fixed at publication but for typos (corrections.py).

    `grace_minutes` is how long after a planned end ballots are taken that were begun before it; `late_until` is until when,
    in seconds since 1970 (see states.py).
    `revision` counts how often the draft was saved, so that nobody overwrites what they have not seen; `changed_by` is
    who saved it last. `people` is JSON: how many people groups have by their codes, entered after publication (people.py).
    `trial_key` signs the links of its trial: an id can be that of another draft later, a random number cannot.
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
    trial_key = peewee.CharField(max_length=32, null=True, default=lambda: secrets.token_hex(16))

    class Meta:
        constraints = [peewee.Check("state IN ('draft', 'published', 'paused', 'sealing', 'sealed')")]


class Campaign(Model):
    """A drive with four stages. `stages` is JSON: a list of names by language, first and last day (see campaigns.py)."""

    id: int = peewee.AutoField()  # type: ignore[assignment]
    code = peewee.CharField(max_length=40, unique=True)
    name = peewee.CharField(max_length=100)
    name_en = peewee.CharField(max_length=200, default="")
    stages = peewee.TextField()

    @property
    def text(self) -> Text:
        """The name by language."""
        return {"zh": self.name, **({"en": self.name_en} if self.name_en else {})}


class CampaignSurvey(Model):
    """A survey is in a campaign, in one of its stages (a position)."""

    survey = peewee.ForeignKeyField(Survey, primary_key=True, on_delete="CASCADE")
    campaign = peewee.ForeignKeyField(Campaign, on_delete="RESTRICT")
    stage = peewee.SmallIntegerField()

    class Meta:
        constraints = [peewee.Check("stage BETWEEN 0 AND 3")]


class RoundMapping(Model):
    """Which units of a round are which ones of the next, where codes do not say it. `pairs` is JSON (see mapping.py)."""

    older = peewee.ForeignKeyField(Survey, on_delete="CASCADE")
    newer = peewee.ForeignKeyField(Survey, on_delete="CASCADE")
    pairs = peewee.TextField()

    class Meta:
        primary_key = peewee.CompositeKey("older", "newer")
