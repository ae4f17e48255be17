"""Questionnaires on the staff's pages: pasted or in a file, looked over, stored, given out."""

import io
import json
import re
import time

import pytest

from surveys.questionnaires.library import archive_questionnaire, list_questionnaires, load_definition, title_of
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
    return {
        name: value
        for name in ("name", "data", "once")
        for value in re.findall(rf'name="{name}"[^>]*value="([^"]*)"', page)
    }


def stored_titled(title):
    """The keys of the stored questionnaires of this title."""
    return [one.stored.key for one in list_questionnaires() if one.title["zh"] == title]


def test_pasted_text_is_shown_as_it_was_understood_and_then_stored(staff):
    office = staff("publisher")
    page = post(office, PAGE, text=TEXT).text
    assert "食堂满意度" in page
    assert "大一 · 大二" in page
    assert "第 5 行：未标明题型，按填空题处理。" in page
    assert not stored_titled("食堂满意度")
    done = post(office, f"{PAGE}import", form_on=PAGE, follow_redirects=True, **fields(page))
    assert "“食堂满意度”已保存" in done.text
    [key] = stored_titled("食堂满意度")
    assert [item["type"] for item in load_definition(key)["sections"][0]["items"]] == ["choice", "text"]
    assert f'value="{key}"' in office.get("/staff/surveys/new").text


def test_one_pasted_text_after_the_other_is_stored_without_thinking_of_names(staff):
    office = staff("publisher")
    for title in ("食堂", "宿舍", "食堂"):
        page = post(office, PAGE, text=f"{title}\n1. 建议\n").text
        assert ("pasted" in re.sub(r'value="[^"]*"', "", page), 'name="key"' in page) == (False, False)
        assert post(office, f"{PAGE}import", form_on=PAGE, **fields(page)).status_code == 302
    assert (len(stored_titled("食堂")), len(stored_titled("宿舍"))) == (2, 1)


def test_a_preview_that_is_sent_twice_is_stored_once(staff):
    office = staff("publisher")
    sent = fields(post(office, PAGE, text=TEXT).text)
    for _again in range(2):
        post(office, f"{PAGE}import", form_on=PAGE, **sent)
    assert len(stored_titled("食堂满意度")) == 1


def test_the_points_of_a_scale_are_shown_and_said_to_be_a_guess(staff):
    page = post(staff("publisher"), PAGE, text="食堂\n1. 饭菜 [量表题]\n差\n中\n好\n").text
    assert "差：0 分" in page
    assert "好：100 分" in page
    assert "请核对" in page


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
    bad = workbook([HEADING, ["geopoint", "a", "Where?"], ["image", "b", "Picture"]])
    answer = post(office, PAGE, text="", file=(io.BytesIO(bad), "bad.xlsx"))
    assert answer.status_code == 422
    assert "第 2 行" in answer.text
    assert "第 3 行" in answer.text


def test_a_stored_one_is_replaced_only_if_that_was_chosen(staff):
    office = staff("publisher")
    before = load_definition("suggestions")
    text = json.dumps({**before, "title": "新的意见征集"}, ensure_ascii=False).encode()
    page = post(office, PAGE, text="", file=(io.BytesIO(text), "q.json")).text
    assert f"这个文件对应已保存的问卷“{title_of(before)['zh']}”" in page
    post(office, f"{PAGE}import", form_on=PAGE, **fields(page))
    assert load_definition("suggestions") == before
    assert len(stored_titled("新的意见征集")) == 1
    page = post(office, PAGE, text="", file=(io.BytesIO(text), "q.json")).text
    post(office, f"{PAGE}import", form_on=PAGE, replace="1", **fields(page))
    assert load_definition("suggestions")["title"] == "新的意见征集"


def test_the_key_of_a_file_is_kept_where_it_is_free(staff):
    office = staff("publisher")
    text = json.dumps({**load_definition("suggestions"), "key": "Our-own"}, ensure_ascii=False).encode()
    page = post(office, PAGE, text="", file=(io.BytesIO(text), "q.json")).text
    assert 'name="replace"' not in page
    post(office, f"{PAGE}import", form_on=PAGE, **fields(page))
    assert load_definition("Our-own")["key"] == "Our-own"


def test_a_text_of_any_length_is_read_at_once_or_refused(staff):
    started = time.process_time()
    answer = post(staff("publisher"), PAGE, text="食堂\n1. 日期" + "\t" * 100_000 + "x\nA. a")
    assert (answer.status_code, time.process_time() - started < 5) == (422, True)
    assert "第 2 行" in answer.text


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
