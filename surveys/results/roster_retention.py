"""Forgetting the persons of rosters a set time after the seal."""

from __future__ import annotations

import time

from surveys.admission.models import Person
from surveys.admission.roster_changes import erase_roster
from surveys.campaigns.models import Survey
from surveys.results.models import StoredResult
from surveys.storage.unit_of_work import Actor


def erase_due_rosters(actor: Actor, days: int, now: float | None = None) -> int:
    """Forget the persons of surveys that were sealed more than so many days ago; how many."""
    before = int(time.time() if now is None else now) - days * 86_400
    with_persons = Person.select(Person.survey_id).distinct()
    due = (
        Survey.select(Survey.slug)
        .join(StoredResult, on=(StoredResult.survey == Survey.id))
        .where(StoredResult.sealed_at < before, Survey.id.in_(with_persons))  # type: ignore[attr-defined]
    )
    return sum(erase_roster(actor, survey.slug) for survey in due)
