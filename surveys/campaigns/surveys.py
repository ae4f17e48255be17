"""Finding surveys, and moving them from state to state. Drafts are written in draft_changes.py; the seal is in results/."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import TypeVar

from surveys.campaigns.checked import check_unchanged
from surveys.campaigns.drafts import read_draft
from surveys.campaigns.indices import SurveyId
from surveys.campaigns.models import Survey
from surveys.campaigns.plan import SurveyPlan
from surveys.campaigns.plan_file import read_plan
from surveys.campaigns.publishing import publication_faults
from surveys.campaigns.states import NEED_REASON, Move, State, StoredState, move
from surveys.campaigns.survey_file import read_grace
from surveys.inputs.problems import InputError, Problem
from surveys.inputs.text import clean
from surveys.questionnaires.editions import freeze
from surveys.storage.audit import Action
from surveys.storage.database import current
from surveys.storage.locks import Subject, survey_subject
from surveys.storage.transactions import write
from surveys.storage.unit_of_work import Actor, unit_of_work

T = TypeVar("T")

MAX_REASON = 120
_MOVE_ACTIONS = {
    Move.PUBLISH: Action.PUBLISH,
    Move.OPEN: Action.OPEN,
    Move.PAUSE: Action.PAUSE,
    Move.RESUME: Action.RESUME,
    Move.EXTEND: Action.EXTEND,
    Move.CLOSE: Action.CLOSE,
    Move.REOPEN: Action.REOPEN,
}


def find_survey(slug: str) -> Survey | None:
    """The survey with this slug, if there is one."""
    valid = len(slug) <= 40 and "\x00" not in slug
    return Survey.get_or_none(Survey.slug == slug) if valid else None


def get_survey(slug: str) -> Survey:
    """The survey with this slug. Raises InputError if there is none."""
    survey = find_survey(slug)
    if survey is None:
        raise InputError(Problem("There is no survey %(name)s.", name=slug))
    return survey


def all_surveys() -> list[Survey]:
    """All surveys, those that open last first."""
    return list(Survey.select().order_by(Survey.opens_at.desc(), Survey.id.desc()))  # type: ignore[attr-defined]


def published_plan(survey_id: SurveyId, digest: str) -> SurveyPlan:
    """The plan of a published survey, which does not change; read once for each digest and then remembered."""
    return _plan(digest, lambda: Survey.select(Survey.plan).where(Survey.id == survey_id).scalar())


def plan_of(survey: Survey) -> SurveyPlan:
    """The plan of a survey as it was read. Raises IncompleteDraftError for a draft that is none yet."""
    if survey.state == State.DRAFT:
        return read_draft(survey).require().plan
    return _plan(survey.plan_digest, lambda: survey.plan)


def _plan(digest: str, text: Callable[[], str]) -> SurveyPlan:
    return current().cached(("plan", digest), lambda: read_plan(json.loads(text())))


def stored_state(survey: Survey) -> StoredState:
    """What is stored of a survey's state."""
    return StoredState(State(survey.state), survey.opens_at, survey.closes_at, survey.late_until)


def state_of(survey: Survey, now: float | None = None) -> State:
    """The state of a survey, now or at another time."""
    return stored_state(survey).at(time.time() if now is None else now)


def is_any_open() -> bool:
    """Whether any survey takes ballots at this moment."""
    now = time.time()
    return any(
        stored_state(survey).takes_ballots(now) for survey in Survey.select().where(Survey.state == State.PUBLISHED)
    )


def late_until(survey: Survey, now: float | None = None) -> int | None:
    """Until when a closed survey takes ballots that were begun before its end; None: it does not."""
    takes = stored_state(survey).takes_late(time.time() if now is None else now)
    return survey.late_until if takes else None


def change_survey(
    actor: Actor,
    action: Action | None,
    slug: str,
    apply: Callable[[Survey], T],
    *,
    about: str | Callable[[T], str] = "",
    also: tuple[Subject, ...] = (),
    as_read: Survey | None = None,
    once: str = "",
) -> T:
    """A unit of work on one survey: `apply` gets it as it is once nobody else can change it.

    `about` is said in the audit entry behind the survey's address. `as_read` is the survey by whose plan positions of
    groups and units were found. Raises InputError if there is no such survey, or if its plan is another one by now.
    """
    survey_id = get_survey(slug).id

    def act() -> T:
        survey = Survey.get_or_none(Survey.id == survey_id)
        if survey is None or survey.slug != slug:
            raise InputError(Problem("There is no survey %(name)s.", name=slug))
        if as_read is not None and survey.plan_digest != as_read.plan_digest:
            raise InputError(Problem("The survey has changed in the meantime. Look at it again."))
        return apply(survey)

    def entry(result: T) -> str:
        detail = about if isinstance(about, str) else about(result)
        return f"{slug}: {detail}" if detail else slug

    return unit_of_work(actor, action, survey_subject(survey_id), *also, apply=act, about=entry, once=once)


def move_survey(
    actor: Actor,
    slug: str,
    act: Move,
    *,
    closes_at: int | None = None,
    grace_minutes: int | None = None,
    reason: str = "",
    checked: str | None = None,
) -> Survey:
    """Publish, open early, pause, resume, extend, close early or reopen. Publishing freezes the questionnaire as an edition.

    `closes_at` is the new end for extend and reopen, `grace_minutes` how long it takes ballots after it (None: as before).
    `reason` stands in the audit trail. `checked` is what `checked.looked_at` said of the draft that is to be published; None:
    nobody looked at it before. Raises InputError where the state does not allow it, or a reason is needed; DraftChangedError.
    """
    why = clean(reason)
    if act in NEED_REASON and not why:
        raise InputError(Problem("Say why. The reason is kept in the audit trail.", "reason"))
    if len(why) > MAX_REASON:
        raise InputError(Problem("The text is longer than %(limit)s characters.", "reason", limit=MAX_REASON))
    grace = None if grace_minutes is None else read_grace(grace_minutes)

    def change(survey: Survey) -> Survey:
        if grace is not None:
            survey.grace_minutes = grace
        now = int(time.time())
        if act is Move.PUBLISH and survey.state == State.DRAFT:
            _freeze_plan(survey, now, checked)
        after = move(stored_state(survey), act, now, closes_at=closes_at, grace_minutes=survey.grace_minutes)
        survey.state, survey.opens_at, survey.closes_at = after.state.value, after.opens_at, after.closes_at
        survey.late_until = after.late_until
        survey.save(only=[
            Survey.edition, Survey.plan, Survey.plan_digest,
            Survey.state, Survey.opens_at, Survey.closes_at, Survey.grace_minutes, Survey.late_until,
        ])  # fmt: skip
        return survey

    return change_survey(actor, _MOVE_ACTIONS[act], slug, change, about=why)


def publish_and_open(actor: Actor, slug: str, checked: str | None = None) -> Survey:
    """Publish a draft and open it at once, before its planned time if need be; both or neither.

    `checked` is as in `move_survey`. Raises InputError, DraftChangedError.
    """

    def act() -> Survey:
        survey = move_survey(actor, slug, Move.PUBLISH, checked=checked)
        return move_survey(actor, slug, Move.OPEN) if state_of(survey) is State.PUBLISHED else survey

    return write(act)


def _freeze_plan(survey: Survey, now: int, checked: str | None) -> None:
    """Copy what the draft refers to into its plan, and its questionnaire into an edition. Raises InputError."""
    draft = read_draft(survey)
    filled = draft.require()
    if checked is not None:
        check_unchanged(draft, checked)
    faults = publication_faults(filled.plan, stored_state(survey), now)
    if faults:
        raise InputError(faults)
    survey.edition = freeze(json.loads(filled.text)["questionnaire"])
    survey.plan, survey.plan_digest = filled.text, filled.digest
