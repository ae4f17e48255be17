"""The trial run of a draft: as respondents will see it, marked on every page, and nothing is stored."""

import re
import time

import pytest

from surveys.admission.models import Admission
from surveys.campaigns.draft_changes import delete_draft, update_draft
from surveys.campaigns.models import Survey
from surveys.campaigns.states import Move
from tests.acting import TESTER, create_draft, move_survey
from tests.helpers import ZONE, ballots_stored, fill_page, survey_file

MARK = "what is sent from here is not counted"


@pytest.fixture
def link(staff):
    create_draft(survey_file(), ZONE)
    page = staff("publisher").get("/staff/surveys/test/draft/check").text
    return re.search(r'href="[^"]*(/s/-/trial/[^"]+)"', page)[1]


@pytest.fixture
def phone(app):
    return app.test_client()


def groups(phone, link):
    return re.findall(rf'href="({link}/[^"]+)"', phone.get(link).text)


def test_every_page_of_it_is_marked_and_nothing_is_stored(phone, link):
    assert MARK in phone.get(f"{link}?lang=en").text
    for address in groups(phone, link):
        page = phone.get(f"{address}?lang=en").text
        assert MARK in page
        sent = phone.post(address, data={**fill_page(page), "lang": "en"})
        assert sent.status_code == 200
        assert MARK in sent.text
        assert "would have been received" in sent.text
    assert ballots_stored() == 0
    assert not Admission.select().exists()
    assert phone.get_cookie("session") is None


def test_answers_are_checked_as_real_ones_are(phone, link):
    address = groups(phone, link)[0]
    page = phone.get(address).text
    wrong = phone.post(address, data={**fill_page(page, "77"), "lang": "en"})
    assert wrong.status_code == 422
    assert MARK in wrong.text


def test_the_page_does_not_keep_a_draft_on_the_phone(phone, link):
    assert "/js/sending." not in phone.get(groups(phone, link)[0]).text


def test_a_trial_ends_with_the_publication(phone, link):
    address = groups(phone, link)[0]
    move_survey("test", Move.PUBLISH)
    assert phone.get(link).status_code == 404
    assert phone.post(address, data={"token": "trial"}).status_code == 404


def test_a_link_that_was_changed_or_is_too_old_opens_nothing(phone, link, monkeypatch):
    survey_id, day, mac = link.rpartition("/")[2].split("-")
    for token in (
        f"{int(survey_id) + 1}-{day}-{mac}",
        f"{survey_id}-{int(day) + 1}-{mac}",
        f"{survey_id}-{day}-{mac[::-1]}",
        "x",
    ):
        assert phone.get(f"/s/-/trial/{token}").status_code == 404
    now = time.time()
    monkeypatch.setattr("surveys.web.trial_links.time.time", lambda: now + 15 * 86400)
    assert phone.get(link).status_code == 404


def test_the_link_of_a_removed_draft_does_not_open_the_next_one(phone, link):
    delete_draft(TESTER, "test")
    create_draft(survey_file(title={"zh": "另一份草稿"}), ZONE)
    assert phone.get(link).status_code == 404


def test_the_link_stays_while_the_draft_is_saved(phone, link):
    draft = Survey.get()
    update_draft(TESTER, "test", draft.revision, survey_file(title={"zh": "改过的标题"}), ZONE)
    assert "改过的标题" in phone.get(link).text


def test_an_incomplete_draft_has_no_trial(phone, link):
    Survey.update(plan='{"slug": "test"}').execute()
    assert phone.get(link).status_code == 404
