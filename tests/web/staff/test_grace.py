"""How long after the planned end late ballots are taken: set, shown, and waited for by the seal."""

from __future__ import annotations

import re

import pytest

from surveys.campaigns.draft_changes import create_draft as store
from surveys.campaigns.models import Survey
from surveys.inputs.problems import InputError
from tests.acting import TESTER
from tests.helpers import ZONE, csrf, ended, post, published, survey_file
from tests.web.staff.steps import save_step, step_fields


@pytest.mark.parametrize("minutes", [-1, 1441, 2.5, "10", True, None])
def test_a_grace_that_is_none_is_named(app, minutes):
    with pytest.raises(InputError, match="from 0 to 1440") as caught:
        store(TESTER, survey_file(grace_minutes=minutes), ZONE)
    assert caught.value.problems[0].where == "grace_minutes"


def test_a_survey_file_sets_it_and_says_it_again(app, staff):
    assert published(slug="usual").grace_minutes == 10
    survey = published(grace_minutes=45)
    assert (survey.grace_minutes, survey.late_until) == (45, survey.closes_at + 45 * 60)
    assert staff("publisher").get("/staff/surveys/test/file").json["grace_minutes"] == 45
    assert "grace_minutes" not in survey.plan


def test_the_step_of_a_draft_sets_it(app, staff):
    browser = staff("publisher")
    survey = store(TESTER, survey_file(), ZONE)
    page = "/staff/surveys/test/draft/window"
    assert step_fields(browser.get(page).text)["grace_minutes"] == "10"
    refused = save_step(browser, "test", "window", grace_minutes="1441")
    assert (refused.status_code, 'value="1441"' in refused.text) == (200, True)
    assert save_step(browser, "test", "window", grace_minutes="0").status_code == 302
    survey = Survey.get()
    assert (survey.grace_minutes, survey.late_until) == (0, survey.closes_at)
    assert step_fields(browser.get(page).text)["grace_minutes"] == "0"


def test_while_late_ballots_are_taken_the_pages_say_until_when_and_the_seal_waits(app, staff):
    browser = staff("publisher")
    survey = published()
    ended(survey)
    shown = browser.get("/staff/surveys/test/?lang=en").text
    assert "Ballots that were begun before the end are taken until" in shown
    assert "/staff/surveys/test/seal" not in shown
    assert "late ballots until" in browser.get("/staff/").text
    page = "/staff/surveys/test/seal"
    assert 'id="sure"' not in browser.get(page).text
    form = {"csrf_token": csrf(browser, "/staff/surveys/test/"), "sure": "y"}
    refused = browser.post(page, data=form, follow_redirects=True).text
    assert "The survey can be sealed after that." in refused
    assert Survey.get().state == "published"
    ended(survey, ago=601, grace=600)
    assert "taken until" not in browser.get("/staff/surveys/test/").text
    browser.post(page, data={**form, "aware": "y"})
    assert Survey.get().state == "sealed"


def test_it_can_be_changed_when_a_survey_is_opened_again(app, staff):
    browser = staff("publisher")
    ended(published(grace_minutes=20))
    assert re.search(r'name="grace_minutes"[^>]*value="20"', browser.get("/staff/surveys/test/").text)
    page = "/staff/surveys/test/move/reopen"
    for wrong in ("1441", "ten", "-5", "9" * 5000):
        post(
            browser, page, form_on="/staff/surveys/test/", closes="2036-12-10T22:00", grace_minutes=wrong, reason="补测"
        )
        assert Survey.get().grace_minutes == 20
    post(browser, page, form_on="/staff/surveys/test/", closes="2036-12-10T22:00", grace_minutes="5", reason="补测")
    survey = Survey.get()
    assert (survey.grace_minutes, survey.late_until) == (5, survey.closes_at + 300)
