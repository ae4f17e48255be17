"""Objections to a published bulletin, within its notice period, and what the committee answers."""

from __future__ import annotations

import secrets
import time
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from surveys.campaigns.indices import SurveyId
from surveys.campaigns.models import Survey
from surveys.campaigns.surveys import change_survey
from surveys.followup.bulletin import publication_of
from surveys.followup.models import Objection
from surveys.inputs.problems import InputError, Problem
from surveys.inputs.text import clean
from surveys.storage.audit import Action
from surveys.storage.locks import lock_survey
from surveys.storage.transactions import write
from surveys.storage.unit_of_work import Actor

MAX_LENGTH = 2000
MOST = 1000
"""So many objections to one survey are taken."""


class ObjectionState(StrEnum):
    """How far the committee is with an objection."""

    RECEIVED = "received"
    REVIEW = "review"
    ANSWERED = "answered"


def object_to(survey_id: SurveyId, typed: str, timezone: str) -> str:
    """Store an objection; returns its number, by which the answer is found. The same text again has the same number.

    Raises InputError: no notice period runs, no text, too long, too many.
    """
    body = clean(typed, lines=True)
    if not body:
        raise InputError(Problem("Write what you object to.", "body"))
    if len(body) > MAX_LENGTH:
        raise InputError(Problem("The text is longer than %(limit)s characters.", "body", limit=MAX_LENGTH))
    number = secrets.token_hex(8)

    def act() -> str:
        lock_survey(survey_id, exclusive=True)
        if not publication_of(survey_id).takes_objections(time.time()):
            raise InputError(Problem("The notice period is over."))
        of_survey = Objection.select().where(Objection.survey == survey_id)
        same = of_survey.where(Objection.body == body).first()
        if same is not None:
            return same.number
        if of_survey.count() >= MOST:
            raise InputError(Problem("No more objections can be taken here. Turn to the committee."))
        today = f"{datetime.now(ZoneInfo(timezone)):%Y-%m-%d}"
        Objection.create(number=number, survey=survey_id, body=body, received_on=today)
        return number

    return write(act)


def objections_of(survey_id: SurveyId) -> list[Objection]:
    """All objections to a survey: by day, and within a day in no order that means anything."""
    return list(
        Objection.select().where(Objection.survey == survey_id).order_by(Objection.received_on, Objection.number)
    )


def public_answers(survey_id: SurveyId) -> list[Objection]:
    """The objections whose answers everybody may read."""
    return [one for one in objections_of(survey_id) if one.is_public and one.state == ObjectionState.ANSWERED]


def answer_objection(actor: Actor, slug: str, number: str, state: ObjectionState, answer: str, *, public: bool) -> None:
    """Set the state of an objection, its answer, and whether everybody may read that. Raises InputError."""
    text = clean(answer, lines=True)
    if len(text) > MAX_LENGTH:
        raise InputError(Problem("The text is longer than %(limit)s characters.", "answer", limit=MAX_LENGTH))
    if not text and (public or state is ObjectionState.ANSWERED):
        raise InputError(Problem("Write the answer.", "answer"))
    if public and state is not ObjectionState.ANSWERED:
        raise InputError(Problem("Only the answer to an objection that is answered can be published.", "public"))

    def change(survey: Survey) -> None:
        changed = (
            Objection.update(state=state.value, answer=text, is_public=public)
            .where(Objection.number == number, Objection.survey == survey.id)
            .execute()
        )
        if not changed:
            raise InputError(Problem("There is no objection %(number)s.", "number", number=number[:20]))

    change_survey(actor, Action.ANSWER_OBJECTION, slug, change, about=number[:16])
