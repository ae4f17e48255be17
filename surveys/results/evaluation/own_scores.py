"""Own scores: a link for each unit, on which it types its points without an account, until a date."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Mapping
from enum import StrEnum

from surveys.campaigns.indices import UnitIndex
from surveys.campaigns.models import Survey
from surveys.campaigns.surveys import get_survey, plan_of
from surveys.inputs.problems import Faults, InputError, Problem
from surveys.inputs.translations import message_id
from surveys.results.evaluation.entries import Typed, change_points, check_unsigned, read_points, read_reason, store
from surveys.results.evaluation.models import Evaluation, EvaluationEntry, EvaluationLink
from surveys.results.evaluation.overview import column_of, find_evaluation, get_evaluation, links_of, scheme_of
from surveys.scoring.composite import Column, Criterion, Scheme
from surveys.storage.audit import Action
from surveys.storage.transactions import write
from surveys.storage.unit_of_work import Actor

NO_LINK = message_id("This link has been revoked or never was.")
TAKEN_OVER = message_id("The committee has entered these points. Ask the committee if they have to change.")


class LinkState(StrEnum):
    """How far a unit is with its own score. The values are message ids of the catalogues."""

    NONE = message_id("no link")
    NOT_OPENED = message_id("not opened")
    OPENED = message_id("opened")
    HANDED_IN = message_id("handed in")
    LATE = message_id("late")


def own_columns(scheme: Scheme) -> list[tuple[Column, Criterion]]:
    """What units fill in themselves, with the criterion of each."""
    return [
        (Column(criterion.code, source.code), criterion)
        for criterion, source in scheme.cells if source.kind == "own"
    ]  # fmt: skip


def link_state(link: EvaluationLink | None, until: int | None, now: float) -> LinkState:
    """The state of a unit's link."""
    if link is not None and link.handed_in_at is not None:
        return LinkState.HANDED_IN
    if link is None or link.link_hash is None:
        return LinkState.NONE
    if until is not None and now > until:
        return LinkState.LATE
    return LinkState.OPENED if link.opened else LinkState.NOT_OPENED


def set_deadline(actor: Actor, slug: str, until: int) -> None:
    """Say until when units may hand in. Raises InputError."""

    def act(survey: Survey) -> None:
        Evaluation.update(own_until=until).where(Evaluation.survey == survey.id).execute()

    change_points(actor, Action.SET_SCORE_DEADLINE, slug, act)


def make_links(actor: Actor, slug: str, units: list[UnitIndex]) -> dict[UnitIndex, str]:
    """The tokens of new links for units; earlier links of these end. They are shown once. Raises InputError."""
    tokens = {unit: secrets.token_urlsafe(24) for unit in units}

    def act(survey: Survey) -> None:
        stored = get_evaluation(survey)
        if not own_columns(scheme_of(stored)):
            raise InputError(Problem("No unit hands in an own score by this scheme."))
        if stored.own_until is None:
            raise InputError(Problem("Say first until when own scores can be handed in."))
        known = links_of(survey.id)
        for unit, token in tokens.items():
            if unit in known:
                _update(survey, unit, link_hash=_hash(token), opened=False)
            else:
                EvaluationLink.insert(survey_id=survey.id, unit=unit, link_hash=_hash(token)).execute()

    codes = ", ".join(plan_of(get_survey(slug)).units[unit].code for unit in units)
    change_points(actor, Action.MAKE_SCORE_LINKS, slug, act, about=codes)
    return tokens


def revoke_link(actor: Actor, slug: str, unit: UnitIndex) -> None:
    """End the link of a unit. Raises InputError."""

    def act(survey: Survey) -> None:
        if unit not in links_of(survey.id):
            raise InputError(Problem(NO_LINK))
        _update(survey, unit, link_hash=None)

    change_points(actor, Action.REVOKE_SCORE_LINK, slug, act, about=plan_of(get_survey(slug)).units[unit].code)


def find_by_link(token: str) -> EvaluationLink | None:
    """The link that a token is of; None where it was revoked or never was."""
    return EvaluationLink.get_or_none(EvaluationLink.link_hash == _hash(token))


def note_opened(link: EvaluationLink) -> None:
    """Remember that somebody looked at a link."""
    if not link.opened:
        table = EvaluationLink
        here = (table.survey_id == link.survey_id, table.unit == link.unit, table.link_hash == link.link_hash)
        write(lambda: table.update(opened=True).where(*here).execute())


def may_hand_in(stored: Evaluation, now: float) -> bool:
    """Whether own scores are taken."""
    return not stored.digest and stored.own_until is not None and now <= stored.own_until


def link_actor(code: str) -> Actor:
    """Who hands in by the link of a unit, as the history and the audit trail name it."""
    return Actor(f"link of unit {code}"[:60])


def is_taken_over(survey: Survey, unit: UnitIndex) -> bool:
    """Whether the committee has entered or corrected own points of a unit: then the link changes them no more."""
    code, table = plan_of(survey).units[unit].code, EvaluationEntry
    own = {column for column, _ in own_columns(scheme_of(get_evaluation(survey)))}
    rows = table.select().where(table.survey_id == survey.id, table.unit == unit)
    return any(column_of(row) in own and row.changed_by != link_actor(code).name for row in rows)


def hand_in(token: str, points: Mapping[str, str], reasons: Mapping[str, str]) -> None:
    """Store what a unit types by its link, all of it: points and a reason by code of the criterion. Raises InputError."""
    link = find_by_link(token)
    if link is None:
        raise InputError(Problem(NO_LINK))
    survey = Survey.get_by_id(link.survey_id)
    stored, faults = find_evaluation(survey.id), Faults()
    if stored is None:
        raise InputError(Problem(NO_LINK))
    scheme, found = scheme_of(stored), []
    for column, criterion in own_columns(scheme):
        place = criterion.name["zh"]
        typed = faults.take(
            lambda column=column, place=place: read_points(scheme, column, points.get(column.criterion, ""), place)  # type: ignore[misc]
        )
        reason = read_reason(faults, reasons.get(criterion.code, ""), place)
        if typed is None and not faults.problems:
            faults.note("The points are missing.", place)
        if not reason:
            faults.note("Say briefly what the points rest on.", place)
        found.append(Typed(link.unit, column, typed, reason))
    faults.check()
    code = plan_of(survey).units[link.unit].code

    def act(survey: Survey) -> None:
        now, here = find_by_link(token), get_evaluation(survey)
        if now is None:
            raise InputError(Problem(NO_LINK))
        check_unsigned(here)
        if not may_hand_in(here, time.time()):
            raise InputError(Problem("The time for own scores is over. Ask the committee."))
        if is_taken_over(survey, link.unit):
            raise InputError(Problem(TAKEN_OVER))
        store(link_actor(code), survey, found)
        _update(survey, link.unit, opened=True, handed_in_at=int(time.time()))

    change_points(link_actor(code), Action.HAND_IN_SCORE, survey.slug, act, about=code)


def _update(survey: Survey, unit: UnitIndex, **values: object) -> None:
    table = EvaluationLink
    table.update(**values).where(table.survey_id == survey.id, table.unit == unit).execute()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
