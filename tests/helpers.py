"""Making surveys and ballots in tests, by the functions that staff and respondents use."""

from __future__ import annotations

import re
import time
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from surveys.admission.issuing import find_admission
from surveys.ballots.answers import read_answers
from surveys.ballots.drawing import UnitDrawer, new_token
from surveys.ballots.mix import waiting
from surveys.ballots.models import Ballot
from surveys.campaigns.models import Survey
from surveys.campaigns.states import Move
from surveys.campaigns.surveys import plan_of
from surveys.storage.transactions import write
from tests.acting import create_draft, issue_codes, mix, move_survey, submit_ballot

PASSWORD = "correct horse battery"
ZONE = "Asia/Shanghai"


def units(count: int) -> list[dict[str, Any]]:
    """Units as they stand in a survey file."""
    return [
        {"code": f"B{i:02}", "name": {"zh": f"第{i}党支部", "en": f"Branch {i}"}, "parent": "机关党总支"}
        for i in range(1, count + 1)
    ]


def survey_file(**changes: Any) -> dict[str, Any]:
    """A small complete survey file: 3 units, students by code, staff by an open link; open now."""
    now = datetime.now(ZoneInfo(ZONE)).replace(microsecond=0)
    data: dict[str, Any] = {
        "slug": "test",
        "title": {"zh": "测评", "en": "Survey"},
        "questionnaire": "public-response",
        "opens": now - timedelta(hours=1),
        "closes": now + timedelta(hours=1),
        "units": units(3),
        "groups": [
            {"code": "students", "name": {"zh": "学生", "en": "Students"}, "weight": 50, "admission": "code"},
            {"code": "staff", "name": {"zh": "教职工", "en": "Staff"}, "weight": 50, "admission": "open"},
        ],
        "rule": {"minimum": 5},
    }
    data.update(changes)
    return data


def published(**changes: Any) -> Survey:
    """A published survey."""
    return move_survey(create_draft(survey_file(**changes), ZONE).slug, Move.PUBLISH)


def closed(survey: Survey) -> Survey:
    """Close a survey."""
    return move_survey(survey.slug, Move.CLOSE)


def ended(survey: Survey, ago: int = 60, grace: int = 600) -> None:
    """Let a survey have reached its planned end so many seconds ago, with a grace of so many."""
    closes = int(time.time()) - ago
    Survey.update(closes_at=closes, late_until=closes + grace).where(Survey.id == survey.id).execute()


def all_at(plan: Any, units_rated: tuple[int, ...], level: int | list[int], group: int = 0) -> dict[str, list[str]]:
    """Form fields that give every rating one level (a position), or one for each item of a unit."""
    fields = {}
    for slot in plan.asked(group, units_rated):
        if slot.item.type == "rating":
            position = (
                level if isinstance(level, int) else level[[i.code for i in plan.rated_items].index(slot.item.code)]
            )
            fields[str(slot.index)] = [str(position)]
    return fields


def vote(
    survey: Survey, group: int = 0, level: int | list[int] = 1, own_unit: int | None = None, extra: Any = None
) -> Any:
    """Put one ballot in, past the pages. Returns its token."""
    plan = plan_of(survey)
    token = new_token(UnitDrawer(), plan, survey.id, group, own_unit)
    rated = token.units(plan.groups[group])
    answers = read_answers(plan, group, rated, {**all_at(plan, rated, level, group), **(extra or {})})
    assert not answers.problems, answers.problems
    submit_ballot(token, answers)
    return token


def one_code(app: Any, survey: Survey, group: int = 0, own_unit: int | None = None) -> str:
    """A fresh code."""
    return issue_codes(survey, app.config["CODE_KEY"], group, 1, own_unit)[0].code


def is_used(app: Any, survey: Survey, code: str) -> bool:
    """Whether a code was used."""
    admission = find_admission(survey.id, app.config["CODE_KEY"], code)
    assert admission is not None
    return bool(admission.used)


def csrf(browser: Any, page: str) -> str:
    """The CSRF token of a page."""
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', browser.get(page).text)
    assert found, f"no token on {page}"
    return found[1]


def post(browser: Any, page: str, *, form_on: str = "", follow_redirects: bool = False, **fields: Any) -> Any:
    """Post a form with the token of the page it stands on."""
    data = {"csrf_token": csrf(browser, form_on or page), **fields}
    return browser.post(page, data=data, follow_redirects=follow_redirects)


def hand_out(browser: Any, slug: str, code: str, **headers: str) -> Any:
    """Ask for the questionnaire with a code."""
    return browser.post(f"/s/{slug}/ballot", data={"code": code}, headers=headers)


def token_of(page: str) -> str:
    """The ballot token in a questionnaire page."""
    return re.search(r'name="token" value="([^"]+)"', page)[1]  # type: ignore[index]


def fill_page(page: str, value: str = "1") -> dict[str, str]:
    """What a browser would send after choosing one answer everywhere."""
    names = dict.fromkeys(re.findall(r'type="radio" name="(\d+)"', page))
    return {**dict.fromkeys(names, value), "token": token_of(page)}


def wait_until(check: Any, seconds: float = 20) -> None:
    """Wait for something to become true."""
    end = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


def ballots_stored() -> int:
    """How many ballots were received and stored, after the mix was flushed."""
    flush_mix()
    return int(Ballot.select().count())


def flush_mix() -> None:
    """Move everything in the mix on, as the seal does."""

    def act() -> None:
        mix().flush_kinds([kind for kind, _count in waiting()])

    write(act)
