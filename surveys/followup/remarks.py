"""Remarks of a sealed survey, each apart from its ballot."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from surveys.ballots.models import Remark
from surveys.campaigns.indices import SurveyId, UnitIndex


@dataclass(frozen=True)
class ItemRemarks:
    """What was written for one item (a code), in random order."""

    item: str
    bodies: list[str]


@dataclass(frozen=True)
class UnitRemarks:
    """What was written about one unit (a position; None: in general), by item."""

    unit: UnitIndex | None
    items: list[ItemRemarks]


def remarks_of(survey_id: SurveyId) -> list[UnitRemarks]:
    """All remarks of a survey, by unit and item. Their order inside is that of their random numbers."""
    rows = Remark.select().where(Remark.survey_id == survey_id).order_by(Remark.number)
    remarks = sorted(rows, key=lambda remark: (-1 if remark.unit is None else remark.unit, remark.item))
    return [
        UnitRemarks(
            unit, [ItemRemarks(item, [one.body for one in bodies]) for item, bodies in groupby(of_unit, _item_of)]
        )
        for unit, of_unit in groupby(remarks, lambda remark: remark.unit)
    ]


def _item_of(remark: Remark) -> str:
    return remark.item
