"""Tables of the committee's evaluation of a sealed survey. Units are positions in the survey's plan."""

from __future__ import annotations

import peewee

from surveys.campaigns.indices import SurveyId, UnitIndex
from surveys.campaigns.models import Survey
from surveys.storage.database import Model


class Evaluation(Model):
    """One for a survey. `scheme` is JSON as canonical.py writes it; `own_until`: until when units hand in own scores.

    The first signature is void as soon as anything changes; after the second nothing does. `digest` is set with the second.
    """

    survey = peewee.ForeignKeyField(Survey, primary_key=True, on_delete="CASCADE")
    scheme = peewee.TextField()
    own_until = peewee.BigIntegerField(null=True)
    first_signer = peewee.CharField(max_length=60, default="")
    first_signed_at = peewee.BigIntegerField(null=True)
    second_signer = peewee.CharField(max_length=60, default="")
    second_signed_at = peewee.BigIntegerField(null=True)
    digest = peewee.CharField(max_length=64, default="")

    class Meta:
        constraints = [peewee.Check("(digest = '') = (second_signer = '')")]


class EvaluationEntry(Model):
    """The points of one open cell, as decimal text such as 92.5, with why and who. `judge` is empty but for judges."""

    survey_id: SurveyId = peewee.IntegerField()  # type: ignore[assignment]
    unit: UnitIndex = peewee.SmallIntegerField()  # type: ignore[assignment]
    criterion = peewee.CharField(max_length=40)
    source = peewee.CharField(max_length=40)
    judge = peewee.CharField(max_length=60, default="")
    points = peewee.CharField(max_length=12)
    reason = peewee.CharField(max_length=500, default="")
    changed_by = peewee.CharField(max_length=60)

    class Meta:
        primary_key = peewee.CompositeKey("survey_id", "unit", "criterion", "source", "judge")


class EvaluationChange(Model):
    """Each change of an open cell: old and new points (empty: none), why, who and when. Nothing of it is ever removed."""

    id = peewee.AutoField()
    survey_id: SurveyId = peewee.IntegerField(index=True)  # type: ignore[assignment]
    unit: UnitIndex = peewee.SmallIntegerField()  # type: ignore[assignment]
    criterion = peewee.CharField(max_length=40)
    source = peewee.CharField(max_length=40)
    judge = peewee.CharField(max_length=60, default="")
    old = peewee.CharField(max_length=12, default="")
    new = peewee.CharField(max_length=12, default="")
    reason = peewee.CharField(max_length=500, default="")
    changed_by = peewee.CharField(max_length=60)
    changed_at = peewee.BigIntegerField()


class EvaluationLink(Model):
    """The link by which a unit hands in its own score. `link_hash` null: withdrawn. `opened`: somebody looked at it."""

    survey_id: SurveyId = peewee.IntegerField()  # type: ignore[assignment]
    unit: UnitIndex = peewee.SmallIntegerField()  # type: ignore[assignment]
    link_hash = peewee.CharField(max_length=64, null=True, unique=True)
    opened = peewee.BooleanField(default=False)
    handed_in_at = peewee.BigIntegerField(null=True)

    class Meta:
        primary_key = peewee.CompositeKey("survey_id", "unit")


class EvaluationDecision(Model):
    """Who keeps a place at the cut of a quota: codes of units with spaces between them, why, who and when."""

    survey_id: SurveyId = peewee.IntegerField()  # type: ignore[assignment]
    quota = peewee.SmallIntegerField()
    chosen = peewee.TextField(default="")
    reason = peewee.CharField(max_length=500)
    decided_by = peewee.CharField(max_length=60)
    decided_at = peewee.BigIntegerField()

    class Meta:
        primary_key = peewee.CompositeKey("survey_id", "quota")
