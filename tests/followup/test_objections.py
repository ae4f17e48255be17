"""Objections to a bulletin: who may object and when, what is kept, and what everybody reads of the answers."""

from __future__ import annotations

import re
import time
from datetime import date, timedelta

import pytest

from surveys.followup.bulletin import MAX_DAYS, Part, publish_bulletin, withdraw_bulletin
from surveys.followup.models import Bulletin, Objection
from surveys.followup.objections import MAX_LENGTH, ObjectionState, answer_objection, object_to
from surveys.inputs.problems import InputError
from surveys.storage.audit import Action, AuditEntry
from surveys.web.throttle import OBJECTIONS
from tests.acting import TESTER
from tests.helpers import ZONE, post, published
from tests.results.test_what_committees_sign import sealed

FORM, STAFF = "/s/test/objection", "/staff/surveys/test/objections/"
TEXT = "第2支部的得分有误\n请复核"


@pytest.fixture
def survey(any_app):
    survey = sealed()
    publish_bulletin(TESTER, "test", [Part.RANKING], 7)
    return survey


def send(app, text=TEXT):
    return app.test_client().post(FORM, data={"body": text, "lang": "zh"})


class TestSending:
    def test_it_is_kept_under_a_number_that_the_page_shows(self, any_app, survey):
        answer = send(any_app)
        kept = Objection.get()
        assert kept.number in answer.text
        assert (kept.body, kept.state, kept.is_public) == (TEXT, "received", False)
        assert "Set-Cookie" not in answer.headers

    def test_only_the_day_is_kept_and_nothing_of_the_sender(self, any_app, survey):
        send(any_app)
        fields = {name: value for name, value in Objection.get().__data__.items() if name != "body"}
        days = {f"{date.today() + timedelta(days=n)}" for n in (0, 1)}
        assert set(fields) == {"number", "survey", "received_on", "state", "answer", "is_public"}
        assert fields["received_on"] in days

    def test_sent_twice_it_is_one(self, any_app, survey):
        first, second = send(any_app), send(any_app)
        number = Objection.get().number
        assert number in first.text
        assert number in second.text
        assert Objection.select().count() == 1

    def test_the_bulletin_leads_to_it_while_the_days_run(self, any_app, survey):
        browser = any_app.test_client()
        assert f'href="{FORM}"' in browser.get("/s/test/bulletin").text
        Bulletin.update(objections_until=int(time.time()) - 1).execute()
        assert f'href="{FORM}"' not in browser.get("/s/test/bulletin").text

    def test_after_the_notice_period_and_after_a_withdrawal_none_is_taken(self, any_app, survey):
        withdraw_bulletin(TESTER, "test", "a mistake")
        assert send(any_app).status_code == 422
        publish_bulletin(TESTER, "test", [Part.RANKING], 1)
        Bulletin.update(objections_until=int(time.time()) - 1).execute()
        answer = send(any_app)
        assert (answer.status_code, "公示期已过" in answer.text) == (422, True)
        assert Objection.select().count() == 0

    def test_without_a_bulletin_or_days_none_is_taken(self, any_app):
        sealed()
        assert send(any_app).status_code == 404
        publish_bulletin(TESTER, "test", [Part.RANKING])
        assert send(any_app).status_code == 422
        assert Objection.select().count() == 0

    @pytest.mark.parametrize("text", ["", " \n ", "长" * (MAX_LENGTH + 1)])
    def test_what_cannot_be_taken_stays_in_the_form(self, any_app, survey, text):
        answer = send(any_app, text)
        assert answer.status_code == 422
        assert text.strip() in answer.text
        assert Objection.select().count() == 0

    def test_many_of_one_sender_are_refused(self, any_app, survey):
        codes = [send(any_app, f"{TEXT} {number}").status_code for number in range(OBJECTIONS + 2)]
        assert codes == [200] * OBJECTIONS + [429] * 2

    def test_a_page_in_a_text_is_shown_as_text(self, staff, app):
        sealed()
        publish_bulletin(TESTER, "test", [Part.RANKING], 7)
        send(app, "<script>alert(1)</script>")
        assert "<script>alert" not in staff("committee").get(STAFF).text


class TestAnswering:
    def test_only_a_published_answer_is_read_by_everybody_and_never_the_objection(self, any_app, survey):
        number = object_to(survey.id, TEXT, ZONE)
        browser = any_app.test_client()
        for state, public, shown in (
            (ObjectionState.REVIEW, False, False),
            (ObjectionState.ANSWERED, False, False),
            (ObjectionState.ANSWERED, True, True),
        ):
            answer_objection(TESTER, "test", number, state, "已经复核", public=public)
            page = browser.get("/s/test/bulletin").text
            assert ("已经复核" in page, number in page) == (shown, shown)
            assert "得分有误" not in page
        withdraw_bulletin(TESTER, "test", "a mistake")
        assert "已经复核" not in browser.get("/s/test/bulletin").text

    def test_an_answer_needs_words_and_its_own_survey(self, any_app, survey):
        number = object_to(survey.id, TEXT, ZONE)
        sealed(slug="other")
        for slug, of, state, text, public in (
            ("test", number, ObjectionState.ANSWERED, " ", False),
            ("test", number, ObjectionState.REVIEW, "words", True),
            ("test", number, ObjectionState.ANSWERED, "长" * (MAX_LENGTH + 1), False),
            ("test", "0000", ObjectionState.ANSWERED, "words", False),
            ("other", number, ObjectionState.ANSWERED, "words", False),
        ):
            with pytest.raises(InputError):
                answer_objection(TESTER, slug, of, state, text, public=public)
        assert Objection.get().state == "received"
        assert AuditEntry.select().where(AuditEntry.action == Action.ANSWER_OBJECTION.value).count() == 0

    def test_the_committee_answers_on_its_page(self, staff, app):
        survey = sealed()
        publish_bulletin(TESTER, "test", [Part.RANKING], 7)
        number = object_to(survey.id, TEXT, ZONE)
        browser = staff("committee")
        assert "得分有误" in browser.get(STAFF).text
        refused = post(browser, STAFF, number=number, state="answered", answer="", public="on")
        assert refused.status_code == 422
        assert re.search(r'name="public"[^>]*checked', refused.text), "what was chosen stays"
        post(browser, STAFF, number=number, state="answered", answer="已经复核", public="on")
        kept = Objection.get()
        assert (kept.state, kept.answer, kept.is_public) == ("answered", "已经复核", True)
        entry = AuditEntry.select().order_by(AuditEntry.id.desc()).first()
        assert (entry.action, entry.about, entry.account) == (Action.ANSWER_OBJECTION, f"test: {number}", "committee-1")

    def test_without_any_the_page_says_so(self, staff, app):
        published()
        assert "There are no objections." in staff("committee").get(f"{STAFF}?lang=en").text


def test_the_days_are_chosen_when_the_bulletin_is_published(staff, app):
    sealed()
    browser = staff("committee")
    page = "/staff/surveys/test/bulletin/?part=ranking&days=10"
    assert 'name="days" value="10"' in browser.get(page).text
    post(browser, "/staff/surveys/test/bulletin/publish", form_on=page, part="ranking", days="10")
    days = (Bulletin.get().objections_until - Bulletin.get().published_at) / 86400
    assert days == 10
    with pytest.raises(InputError):
        publish_bulletin(TESTER, "test", [Part.RANKING], MAX_DAYS + 1)


def test_objections_by_command(app, runner):
    survey = sealed()
    publish_bulletin(TESTER, "test", [Part.RANKING], 7)
    number = object_to(survey.id, TEXT, ZONE)
    listed = runner.invoke(args=["bulletin", "objections", "test"]).output
    assert listed.splitlines()[0].startswith(f"{number}\t")
    assert "  objection: 请复核" in listed
    done = runner.invoke(args=["bulletin", "answer", "test", number, "--answer", "已经复核", "--public"])
    assert done.exit_code == 0
    assert "answered, public" in runner.invoke(args=["bulletin", "objections", "test"]).output
    assert runner.invoke(args=["bulletin", "answer", "test", "x", "--answer", "y"]).exit_code == 1
