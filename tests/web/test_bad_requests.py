"""Nonsense for the pages of paper ballots, rosters, sign-on and what comes after answering: refused, and nothing breaks."""

import pytest

from surveys.admission.roster import roster_of
from surveys.admission.roster_file import read_roster
from surveys.ballots.paper import stacks
from surveys.campaigns.surveys import plan_of
from tests.acting import store_roster
from tests.admission.test_roster import FILE, GROUPS
from tests.ballots.paper import clerks
from tests.ballots.paper.typing_in import typed_twice
from tests.helpers import csrf, published

NONSENSE = ["", "\x00", "-1", "999999999999999999999", "1.5", "长" * 3000, '=HYPERLINK("x")', b"\xed\xa0\x80", "'; DROP TABLE ballot; --",
            "甲".encode("gb18030"), "<b>", "²", "0/0", "٣"]  # fmt: skip
FINE = {200, 302, 400, 403, 404, 422, 429}


@pytest.fixture
def place(app, staff):
    """A survey with a roster and a compared stack of paper ballots, and a browser of the office."""
    survey = published(groups=[*GROUPS, {"code": "coded", "name": "校友", "admission": "code"}])
    store_roster("test", app.config["CODE_KEY"], read_roster(plan_of(survey), "r.csv", FILE.encode()).rows)
    typed_twice(survey, ["1"], ["2"])
    clerks.begin_stack("test", 0, "A", None, 3)
    office = staff("publisher")
    return survey, office, csrf(office, "/staff/surveys/test/roster/")


@pytest.mark.parametrize("nonsense", NONSENSE)
def test_staff_pages_answer_in_words(place, nonsense):
    survey, office, token = place
    base = "/staff/surveys/test"
    posts = {
        f"{base}/paper/": ("form", "unit", "papers"),
        f"{base}/paper/2/type": ("position", "0", "1", "8"),
        f"{base}/paper/2/count": ("papers",),
        f"{base}/paper/2/remove-ballot": ("at",),
        f"{base}/paper/2/insert-ballot": ("at",),
        f"{base}/paper/1/compare": ("0/0", "other/0/0", "9/9", "other/x"),
        f"{base}/roster/on-paper": ("number", "undo"),
        f"{base}/roster/remove": ("number",),
        f"{base}/roster/mail": ("after", "sent", "bare"),
        f"{base}/roster/import": ("data", "name", "remove"),
        "/staff/units/import": ("data", "name"),
        "/staff/units/delete": ("code",),
    }
    for path, fields in posts.items():
        answer = office.post(path, data={"csrf_token": token, **dict.fromkeys(fields, nonsense)})
        assert answer.status_code in FINE, (path, answer.status_code)
    gets = {
        f"{base}/paper/print": ("group", "form", "unit"),
        f"{base}/paper/2/type": ("at",),
        f"{base}/roster/": ("q", "show", "page"),
    }
    for path, names in gets.items():
        answer = office.get(path, query_string=dict.fromkeys(names, nonsense))
        assert answer.status_code in FINE, (path, answer.status_code)
    assert [stack.papers for stack in stacks.stacks_of(survey.id)] == [1, 3]
    assert len(roster_of(survey)) == 3


@pytest.mark.parametrize("nonsense", NONSENSE)
def test_respondents_pages_answer_in_words(app, client, place, nonsense):
    for path, names in {
        "/s/test/picture": ("token", "code", "lang"), "/s/test/submit": ("token", "proof", "lang"),
        "/s/test/check": ("receipt",), "/s/test/resume": ("token",),
    }.items():  # fmt: skip
        assert client.post(path, data=dict.fromkeys(names, nonsense)).status_code in FINE, path
    for path in ("/s/-/oidc", "/s/-/cas", "/s/test/sign-on/oidc", "/s/test/bulletin", "/s/test/receipts.txt"):
        names = ("state", "code", "ticket", "error", "lang", "again")
        assert client.get(path, query_string=dict.fromkeys(names, nonsense)).status_code in FINE, path


def test_addresses_with_numbers_and_characters_that_no_database_takes_are_not_found(any_app):
    from surveys.accounts.models import Role
    from tests.acting import create_account
    from tests.helpers import PASSWORD, post

    published()
    create_account("Wang", PASSWORD, Role.ADMINISTRATOR)
    office = any_app.test_client()
    post(office, "/staff/login", name="Wang", password=PASSWORD)
    token, large = {"csrf_token": csrf(office, "/staff/")}, 10**30
    for path in (
        f"/staff/accounts/{large}/activate",
        f"/staff/accounts/{large}/password-link",
        f"/staff/surveys/test/paper/{large}/finish",
        "/staff/surveys/a%00b/delete",
    ):
        assert office.post(path, data=token).status_code == 404, path
    for path in (f"/staff/surveys/test/paper/{large}/type", "/staff/surveys/a%00b/", "/staff/surveys/a%00b/edit"):
        assert office.get(path).status_code == 404, path
    assert office.get("/staff/audit?account=a%00b&action=x&page=99999999999999999999").status_code == 200
    assert office.post("/staff/units/delete", data={**token, "code": "\x00"}).status_code == 302
