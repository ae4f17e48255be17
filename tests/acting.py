"""What staff and respondents do, done by the tests: the functions of the domain with an actor and the running mix."""

from __future__ import annotations

from typing import Any

from flask import Flask

from surveys.accounts import links
from surveys.accounts import operations as accounts
from surveys.accounts.models import Account, Role
from surveys.admission import issuing, roster_changes
from surveys.admission.issuing import IssuedCode
from surveys.admission.roster_changes import RosterImport
from surveys.ballots import importing, submission
from surveys.ballots.mix import Mix
from surveys.ballots.submission import Outcome
from surveys.campaigns import draft_changes, surveys
from surveys.campaigns.models import Survey
from surveys.campaigns.states import Move
from surveys.campaigns.surveys import get_survey
from surveys.questionnaires import library
from surveys.results import roster_retention, sealing
from surveys.results.models import StoredResult
from surveys.storage.unit_of_work import Actor
from surveys.units import changes
from surveys.units.changes import UnitImport

TESTER = Actor("tester")
_running: list[Flask] = []


def use(app: Flask) -> Flask:
    """Act in this application from now on."""
    _running[:] = [app]
    return app


def close_running() -> None:
    """Close the database of the running application, so that another one may be opened."""
    for app in _running:
        app.extensions["database"].close()
    _running.clear()


def mix() -> Mix:
    """The mix of the running application."""
    return _running[0].extensions["mix"]


def create_draft(data: Any, timezone: str) -> Survey:
    return draft_changes.create_draft(TESTER, data, timezone)


def replace_draft(data: Any, timezone: str) -> Survey:
    return draft_changes.replace_draft(TESTER, data, timezone)


def move_survey(slug: str, act: Move, **more: Any) -> Survey:
    return surveys.move_survey(TESTER, slug, act, **{"reason": "a reason", **more})


def seal(slug: str, progress: Any = None) -> StoredResult:
    return sealing.seal(TESTER, mix(), slug, progress)


def submit_ballot(token: Any, answers: Any, **more: Any) -> Outcome:
    return submission.submit_ballot(mix(), token, answers, **more)


def issue_codes(survey: Survey, key: bytes, group: int, count: int, own_unit: int | None = None) -> list[IssuedCode]:
    return issuing.issue_codes(TESTER, survey, key, group, count, (own_unit,))


def store_roster(slug: str, key: bytes, rows: Any, **more: Any) -> RosterImport:
    return roster_changes.store_roster(TESTER, get_survey(slug), key, rows, **more)


def remove_persons(slug: str, numbers: Any) -> int:
    return roster_changes.remove_persons(TESTER, slug, numbers)


def mark_on_paper(slug: str, numbers: Any, **more: Any) -> int:
    return roster_changes.mark_on_paper(TESTER, slug, numbers, **more)


def erase_roster(slug: str) -> int:
    return roster_changes.erase_roster(TESTER, slug)


def erase_due_rosters(days: int, now: float | None = None) -> int:
    return roster_retention.erase_due_rosters(TESTER, days, now)


def import_ballots(slug: str, name: str, data: bytes, progress: Any = None) -> int:
    return importing.import_ballots(TESTER, slug, name, data, progress).ballots


def create_account(name: str, password: str, role: Role) -> Account:
    return accounts.create_account(TESTER, name, password, role)


def invite(role: Role) -> str:
    return links.invite(TESTER, role)


def set_active(account_id: int, active: bool) -> Account:
    return accounts.set_active(TESTER, account_id, active)


def store_units(rows: Any) -> UnitImport:
    return changes.store_units(TESTER, rows)


def delete_unit(code: str) -> None:
    changes.delete_unit(TESTER, code)


def save_questionnaire(definition: Any) -> Any:
    return library.save_questionnaire(TESTER, definition)
