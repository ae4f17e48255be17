"""A sealed survey with remarks."""

from __future__ import annotations

from surveys.ballots.models import Remark
from surveys.campaigns.models import Survey
from surveys.campaigns.surveys import plan_of
from surveys.followup.remarks import ReadRemark, read_remarks
from surveys.storage.unit_of_work import Actor
from tests.acting import seal
from tests.helpers import closed, published, vote

TESTER = Actor("tester")


def sealed_with(*bodies: str, unit: int | None = 0, ballots: int = 6, **changes: object) -> Survey:
    """A sealed survey in which these were written about a unit, each on a ballot of its own, of so many at least."""
    survey = published(**changes)
    plan = plan_of(survey)
    text = next(slot for slot in plan.slots if slot.item.type == "text" and slot.unit == unit)
    for number in range(max(ballots, len(bodies))):
        vote(survey, extra={text.name: [bodies[number]]} if number < len(bodies) else None)
    closed(survey)
    seal(survey.slug)
    return Survey.get_by_id(survey.id)


def read(survey: Survey) -> dict[str, ReadRemark]:
    """What may be read, by what was written."""
    return {remark.body: remark for remark in read_remarks(survey).remarks}


def numbers(survey: Survey, *bodies: str) -> list[bytes]:
    """The numbers of remarks by what was written, past what is withheld."""
    known = {row.body: bytes(row.number) for row in Remark.select().where(Remark.survey_id == survey.id)}
    return [known[body] for body in bodies or known]
