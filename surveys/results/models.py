"""The table of results, and that of ballots which are lost."""

from __future__ import annotations

import json
import zlib

import numpy as np
import peewee

from surveys.campaigns.indices import SurveyId
from surveys.campaigns.models import Survey
from surveys.inputs.problems import InputError, Problem
from surveys.scoring.resampling import UnitDraws
from surveys.scoring.result import Result
from surveys.storage.database import Model


class StoredResult(Model):
    """What the seal fixed: the result and the digests. Written once.

    `draws`: scores of units in each draw of the bootstrap, to compare any two; no figure of a page comes from them otherwise.
    """

    survey = peewee.ForeignKeyField(Survey, primary_key=True, on_delete="CASCADE")
    sealed_at = peewee.BigIntegerField()
    method = peewee.CharField(max_length=20)
    digest = peewee.CharField(max_length=64)
    ballots_digest = peewee.CharField(max_length=64)
    receipts_digest = peewee.CharField(max_length=64)
    ballots = peewee.IntegerField()
    receipts = peewee.IntegerField()
    lost = peewee.IntegerField(default=0)
    lost_first = peewee.CharField(max_length=60, default="")
    lost_second = peewee.CharField(max_length=60, default="")
    body = peewee.TextField()
    draws = peewee.BlobField(null=True)

    class Meta:
        table_name = "result"

    @property
    def loss(self) -> str:
        """What the digest says of ballots that were lost; empty where none were."""
        return f"{self.lost}\n{self.lost_first}\n{self.lost_second}\n" if self.lost else ""

    def result(self) -> Result:
        """The figures."""
        return Result.from_json(json.loads(self.body))

    def unit_draws(self) -> UnitDraws | None:
        """The scores of units in each draw; None before method 2."""
        if self.draws is None:
            return None
        units = len(self.result().score)
        both = np.frombuffer(zlib.decompress(bytes(self.draws)), "<f4").astype(np.float64).reshape(2, -1, units)
        return UnitDraws(both[0], both[1])


def pack_draws(draws: UnitDraws) -> bytes:
    """The scores of units in each draw, as they are stored."""
    return zlib.compress(np.stack([draws.scores, draws.plain]).astype("<f4").tobytes(), 1)


class LostBallots(Model):
    """So many ballots of a survey cannot be decrypted, and the administrators who agreed to seal it without them.

    One agrees first; the agreement is good when a second one has agreed, too.
    """

    survey_id: SurveyId = peewee.IntegerField(primary_key=True)  # type: ignore[assignment]
    ballots = peewee.IntegerField()
    first = peewee.CharField(max_length=60)
    second = peewee.CharField(max_length=60, default="")


def stored_result(survey: Survey) -> StoredResult:
    """The result of a sealed survey. Raises InputError if it is not sealed."""
    stored = StoredResult.get_or_none(StoredResult.survey == survey.id)
    if stored is None:
        raise InputError(Problem("The survey %(name)s is not sealed.", name=survey.slug))
    return stored
