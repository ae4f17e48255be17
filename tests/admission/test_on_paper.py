"""Persons of a roster who voted on paper are struck out, so that nobody votes twice."""

import pytest

from surveys.admission.codes import personal_code
from surveys.admission.roster import links_of, roster_of
from surveys.admission.roster_file import read_roster
from surveys.campaigns.surveys import plan_of
from surveys.inputs.problems import InputError
from surveys.results.models import StoredResult
from tests.acting import mark_on_paper, remove_persons, seal, store_roster
from tests.admission.test_roster import FILE, GROUPS, answer
from tests.helpers import closed, hand_out, post, published


@pytest.fixture
def survey(any_app):
    survey = published(groups=GROUPS)
    store_roster("test", any_app.config["CODE_KEY"], read_roster(plan_of(survey), "r.csv", FILE.encode()).rows)
    return survey


def standing(survey):
    return {one.person.number: (one.answered, one.person.on_paper) for one in roster_of(survey)}


def test_a_marked_persons_link_lets_nobody_in_and_the_mark_can_be_taken_back(any_app, survey):
    assert mark_on_paper("test", ["2011001", "2011001"]) == 1
    code = personal_code(any_app.config["CODE_KEY"], survey.id, "2011001")
    browser = any_app.test_client()
    assert "已经参评" in hand_out(browser, "test", code).text
    assert len(links_of(survey, any_app.config["CODE_KEY"], "")) == 2
    assert mark_on_paper("test", ["2011001"], undo=True) == 1
    assert 'name="token"' in hand_out(browser, "test", code).text
    assert standing(survey)["2011001"] == (False, False)


def test_who_answered_on_a_phone_is_neither_marked_nor_unmarked(any_app, survey):
    answer(any_app, survey, "2011001")
    assert mark_on_paper("test", ["2011001", "T-7"]) == 1
    assert mark_on_paper("test", ["2011001", "T-7"], undo=True) == 1
    assert standing(survey) == {"2011001": (True, False), "2011002": (False, False), "T-7": (False, False)}


def test_an_open_page_of_a_marked_person_is_told_already_answered(any_app, survey):
    from tests.helpers import fill_page

    browser = any_app.test_client()
    page = hand_out(browser, "test", personal_code(any_app.config["CODE_KEY"], survey.id, "2011001")).text
    mark_on_paper("test", ["2011001"])
    assert "已经参评" in browser.post("/s/test/submit", data=fill_page(page)).text


def test_unknown_numbers_and_a_sealed_survey_are_refused(any_app, survey):
    with pytest.raises(InputError, match="9 is not on the roster"):
        mark_on_paper("test", ["2011001", "9"])
    assert standing(survey)["2011001"] == (False, False)
    mark_on_paper("test", ["T-7"])
    closed(survey)
    mark_on_paper("test", ["2011001"])
    seal("test")
    with pytest.raises(InputError, match="before the seal"):
        mark_on_paper("test", ["2011002"])
    turnout = StoredResult.get_by_id(survey.id).result().turnout.by_unit
    assert [(row.unit, row.used) for row in turnout] == [(1, 0), (2, 1)]


def test_who_has_not_answered_can_be_taken_off_the_roster(any_app, survey):
    answer(any_app, survey, "2011001")
    mark_on_paper("test", ["T-7"])
    with pytest.raises(InputError, match="unknown is not on the roster"):
        remove_persons("test", ["2011002", "unknown"])
    assert remove_persons("test", ["2011001", "2011002", "T-7"]) == 1
    assert sorted(standing(survey)) == ["2011001", "T-7"]
    code = personal_code(any_app.config["CODE_KEY"], survey.id, "2011002")
    assert hand_out(any_app.test_client(), "test", code).status_code == 422
    closed(survey)
    with pytest.raises(InputError, match="until it closes"):
        remove_persons("test", ["2011001"])


def test_by_page_and_command(app, runner, staff):
    survey = published(groups=GROUPS)
    store_roster("test", app.config["CODE_KEY"], read_roster(plan_of(survey), "r.csv", FILE.encode()).rows)
    office = staff("publisher")
    page = "/staff/surveys/test/roster/"
    done = post(office, page + "on-paper", form_on=page, follow_redirects=True, number=["2011001", "T-7"]).text
    assert "已标记 2 人为纸质参评" in done
    assert done.count("<td>纸质</td>") == 2
    back = post(office, page + "on-paper", form_on=page, follow_redirects=True, number="T-7", undo="1").text
    assert "已撤销 1 人" in back
    assert "没有编号" in post(office, page + "on-paper", form_on=page, follow_redirects=True, number="x").text
    assert runner.invoke(args=["roster", "on-paper", "test", "T-7"]).output == "1 persons changed\n"
    assert runner.invoke(args=["roster", "on-paper", "test", "T-7", "--undo"]).output == "1 persons changed\n"
    assert runner.invoke(args=["roster", "on-paper", "test", "y"]).exit_code == 1
    gone = post(office, page + "remove", form_on=page, follow_redirects=True, number="2011002").text
    assert "已从名单中移除 1 人" in gone
    assert runner.invoke(args=["roster", "remove", "test", "T-7"]).output == "1 persons removed\n"
