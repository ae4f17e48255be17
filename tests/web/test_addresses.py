"""Addresses of surveys: what they may be, and how they are read when they were typed or passed on."""

import pytest

from surveys.accounts.models import Role
from surveys.campaigns.models import Survey
from surveys.campaigns.states import State
from surveys.campaigns.surveys import state_of
from surveys.inputs.problems import InputError
from surveys.inputs.values import as_address
from tests.acting import invite
from tests.helpers import fill_page, hand_out, one_code, post, published, token_of


def test_no_survey_can_have_the_address_of_another_page(app):
    rules = [rule.rule for rule in app.url_map.iter_rules()]
    fronts = {rule.partition("<slug>")[0] for rule in rules if "<slug>" in rule}
    taken = {
        rule[len(front) :].partition("/")[0]
        for front in fronts
        for rule in rules
        if rule.startswith(front) and not rule[len(front) :].startswith("<slug>")
    }
    assert {"new", "worker.js", "-"} <= taken
    for word in taken:
        with pytest.raises(InputError):
            as_address(word, "slug")


LED = {
    "/s/Test": "/s/test",
    "/s/test/": "/s/test",
    "/s/test。": "/s/test",
    "/s/test.": "/s/test",
    "/s/test请尽快": "/s/test",
    "/s/test/请尽快": "/s/test",
    "/s/test%20": "/s/test",
    "/s/test，http://localhost/s/test": "/s/test",
    "/s/ｔｅｓｔ／": "/s/test",
    "/S/TEST": "/s/test",
    "/s/test/check/": "/s/test/check",
    "/s/test/check。": "/s/test/check",
    "/s/TEST/Check/": "/s/test/check",
    "/s/test/bulletin/": "/s/test/bulletin",
    "/s/test/receipts.txt.": "/s/test/receipts.txt",
    "/s/Test/ballot": "/s/test/ballot",
    "/staff/surveys/Test/": "/staff/surveys/test/",
    "/staff/surveys/Test/draft/units": "/staff/surveys/test/draft/units",
    "/staff/surveys/test/codes/": "/staff/surveys/test/codes",
    "/staff/surveys/Test/paper/1/type。": "/staff/surveys/test/paper/1/type",
    "/staff/login/": "/staff/login",
}


@pytest.mark.parametrize("typed", LED)
def test_an_address_leads_to_its_page_however_it_was_typed_or_passed_on(client, typed):
    answer = client.get(f"{typed}?lang=en&group=a%26b")
    assert (answer.status_code, answer.headers["Location"]) == (308, f"{LED[typed]}?lang=en&group=a%26b")
    assert client.get(LED[typed]).status_code != 308
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    "typed", ["/s/请尽快", "/s//test", "/s/", "/s/-", "/s/worker", "/s/a%00b", "/x/", "/s/" + "请" * 400, "/s/test/x/"]
)
def test_what_means_no_page_is_not_found(client, typed):
    assert client.get(typed).status_code in (404, 308)
    assert client.get(typed, follow_redirects=True).status_code == 404


def test_a_form_sent_to_another_writing_of_an_address_is_received(app, client):
    survey = published()
    code = one_code(app, survey)
    assert client.post("/s/Test/ballot", data={"code": code}).status_code == 308
    page = client.post("/s/Test/ballot", data={"code": code}, follow_redirects=True).text
    assert token_of(page)
    sent = client.post("/s/TEST/submit/", data=fill_page(page), follow_redirects=True)
    assert "已收到，谢谢" in sent.text
    assert "已经参评" in hand_out(client, "test", code).text


def test_staff_find_a_survey_under_any_case(staff):
    published(slug="spring")
    office = staff("publisher")
    assert office.get("/staff/surveys/Spring", follow_redirects=True).request.path == "/staff/surveys/spring/"
    post(
        office,
        "/staff/surveys/Spring/move/close",
        form_on="/staff/surveys/spring/",
        reason="done",
        follow_redirects=True,
    )
    assert state_of(Survey.get()) is State.CLOSED


@pytest.mark.parametrize("typed", ["{}请尽快设置密码", "{}，谢谢", "{}/", "{}.", "{}%20"])
def test_an_invitation_is_found_with_text_behind_it(client, typed):
    address = f"/staff/welcome/{invite(Role.COMMITTEE)}"
    answer = client.get(typed.format(address), follow_redirects=True)
    assert (answer.status_code, answer.request.path) == (200, address)


@pytest.mark.parametrize("typed", ["/staff/surveys/new/", "/staff/surveys/new", "/staff/units", "/staff/accounts/"])
def test_staff_pages_are_found_with_and_without_a_slash_at_the_end(staff, typed):
    assert staff("administrator").get(typed, follow_redirects=True).status_code == 200
