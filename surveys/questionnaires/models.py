"""Tables of questionnaires (which can change) and editions (frozen)."""

from __future__ import annotations

import json

import peewee

from surveys.questionnaires.questionnaire import Questionnaire, read_questionnaire
from surveys.storage.database import Model


class StoredQuestionnaire(Model):
    """A questionnaire as staff write it, as JSON."""

    id = peewee.AutoField()
    key = peewee.CharField(max_length=40, unique=True)
    definition = peewee.TextField()

    class Meta:
        table_name = "questionnaire"


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
