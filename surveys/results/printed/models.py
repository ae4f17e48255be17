"""Tables of what stands at the head of printed results."""

from __future__ import annotations

import peewee

from surveys.campaigns.models import Survey
from surveys.storage.database import Model


class StoredLetterhead(Model):
    """One row at most. `pattern`: how the number of a document is written; `logo`: a PNG."""

    id = peewee.IntegerField(primary_key=True)
    organisation = peewee.CharField(max_length=60, default="")
    pattern = peewee.CharField(max_length=60, default="")
    logo = peewee.BlobField(null=True)

    class Meta:
        table_name = "letterhead"
        constraints = [peewee.Check("id = 1")]


class DocumentNumber(Model):
    """The number that the result of a survey has in the college's files."""

    survey = peewee.ForeignKeyField(Survey, primary_key=True, on_delete="CASCADE")
    number = peewee.CharField(max_length=20)
