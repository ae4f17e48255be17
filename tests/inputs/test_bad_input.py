"""Rule 20 and 21 of bad input: every form and every import, against every kind of bad input, in one table.

What a kind means for a form is said by its row; the tests of a room go deeper.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from surveys.accounts.models import Account, Role
from surveys.admission.models import Admission
from surveys.ballots.models import Remark
from surveys.campaigns.draft_changes import delete_draft
from surveys.campaigns.models import Survey
from surveys.campaigns.states import Move
from surveys.campaigns.surveys import plan_of
from surveys.questionnaires.library import all_questionnaires
from surveys.units.models import Unit
from tests.acting import TESTER, create_draft, invite, move_survey, seal
from tests.helpers import (
    PASSWORD,
    ZONE,
    ballots_stored,
    closed,
    csrf,
    fill_page,
    flush_mix,
    hand_out,
    one_code,
    post,
    published,
    survey_file,
    token_of,
)
from tests.web.staff.steps import save_step

FORMULA = '=HYPERLINK("http://x","y")'
CONTROLS = "\x07甲\u202e\x00"
PICTURE = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256))


# Files, by page and by command --------------------------------------------------------------------------------------


@dataclass
class FileImport:
    """How a kind of file is brought in, what a good one looks like and how what it left is counted."""

    bring: Callable[[Any, Any, bytes, str], str]
    good: str
    stored: Callable[[], list[str]]
    twice: str = ""


def by_page(app, tmp_path, data: bytes, name: str) -> str:
    from tests.acting import create_account

    if not Account.select().exists():
        create_account("clerk", PASSWORD, Role.PUBLISHER)
    browser = app.test_client()
    post(browser, "/staff/login", name="clerk", password=PASSWORD)
    fields = {"csrf_token": csrf(browser, "/staff/units/"), "file": (io.BytesIO(data), name)}
    page = browser.post("/staff/units/?lang=en", data=fields, content_type="multipart/form-data")
    if 'name="data"' not in page.text:
        return page.text
    sent = page.text.split('name="data" value="')[1].split('"')[0]
    return post(
        browser, "/staff/units/import", form_on="/staff/units/", name=name, data=sent, follow_redirects=True
    ).text


def by_command(*command: str, suffix: str = ".csv"):
    def bring(app, tmp_path, data: bytes, name: str) -> str:
        if "ballots" in command and not Survey.select().exists():
            published()
        (tmp_path / f"file{suffix}").write_bytes(data)
        done = app.test_cli_runner().invoke(args=[*command, str(tmp_path / f"file{suffix}")])
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done.output + done.stderr

    return bring


def unit_names() -> list[str]:
    return [unit.name for unit in Unit.select().order_by(Unit.code)]


def titles() -> list[str]:
    return [plan_of(survey).title["zh"] for survey in Survey.select().where(Survey.slug != "before")]


def questionnaire_titles() -> list[str]:
    return [entry.title["zh"] for entry in all_questionnaires() if entry.key == "one"]


def survey_json() -> str:
    return json.dumps(
        {**survey_file(), **{key: str(survey_file()[key]) for key in ("opens", "closes")}, "title": {"zh": "TEXT"}},
        ensure_ascii=False,
    )


QUESTIONNAIRE = json.dumps(
    {"key": "one", "title": "TEXT", "sections": [{"items": [{"code": "a", "type": "text", "text": "问"}]}]}
)
UNITS = "code,name,kind\nB01,TEXT,branch\n"
IMPORTS = {
    "units by page": FileImport(by_page, UNITS, unit_names, UNITS + "B01,乙,branch\n"),
    "units by command": FileImport(by_command("units", "import"), UNITS, unit_names, UNITS + "B01,乙,branch\n"),
    "ballots by command": FileImport(
        by_command("ballots", "import", "test"),
        "group,B01/listen,text:B01/opinion\nstudents,1,TEXT\n",
        lambda: [remark.body for remark in Remark.select()],
        "group,B01/listen,B01/listen\nstudents,1,1\n",
    ),
    "survey by command": FileImport(
        by_command("survey", "create", suffix=".json"), survey_json(), titles, '{"slug": "a", "slug": "b"}'
    ),
    "questionnaire by command": FileImport(
        by_command("questionnaire", "import", suffix=".json"),
        QUESTIONNAIRE,
        questionnaire_titles,
        QUESTIONNAIRE.replace("]}]", ', {"code": "a", "type": "text", "text": "again"}]}]'),
    ),
}
TABLES = ["units by page", "units by command", "ballots by command"]
FILES = ["survey by command", "questionnaire by command"]


@pytest.fixture(params=list(IMPORTS))
def way(request):
    return IMPORTS[request.param]


def test_a_good_file_is_taken(app, tmp_path, way):
    way.bring(app, tmp_path, way.good.replace("TEXT", "甲").encode(), "good")
    assert way.stored() == ["甲"]


@pytest.mark.parametrize(
    ("kind", "data"), [("empty", b""), ("wrong type", PICTURE), ("damaged workbook", b"PK\x03\x04" + PICTURE)]
)
def test_what_is_no_such_file_is_refused(app, tmp_path, way, kind, data):
    said = way.bring(app, tmp_path, data, "bad")
    assert any(word in said for word in ("empty", "neither", "damaged", "cannot be read", "not UTF-8")), said
    assert way.stored() == []


@pytest.mark.parametrize("name", IMPORTS)
def test_oversized_text_is_refused(app, tmp_path, name):
    way = IMPORTS[name]
    said = way.bring(app, tmp_path, way.good.replace("TEXT", "长" * 10_001).encode(), "large")
    assert "longer than" in said or "1 to 100" in said, said
    assert way.stored() == []


def test_what_is_there_twice_is_refused(app, tmp_path, way):
    said = way.bring(app, tmp_path, way.twice.replace("TEXT", "甲").encode(), "twice")
    assert "twice" in said or "two columns" in said or "also in row 2" in said, said
    assert way.stored() == []


def test_control_characters_are_removed(app, tmp_path, way):
    text = CONTROLS.replace("\x00", "")  # a csv with a zero byte is no csv
    way.bring(
        app, tmp_path, way.good.replace("TEXT", json.dumps(text)[1:-1] if "{" in way.good else text).encode(), "c"
    )
    assert way.stored() == ["甲"]


@pytest.mark.parametrize("name", TABLES)
def test_tables_may_be_gb18030(app, tmp_path, name):
    way = IMPORTS[name]
    way.bring(app, tmp_path, way.good.replace("TEXT", "机电党支部").encode("gb18030"), "gb")
    assert way.stored() == ["机电党支部"]


@pytest.mark.parametrize("name", FILES)
def test_survey_files_and_questionnaires_in_gb18030_are_refused_and_told_why(app, tmp_path, name):
    way = IMPORTS[name]
    text = way.good.replace("TEXT", "机电党支部")
    said = way.bring(app, tmp_path, json.dumps(json.loads(text), ensure_ascii=False).encode("gb18030"), "gb")
    assert "The file is not UTF-8." in said
    assert way.stored() == []


def test_formula_like_text_is_text(app, tmp_path, way):
    cell = json.dumps(FORMULA)[1:-1] if "{" in way.good else '"' + FORMULA.replace('"', '""') + '"'
    way.bring(app, tmp_path, way.good.replace("TEXT", cell).encode(), "formula")
    assert way.stored() == [FORMULA]


def test_ballots_for_a_sealed_survey_and_for_one_that_is_not_there_are_refused(app, tmp_path):
    bring = by_command("ballots", "import", "test")
    closed(published())
    seal("test")
    assert "before the seal" in bring(app, tmp_path, b"group,B01/listen\nstudents,1\n", "p")
    other = by_command("ballots", "import", "other")
    assert "There is no survey other." in other(app, tmp_path, b"group,B01/listen\nstudents,1\n", "p")
    assert ballots_stored() == 0


# Forms of staff -----------------------------------------------------------------------------------------------------


def accounts() -> list[str]:
    return [account.name for account in Account.select() if account.name != "publisher-1"]


def send_survey(app, browser, text: str) -> tuple[int, str]:
    """Give a draft a title and an address of its own in the step that asks for them."""
    if not Survey.select().exists():
        create_draft(survey_file(slug="before", title="-"), ZONE)
    answer = save_step(browser, "before", "name", title=text, slug=text and "spring")
    return answer.status_code, answer.text


def send_account(app, browser, text: str) -> tuple[int, str]:
    answer = post(
        app.test_client(),
        f"/staff/welcome/{invite(Role.COMMITTEE)}?lang=en",
        name=text,
        password=PASSWORD,
        again=PASSWORD,
    )
    return answer.status_code, answer.text


def send_codes(app, browser, text: str) -> tuple[int, str]:
    published()
    answer = post(browser, "/staff/surveys/test/codes?lang=en", group="0", unit="-1", count=text)
    return answer.status_code, answer.text


FORMS = {"survey": (send_survey, titles), "account": (send_account, accounts)}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("kind", "text"), [("empty", ""), ("oversized", "长" * 5000)])
def test_forms_refuse_what_is_empty_or_too_long_and_keep_it(app, staff, form, kind, text):
    send, stored = FORMS[form]
    status, page = send(app, staff("publisher"), text)
    assert (status, stored()) == (200, [])
    assert "error" in page or "alert" in page
    assert text in page


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("text", "kept"), [(CONTROLS, "甲"), (FORMULA, FORMULA), ("'; DROP TABLE unit; --",) * 2])
def test_forms_keep_formula_like_text_and_drop_control_characters(app, staff, form, text, kept):
    send, stored = FORMS[form]
    status, _ = send(app, staff("publisher"), text)
    assert (status, stored()) == (302, [kept])


@pytest.mark.parametrize("form", FORMS)
def test_bytes_that_are_not_utf8_do_no_harm(app, staff, form):
    """A form sent in GB18030 by a broken browser: replaced characters or an error, never a fault of the server."""
    send, _ = FORMS[form]
    status, _ = send(app, staff("publisher"), "机电".encode("gb18030").decode("latin-1"))
    assert status in (200, 302)


@pytest.mark.parametrize("count", ["", "0", "-1", "many", "9" * 50, "1.5", "\x07", FORMULA])
def test_a_number_of_codes_that_is_none_is_refused(app, staff, count):
    status, page = send_codes(app, staff("publisher"), count)
    assert status == 200
    assert "error" in page or "alert" in page
    assert Admission.select().count() == 0


def test_an_account_and_a_survey_are_not_made_twice(app, staff):
    browser = staff("publisher")
    assert send_account(app, browser, "Wang")[0] == 302
    status, page = send_account(app, browser, "wang")
    assert (status, "already an account" in page) == (200, True)
    send_survey(app, browser, "春季")
    for _ in range(2):  # beside a draft, and beside a published survey
        create_draft(survey_file(slug="before", title="-"), ZONE)
        status, page = send_survey(app, browser, "夏季")
        assert (status, "already a survey" in page) == (200, True)
        delete_draft(TESTER, "before")
        if Survey.get().state == "draft":
            move_survey("spring", Move.PUBLISH)
    assert titles() == ["春季"]


@pytest.mark.parametrize("closes", ["", "tomorrow", "2001-01-01T00:00", "\x00", FORMULA, "9" * 400])
def test_a_survey_is_not_opened_again_until_nonsense(app, staff, closes):
    browser = staff("publisher")
    survey = closed(published())
    post(browser, "/staff/surveys/test/move/reopen", form_on="/staff/surveys/test/", closes=closes, reason="补测")
    assert Survey.get_by_id(survey.id).closes_at == survey.closes_at


@pytest.mark.parametrize("name", ["", "\x00", "长" * 5000, FORMULA, "\ud800"])
def test_signing_in_with_nonsense_fails_in_words(app, client, name):
    answer = post(client, "/staff/login", name=name.encode("utf-8", "replace"), password="x" * 5000)
    assert answer.status_code in (200, 401)


def test_no_codes_are_issued_for_a_closed_survey(app, staff):
    browser = staff("publisher")
    page = browser.get("/staff/surveys/test/codes")
    assert page.status_code == 404
    closed(published())
    token = csrf(browser, "/staff/surveys/test/")
    fields = {"csrf_token": token, "group": "0", "unit": "-1", "count": "3"}
    assert browser.post("/staff/surveys/test/codes", data=fields).status_code == 200
    assert Admission.select().count() == 0


# Forms of respondents -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "code", ["", " ", "0" * 5000, CONTROLS, FORMULA, "机电".encode("gb18030"), "\ud800".encode("utf-8", "replace")]
)
def test_a_code_that_is_none_is_refused_in_words(app, client, code):
    published()
    assert hand_out(client, "test", code).status_code == 422


def test_a_foreign_surveys_code_is_not_known(app, client):
    survey = published()
    published(slug="other")
    assert hand_out(client, "other", one_code(app, survey)).status_code == 422


def ballot(client) -> dict[str, Any]:
    return fill_page(client.get("/s/test/ballot?group=staff").text)


def remark_field(client) -> str:
    page = client.get("/s/test/ballot?group=staff").text
    return page.split("<textarea")[1].split('name="')[1].split('"')[0]


@pytest.mark.parametrize("value", ["", "9", "x", "\x00", "1" * 5000, FORMULA, "甲".encode("gb18030")])
def test_a_rating_that_is_none_is_named_and_nothing_is_stored(app, client, value):
    published()
    fields = {**ballot(client), "0": value}
    answer = client.post("/s/test/submit", data=fields)
    assert (answer.status_code, 'href="#q0"' in answer.text) == (422, True)
    assert token_of(answer.text) == fields["token"]
    assert ballots_stored() == 0


def test_a_remark_too_long_is_kept_and_one_with_controls_is_cleaned(app, client):
    published()
    name = remark_field(client)
    fields = ballot(client)
    refused = client.post("/s/test/submit", data={**fields, name: "长" * 5000})
    assert (refused.status_code, "长" * 5000 in refused.text) == (422, True)
    client.post("/s/test/submit", data={**fields, name: CONTROLS})
    flush_mix()
    assert [remark.body for remark in Remark.select()] == ["甲"]


def test_a_formula_like_remark_and_answers_sent_twice_are_one_ballot_with_text(app, client):
    published()
    name = remark_field(client)
    fields = {**ballot(client), name: FORMULA, "0": ["1", "1"]}
    client.post("/s/test/submit", data=fields)
    client.post("/s/test/submit", data=fields)
    flush_mix()
    assert [remark.body for remark in Remark.select()] == [FORMULA]
    assert ballots_stored() == 1


def test_a_ballot_for_a_closed_or_a_foreign_survey_is_refused_in_words(app, client):
    survey = published()
    published(slug="other")
    fields = ballot(client)
    assert client.post("/s/other/submit", data=fields).status_code == 400
    closed(survey)
    assert client.post("/s/test/submit", data=fields).status_code == 409
    assert ballots_stored() == 0
