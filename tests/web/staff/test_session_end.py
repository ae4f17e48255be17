"""A session that ends while a form is filled in: nothing that was typed is lost."""

import html
import re

import pytest

from surveys.accounts.models import Account
from surveys.units.importing import UnitRow
from surveys.units.models import Unit
from tests.acting import set_active, store_units
from tests.helpers import PASSWORD, csrf

OWN = {"Origin": "http://localhost"}
DELETE = {"code": "B1"}


@pytest.fixture
def office(staff):
    store_units([UnitRow("B1", "甲", "", "branch", "")])
    return staff("publisher")


def end_session(browser):
    browser.delete_cookie("session")


def hidden(page: str) -> dict[str, str]:
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.replace("\n", " "))
    token = re.findall(r'name="((?:login-)?csrf_token)"[^>]*value="([^"]+)"', page)[-1]
    return {**{name: html.unescape(value) for name, value in found}, token[0]: token[1]}


def test_one_signs_in_again_and_sends_what_was_typed(office):
    token = csrf(office, "/staff/units/")
    end_session(office)
    page = office.post("/staff/units/delete", data={"csrf_token": token, **DELETE}, headers=OWN)
    assert page.status_code == 401
    assert "没有丢失" in page.text
    assert Unit.select().count() == 1
    name = Account.get().name
    fields = {**hidden(page.text), "login-name": name, "login-password": "not the password"}
    wrong = office.post("/staff/resume", data=fields)
    assert wrong.status_code == 401
    fields = {**hidden(wrong.text), "login-name": name, "login-password": PASSWORD}
    again = office.post("/staff/resume", data=fields)
    assert 'action="/staff/units/delete"' in again.text
    assert PASSWORD not in again.text
    assert Unit.select().count() == 1
    office.post("/staff/units/delete", data=hidden(again.text), headers=OWN)
    assert Unit.select().count() == 0


def test_a_long_form_with_several_values_of_one_name_comes_back_whole(office):
    end_session(office)
    data = {"title": "标题", "units": ["B1", "B2"], "groups-0-name": "学生", "csrf_token": "x"}
    page = office.post("/staff/surveys/new", data=data, headers=OWN)
    name = Account.get().name
    again = office.post(
        "/staff/resume", data={**hidden(page.text), "login-name": name, "login-password": PASSWORD}
    ).text
    assert again.count('name="units"') == 2
    assert 'name="groups-0-name" value="学生"' in again


def test_whoever_may_not_act_any_more_is_asked_to_sign_in(office):
    token = csrf(office, "/staff/units/")
    set_active(Account.get().id, False)
    page = office.post("/staff/units/delete", data={"csrf_token": token, **DELETE}, headers=OWN)
    assert (page.status_code, "没有丢失" in page.text) == (401, True)
    assert Unit.select().count() == 1


def test_with_an_old_token_and_a_new_session_it_is_only_sent_again(office):
    page = office.post("/staff/units/delete", data={"csrf_token": "old", **DELETE}, headers=OWN)
    assert page.status_code == 400
    office.post("/staff/units/delete", data=hidden(page.text), headers=OWN)
    assert Unit.select().count() == 0


@pytest.mark.parametrize("headers", [{}, {"Origin": "https://elsewhere.example"}, {"Origin": "null"}])
def test_a_form_of_another_site_is_not_offered_to_be_sent(office, headers):
    typed = {"csrf_token": "x", **DELETE, "note": "what was typed"}
    page = office.post("/staff/units/delete", data=typed, headers=headers)
    assert page.status_code == 400
    assert "what was typed" not in page.text


def test_passwords_are_not_written_into_the_page(office):
    end_session(office)
    data = {"csrf_token": "x", "present": "secret-1", "password": "secret-2", "again": "secret-2", "note": "kept"}
    page = office.post("/staff/password", data=data, headers=OWN).text
    assert "kept" in page
    assert "secret" not in page


@pytest.mark.parametrize("target", ["https://elsewhere.example/", "//elsewhere.example", "/s/test/submit", "/staff\\x"])
def test_nothing_is_sent_to_another_address(office, target):
    token = csrf(office, "/staff/units/")
    fields = {"csrf_token": token, "target": target, "typed": "[]", "login-name": "x", "login-password": "y"}
    assert office.post("/staff/resume", data=fields).status_code == 400
