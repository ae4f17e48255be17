"""Signing in, one-time links, sessions that end."""

import peewee
import pytest
from argon2 import profiles
from hypothesis import given
from hypothesis import strategies as st

from surveys.accounts.links import accept_invitation
from surveys.accounts.models import Account, Invitation, Role
from surveys.accounts.operations import HASHING, change_password, check_password
from surveys.inputs.identifiers import fold, identifier
from surveys.inputs.problems import InputError
from surveys.storage.audit import AuditEntry
from tests.acting import TESTER, create_account, invite, set_active
from tests.helpers import PASSWORD, post


def test_passwords_are_stored_by_argon2_only(app):
    account = create_account("王老师", PASSWORD, Role.PUBLISHER)
    assert account.password_hash.startswith("$argon2id$")
    assert PASSWORD not in account.password_hash
    assert HASHING == profiles.RFC_9106_LOW_MEMORY


def test_the_first_link_is_printed_while_there_is_no_account_and_works_once(app, runner, client):
    printed = runner.invoke(args=["account", "first-link", "--base", "http://x"]).output
    path = printed.split("http://x")[1].strip()
    done = post(client, path, name="王主任", password=PASSWORD, again=PASSWORD)
    assert done.headers["Location"] == "/staff/"
    assert Account.get().role == "administrator"
    assert client.get("/staff/").status_code == 200
    assert app.test_client().get(path).status_code == 410
    assert runner.invoke(args=["account", "first-link"]).output == ""


def test_an_expired_link_is_refused(app, client):
    token = invite(Role.COMMITTEE)
    Invitation.update(expires_at=1).execute()
    assert client.get(f"/staff/welcome/{token}").status_code == 410
    with pytest.raises(InputError, match="has been used or has expired"):
        accept_invitation(token, "x", PASSWORD)


@pytest.mark.parametrize(
    ("name", "password", "message"),
    [
        ("", PASSWORD, "1 to 60"),
        ("x" * 61, PASSWORD, "1 to 60"),
        ("x", "short", "10 to 200"),
        ("x", "y" * 201, "10 to 200"),
    ],
)
def test_bad_names_and_passwords_are_refused(app, name, password, message):
    with pytest.raises(InputError, match=message):
        create_account(name, password, Role.PUBLISHER)


def test_a_name_is_taken_whatever_its_case(app):
    create_account("Wang", PASSWORD, Role.PUBLISHER)
    with pytest.raises(InputError, match="already an account"):
        create_account("wang", PASSWORD, Role.PUBLISHER)


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("LÜ Wei", "lü wei"),
        ("LÜ Wei", "Lu\u0308  WEI "),
        ("ＷＡＮＧ", "wang"),
        ("王老师", "王\u200b老\ufeff师"),
        ("İpek", "i\u0307pek"),
        ("Weiß", "WEISS"),
        ("ΣΊΣΥΦΟΣ", "σίσυφος"),
        ("li\u3000 ming", "Li Ming"),
        ("wang\ufe0f", "wang\u3164"),
        ("ﬁeld", "FIELD"),
    ],
)
def test_a_name_is_one_name_however_it_is_typed(any_app, name, typed):
    account = create_account(name, PASSWORD, Role.PUBLISHER)
    for spelling in (name, typed, name.upper(), name.lower()):
        assert check_password(spelling, PASSWORD).id == account.id, spelling
        with pytest.raises(InputError, match="already an account"):
            create_account(spelling, PASSWORD, Role.PUBLISHER)
    browser = any_app.test_client()
    assert post(browser, "/staff/login", name=typed, password=PASSWORD).status_code == 302
    assert "\u200b" not in account.name


@given(st.text(max_size=30))
def test_folding_a_name_twice_changes_nothing(name):
    folded = fold(name)
    assert fold(folded) == folded
    assert fold(identifier(name)) == folded


@pytest.mark.parametrize("name", ["\u200b", "\u3164\ufe0f", " \u3000", "ﷺ" * 10])
def test_names_of_nothing_that_is_seen_or_of_too_much_are_refused(app, name):
    with pytest.raises(InputError, match="1 to 60"):
        create_account(name, PASSWORD, Role.PUBLISHER)


def test_two_accounts_of_one_name_cannot_be_stored(any_app):
    account = create_account("Wang", PASSWORD, Role.PUBLISHER)
    with pytest.raises(peewee.IntegrityError):
        Account.insert(
            name="WANG", name_folded=account.name_folded, password_hash="x", role="publisher", stamp="x"
        ).execute()  # fmt: skip


def test_a_wrong_password_is_refused_without_saying_which_part_was_wrong(app, client):
    create_account("Wang", PASSWORD, Role.PUBLISHER)
    wrong = post(client, "/staff/login", name="Wang", password="wrong password")
    unknown = post(client, "/staff/login", name="Li", password=PASSWORD)
    assert wrong.status_code == unknown.status_code == 401
    assert "姓名或密码不对" in wrong.text
    assert "姓名或密码不对" in unknown.text


def test_wrong_passwords_are_throttled(app, client):
    statuses = [post(client, "/staff/login", name="Wang", password="wrong password").status_code for _ in range(10)]
    assert set(statuses) == {401}
    assert post(client, "/staff/login", name="Wang", password="wrong password").status_code == 429


def test_signing_out_ends_the_session(staff):
    browser = staff()
    post(browser, "/staff/logout", form_on="/staff/")
    assert browser.get("/staff/").status_code == 302


def test_a_new_password_ends_other_sessions(app, staff):
    browser = staff()
    change_password(TESTER, Account.get().id, "another long password")
    assert browser.get("/staff/").status_code == 302


NEW = {"password": "another long password", "again": "another long password"}


def test_changing_ones_password_asks_for_the_present_one(app, staff):
    browser, other = staff(), app.test_client()
    post(other, "/staff/login", name="administrator-1", password=PASSWORD)
    assert post(browser, "/staff/password", **NEW).status_code == 200  # nothing typed
    refused = post(browser, "/staff/password", old="wrong password", **NEW)
    assert (refused.status_code, "当前密码不对" in refused.text) == (422, True)
    assert check_password("administrator-1", PASSWORD)
    assert other.get("/staff/").status_code == 200
    assert post(browser, "/staff/password", old=PASSWORD, **NEW).status_code == 302
    assert check_password("administrator-1", NEW["password"])
    assert browser.get("/staff/").status_code == 200
    assert other.get("/staff/").status_code == 302


def test_wrong_present_passwords_are_throttled_with_those_of_signing_in(app, staff):
    browser = staff()
    app.config["WRONG_PASSWORDS_PER_MINUTE"] = 3
    statuses = [post(browser, "/staff/password", old="wrong password", **NEW).status_code for _ in range(4)]
    assert statuses == [422, 422, 422, 429]
    assert post(browser, "/staff/password", old=PASSWORD, **NEW).status_code == 429
    assert post(app.test_client(), "/staff/login", name="Administrator-1", password=PASSWORD).status_code == 429


def test_an_operator_sets_a_forgotten_password_without_the_old_one(app, runner, staff):
    browser = staff()
    done = runner.invoke(args=["account", "password", "ADMINISTRATOR-1", "--password", NEW["password"]])
    assert done.exit_code == 0, done.output
    assert check_password("administrator-1", NEW["password"])
    assert browser.get("/staff/").status_code == 302
    assert runner.invoke(args=["account", "password", "nobody", "--password", NEW["password"]]).exit_code == 1


def test_an_account_that_is_shut_out_is_out_at_once(staff):
    browser = staff("publisher")
    set_active(Account.get().id, False)
    assert browser.get("/staff/").status_code == 302


def test_the_last_administrator_cannot_be_shut_out(app):
    account = create_account("Wang", PASSWORD, Role.ADMINISTRATOR)
    with pytest.raises(InputError, match="last administrator"):
        set_active(account.id, False)


def test_sessions_end_after_the_time_set(app, staff, monkeypatch):
    browser = staff()
    cookie = browser.get_cookie("session")
    assert cookie.http_only
    assert cookie.same_site == "Lax"
    from datetime import timedelta

    app.config["PERMANENT_SESSION_LIFETIME"] = timedelta(seconds=-1)
    assert browser.get("/staff/").status_code == 302


def test_signing_in_leads_back_to_the_page_asked_for_and_never_elsewhere(app, client):
    create_account("Wang", PASSWORD, Role.PUBLISHER)
    asked = client.get("/staff/units/").headers["Location"]
    assert "next=" in asked
    assert post(client, asked, name="Wang", password=PASSWORD).headers["Location"] == "/staff/units/"
    other = app.test_client()
    for target in ("//evil.example", "https://evil.example", "/staff\\\\@evil.example"):
        assert (
            post(other, f"/staff/login?next={target}", name="Wang", password=PASSWORD).headers["Location"] == "/staff/"
        )


def test_an_invitation_link_begins_with_the_services_address_and_not_the_requests(app, runner, staff):
    browser = staff()
    app.config["BASE_URL"] = "https://vote.example.edu/"
    page = post(browser, "/staff/accounts", role="committee", follow_redirects=True).text
    assert "https://vote.example.edu/staff/welcome/" in page
    assert "localhost" not in page
    Account.delete().execute()
    printed = runner.invoke(args=["account", "first-link"]).output
    assert "https://vote.example.edu/staff/welcome/" in printed


def test_inviting_gives_a_link_and_is_on_the_audit_trail(staff):
    browser = staff()
    page = post(browser, "/staff/accounts", role="committee", follow_redirects=True)
    assert "/staff/welcome/" in page.text
    assert [(e.action, e.about) for e in AuditEntry.select()][-1] == ("invited somebody", "committee")
    assert "邀请" in browser.get("/staff/audit").text


def test_accounts_by_command(runner):
    made = runner.invoke(args=["account", "create", "li", "committee", "--password", PASSWORD])
    assert made.exit_code == 0
    assert Account.get().role == "committee"
