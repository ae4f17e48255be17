"""Pages of actions, and the page on which a unit answers by its link."""

import re

import pytest

from surveys.followup.actions import actions_of, reviews_of
from surveys.followup.treatment import mask_remark
from tests.admission.test_mail import Catcher, catcher  # noqa: F401
from tests.followup.sealed import TESTER, numbers, sealed_with
from tests.helpers import post, published

PAGE = "/staff/surveys/test/actions"
ONE = {"unit": "B01", "body": "多开窗口", "due_on": "2020-01-31", "person": "王建国", "email": "w@example.edu.cn"}


@pytest.fixture
def survey(app):
    return sealed_with("食堂排队太久")


@pytest.fixture
def committee(staff, survey):
    browser = staff("committee")
    assert post(browser, PAGE, **ONE).status_code == 302
    return browser


def link_of(committee, number) -> str:
    page = post(committee, f"{PAGE}/{number}/link", form_on=PAGE).text
    return re.search(r'class="link">\s*http://[^/]*(/answer/[\w-]+)', page)[1]


def test_before_the_seal_there_is_no_page(app, staff):
    published()
    assert staff("committee").get(PAGE).status_code == 404


def test_an_action_is_listed_with_who_until_when_and_that_it_is_overdue(committee):
    page = committee.get(PAGE).text
    assert all(word in page for word in ("多开窗口", "王建国", "2020-01-31", "第1党支部"))
    assert "多开窗口" in committee.get(f"{PAGE}?state=overdue").text
    assert "多开窗口" not in committee.get(f"{PAGE}?state=done").text


def test_faults_are_named_and_what_was_typed_stays(committee, survey):
    answer = post(committee, PAGE, **{**ONE, "body": "另一件事", "due_on": "soon"})
    assert answer.status_code == 422
    assert "2026-12-31" in answer.text
    assert "另一件事" in answer.text
    assert len(actions_of(survey.id)) == 1


def test_it_is_changed_and_answered_and_what_is_done_needs_evidence(committee, survey):
    page = f"{PAGE}/{actions_of(survey.id)[0].id}"
    post(committee, page, **{**ONE, "body": "再开窗口"})
    answer = post(committee, page, state="done", answer="已办")
    assert (answer.status_code, ">已办</textarea>" in answer.text) == (422, True)
    post(committee, page, state="done", evidence="照片", answer="已办")
    (action,) = actions_of(survey.id)
    assert (action.body, action.state, action.answer) == ("再开窗口", "done", "已办")


def test_the_unit_answers_by_its_link_until_it_is_revoked(app, committee, survey):
    number = actions_of(survey.id)[0].id
    link, unit = link_of(committee, number), app.test_client()
    assert "多开窗口" in unit.get(link).text
    assert link not in committee.get(f"{PAGE}/{number}").text
    answer = post(unit, link, state="refused")
    assert (answer.status_code, actions_of(survey.id)[0].state) == (422, "open")
    assert post(unit, link, state="done", evidence="照片", answer="已办").status_code == 200
    assert actions_of(survey.id)[0].state == "done"
    assert post(unit, link, state="checked", evidence="照片").status_code == 422
    post(committee, f"{PAGE}/{number}/link", form_on=PAGE, revoke="1")
    assert unit.get(link).status_code == 404


def test_guessed_links_are_throttled(app):
    app.config["WRONG_CODES_PER_MINUTE"] = 20
    answers = {app.test_client().get(f"/answer/{number}").status_code for number in range(100)}
    assert answers == {404, 429}


def test_a_reminder_goes_to_the_person_with_a_link_that_works(app, committee, catcher, survey):  # noqa: F811
    app.config.update(MAIL_SERVER=catcher.address, MAIL_FROM="office@example.edu.cn", MAIL_SECURITY="none")
    post(committee, f"{PAGE}/remind", form_on=PAGE)
    ((address, mail),) = catcher.mails
    assert address == "w@example.edu.cn"
    text = mail if isinstance(mail, str) else mail.get_content()
    assert "多开窗口" in text
    links = re.findall(r"/answer/[\w-]+", text)
    assert app.test_client().get(links[0]).status_code == 200


def test_a_new_action_is_begun_from_a_remark_as_it_is_masked(committee, survey):
    (number,) = numbers(survey)
    mask_remark(TESTER, "test", number, ["食堂"])
    assert ">某某排队太久</textarea>" in committee.get(f"{PAGE}?remark={number.hex()}").text
    assert committee.get(f"{PAGE}?remark=zz").status_code == 200


def test_low_scores_become_actions(committee, survey):
    post(committee, f"{PAGE}/low", form_on=PAGE, due_on="2026-12-31")
    assert len(actions_of(survey.id)) == 1  # nothing is low here
    assert "2026-12-31" in post(committee, f"{PAGE}/low", form_on=PAGE, due_on="", follow_redirects=True).text


def test_the_review_of_a_unit_is_written_under_three_headings(committee, survey):
    page = f"{PAGE}/units/B01"
    assert all(word in committee.get(page).text for word in ("肯定成绩", "查找问题", "明确努力方向"))
    post(committee, page, achievements="好", problems="慢", direction="快")
    assert reviews_of(survey.id)[0].problems == "慢"
    assert committee.get(f"{PAGE}/units/nobody").status_code == 404
