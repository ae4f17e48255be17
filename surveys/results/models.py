"""The table of results."""

from __future__ import annotations

import json

import peewee

from surveys.campaigns.models import Survey
from surveys.inputs.problems import InputError, Problem
from surveys.scoring.result import Result
from surveys.storage.database import Model


class StoredResult(Model):
    """What the seal fixed: the result and the digests. Written once."""

    survey = peewee.ForeignKeyField(Survey, primary_key=True, on_delete="CASCADE")
    sealed_at = peewee.BigIntegerField()
    method = peewee.CharField(max_length=20)
    digest = peewee.CharField(max_length=64)
    ballots_digest = peewee.CharField(max_length=64)
    receipts_digest = peewee.CharField(max_length=64)
    ballots = peewee.IntegerField()
    receipts = peewee.IntegerField()
    body = peewee.TextField()

    class Meta:
        table_name = "result"

    def result(self) -> Result:
        """The figures."""
        return Result.from_json(json.loads(self.body))


def stored_result(survey: Survey) -> StoredResult:
    """The result of a sealed survey. Raises InputError if it is not sealed."""
    stored = StoredResult.get_or_none(StoredResult.survey == survey.id)
    if stored is None:
        raise InputError(Problem("The survey %(name)s is not sealed.", name=survey.slug))
    return stored
