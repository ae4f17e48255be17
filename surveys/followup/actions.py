"""Actions (整改事项): what units are to do about remarks and low figures, until when, and what they answer in public."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from surveys.campaigns.indices import SurveyId, UnitIndex
from surveys.campaigns.models import Survey
from surveys.campaigns.surveys import change_survey, get_survey, plan_of
from surveys.followup.action_states import BY_OWNER, WAITING, ActionState, move_action
from surveys.followup.low_figures import low_figures, low_sentence
from surveys.followup.models import ActionItem, UnitReview
from surveys.inputs.addresses import read_address
from surveys.inputs.problems import Faults, InputError, Problem
from surveys.inputs.text import clean
from surveys.inputs.translations import Gettext
from surveys.results.models import stored_result
from surveys.results.report import report_of
from surveys.storage.audit import Action
from surveys.storage.unit_of_work import Actor

MAX_BODY, MAX_ANSWER, MAX_REASON, MAX_PERSON = 1000, 2000, 200, 60


@dataclass(frozen=True)
class ActionFields:
    """What the office writes of an action; `due_on` as 2026-12-31."""

    body: str
    due_on: str
    person: str = ""
    email: str = ""


@dataclass(frozen=True)
class ActionAnswer:
    """What a unit, or the office for it, says about an action."""

    state: str = ""
    reason: str = ""
    evidence: str = ""
    answer: str = ""


def actions_of(survey_id: SurveyId) -> list[ActionItem]:
    """The actions of a survey, those that are due first in front."""
    rows = ActionItem.select().where(ActionItem.survey_id == survey_id)
    return list(rows.order_by(ActionItem.due_on, ActionItem.id))


def is_overdue(action: ActionItem, today: date) -> bool:
    """Whether its day is over and something is still to be done."""
    return ActionState(action.state) in WAITING and str(action.due_on) < today.isoformat()


def answered_actions(survey_id: SurveyId, *, with_figures: bool) -> list[ActionItem]:
    """What may be told in public: the checked actions with a public answer, by unit. An answer that nobody checked is not among them.

    `with_figures`: also those that came of a low figure, and say it.
    """
    told = [
        action
        for action in actions_of(survey_id)
        if action.state == ActionState.CHECKED and action.answer and (with_figures or not action.item)
    ]
    return sorted(told, key=lambda action: action.unit)


def add_action(actor: Actor, slug: str, unit: UnitIndex, fields: ActionFields, *, once: str = "") -> ActionItem:
    """Add an action of a sealed survey for a unit. Raises InputError with all faults."""
    values = _read_fields(fields)

    def act(survey: Survey) -> ActionItem:
        stored_result(survey)
        return ActionItem.create(survey_id=survey.id, unit=unit, **values)

    return change_survey(actor, Action.ADD_ACTIONS, slug, act, about=lambda action: f"no. {action.id}", once=once)


def add_low_figures(actor: Actor, slug: str, due_on: str, language: str, gettext: Gettext) -> int:
    """Add an action for each low figure of a unit that has none yet, in a language; how many. Raises InputError."""
    day = _read_day(due_on)

    def act(survey: Survey) -> int:
        report = report_of(plan_of(survey), stored_result(survey))
        known = {(action.unit, action.item) for action in actions_of(survey.id)}
        new = [low for low in low_figures(report) if (low.unit, low.code) not in known]
        for low in new:
            body = low_sentence(report, low, language, gettext)[:MAX_BODY]
            ActionItem.create(survey_id=survey.id, unit=low.unit, item=low.code, body=body, due_on=day)
        return len(new)

    return change_survey(actor, Action.ADD_ACTIONS, slug, act, about=str)


def change_action(actor: Actor, slug: str, number: int, fields: ActionFields) -> None:
    """Change what an action says. Raises InputError with all faults."""
    values = _read_fields(fields)
    _change(actor, Action.CHANGE_ACTION, slug, number, lambda action: _save(action, **values))


def answer_action(actor: Actor, slug: str, number: int, answer: ActionAnswer) -> None:
    """Write evidence and public answer, and move the action to another state where one is named. Raises InputError."""
    _change(actor, Action.MOVE_ACTION, slug, number, lambda action: _answer(action, answer))


def new_token() -> str:
    """The token of a link that does not hold yet."""
    return secrets.token_urlsafe(24)


def make_link(actor: Actor, slug: str, number: int, token: str = "") -> str:
    """The token of a link by which a unit answers without an account; an earlier one of the action ends. Raises InputError.

    `token` is one that was made before.
    """
    token = token or new_token()
    _change(actor, Action.MAKE_ACTION_LINK, slug, number, lambda action: _save(action, link_hash=_hash(token)))
    return token


def revoke_link(actor: Actor, slug: str, number: int) -> None:
    """End the link of an action. Raises InputError."""
    _change(actor, Action.REVOKE_ACTION_LINK, slug, number, lambda action: _save(action, link_hash=None))


def find_by_link(token: str) -> ActionItem | None:
    """The action that a link is for; None where it was revoked or never was."""
    return ActionItem.get_or_none(ActionItem.link_hash == _hash(token))


def answer_by_link(token: str, answer: ActionAnswer) -> None:
    """What the unit says by its link. It checks nothing itself: that is the committee's. Raises InputError."""
    action = find_by_link(token)
    if action is None:
        raise InputError(Problem("This link has been revoked or never was."))
    if answer.state and answer.state not in BY_OWNER:
        raise InputError(Problem("Only the office can do this."))
    slug = Survey.get_by_id(action.survey_id).slug

    def act(now: ActionItem) -> None:
        if now.link_hash != _hash(token):
            raise InputError(Problem("This link has been revoked or never was."))
        if ActionState(now.state) is ActionState.CHECKED:
            raise InputError(Problem("The action is checked already. Ask the office if something has to change."))
        _answer(now, answer)

    _change(Actor(f"link of action {action.id}"), Action.ANSWER_ACTION, slug, action.id, act)


def review_unit(actor: Actor, slug: str, unit: UnitIndex, achievements: str, problems: str, direction: str) -> None:
    """Write what the supervision says of a unit: 肯定成绩, 查找问题, 明确努力方向. Raises InputError."""
    texts = {"achievements": achievements, "problems": problems, "direction": direction}
    faults = Faults()
    values = {name: _text(faults, name, text, MAX_ANSWER) for name, text in texts.items()}
    faults.check()

    def act(survey: Survey) -> None:
        stored_result(survey)
        UnitReview.insert(survey_id=survey.id, unit=unit, **values).on_conflict(
            conflict_target=[UnitReview.survey_id, UnitReview.unit], update=values
        ).execute()

    code = plan_of(get_survey(slug)).units[unit].code
    change_survey(actor, Action.REVIEW_UNIT, slug, act, about=code)


def reviews_of(survey_id: SurveyId) -> dict[UnitIndex, UnitReview]:
    """What was written of units, by their positions."""
    return {row.unit: row for row in UnitReview.select().where(UnitReview.survey_id == survey_id)}


def _change(actor: Actor, action: Action, slug: str, number: int, act: Callable[[ActionItem], Any]) -> None:
    def change(survey: Survey) -> None:
        row = ActionItem.get_or_none(ActionItem.survey_id == survey.id, ActionItem.id == number)
        if row is None:
            raise InputError(Problem("There is no action %(number)s in this survey.", number=number))
        act(row)

    change_survey(actor, action, slug, change, about=f"no. {number}")


def _save(action: ActionItem, **values: Any) -> None:
    ActionItem.update(**values).where(ActionItem.id == action.id).execute()


def _answer(action: ActionItem, answer: ActionAnswer) -> None:
    faults = Faults()
    values: dict[str, Any] = {
        "reason": _text(faults, "reason", answer.reason, MAX_REASON),
        "evidence": _text(faults, "evidence", answer.evidence, MAX_ANSWER),
        "answer": _text(faults, "answer", answer.answer, MAX_ANSWER),
    }
    if answer.state and answer.state not in list(ActionState):
        faults.note("There is no state %(name)s.", "state", name=answer.state[:20])
    elif answer.state and answer.state != action.state:
        values["state"] = faults.take(
            lambda: (
                move_action(
                    ActionState(action.state),
                    ActionState(answer.state),
                    reason=values["reason"],
                    evidence=values["evidence"],
                ).value
            )
        )
    faults.check()
    _save(action, **values)


def _read_fields(fields: ActionFields) -> dict[str, str]:
    faults = Faults()
    body = _text(faults, "body", fields.body, MAX_BODY)
    if not body:
        faults.note("Say what is to be done.", "body")
    email = clean(fields.email)
    if email and read_address(email) is None:
        faults.note("This is no e-mail address: %(given)s", "email", given=email[:60])
    values = {
        "body": body,
        "due_on": faults.take(lambda: _read_day(fields.due_on)),
        "person": _text(faults, "person", fields.person, MAX_PERSON),
        "email": email,
    }
    faults.check()
    return values


def _read_day(text: str) -> str:
    try:
        return date.fromisoformat(clean(text)).isoformat()
    except ValueError:
        raise InputError(
            Problem("Write the day as 2026-12-31, not %(given)s.", "due_on", given=text[:20] or "—")
        ) from None


def _text(faults: Faults, where: str, text: str, limit: int) -> str:
    value = clean(text, lines=True)
    if len(value) > limit:
        faults.note("The text is longer than %(limit)s characters.", where, limit=limit)
    return value


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
