"""Forms that create something work once, and codes that were issued by mistake can be revoked."""

import re

import pytest

from surveys.accounts.models import Invitation
from surveys.admission.models import Admission
from surveys.ballots.paper.models import PaperStack
from surveys.ballots.turnout import turnout_of
from surveys.campaigns.surveys import plan_of
from surveys.storage.audit import AuditEntry
from tests.acting import issue_codes, seal
from tests.helpers import closed, csrf, fill_page, hand_out, post, published

CODES = "/staff/surveys/test/codes"


def key_of(page: str) -> str:
    return re.search(r'name="once"[^>]*value="([^"]+)"', page)[1]


@pytest.mark.parametrize(
    ("page", "fields", "table"),
    [
        (CODES, {"group": "0", "unit": "none", "count": "20"}, Admission),
        ("/staff/accounts", {"role": "publisher"}, Invitation),
        ("/staff/surveys/test/paper/", {"form": "0/A", "unit": "", "papers": "5"}, PaperStack),
    ],
)
def test_a_form_that_is_sent_twice_creates_once_and_the_next_form_creates_again(app, staff, page, fields, table):
    published()
    office = staff("administrator")
    shown = office.get(page).text
    sent = {"csrf_token": csrf(office, page), "once": key_of(shown), **fields}
    before = table.select().count()
    office.post(page, data=sent)
    first = table.select().count()
    assert first > before
    again = office.post(page, data=sent).text
    assert table.select().count() == first
    assert "已提交过" in again
    office.post(page, data={**sent, "once": key_of(again)})
    assert table.select().count() > first


def test_unused_codes_of_a_batch_are_revoked_and_the_turnout_is_of_the_others(app, staff, client):
    survey = published()
    first = issue_codes(survey, app.config["CODE_KEY"], 0, 3)
    second = issue_codes(survey, app.config["CODE_KEY"], 0, 2)
    client.post("/s/test/submit", data=fill_page(hand_out(client, "test", first[0].code).text))
    office = staff("publisher")
    page = office.get(CODES).text
    assert page.count("作废") >= 2
    answer = post(office, f"{CODES}/revoke/1", form_on=CODES, follow_redirects=True).text
    assert "第 1 批有 2 个未用的参评码已作废" in answer
    assert turnout_of(survey.id, plan_of(survey)).groups[0].admissions == 3
    assert "没有这个参评码" in hand_out(client, "test", first[1].code).text
    assert 'name="token"' in hand_out(client, "test", second[0].code).text
    assert [entry.about for entry in AuditEntry.select()][-1] == "test: batch 1: 2"
    assert "都已使用" in post(office, f"{CODES}/revoke/1", form_on=CODES, follow_redirects=True).text
    assert "没有第 9 批" in post(office, f"{CODES}/revoke/9", form_on=CODES, follow_redirects=True).text


def test_by_command(app, runner):
    survey = published()
    issue_codes(survey, app.config["CODE_KEY"], 0, 3)
    assert runner.invoke(args=["codes", "list", "test"]).output == "1\tstudents\t3\t0\n"
    assert "3 codes revoked" in runner.invoke(args=["codes", "revoke", "test", "1", "--yes"]).output
    assert runner.invoke(args=["codes", "list", "test"]).output == ""


def test_after_the_seal_nothing_is_revoked(app, runner):
    survey = published()
    issue_codes(survey, app.config["CODE_KEY"], 0, 3)
    closed(survey)
    seal("test")
    refused = runner.invoke(args=["codes", "revoke", "test", "1", "--yes"])
    assert (refused.exit_code, "until the seal" in refused.stderr) == (1, True)
