"""Pages for staff speak of what people see: no codes, no English on Chinese pages, no characters that vanish."""

import re
from html import unescape

import pytest

from surveys.admission.font import missing_characters, printable
from surveys.campaigns.models import Survey
from surveys.storage.audit import AuditEntry
from tests.acting import create_draft
from tests.admission.test_printing import handout, text_of
from tests.helpers import ZONE, closed, post, published, survey_file
from tests.web.staff.steps import save_step
from tests.web.staff.test_questionnaire_editor import PAGE, made, save

RARE = "𠮷"
"""Not in the font that comes with the service."""


@pytest.fixture
def office(staff):
    return staff("publisher")


class TestErrorsOfRows:
    @pytest.mark.parametrize(
        ("part", "fields"),
        [
            ("groups", {"groups-0-weight": "一半"}), ("groups", {"groups-0-weight": "-1"}), ("groups", {"groups-0-expected": "300人"}),
            ("groups", {"groups-0-expected": "0"}), ("rule", {"preset": "own", "own_grades-0-name": "好", "own_grades-0-at": "高"}),
        ],
    )  # fmt: skip
    def test_they_are_in_the_language_of_the_page(self, office, part, fields):
        create_draft(survey_file(), ZONE)
        page = save_step(office, "test", part, lang="zh", **fields)
        assert page.status_code == 200
        errors = re.findall(r'class="error"[^>]*>(.*?)<', page.text, re.S)
        assert errors
        assert not [error for error in errors if re.search("[A-Za-z]{3}", error)]


class TestAddresses:
    def test_letters_of_full_width_are_taken(self, office):
        create_draft(survey_file(), ZONE)
        assert save_step(office, "test", "name", slug=" ＴＥＳＴ－２ ").status_code == 302
        assert Survey.get().slug == "test-2"

    @pytest.mark.parametrize("typed", ["我的评议", "second half", "-", "a/b"])
    def test_what_is_none_is_called_an_address(self, office, typed):
        create_draft(survey_file(), ZONE)
        page = save_step(office, "test", "name", lang="zh", slug=typed).text
        assert "地址由 1 到 40 个英文字母" in page


class TestConditions:
    def test_an_answer_that_was_removed_is_named_by_its_question(self, office):
        key = made(office)
        options = [{"code": "a2", "text": {"zh": "否"}}, {"code": "a3", "text": {"zh": "不好说"}}]
        items = [
            {"code": "q1", "type": "choice", "text": {"zh": "是否参加"}, "options": options},
            {"code": "q2", "type": "text", "text": {"zh": "为什么"}, "when": {"item": "q1", "in": ["a1", "a7"]}},
        ]
        save(office, key, {"title": {"zh": "问卷"}, "sections": [{"per": "survey", "items": items}]})
        said = [problem["text"] for problem in office.get(f"{PAGE}{key}/state").json["problems"]]
        assert [text for text in said if "条件" in text] == [
            "显示条件：条件所用的“是否参加”的选项已删除。请另选选项，或者去掉条件。"
        ]


class TestCharactersOutsideTheFont:
    def test_they_are_marked_and_do_not_vanish(self, app):
        survey = published(title={"zh": f"{RARE}教授😀测评"})
        from surveys.admission.printing import poster_pdf

        assert "〓教授〓测评" in text_of(poster_pdf(handout(survey), "A4"))
        assert printable("喆䶮①é") == "喆䶮①é"
        assert missing_characters([f"甲{RARE}乙{RARE}\n", "😀"]) == [RARE, "😀"]

    def test_before_publication_they_are_named(self, office):
        units = [{"code": "B1", "name": f"{RARE}党支部"}]
        create_draft(survey_file(units=units), ZONE)
        page = unescape(office.get("/staff/surveys/test/draft/check").text)
        assert f"印出来是“〓”：{RARE}" in page

    def test_beside_posters_and_slips_they_are_named_too(self, office):
        published(title={"zh": f"{RARE}测评"})
        assert f"印出来是“〓”：{RARE}" in office.get("/staff/surveys/test/poster").text
        issued = post(
            office, "/staff/surveys/test/codes/all", form_on="/staff/surveys/test/codes", **{"count-0": "1"}
        ).text
        assert f"印出来是“〓”：{RARE}" in issued

    def test_nothing_is_said_where_all_can_be_printed(self, office):
        published()
        assert "unprintable" not in office.get("/staff/surveys/test/poster").text


class TestOpeningAgain:
    def test_it_needs_a_reason_which_stands_in_the_audit_trail(self, office):
        survey = closed(published())
        page, closes = "/staff/surveys/test/move/reopen", "2036-12-10T22:00"
        refused = post(office, page, form_on="/staff/surveys/test/", closes=closes)
        assert (refused.status_code, Survey.get_by_id(survey.id).closes_at) == (422, survey.closes_at)
        post(office, page, form_on="/staff/surveys/test/", closes=closes, reason="补测两天")
        assert AuditEntry.select().order_by(AuditEntry.id.desc()).first().about == "test: 补测两天"


def test_the_time_zone_is_called_as_people_call_it(office, app):
    create_draft(survey_file(), ZONE)
    assert "北京时间" in office.get("/staff/surveys/test/draft/window").text
    app.config["TIMEZONE"] = "Asia/Urumqi"
    page = office.get("/staff/surveys/test/draft/window").text
    assert "北京时间" not in page
    assert "Asia/" not in page
