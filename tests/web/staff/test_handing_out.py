"""Handing out access: what is said where people have none yet, where codes are gone, and in texts for group chats."""

import re
from datetime import datetime, timedelta
from html import unescape
from zoneinfo import ZoneInfo

import lxml.html
import pytest

from surveys.admission.models import Admission
from surveys.campaigns.models import Survey
from surveys.campaigns.people import set_people
from surveys.campaigns.states import Move
from surveys.questionnaires.library import archive_questionnaire
from tests.acting import TESTER, create_draft, issue_codes, move_survey
from tests.helpers import ZONE, closed, published, survey_file
from tests.web.staff.steps import publish, save_step

PAGE = "/staff/surveys/test/"
STUDENTS = {"code": "students", "name": "学生", "admission": "code", "expected": 300}


@pytest.fixture
def office(staff):
    return staff("publisher")


def note(page):
    found = re.search(r'id="short">.*?</div>', page, re.S)
    return re.sub(r"<[^>]+>|\s+", "", found[0]) if found else ""


class TestFewerCodesThanPeople:
    @pytest.fixture
    def survey(self, app):
        return published(groups=[STUDENTS, {"code": "staff", "name": "教职工", "admission": "code"}])

    def issue(self, app, survey, number, group=0):
        issue_codes(survey, app.config["CODE_KEY"], group, number)

    def test_it_is_said_on_the_pages_of_survey_and_codes_and_the_step_is_not_ticked(self, app, office, survey):
        self.issue(app, survey, 4)
        self.issue(app, survey, 4, group=1)
        for address in (PAGE, f"{PAGE}codes"):
            assert "学生：300人，只发放了4个参评码，还缺296个。" in note(office.get(address).text)
        steps = lxml.html.fromstring(office.get(PAGE).text).xpath("//ol[@class='path']/li[@class='open']")
        assert [" ".join(step.text_content().split()) for step in steps] == ["发放参评资格 学生 4 / 300"]

    def test_it_is_said_when_codes_were_just_issued(self, office, survey):
        form = lxml.html.fromstring(office.get(f"{PAGE}codes").text).get_element_by_id("all")
        fields = {**dict(form.form_values()), "count-0": "10", "count-1": "10"}
        assert "还缺290个" in note(office.post(f"{PAGE}codes/all", data=fields).text)

    def test_people_who_were_entered_later_count(self, app, office, survey):
        self.issue(app, survey, 300)
        self.issue(app, survey, 4, group=1)
        assert note(office.get(PAGE).text) == ""
        set_people(TESTER, "test", {"staff": 60})
        assert "教职工：60人，只发放了4个参评码" in note(office.get(PAGE).text)

    def test_nothing_is_said_where_none_is_missing_or_the_survey_has_ended(self, app, office, survey):
        assert note(office.get(PAGE).text) == ""  # the page proposes to issue them
        self.issue(app, survey, 4)
        closed(survey)
        assert note(office.get(PAGE).text) == ""


class TestLoadingIssuedCodesAgain:
    def test_it_says_how_to_come_by_new_ones(self, office):
        published(groups=[STUDENTS])
        page = office.get(f"{PAGE}codes").text
        form = lxml.html.fromstring(page).get_element_by_id("all")
        once = lxml.html.fromstring(page).xpath("//form[.//input[@name='count']]")[0]
        for address, fields in (
            (f"{PAGE}codes/all", dict(form.form_values())),
            (f"{PAGE}codes", {**dict(once.form_values()), "count": "5"}),
        ):
            assert "个参评码" in office.post(address, data=fields).text
            before = Admission.select().count()
            again = office.post(address, data=fields, follow_redirects=True).text
            assert "请在下面作废最新的一批，再重新发放" in again
            assert Admission.select().count() == before


class TestTextsForGroupChats:
    def texts(self, office):
        page = lxml.html.fromstring(office.get(PAGE).text)
        part = page.xpath("//details[.//h3 and .//button[@data-copy]]")[0]
        return dict(
            zip(
                (h.text for h in part.xpath(".//h3")),
                (b.get("data-copy") for b in part.xpath(".//button")),
                strict=True,
            )
        )

    def test_before_it_opens_they_say_when_it_does(self, office):
        now = datetime.now(ZoneInfo(ZONE)).replace(microsecond=0)
        published(opens=now + timedelta(days=3), closes=now + timedelta(days=5))
        texts = self.texts(office)
        first = next(iter(texts))
        assert first == "预告"
        assert "开始" in texts[first]
        assert "正在进行" not in texts[first]
        assert [name.partition("（")[0] for name in texts] == ["预告", "邀请", "提醒", "结束后的感谢"]
        assert all("（" in name for name in list(texts)[1:3])

    def test_while_it_is_open_paused_and_closed(self, office):
        survey = published()
        assert list(self.texts(office))[:2] == ["邀请", "提醒"]
        move_survey("test", Move.PAUSE)
        assert next(iter(self.texts(office))) == "暂停期间"
        move_survey("test", Move.RESUME)
        closed(survey)
        assert len(self.texts(office)) == 1


class TestAnArchivedQuestionnaire:
    def test_a_draft_that_uses_it_says_so_keeps_it_and_can_be_published(self, office):
        create_draft(survey_file(questionnaire="five-goods"), ZONE)
        archive_questionnaire(TESTER, "five-goods", True)
        assert "所用的问卷已归档" in office.get(f"{PAGE}draft/check").text
        page = unescape(office.get(f"{PAGE}draft/questionnaire").text)
        assert "（已归档）" in page
        assert re.search(r'<input checked[^>]*value="five-goods"', page)
        assert save_step(office, "test", "questionnaire").status_code == 302
        publish(office, "test")
        assert Survey.get().state == "published"

    def test_new_surveys_cannot_choose_it(self, office):
        archive_questionnaire(TESTER, "five-goods", True)
        create_draft(survey_file(), ZONE)
        assert "（已归档）" not in office.get(f"{PAGE}draft/questionnaire").text
