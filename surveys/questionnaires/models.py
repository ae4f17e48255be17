"""Tables of questionnaires (which can change) and editions (frozen)."""

from __future__ import annotations

import json

import peewee

from surveys.questionnaires.questionnaire import Questionnaire, read_questionnaire
from surveys.storage.database import Model


class StoredQuestionnaire(Model):
    """A questionnaire as staff write it, as JSON; it may lack anything while it is edited. `revision` counts saves.

    `former_keys` is a JSON list of what it was called before.
    """

    id = peewee.AutoField()
    key = peewee.CharField(max_length=40, unique=True)
    definition = peewee.TextField()
    revision = peewee.IntegerField(default=1)
    changed_by = peewee.CharField(max_length=60, default="")
    changed_at = peewee.BigIntegerField(default=0)
    archived = peewee.BooleanField(default=False)
    former_keys = peewee.TextField(null=True)

    class Meta:
        table_name = "questionnaire"


class QuestionnaireVersion(Model):
    """What a questionnaire said at the end of a stretch of editing. The last one is what it says now."""

    id = peewee.AutoField()
    questionnaire_id: int
    questionnaire = peewee.ForeignKeyField(StoredQuestionnaire, on_delete="CASCADE")
    begun_at = peewee.BigIntegerField()
    saved_at = peewee.BigIntegerField()
    saved_by = peewee.CharField(max_length=60, default="")
    definition = peewee.TextField()


class QuestionnaireEditor(Model):
    """Who has a questionnaire open, and when their page last said so."""

    questionnaire_id: int
    questionnaire = peewee.ForeignKeyField(StoredQuestionnaire, on_delete="CASCADE")
    account = peewee.CharField(max_length=60)
    seen_at = peewee.BigIntegerField()

    class Meta:
        primary_key = peewee.CompositeKey("questionnaire", "account")


class StoredScale(Model):
    """A scale of the college, as JSON: its name, and what a questionnaire says of a scale. `revision` counts saves.

    Questionnaires hold copies under its key, so nothing refers to this table.
    """

    id = peewee.AutoField()
    key = peewee.CharField(max_length=40, unique=True)
    definition = peewee.TextField()
    revision = peewee.IntegerField(default=1)
    changed_by = peewee.CharField(max_length=60, default="")
    changed_at = peewee.BigIntegerField(default=0)
    archived = peewee.BooleanField(default=False)

    class Meta:
        table_name = "scale"


class Edition(Model):
    """A questionnaire frozen at publication, known by the digest of its text. Rows are never updated."""

    id = peewee.AutoField()
    key = peewee.CharField(max_length=40, index=True)
    number = peewee.IntegerField()
    digest = peewee.CharField(max_length=64, unique=True)
    definition = peewee.TextField()

    class Meta:
        indexes = ((("key", "number"), True),)

    def questionnaire(self) -> Questionnaire:
        """The frozen questionnaire."""
        return read_questionnaire(json.loads(self.definition))
