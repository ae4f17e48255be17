"""A sealed survey with an evaluation, and what committee members do with it."""

from __future__ import annotations

from typing import Any

from surveys.accounts.models import Role
from surveys.campaigns.models import Survey
from surveys.campaigns.surveys import get_survey
from surveys.results.evaluation.entries import begin_evaluation, save_points
from surveys.results.evaluation.overview import Overview, overview_of
from surveys.results.evaluation.scheme import preset
from surveys.storage.unit_of_work import Actor
from tests.acting import create_account, seal
from tests.helpers import PASSWORD, closed, published, vote

TESTER = Actor("tester")


def sealed(**changes: Any) -> Survey:
    """A sealed survey of three units; the first item of the second and third is rated lower."""
    survey = published(**{"rule": {"minimum": 3}, **changes})
    for _ in range(6):
        vote(survey)
    closed(survey)
    seal(survey.slug)
    return get_survey(survey.slug)


def begun(scheme: Any = "by_source", **changes: Any) -> Survey:
    """The same with an evaluation by a preset or by a scheme of its own."""
    survey = sealed(**changes)
    begin_evaluation(TESTER, survey.slug, preset(scheme) if isinstance(scheme, str) else scheme)
    return survey


def now(survey: Survey) -> Overview:
    """The evaluation as it stands."""
    return overview_of(survey)


def save_unit(actor: Actor, slug: str, unit: int, typed: Any, reason: str, revision: int | None = None) -> int:
    """Store the points of one unit."""
    return save_points(actor, slug, {(unit, column): text for column, text in typed.items()}, reason, revision)


def type_points(survey: Survey, *points: str, reason: str = "档案", actor: Actor = TESTER) -> None:
    """Give every open cell of each unit the same points."""
    for unit, text in enumerate(points):
        save_unit(actor, survey.slug, unit, dict.fromkeys(now(survey).scheme.columns, text), reason)


def member(name: str, role: Role = Role.COMMITTEE) -> str:
    """An account."""
    return create_account(name, PASSWORD, role).name
