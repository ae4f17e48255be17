"""The page of pictures: after the seal alone, with tables that stand open without a script, and the numbers for the script."""

import json

import lxml.html
import pytest

from surveys.campaigns.models import Survey
from surveys.campaigns.surveys import plan_of
from tests.acting import seal
from tests.helpers import closed, published, units, vote
from tests.results.made_rounds import sealed_round
from tests.results.test_rounds import ALL, NONE, votes
from tests.results.test_workbook import CASES, filled

ADDRESS = "/staff/surveys/test/result/pictures"


def page(browser, address=ADDRESS, language="en"):
    answer = browser.get(f"{address}?lang={language}")
    assert answer.status_code == 200
    return lxml.html.fromstring(answer.text)


def having(element, name, value=None):
    """The elements inside with an attribute, or with this value of it."""
    test = f"@{name}" if value is None else f"@{name}='{value}'"
    return element.xpath(f".//*[{test}]")


def drawn(document):
    return json.loads(document.get_element_by_id("result-pictures").get("data-pictures"))


def test_before_the_seal_there_is_no_such_page(staff):
    survey = published()
    browser = staff("administrator")
    assert browser.get(ADDRESS).status_code == 404
    closed(survey)
    assert browser.get(ADDRESS).status_code == 404


@pytest.mark.parametrize("role", ["administrator", "publisher", "committee"])
def test_everybody_who_is_signed_in_sees_all_pictures(staff, role):
    filled(**CASES["two scales"])
    document = page(staff(role))
    assert [one.get("data-picture") for one in having(document, "data-picture")] == [
        "ranking", "heat", "radar", "levels", "levels", "gaps",
    ]  # fmt: skip


def test_the_result_page_leads_to_the_pictures_and_loads_no_script_for_them(staff):
    filled(**CASES["four levels"])
    text = staff("committee").get("/staff/surveys/test/result?lang=en").text
    assert f'href="{ADDRESS}"' in text
    assert "echarts" not in text


def test_each_picture_has_a_sentence_in_words_an_open_table_and_two_files(staff):
    filled(**CASES["four levels"])
    for picture in having(page(staff("committee")), "data-picture"):
        (canvas,) = having(picture, "role", "img")
        finding = having(picture, "data-finding")[0].text_content().strip()
        assert finding and canvas.get("aria-label").endswith(finding)
        (table, *_more) = picture.xpath(".//details[@open]//table")
        assert table.findall("caption") and table.findall("thead/tr/th")
        assert [button.get("data-save") for button in having(picture, "data-save")] == ["png", "svg"]


def test_without_a_script_the_page_says_so_and_shows_no_buttons(staff):
    filled(**CASES["four levels"])
    document = page(staff("committee"))
    (notice,) = having(document, "data-no-script")
    assert "JavaScript" in notice.text_content() and notice.get("hidden") is None
    assert all(part.get("hidden") is not None for part in having(document, "data-drawn"))


def test_the_tables_hold_what_is_drawn(staff):
    filled(**CASES["four levels"])
    document = page(staff("committee"))
    data = drawn(document)
    for kind, figures in (
        ("ranking", [row["score"] for row in data["ranking"]["rows"]]),
        ("heat", [figure for row in data["heat"]["rows"] for figure in row]),
        ("gaps", [row["difference"] for row in data["gaps"][0]["rows"]]),
    ):
        section = document.get_element_by_id(kind)
        cells = [" ".join(cell.text_content().split()) for cell in section.xpath(".//td")]
        for figure in figures:
            assert f"{figure['text']} {figure['interval']}".strip() in cells
        assert len(figures) >= 3


def test_units_can_be_filtered_by_general_branch_where_there_are_several(staff):
    some = [{**unit, "parent": "机关党总支" if number else "工程系党总支"} for number, unit in enumerate(units(3))]
    filled(units=some, rule={"minimum": 3})
    document = page(staff("committee"), language="zh")
    assert [option.text for option in document.get_element_by_id("branch")] == ["全部", "工程系党总支", "机关党总支"]
    assert {unit["branch"] for unit in drawn(document)["units"]} == {0, 1}


def test_the_rounds_of_a_campaign_have_a_picture(staff):
    sealed_round("one", votes(ALL, NONE, 2))
    sealed_round("two", votes(ALL, ALL, 3))
    browser = staff("committee")
    section = page(browser, "/staff/surveys/two/result/pictures").get_element_by_id("trend")
    assert "units that rose 1, units that fell 1" in section.text_content()
    assert having(page(browser, "/staff/surveys/one/result/pictures"), "id", "trend") == []


def test_a_result_that_is_not_valid_says_so_on_the_page_and_in_every_file(staff):
    groups = [
        {"code": "students", "name": "学生", "weight": 1, "admission": "code", "expected": 1000, "required_turnout": 90}
    ]
    survey = published(groups=groups, rule={"minimum": 3, "turnout_required": True})
    for _ in range(6):
        vote(survey)
    closed(survey)
    seal("test")
    document = page(staff("committee"))
    assert "not valid" in having(document, "class", "alert")[0].text_content()
    assert "not valid" in drawn(document)["title"]


def test_a_survey_without_ratings_says_that_there_is_nothing_to_draw(staff):
    item = {
        "code": "a",
        "type": "choice",
        "text": "甲",
        "options": [{"code": "x", "text": "一"}, {"code": "y", "text": "二"}],
    }
    asked = {"key": "plain", "title": "问卷", "sections": [{"per": "survey", "items": [item]}]}
    survey = published(questionnaire=asked)
    assert plan_of(survey).rated_items == ()
    closed(survey)
    seal("test")
    assert Survey.get_by_id(survey.id).state == "sealed"
    document = page(staff("committee"))
    assert having(document, "class", "empty") and not having(document, "data-picture")
