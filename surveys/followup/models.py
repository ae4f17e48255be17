"""Tables of what follows a result: bulletins and objections, what the committee does with remarks, actions. Remarks themselves stay as they were
written (ballots/models.py)."""

from __future__ import annotations

import peewee

from surveys.campaigns.indices import SurveyId, UnitIndex
from surveys.campaigns.models import Survey
from surveys.storage.database import Model


class Bulletin(Model):
    """What the committee published of a sealed survey. `parts` are words with spaces between them (bulletin.py: Part).

    `objections_until` is the end of the notice period. `withdrawn_at` and `reason`: since when, and why, it is not shown any more; published again, they are empty.
    """

    survey = peewee.ForeignKeyField(Survey, primary_key=True, on_delete="CASCADE")
    parts = peewee.CharField(max_length=100)
    published_at = peewee.BigIntegerField()
    published_by = peewee.CharField(max_length=60)
    objections_until = peewee.BigIntegerField(null=True)
    withdrawn_at = peewee.BigIntegerField(null=True)
    reason = peewee.CharField(max_length=500, default="")


class Objection(Model):
    """What somebody objects to in a bulletin, under a random number: no address and no time, only the day.

    `is_public`: whether everybody may read the answer. The objection itself is for staff alone.
    """

    number = peewee.CharField(max_length=16, primary_key=True)
    survey = peewee.ForeignKeyField(Survey, on_delete="CASCADE")
    body = peewee.TextField()
    received_on = peewee.CharField(max_length=10)
    state = peewee.CharField(max_length=10, default="received")
    answer = peewee.TextField(default="")
    is_public = peewee.BooleanField(default=False)

    class Meta:
        constraints = [peewee.Check("state IN ('received', 'review', 'answered')")]


class RemarkTreatment(Model):
    """What was done with one remark, by its random number; without a row: nothing yet.

    `masked` is the text with names taken out; null: as it was written. `merged_into` is the number of the remark that stands
    for this one; null: it stands for itself.
    """

    survey_id: SurveyId = peewee.IntegerField()  # type: ignore[assignment]
    number = peewee.BlobField()
    masked = peewee.TextField(null=True)
    abusive = peewee.BooleanField(default=False)
    merged_into = peewee.BlobField(null=True)

    class Meta:
        primary_key = peewee.CompositeKey("survey_id", "number")


class RemarkTag(Model):
    """A tag on a remark."""

    survey_id: SurveyId = peewee.IntegerField()  # type: ignore[assignment]
    number = peewee.BlobField()
    tag = peewee.CharField(max_length=30)

    class Meta:
        primary_key = peewee.CompositeKey("survey_id", "number", "tag")


class PublishedRemark(Model):
    """A remark as it was published, with names masked. It stays when what was written is deleted.

    `alike`: how many more remarks say the same, as the committee merged them.
    """

    survey_id: SurveyId = peewee.IntegerField()  # type: ignore[assignment]
    number = peewee.BlobField()
    unit: UnitIndex | None = peewee.SmallIntegerField(null=True)  # type: ignore[assignment]
    item = peewee.CharField(max_length=40)
    body = peewee.TextField()
    alike = peewee.IntegerField(default=0)

    class Meta:
        primary_key = peewee.CompositeKey("survey_id", "number")


class RefusedGroup(Model):
    """Remarks of which somebody said that they are not alike: a row for each, under the random number of that word."""

    survey_id: SurveyId = peewee.IntegerField()  # type: ignore[assignment]
    refusal = peewee.BlobField()
    number = peewee.BlobField()

    class Meta:
        primary_key = peewee.CompositeKey("survey_id", "refusal", "number")


class ActionItem(Model):
    """What a unit is to do about remarks or low figures. `due_on` is a day as ISO 8601 has it; `state` is in action_states.py.

    `item` is the code of the low figure that it came from (low_figures.py), empty for others. `link_hash` is the hash of the token with which the
    unit answers without an account; null: there is no link.
    """

    id = peewee.AutoField()
    survey_id: SurveyId = peewee.IntegerField(index=True)  # type: ignore[assignment]
    unit: UnitIndex = peewee.SmallIntegerField()  # type: ignore[assignment]
    item = peewee.CharField(max_length=40, default="")
    body = peewee.TextField()
    person = peewee.CharField(max_length=60, default="")
    email = peewee.CharField(max_length=200, default="")
    due_on = peewee.CharField(max_length=10)
    state = peewee.CharField(max_length=10, default="open")
    reason = peewee.CharField(max_length=200, default="")
    evidence = peewee.TextField(default="")
    answer = peewee.TextField(default="")
    link_hash = peewee.CharField(max_length=64, null=True, unique=True)

    class Meta:
        constraints = [peewee.Check("state IN ('open', 'under_way', 'done', 'checked', 'refused')")]


class UnitReview(Model):
    """What the supervision says of a unit under its three headings: what is good, what is wrong, what to work for."""

    survey_id: SurveyId = peewee.IntegerField()  # type: ignore[assignment]
    unit: UnitIndex = peewee.SmallIntegerField()  # type: ignore[assignment]
    achievements = peewee.TextField(default="")
    problems = peewee.TextField(default="")
    direction = peewee.TextField(default="")

    class Meta:
        primary_key = peewee.CompositeKey("survey_id", "unit")
