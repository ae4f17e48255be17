"""How far the seal of a survey has come."""

from __future__ import annotations

from enum import StrEnum

import peewee

from surveys.ballots.box import REWRITTEN
from surveys.campaigns.indices import SurveyId
from surveys.campaigns.models import Survey
from surveys.storage.database import Model


class Phase(StrEnum):
    """What is done next. In between the tables are rewritten, one after the other: then it is the name of a table."""

    EMPTY_MIX = "mix"
    COUNT = "count"
    CLEAN_UP = "clean"


TABLES = tuple(REWRITTEN)


class SealRun(Model):
    """A seal that is not at its end yet. `phase` is a Phase or the name of a table that is being rewritten.

    `worker` is the random number of the call that works on it: another one that goes on writes its own, and the first one
    finds that out. `after`: up to this key the table is rewritten. `done` of `total` rows are.
    """

    survey: Survey
    survey_id: SurveyId
    survey = peewee.ForeignKeyField(Survey, primary_key=True, on_delete="CASCADE")  # type: ignore[assignment]
    worker = peewee.BlobField(default=b"")
    phase = peewee.CharField(max_length=12, default=Phase.EMPTY_MIX.value)
    after = peewee.BlobField(default=b"")
    done = peewee.IntegerField(default=0)
    total = peewee.IntegerField()


def seal_run(survey_id: SurveyId) -> SealRun | None:
    """The seal of a survey that was begun and is not at its end."""
    return SealRun.get_or_none(SealRun.survey == survey_id)
