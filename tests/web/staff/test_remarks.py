"""The pages of a sealed survey's remarks, for the committee."""

import io
import re

import openpyxl
import pytest

from surveys.ballots.models import Remark
from surveys.followup.remarks import published_remarks
from surveys.storage.statements import insert_many
from tests.acting import seal
from tests.followup.sealed import numbers, read, sealed_with
from tests.helpers import closed, post, published

PAGE = "/staff/surveys/test/remarks"
BODIES = ("食堂排队太久", "食堂排队太久了！", "张伟老师很负责", "<b>粗话</b>")


@pytest.fixture
def committee(staff):
    return staff("committee")


def do(browser, act, keys, **more):
    return post(browser, PAGE, act=act, number=[number.hex() for number in keys], follow_redirects=True, **more)


def test_remarks_are_counted_and_shown_with_unit_and_question(app, committee):
    sealed_with(*BODIES)
    page = committee.get(PAGE).text
    assert "4 条意见" in page
    assert "第1党支部" in page
    assert "食堂排队太久了！" in page
    assert "&lt;b&gt;粗话" in page


def test_without_remarks_the_page_says_so(app, committee):
    closed(published())
    seal("test")
    page = committee.get(PAGE).text
    assert "没有人填写意见" in page
    assert "0 条意见" in page


def test_where_too_few_answered_the_page_says_so_and_shows_nothing(app, committee):
    sealed_with(*BODIES, ballots=4)
    page = committee.get(f"{PAGE}?lang=en").text
    assert "食堂" not in page
    assert "fewer than 5 people" in page


def test_fifty_are_on_a_page_and_the_search_narrows_them(app, committee):
    survey = sealed_with("一")
    item = Remark.get().item
    rows = [(survey.id, i.to_bytes(16, "big"), 0, item, f"第{i}条") for i in range(119)]
    insert_many("remark", "survey_id, number, unit, item, body", rows)
    shown = [committee.get(f"{PAGE}?page={page}").text.count('class="remark"') for page in (1, 2, 3, 99)]
    assert shown == [50, 50, 20, 20]
    assert committee.get(f"{PAGE}?words=第11").text.count('class="remark"') == 10
    assert "没有符合条件的意见" in committee.get(f"{PAGE}?words=没有写过").text


def test_ticked_remarks_are_tagged_merged_and_published_and_the_search_stays(app, committee):
    survey = sealed_with(*BODIES)
    first, second = numbers(survey, *BODIES[:2])
    answer = post(committee, PAGE, act="tag", number=[first.hex(), second.hex()], tag_name="食堂", words="食堂")
    assert answer.headers["Location"].endswith("remarks?words=%E9%A3%9F%E5%A0%82")
    assert "2 条意见已更改" in committee.get(PAGE).text
    do(committee, "merge", [first, second])
    assert {remark.stands_for for remark in read(survey).values()} == {0, 1}
    do(committee, "split", [first, second])
    do(committee, "publish", [first])
    assert published_remarks(survey.id)[0].items[0].remarks[0].body == BODIES[0]
    assert committee.get(f"{PAGE}?state=published&tag=食堂").text.count('class="remark"') == 1
    do(committee, "withdraw", [first])
    assert published_remarks(survey.id) == []


def test_an_abusive_remark_is_folded_away_and_not_published(app, committee):
    survey = sealed_with(*BODIES)
    number = numbers(survey, BODIES[3])
    do(committee, "abusive", number)
    assert re.search(
        r"<details id=[^>]*>\s*<summary>.*</summary>\s*<p class=\"remark-text\">&lt;b&gt;粗话", committee.get(PAGE).text
    )
    assert "侮辱性意见不能公布" in do(committee, "publish", number).text
    assert published_remarks(survey.id) == []
    do(committee, "not-abusive", number)
    assert read(survey)[BODIES[3]].state == "open"


def test_a_remark_with_a_name_is_masked_on_its_page_and_published(app, committee):
    survey = sealed_with(*BODIES)
    (number,) = numbers(survey, BODIES[2])
    assert "可能含有姓名" in do(committee, "publish", [number]).text
    page = committee.get(f"{PAGE}/{number.hex()}").text
    assert "张伟老师 → 某某老师" in page
    assert "某某老师很负责" in page
    post(committee, f"{PAGE}/{number.hex()}", word="张伟老师", publish="1")
    assert published_remarks(survey.id)[0].items[0].remarks[0].body == "某某老师很负责"
    assert Remark.select().where(Remark.body == BODIES[2]).count() == 1


def test_further_words_are_masked_and_one_that_is_not_there_is_named(app, committee):
    survey = sealed_with(*BODIES)
    (number,) = numbers(survey, BODIES[0])
    page = f"{PAGE}/{number.hex()}"
    assert post(committee, page, more="食堂，太久").status_code == 302
    assert read(survey)[BODIES[0]].masked == "某某排队某某"
    answer = post(committee, page, more="宿舍")
    assert (answer.status_code, "“宿舍”" in answer.text, 'value="宿舍"' in answer.text) == (422, True, True)
    assert read(survey)[BODIES[0]].masked == "某某排队某某"


def test_a_proposed_group_is_merged_or_refused_by_a_person(app, committee):
    survey = sealed_with(*BODIES)
    both = [number.hex() for number in numbers(survey, *BODIES[:2])]
    page = f"{PAGE}/alike"
    assert committee.get(page).text.count('name="proposed"') == 2
    post(committee, page, number=both, proposed=both)
    assert {remark.stands_for for remark in read(survey).values()} == {0, 1}
    do(committee, "split", numbers(survey, *BODIES[:2]))
    post(committee, page, refuse="1", proposed=both)
    assert 'name="proposed"' not in committee.get(page).text
    assert {remark.state for remark in read(survey).values()} == {"open"}


@pytest.mark.parametrize("number", ["zz", "00", "ab" * 16, "a" * 5000])
def test_a_number_that_is_none_is_not_found(app, committee, number):
    sealed_with(*BODIES)
    assert committee.get(f"{PAGE}/{number}").status_code == 404


def test_an_act_that_is_none_is_refused(app, committee):
    sealed_with(*BODIES)
    assert do(committee, "delete", []).status_code == 400
    assert "请至少选择一条意见" in do(committee, "publish", []).text


@pytest.mark.parametrize("published", [0, 1])
def test_what_is_published_is_in_the_workbook_and_nothing_else(app, committee, published):
    survey = sealed_with(*BODIES)
    if published:
        do(committee, "publish", numbers(survey, BODIES[0]))
    body = committee.get("/staff/surveys/test/workbook.xlsx?lang=zh").data
    book = openpyxl.load_workbook(io.BytesIO(body))
    texts = [cell.value for sheet in book for row in sheet for cell in row if cell.value in BODIES]
    assert texts == [BODIES[0]] * published
    assert ("意见" in book.sheetnames) == bool(published)
