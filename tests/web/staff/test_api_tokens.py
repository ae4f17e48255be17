"""The page of API tokens."""

from __future__ import annotations

import re
from datetime import date, timedelta

from surveys.accounts.models import Account, ApiToken
from surveys.storage.audit import Action, AuditEntry
from tests.acting import set_active
from tests.helpers import csrf, post
from tests.results.test_what_committees_sign import sealed

PAGE = "/staff/accounts/api-tokens/"


def add(browser, name="portal", **more):
    """Make a token by the form; returns the answer."""
    once = re.search(r'name="once"[^>]*value="([^"]+)"', browser.get(PAGE).text)[1]
    return post(browser, PAGE, name=name, once=once, **{"scopes": "results:read", **more})


def shown(page: str) -> list[str]:
    return re.findall(r"srv_[\w-]{40,}", page)


def read(app, token: str) -> int:
    return app.test_client().get("/api/surveys", headers={"Authorization": f"Bearer {token}"}).status_code


def test_a_token_is_shown_once_works_and_is_stored_nowhere(app, staff):
    browser = staff("administrator")
    assert add(browser).status_code == 302
    token = shown(browser.get(PAGE).text)[0]
    assert shown(browser.get(PAGE).text) == []
    assert read(app, token) == 200
    stored = ApiToken.get()
    assert token not in str(vars(stored))
    assert "portal" in browser.get(PAGE).text


def test_a_revoked_token_is_refused_at_once(app, staff):
    browser = staff("administrator")
    add(browser)
    token = shown(browser.get(PAGE).text)[0]
    post(browser, f"{PAGE}revoke", form_on=PAGE, name="portal")
    assert read(app, token) == 401
    actions = [entry.action for entry in AuditEntry.select().order_by(AuditEntry.id)][-2:]
    assert actions == [Action.ADD_API_TOKEN, Action.REVOKE_API_TOKEN]


def test_a_form_that_is_sent_twice_makes_one_token(staff):
    browser = staff("administrator")
    once = re.search(r'name="once"[^>]*value="([^"]+)"', browser.get(PAGE).text)[1]
    for name in ("one", "two"):
        post(browser, PAGE, name=name, once=once, scopes="results:read")
    assert [token.name for token in ApiToken.select()] == ["one"]


def test_all_that_is_wrong_is_named_and_what_was_typed_stays(staff):
    browser = staff("administrator")
    yesterday = f"{date.today() - timedelta(days=2):%Y-%m-%d}"
    add(browser, "taken")
    page = add(browser, "TAKEN", scopes=[], expires=yesterday).text
    assert page.count('class="error"') == 3
    assert 'value="TAKEN"' in page
    page = add(browser, "other", surveys="none").text
    assert "none" in page
    assert ApiToken.select().count() == 1


def test_a_token_for_one_survey_until_a_day(app, staff):
    sealed()
    browser = staff("administrator")
    add(browser, surveys="TEST", expires="2099-12-31", scopes=["results:read", "public:read"])
    token = ApiToken.get()
    assert (token.surveys, token.scopes) == ("test", "public:read results:read")
    assert token.expires_at > 4_000_000_000
    assert "2099" in browser.get(PAGE).text


def test_tokens_of_somebody_who_is_deactivated_are_revoked(app, staff):
    staff("publisher")
    browser = staff("administrator")
    add(browser)
    token = shown(browser.get(PAGE).text)[0]
    ApiToken.update(made_by="publisher-1").execute()
    set_active(Account.get(Account.name == "publisher-1").id, False)
    assert read(app, token) == 401


def test_publishers_have_no_tokens_to_make(staff):
    browser = staff("publisher")
    assert browser.get(PAGE).status_code == 403
    answer = browser.post(PAGE, data={"csrf_token": csrf(browser, "/staff/"), "name": "x", "scopes": "results:read"})
    assert answer.status_code == 403
    assert ApiToken.select().count() == 0


def test_tokens_by_command(app, runner):
    token = runner.invoke(args=["api-token", "add", "portal", "--scope", "results:read"]).output.strip()
    assert read(app, token) == 200
    listed = runner.invoke(args=["api-token", "list"]).output
    assert "portal\tresults:read\tall surveys" in listed
    assert token not in listed
    assert runner.invoke(args=["api-token", "add", "p2", "--scope", "public:read", "--survey", "x"]).exit_code == 1
    assert runner.invoke(args=["api-token", "revoke", "portal", "--yes"]).exit_code == 0
    assert read(app, token) == 401
