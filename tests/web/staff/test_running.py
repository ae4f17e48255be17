"""While a survey runs: turnout, projector and poster; pausing, extending and closing for a reason."""

import io
import re
import time

import lxml.html
import pytest
from PIL import Image

from surveys.admission.codes import personal_code
from surveys.admission.roster_file import read_roster
from surveys.campaigns.models import Survey
from surveys.campaigns.states import Move, State
from surveys.campaigns.surveys import plan_of, state_of
from surveys.storage.audit import AuditEntry
from tests.acting import create_draft, move_survey, seal, store_roster
from tests.helpers import ZONE, closed, fill_page, hand_out, one_code, post, published, survey_file, vote

PAGE = "/staff/surveys/test/"


@pytest.fixture
def office(staff):
    return staff("publisher")


def change(office, act, **fields):
    return post(office, f"{PAGE}move/{act}", form_on=f"{PAGE}?lang=en", follow_redirects=True, **fields).text


def last_entry():
    entry = AuditEntry.select().order_by(AuditEntry.id.desc()).first()
    return entry.action, entry.about


class TestMoves:
    @pytest.mark.parametrize("act", ["pause", "close", "extend"])
    @pytest.mark.parametrize("reason", ["", "  ", "x" * 121])
    def test_each_needs_a_reason(self, office, act, reason):
        survey = published()
        page = change(office, act, reason=reason, closes="2090-01-01T10:00")
        assert "Say why" in page or "longer than 120" in page
        assert Survey.get().closes_at == survey.closes_at
        assert state_of(Survey.get()) is State.OPEN

    def test_what_was_typed_stays_where_it_is_refused(self, office):
        published()
        page = change(office, "extend", reason="下雨顺延", closes="2001-01-01T10:00", grace_minutes="7")
        form = lxml.html.fromstring(page).xpath("//details[@open]/form")[0]
        typed = dict(form.form_values())
        assert (typed["reason"], typed["closes"], typed["grace_minutes"]) == ("下雨顺延", "2001-01-01T10:00", "7")
        page = change(office, "pause", reason="x" * 121)
        assert "x" * 121 in dict(lxml.html.fromstring(page).xpath("//details[@open]/form")[0].form_values())["reason"]

    def test_a_pause_with_its_reason_and_going_on(self, office):
        published()
        change(office, "pause", reason="断网检修")
        assert last_entry() == ("paused a survey", "test: 断网检修")
        page = office.get(f"{PAGE}?lang=en").text
        assert 'class="badge paused"' in page
        assert "move/resume" in page
        change(office, "resume")
        assert state_of(Survey.get()) is State.OPEN

    def test_an_extension(self, office):
        survey = published()
        change(office, "extend", reason="雨", closes="2090-01-01T10:00", grace_minutes="5")
        later = Survey.get()
        assert later.closes_at > survey.closes_at
        assert later.late_until == later.closes_at + 300
        assert last_entry() == ("extended a survey", "test: 雨")
        assert "later than the planned" in change(office, "extend", reason="雨", closes="2089-01-01T10:00")

    def test_the_reason_is_on_the_page_of_the_audit_trail(self, staff):
        published()
        move_survey("test", Move.CLOSE, reason="全部参评")
        assert "全部参评" in staff("administrator").get("/staff/audit").text

    def test_respondents_are_told_of_a_pause_and_nothing_is_counted(self, app, office):
        survey = published()
        code = one_code(app, survey)
        phone = app.test_client()
        page = phone.post("/s/test/ballot", data={"code": code}).text
        token = re.search(r'name="token" value="([^"]+)"', page)[1]
        move_survey("test", Move.PAUSE)
        assert "paused" in phone.get("/s/test?lang=en").text
        sent = phone.post("/s/test/submit", data={"token": token, "0": "1", "lang": "en"})
        assert sent.status_code in (409, 422)
        sent = phone.post("/s/test/resume", data={"token": token, "lang": "en"})
        assert (sent.status_code, "not counted yet" in sent.text) == (409, True)
        move_survey("test", Move.RESUME)
        assert phone.post("/s/test/resume", data={"token": token}).status_code == 200


class TestPages:
    def test_the_projector_shows_address_count_and_time(self, app, office):
        survey = published(groups=[{"code": "a", "name": "学生", "expected": 40}])
        page = office.get(f"{PAGE}projector").text
        assert "localhost/s/test" in page
        assert page.count("<svg") == 1
        for _ in range(3):
            vote(survey)
        found = office.get(f"{PAGE}progress").json
        assert (found["ballots"], found["people"], found["state"]) == (3, 40, "open")
        assert abs(found["seconds"] - (survey.closes_at - time.time())) < 5

    def test_people_are_counted_where_all_are_known(self, office):
        published(
            groups=[{"code": "a", "name": "学生", "expected": 40}, {"code": "b", "name": "教工", "admission": "open"}]
        )
        assert office.get(f"{PAGE}progress").json["people"] is None

    def test_the_turnout_as_a_picture_changes_with_the_ballots_and_holds_no_more(self, office, app):
        survey = published(groups=[{"code": "students", "name": "学生", "admission": "roster"}])
        lines = [f"{n},张三,{'甲' if n < 6 else '乙'}班\n" for n in range(1, 11)]
        rows = read_roster(plan_of(survey), "r.csv", "".join(["学号,姓名,班级\n", *lines]).encode()).rows
        store_roster("test", app.config["CODE_KEY"], rows)
        part = office.get(f"{PAGE}turnout?lang=en").text
        assert "By class" in part
        assert "甲班" in part
        assert "张三" not in part
        first = office.get(f"{PAGE}turnout.png")
        assert first.mimetype == "image/png"
        before = Image.open(io.BytesIO(first.data))
        assert before.width == 1080
        hand = app.test_client()
        code = personal_code(app.config["CODE_KEY"], survey.id, "1")
        hand.post("/s/test/submit", data=fill_page(hand_out(hand, "test", code).text))
        assert re.search(r"甲班\s*</th>\s*<td class=\"num\">1</td>", office.get(f"{PAGE}turnout").text)
        assert Image.open(io.BytesIO(office.get(f"{PAGE}turnout.png").data)).tobytes() != before.tobytes()

    def test_the_turnout_is_asked_for_again_while_it_is_open(self, office):
        survey = published()
        assert 'data-live="/staff/surveys/test/turnout"' in office.get(PAGE).text
        before = office.get(f"{PAGE}turnout").text
        assert "<html" not in before
        vote(survey)
        assert office.get(f"{PAGE}turnout").text != before
        closed(survey)
        assert "data-live" not in office.get(PAGE).text

    @pytest.mark.parametrize(("size", "name"), [("a4", "poster a4"), ("a3", "poster a3")])
    def test_the_poster_says_what_one_needs(self, office, size, name):
        published()
        page = office.get(f"{PAGE}poster?size={size}").text
        assert name in page
        for words in ("localhost/s/test", "截止", "分钟", "<svg"):
            assert words in page[page.index("<article") :]

    def test_texts_for_groups_hold_the_link_and_the_end(self, office):
        published()
        page = office.get(PAGE).text
        texts = re.findall(r'data-copy="([^"]*)"', page)
        assert sum("http://localhost/s/test" in text and "截止" in text for text in texts) == 2

    def test_drafts_have_none_of_these(self, office):
        create_draft(survey_file(), ZONE)
        for page in ("projector", "progress", "turnout", "poster"):
            assert office.get(f"{PAGE}{page}").status_code == 404

    def test_they_stay_after_the_seal(self, office):
        closed(published())
        seal("test")
        assert office.get(f"{PAGE}progress").json["state"] == "sealed"
        assert office.get(f"{PAGE}projector").status_code == 200


def test_a_group_that_nobody_can_answer_in_yet_is_named_beside_an_open_link(office):
    """Students by code have none yet; staff have an open link."""
    published()
    page = lxml.html.fromstring(office.get(f"{PAGE}?lang=en").text)
    step = page.xpath("//ol[@class='path']/li[@aria-current]")[0]
    assert "not yet: Students" in step.text_content()
    assert page.xpath("//input[@name='count-0']") or "for all groups" in page.text_content()
