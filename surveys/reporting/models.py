"""The table of results."""

from __future__ import annotations

import json

import peewee

from surveys.database import Model
from surveys.publishing.models import Survey
from surveys.scoring.result import Result


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
        return Result(**json.loads(self.body))
