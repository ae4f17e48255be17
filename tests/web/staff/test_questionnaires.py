"""Questionnaires on the staff's pages: pasted or in a file, looked over, stored, given out."""

import io
import json
import re

import pytest

from surveys.questionnaires.library import archive_questionnaire, load_definition
from surveys.questionnaires.questionnaire import read_questionnaire
from surveys.questionnaires.xlsform.reader import read_xlsform
from surveys.storage.unit_of_work import Actor
from tests.acting import create_draft
from tests.helpers import ZONE, post, published, survey_file
from tests.questionnaires.xlsform.test_reading import HEADING, YES_NO, workbook
from tests.questionnaires.xlsform.test_writing import ALL

PAGE = "/staff/questionnaires/"
TEXT = "食堂满意度\n1. 您的年级？ [单选题] *\nA. 大一\nB. 大二\n2. 建议\n"


def fields(page):
    """The hidden fields of a preview."""
    return dict(re.findall(r'name="(name|data)" value="([^"]*)"', page))


def test_pasted_text_is_shown_as_it_was_understood_and_then_stored(staff):
    office = staff("publisher")
    page = post(office, PAGE, text=TEXT).text
    assert "食堂满意度" in page
    assert "大一 · 大二" in page
    assert "第 5 行：未标明题型，按填空题处理。" in page
    assert load_definition("canteen") is None
    done = post(office, f"{PAGE}import", form_on=PAGE, key="canteen", follow_redirects=True, **fields(page))
    assert "“canteen”已保存" in done.text
    assert [item["type"] for item in load_definition("canteen")["sections"][0]["items"]] == ["choice", "text"]
    assert 'value="canteen"' in office.get("/staff/surveys/new").text


@pytest.mark.parametrize("name", ALL)
def test_questions_of_every_kind_can_be_looked_over(staff, name):
    text = json.dumps(ALL[name], ensure_ascii=False).encode()
    answer = post(staff("publisher"), PAGE, text="", file=(io.BytesIO(text), "q.json"))
    assert answer.status_code == 200
    for item in read_questionnaire(ALL[name]).items:
        assert item.text["zh"] in answer.text


def test_an_xlsform_is_read_and_its_faults_are_listed_by_row(staff):
    office = staff("publisher")
    good = workbook(
        [HEADING, ["select_one yn", "a", "Are you well?"]], YES_NO, [["form_title", "form_id"], ["Health", "health"]]
    )
    page = post(office, PAGE, text="", file=(io.BytesIO(good), "health.xlsx")).text
    assert "Are you well?" in page
    assert 'value="health"' in page
    bad = workbook([HEADING, ["geopoint", "a", "Where?"], ["image", "b", "Picture"]])
    answer = post(office, PAGE, text="", file=(io.BytesIO(bad), "bad.xlsx"))
    assert answer.status_code == 422
    assert "第 2 行" in answer.text
    assert "第 3 行" in answer.text


def test_a_stored_one_is_replaced_only_if_that_was_ticked(staff):
    office = staff("publisher")
    before = load_definition("suggestions")
    page = post(office, PAGE, text=TEXT).text
    refused = post(office, f"{PAGE}import", form_on=PAGE, key="suggestions", **fields(page))
    assert (refused.status_code, "已有名为 suggestions 的问卷" in refused.text) == (422, True)
    assert load_definition("suggestions") == before
    post(office, f"{PAGE}import", form_on=PAGE, key="suggestions", replace="1", **fields(refused.text))
    assert load_definition("suggestions")["title"] == "食堂满意度"


@pytest.mark.parametrize("key", ["", "a b", "/x", "问卷"])
def test_a_name_that_is_none_is_refused_and_nothing_is_lost(staff, key):
    office = staff("publisher")
    page = post(office, PAGE, text=TEXT).text
    answer = post(office, f"{PAGE}import", form_on=PAGE, key=key, **fields(page))
    assert answer.status_code == 422
    assert fields(answer.text) == fields(page)


def test_without_a_file_or_text_it_is_asked_for(staff):
    answer = post(staff("publisher"), PAGE, text=" ")
    assert (answer.status_code, "请选择文件，或粘贴问卷文字" in answer.text) == (422, True)


def test_what_was_typed_stays_on_the_page(staff):
    answer = post(staff("publisher"), PAGE, text="没有编号的一句话")
    assert answer.status_code == 422
    assert "没有编号的一句话</textarea>" in answer.text


def test_the_committee_sees_and_downloads_but_takes_none_in(staff):
    committee = staff("committee")
    page = committee.get(PAGE).text
    assert "public-response" in page
    assert "<textarea" not in page
    assert "食堂" not in post(committee, PAGE, form_on="/staff/password", text=TEXT).text


def test_each_is_given_out_as_json_and_as_an_xlsform(staff):
    committee = staff("committee")
    given = committee.get(f"{PAGE}public-response.json").json
    assert given == load_definition("public-response")
    form = committee.get(f"{PAGE}public-response.xlsx").data
    assert read_questionnaire(read_xlsform("f.xlsx", form).definition) == read_questionnaire(given)
    assert committee.get(f"{PAGE}nothing.json").status_code == 404
    assert committee.get(f"{PAGE}public-response.pdf").status_code == 404


def test_the_list_is_searched_narrowed_and_says_who_uses_what(staff):
    published(questionnaire="public-response")
    create_draft(survey_file(slug="later", questionnaire="public-response", title="下一轮"), ZONE)
    office = staff("publisher")
    page = office.get(PAGE).text
    assert (">测评</a>" in page, ">下一轮</a>" in page) == (True, True)
    assert "系统自带" in page
    found = office.get(f"{PAGE}?q=ＦＩＶＥ-ＬＥＡＤＳ&show=ready-made&order=title").text
    assert "five-leads" in found
    assert "public-response" not in found
    assert 'value="title" selected' in found


def test_an_empty_result_says_what_to_do(staff):
    archive_questionnaire(Actor("Wang"), "five-leads", True)
    office = staff("publisher")
    page = office.get(f"{PAGE}?q=five-leads").text
    assert "没有问卷的标题或题目含有“five-leads”" in page
    assert "归档中有 1 份" in page
    assert "five-leads.json" in office.get(f"{PAGE}?q=five-leads&show=archived").text


@pytest.mark.parametrize(
    "query", ["?page=x", "?page=-3", "?page=9999999", "?show=nothing&order=nothing", "?q=" + "x" * 500]
)
def test_an_address_that_makes_no_sense_shows_the_list(staff, query):
    assert staff("committee").get(PAGE + query).status_code == 200
