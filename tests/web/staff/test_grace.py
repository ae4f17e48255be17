"""How long after the planned end late ballots are taken: set, shown, and waited for by the seal."""

from __future__ import annotations

import re

import pytest

from surveys.campaigns.models import Survey
from surveys.campaigns.surveys import create_draft as store
from surveys.inputs.problems import InputError
from surveys.units.importing import UnitRow
from tests.acting import TESTER, store_units
from tests.helpers import ZONE, csrf, ended, post, published, survey_file
from tests.web.staff import test_surveys


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


def test_the_form_of_a_draft_sets_it(app, staff):
    store_units([UnitRow(f"B{i:02}", f"{i}支部", "", "branch", "") for i in (1, 2, 3)])
    browser = staff("publisher")
    assert re.search(r'name="grace_minutes"[^>]*value="10"', browser.get("/staff/surveys/new").text)
    fields = test_surveys.TestPages().fields(grace_minutes="1441")
    refused = post(browser, "/staff/surveys/new", **fields)
    assert (refused.status_code, 'value="1441"' in refused.text) == (200, True)
    assert post(browser, "/staff/surveys/new", **{**fields, "grace_minutes": "0"}).status_code == 302
    survey = Survey.get()
    assert (survey.grace_minutes, survey.late_until) == (0, survey.closes_at)
    assert re.search(r'name="grace_minutes"[^>]*value="0"', browser.get(f"/staff/surveys/{survey.slug}/edit").text)


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
        post(browser, page, form_on="/staff/surveys/test/", closes="2036-12-10T22:00", grace_minutes=wrong)
        assert Survey.get().grace_minutes == 20
    post(browser, page, form_on="/staff/surveys/test/", closes="2036-12-10T22:00", grace_minutes="5")
    survey = Survey.get()
    assert (survey.grace_minutes, survey.late_until) == (5, survey.closes_at + 300)
