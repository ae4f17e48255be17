"""The table of results, that of the draws of their scores, and that of ballots which are lost."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

import numpy as np
import peewee

from surveys.campaigns.indices import SurveyId
from surveys.campaigns.models import Survey
from surveys.inputs.problems import InputError, Problem
from surveys.scoring.resampling import UnitDraws
from surveys.scoring.result import Result, Scored
from surveys.storage.database import Model


class StoredResult(Model):
    """What the seal fixed: the result and the digests. Written once."""

    survey = peewee.ForeignKeyField(Survey, primary_key=True, on_delete="CASCADE")
    survey_id: SurveyId
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
        """The scores of all units in each draw; None before method 2."""
        rows = UnitDraw.select().where(UnitDraw.survey_id == self.survey_id).order_by(UnitDraw.unit)
        return _draws_of([bytes(row.draws) for row in rows])

    def draws_of(self, units: Sequence[int]) -> UnitDraws | None:
        """The scores of some units in each draw, in their order."""
        wanted = UnitDraw.survey_id == self.survey_id, UnitDraw.unit.in_(list(units))  # type: ignore[attr-defined]
        rows = {row.unit: bytes(row.draws) for row in UnitDraw.select().where(*wanted)}
        return _draws_of([rows[unit] for unit in units if unit in rows])

    def is_better(self, one: int, other: int) -> bool:
        """Whether a unit is shown to be better than another one, by the statements about all pairs together."""
        row = UnitDraw.get_or_none(UnitDraw.survey_id == self.survey_id, UnitDraw.unit == one)
        return row is not None and bool(np.unpackbits(np.frombuffer(bytes(row.better), np.uint8))[other])


class UnitDraw(Model):
    """The scores of a unit (a position) in each draw of the bootstrap, and which units it is better than, to compare any two.

    `draws`: those with pseudo-ballots and then those without, as little-endian 32-bit floats. `better`: a bit for each unit.
    """

    survey_id: SurveyId = peewee.IntegerField()  # type: ignore[assignment]
    unit: int = peewee.SmallIntegerField()  # type: ignore[assignment]
    draws = peewee.BlobField()
    better = peewee.BlobField()

    class Meta:
        primary_key = peewee.CompositeKey("survey_id", "unit")


UNIT_DRAW_COLUMNS = "survey_id, unit, draws, better"


def unit_draw_rows(survey_id: SurveyId, scored: Scored) -> Iterator[tuple[object, ...]]:
    """The rows that UnitDraw has of a result."""
    for unit, better in enumerate(scored.better):
        both = np.stack([scored.draws.scores[:, unit], scored.draws.plain[:, unit]])
        yield survey_id, unit, both.astype("<f4").tobytes(), np.packbits(better).tobytes()


def _draws_of(rows: list[bytes]) -> UnitDraws | None:
    if not rows:
        return None
    both = np.frombuffer(b"".join(rows), "<f4").astype(np.float64).reshape(len(rows), 2, -1)
    return UnitDraws(both[:, 0].T, both[:, 1].T)


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
