"""The page on which typos of a running survey are corrected."""

import io
import re

import openpyxl
import pytest

from surveys.campaigns.models import Survey
from surveys.campaigns.surveys import plan_of
from tests.acting import seal
from tests.helpers import closed, flush_mix, post, published, units, vote

PAGE = "/staff/surveys/test/corrections/"


@pytest.fixture
def office(staff):
    return staff("publisher")


def correct(office, old, new, **fields):
    data = {"before": old, "after": new, "reason": "错字", "same": "on", **fields}
    sent = {name: value for name, value in data.items() if value is not None}
    return post(office, PAGE, form_on=f"{PAGE}?lang=en", follow_redirects=True, **sent)


def test_a_corrected_text_is_what_respondents_read_at_once(office, client):
    published()
    client.get("/s/test?lang=zh")
    page = correct(office, "测评", "测评。").text
    assert "1 text is corrected." in page
    assert "测评。" in client.get("/s/test?lang=zh").text
    assert "Corrections" in office.get("/staff/surveys/test/?lang=en").text


def test_both_wordings_stand_in_the_method_of_result_and_workbook(office, staff):
    survey = published()
    for _ in range(12):
        vote(survey)
    correct(office, "机关党总支", "机关党总枝", reason="键盘")
    flush_mix()
    closed(survey)
    seal("test")
    page = office.get("/staff/surveys/test/result?lang=en").text
    assert re.search(r"“机关党总支” became “机关党总枝” \(键盘\)", page)
    assert "“机关党总支”更正为“机关党总枝”" in office.get("/s/test/bulletin?lang=zh").text
    book = openpyxl.load_workbook(io.BytesIO(office.get("/staff/surveys/test/workbook.xlsx?lang=zh").data))
    cells = {cell.value for row in book["说明"].iter_rows() for cell in row}
    assert any("“机关党总支”更正为“机关党总枝”（键盘）" in str(value) for value in cells)
    assert office.get(PAGE).status_code == 404


@pytest.mark.parametrize(
    ("old", "new", "fields", "said"),
    [
        ("测评", "测评。", {"same": None}, "Say that the meaning is the same"),
        ("测评", "测评。", {"reason": ""}, "Say why"),
        ("第1党支部", "第2党支部", {}, "more than what is certainly a typo"),
        ("机关党总支", "全校所有部门", {}, "more than what is certainly a typo"),
    ],
)
def test_a_refusal_is_said_in_both_languages_and_keeps_what_was_typed(office, old, new, fields, said):
    published()
    answer = correct(office, old, new, **fields)
    assert answer.status_code == 422
    assert said in answer.text
    assert new in answer.text
    assert plan_of(Survey.get()).corrections == ()
    data = {"before": old, "after": new, "reason": "错字", "same": "on", **fields}
    sent = {name: value for name, value in data.items() if value is not None}
    chinese = post(office, PAGE, form_on=f"{PAGE}?lang=zh", **sent)
    assert said not in chinese.text
    assert chinese.status_code == 422


def test_a_large_survey_is_searched(office):
    published(units=units(60))
    page = office.get(f"{PAGE}?lang=en").text
    assert page.count("<textarea") == 20
    assert "Search for the others" in page
    found = office.get(f"{PAGE}?q=第５９党支部").text
    assert found.count("<textarea") == 1
    assert "第59党支部" in found
    assert "No text of this survey says that" in office.get(f"{PAGE}?lang=en&q=xyzzy").text


def test_committee_members_do_not_correct(staff):
    published()
    assert "corrections" not in staff("committee").get("/staff/surveys/test/").text
