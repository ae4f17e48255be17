"""Forgetting the persons of rosters a set time after the seal."""

from __future__ import annotations

import time

from surveys.publishing.models import Survey
from surveys.publishing.roster import Person, erase_roster
from surveys.reporting.models import StoredResult


def erase_due_rosters(days: int, now: float | None = None) -> int:
    """Forget the persons of surveys that were sealed more than so many days ago; how many."""
    before = int(time.time() if now is None else now) - days * 86_400
    kept = Person.select(Person.survey).distinct()
    due = (
        Survey.select(Survey.slug)
        .join(StoredResult, on=(StoredResult.survey == Survey.id))
        .where(StoredResult.sealed_at < before, Survey.id.in_(kept))
    )
    return sum(erase_roster(survey.slug) for survey in due)
