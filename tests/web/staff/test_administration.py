"""What administrators do with accounts: inviting, roles, new passwords, deactivating; and reading the audit trail."""

import csv
import io
import re
from datetime import datetime

import pytest

from surveys.accounts.links import make_password_link, pending_links, set_password_by_link
from surveys.accounts.models import Account, Invitation, Role
from surveys.accounts.operations import check_password, set_role
from surveys.campaigns.states import Move
from surveys.inputs.problems import InputError
from surveys.storage.audit import Action, AuditEntry, record
from tests.acting import TESTER, create_account, invite, move_survey, set_active
from tests.followup.sealed import sealed_with
from tests.helpers import PASSWORD, csrf, post, published
from tests.web.staff.test_once import key_of

ACCOUNTS, NEW = "/staff/accounts", "another long password"


def account(name="Wang", role=Role.PUBLISHER):
    return create_account(name, PASSWORD, role)


def link_on(page: str) -> str:
    found = re.search(r"/staff/welcome/[\w-]+", page)
    assert found, page
    return found[0]


def last_entry() -> tuple[str, str, str]:
    entry = AuditEntry.select().order_by(AuditEntry.id.desc()).get()
    return entry.account, entry.action, entry.about


class TestInviting:
    def test_an_invitation_has_no_role_until_one_is_chosen(self, staff):
        browser = staff()
        form = browser.get(f"{ACCOUNTS}?lang=en").text
        roles = re.findall(r'<option[^>]*value="(\w*)"', form)
        assert roles == ["", "committee", "publisher", "administrator"]
        assert "Choose a role." in post(browser, ACCOUNTS, role="").text
        assert Invitation.select().count() == 0

    def test_a_page_that_is_loaded_again_makes_no_second_invitation_and_shows_the_link_no_more(self, staff):
        browser = staff()
        sent = post(browser, ACCOUNTS, role="committee")
        assert (sent.status_code, sent.headers["Location"]) == (302, ACCOUNTS)
        assert "/staff/welcome/" in browser.get(ACCOUNTS).text
        assert "/staff/welcome/" not in browser.get(ACCOUNTS).text
        assert Invitation.select().count() == 1

    def test_pending_invitations_are_listed_with_who_made_them_and_revoked(self, app, staff):
        browser = staff()
        token = invite(Role.PUBLISHER)
        page = browser.get(f"{ACCOUNTS}?lang=en").text
        row = re.search(r"<tr>\s*<th>Invitation: Publisher.*?</tr>", page, re.S)[0]
        assert "tester" in row
        assert re.search(r"\d\d:\d\d", row)
        revoke = re.search(r'action="(/staff/accounts/links/\d+/revoke)"', row)[1]
        post(browser, revoke, form_on=ACCOUNTS)
        assert pending_links() == []
        assert app.test_client().get(f"/staff/welcome/{token}").status_code == 410
        assert last_entry() == ("administrator-1", Action.REVOKE_LINK, "publisher")
        again = post(browser, revoke, form_on=ACCOUNTS, follow_redirects=True).text
        assert "has been used or has expired" in again

    def test_expired_invitations_are_not_listed(self, app, runner):
        invite(Role.PUBLISHER)
        Invitation.update(expires_at=1).execute()
        assert pending_links() == []
        assert runner.invoke(args=["account", "invitations"]).output == ""


class TestRoles:
    def test_a_role_is_changed_and_holds_at_once(self, staff):
        publisher = staff("publisher")
        browser = staff()
        found = Account.get(Account.name == "publisher-1")
        assert post(browser, f"{ACCOUNTS}/{found.id}", role="committee").status_code == 302
        assert publisher.get("/staff/surveys/new").status_code == 403
        assert last_entry() == ("administrator-1", Action.CHANGE_ROLE, "publisher-1, committee")

    def test_the_last_administrator_keeps_the_role(self, staff):
        browser = staff()
        found = Account.get()
        assert 'name="role"' not in browser.get(f"{ACCOUNTS}/{found.id}").text
        page = post(browser, f"{ACCOUNTS}/{found.id}", form_on=ACCOUNTS, role="committee").text
        assert "唯一一位在用的管理员" in page
        assert Account.get().role == Role.ADMINISTRATOR

    def test_a_deactivated_administrator_is_not_counted(self, app):
        one, other = account("Wang", Role.ADMINISTRATOR), account("Li", Role.ADMINISTRATOR)
        set_active(other.id, False)
        with pytest.raises(InputError, match="last administrator"):
            set_role(TESTER, one.id, Role.COMMITTEE)

    def test_who_gives_up_their_own_role_is_told_and_leaves_the_page(self, staff):
        browser = staff()
        account("Li", Role.ADMINISTRATOR)
        own = f"{ACCOUNTS}/{Account.get(Account.name == 'administrator-1').id}"
        assert "your own account" in browser.get(f"{own}?lang=en").text
        assert post(browser, own, role="committee").headers["Location"] == "/staff/"

    def test_a_role_that_is_none_changes_nothing(self, staff):
        browser, found = staff(), account()
        post(browser, f"{ACCOUNTS}/{found.id}", role="operator")
        assert Account.get_by_id(found.id).role == Role.PUBLISHER


class TestNewPasswords:
    def test_a_link_sets_a_new_password_once_and_ends_all_sessions(self, app, staff):
        publisher, browser = staff("publisher"), staff()
        found = Account.get(Account.name == "publisher-1")
        page = f"{ACCOUNTS}/{found.id}"
        sent = post(browser, f"{page}/password-link", form_on=page, once=key_of(browser.get(page).text))
        assert (sent.status_code, last_entry()) == (302, ("administrator-1", Action.MAKE_PASSWORD_LINK, "publisher-1"))
        address = link_on(browser.get(ACCOUNTS).text)
        assert publisher.get("/staff/").status_code == 200  # nothing ends before the link is used
        person = app.test_client()
        assert "publisher-1" in person.get(address).text
        assert post(person, address, password="short", again="short").status_code == 200
        assert post(person, address, password=NEW, again=NEW).headers["Location"] == "/staff/"
        assert person.get("/staff/").status_code == 200
        assert publisher.get("/staff/").status_code == 302
        assert check_password("publisher-1", NEW)
        assert last_entry() == ("publisher-1", Action.CHANGE_PASSWORD, "publisher-1")
        assert app.test_client().get(address).status_code == 410

    def test_a_second_link_takes_the_place_of_the_first(self, app):
        found = account()
        first = make_password_link(TESTER, found.id)
        make_password_link(TESTER, found.id)
        assert len(pending_links()) == 1
        with pytest.raises(InputError, match="used or has expired"):
            set_password_by_link(first, NEW)

    def test_a_link_for_a_password_makes_no_account_and_an_invitation_sets_no_password(self, app, client):
        address = f"/staff/welcome/{make_password_link(TESTER, account().id)}"
        post(client, address, name="Zhao", password=NEW, again=NEW)
        assert [one.name for one in Account.select()] == ["Wang"]
        with pytest.raises(InputError, match="used or has expired"):
            set_password_by_link(invite(Role.PUBLISHER), NEW)

    def test_a_deactivated_account_gets_no_link_and_its_links_stop_working(self, app, client):
        found = account()
        token = make_password_link(TESTER, found.id)
        set_active(found.id, False)
        assert client.get(f"/staff/welcome/{token}").status_code == 410
        with pytest.raises(InputError, match="is deactivated"):
            make_password_link(TESTER, found.id)

    def test_a_form_that_is_sent_twice_makes_one_link(self, staff):
        browser, page = staff(), f"{ACCOUNTS}/{account().id}"
        sent = {"csrf_token": csrf(browser, page), "once": key_of(browser.get(page).text)}
        browser.post(f"{page}/password-link", data=sent)
        first = pending_links()[0].id
        browser.post(f"{page}/password-link", data=sent)
        assert [link.id for link in pending_links()] == [first]


class TestDeactivating:
    def test_deactivating_is_confirmed_on_a_page_of_its_own(self, staff):
        browser, found = staff(), account()
        page = f"{ACCOUNTS}/{found.id}/deactivate"
        assert f'action="{page}"' not in browser.get(ACCOUNTS).text  # nothing on the list deactivates by one click
        assert "Wang" in browser.get(page).text
        assert Account.get_by_id(found.id).active
        assert post(browser, page).headers["Location"] == ACCOUNTS
        assert not Account.get_by_id(found.id).active
        assert last_entry() == ("administrator-1", Action.DEACTIVATE_ACCOUNT, "Wang")
        post(browser, f"{ACCOUNTS}/{found.id}/activate", form_on=ACCOUNTS)
        assert Account.get_by_id(found.id).active

    def test_the_last_administrator_cannot_be_deactivated(self, staff):
        browser = staff()
        page = f"{ACCOUNTS}/{Account.get().id}/deactivate"
        assert '<form method="post" class="stack"' not in browser.get(page).text
        post(browser, page, own="y")
        assert Account.get().active

    def test_nobody_deactivates_themselves_without_being_told(self, staff):
        browser = staff()
        account("Li", Role.ADMINISTRATOR)
        own = Account.get(Account.name == "administrator-1")
        page = f"{ACCOUNTS}/{own.id}/deactivate"
        assert "your own account" in browser.get(f"{page}?lang=en").text
        assert "Tick the box" in post(browser, page).text
        assert Account.get_by_id(own.id).active
        assert post(browser, page, own="y").headers["Location"] == "/staff/login"
        assert browser.get("/staff/").status_code == 302

    def test_invitations_of_somebody_who_is_shut_out_or_demoted_are_revoked(self, app, client):
        account("Zhao", Role.ADMINISTRATOR)
        for name, shut_out in (
            ("Wang", lambda one: set_active(one.id, False)),
            ("Li", lambda one: set_role(TESTER, one.id, Role.PUBLISHER)),
        ):
            found = account(name, Role.ADMINISTRATOR)
            from surveys.accounts import links
            from surveys.storage.unit_of_work import Actor

            token = links.invite(Actor(name), Role.ADMINISTRATOR)
            shut_out(found)
            assert client.get(f"/staff/welcome/{token}").status_code == 410, name


class TestAuditTrail:
    def rows(self, browser, query=""):
        page = browser.get(f"/staff/audit?lang=zh&{query}").text
        return [re.sub(r"\s+", " ", row) for row in re.findall(r"<tr>(.*?)</tr>", page, re.S)[1:]]

    def test_roles_and_figures_are_in_the_readers_language(self, staff):
        browser = staff()
        invite(Role.COMMITTEE)
        account("Li", Role.PUBLISHER)
        record("x", Action.REVOKE_CODES, "test: batch 2: 7")
        record("x", Action.IMPORT_ROSTER, "test: 3 new, 1 changed, 0 removed")
        shown = " ".join(self.rows(browser))
        for raw in ("publisher<", "publisher ", "committee", "batch", "new", "changed", "removed"):
            assert raw not in shown, raw
        for words in ("Li, 发布员", "评定委员会", "第 2 批", "新增 3"):
            assert words in shown, words

    def test_surveys_that_are_there_are_linked_and_others_are_not(self, staff):
        browser = staff()
        published()
        record("x", Action.DELETE_DRAFT, "gone")
        record("x", Action.DELETE_UNIT, "test")
        rows = self.rows(browser)
        assert "<a" not in rows[0] and "<a" not in rows[1]
        assert 'href="/staff/surveys/test/"' in rows[2]

    def test_entries_are_found_by_account_and_action_and_come_page_by_page(self, staff):
        browser = staff()
        published()
        for number in range(150):
            record("Wang", Action.ISSUE_CODES, f"test: {number}")
        move_survey("test", Move.CLOSE)
        assert len(self.rows(browser)) == 100
        assert len(self.rows(browser, "account=Wang&page=2")) == 50
        assert len(self.rows(browser, "action=CLOSE")) == 1
        assert self.rows(browser, "account=Wang&action=CLOSE") == []

    def test_by_survey_and_days_and_as_a_file(self, staff):
        browser = staff()
        published()
        record("Wang", Action.ISSUE_CODES, "test: 7")
        record("Wang", Action.CLOSE, "test-2")
        for days, entry in ((0, "test: 7"), (3, "test-2")):
            AuditEntry.update(at=int(datetime(2026, 11, 20 + days, 9).timestamp())).where(
                AuditEntry.about == entry
            ).execute()
        assert [row.count("test-2") for row in self.rows(browser, "account=Wang&about=test-2")] == [1]
        assert len(self.rows(browser, "account=Wang&about=test")) == 1
        assert len(self.rows(browser, "account=Wang&from=2026-11-21&to=2026-11-23")) == 1
        assert len(self.rows(browser, "account=Wang&from=2026-11-20")) == 2
        assert len(self.rows(browser, "account=Wang&from=yesterday")) == 2  # what is no day is passed over
        answer = browser.get("/staff/audit.csv?lang=en&account=Wang&to=2026-11-20")
        assert answer.headers["Content-Disposition"] == 'attachment; filename="audit.csv"'
        lines = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
        assert [line[1:] for line in lines] == [["Account", "Action", "About"], ["Wang", "issued codes", "test: 7"]]
        assert AuditEntry.select().where(AuditEntry.action == Action.EXPORT_AUDIT).count() == 1

    def test_reading_a_result_and_remarks_is_in_it_once_an_hour(self, staff, app):
        sealed_with("很好")
        browser = staff("committee")
        for _ in range(3):
            assert browser.get("/staff/surveys/test/result").status_code == 200
            assert browser.get("/staff/surveys/test/remarks").status_code == 200

        def readings():
            rows = AuditEntry.select().where(AuditEntry.action.in_((Action.READ_RESULT, Action.READ_REMARKS)))
            return sorted((row.account, row.action, row.about) for row in rows)

        once = [("committee-1", Action.READ_RESULT.value, "test"), ("committee-1", Action.READ_REMARKS.value, "test")]
        assert readings() == sorted(once)
        AuditEntry.update(at=AuditEntry.at - 3700).execute()
        browser.get("/staff/surveys/test/result")
        assert readings() == sorted([*once, once[0]])

    def test_by_command(self, app, runner):
        record("Wang", Action.ISSUE_CODES, "test: 7")
        record("Li", Action.CLOSE, "test")
        lines = runner.invoke(args=["audit", "show"]).output.splitlines()
        assert [line.split("\t")[1] for line in lines] == ["Li", "Wang"]
        assert "test: 7" in runner.invoke(args=["audit", "show", "--action", "issue-codes"]).output
        assert runner.invoke(args=["audit", "show", "--account", "Li", "--limit", "5"]).output.count("\n") == 1
        assert runner.invoke(args=["audit", "show", "--about", "test", "--to", "2000-01-01"]).output == ""
        assert runner.invoke(args=["audit", "show", "--about", "test", "--csv"]).output.count(",") == 6


def test_accounts_are_managed_by_command(app, runner):
    account("Li", Role.ADMINISTRATOR)
    account()

    def run(*words, code=0):
        done = runner.invoke(args=["account", *words])
        assert done.exit_code == code, done.output
        return done.output + done.stderr

    assert "Wang\tpublisher\tactive" in run("list")
    assert "last administrator" in run("role", "Li", "publisher", code=1)
    assert "last administrator" in run("deactivate", "Li", "--yes", code=1)
    run("role", "wang", "administrator")
    address = run("reset-link", "WANG", "--base", "http://x").strip()
    assert address.startswith("http://x/staff/welcome/")
    assert "password of Wang" in run("invitations")
    run("revoke-invitation", str(pending_links()[0].id))
    run("deactivate", "Li", "--yes")
    assert run("deactivate", "wang", "--yes", code=1)
    assert "Li\tadministrator\tdeactivated" in run("list")
    assert "no such account" in run("activate", "nobody", code=1)
    run("activate", "Li")
