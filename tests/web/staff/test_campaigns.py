"""Pages of campaigns."""

from __future__ import annotations

import csv
import io
import itertools
import re

import lxml.html
import pytest

from surveys.campaigns.campaigns import (
    CampaignFields,
    create_campaign,
    find_campaign,
    get_campaign,
    mapping_of,
    rounds_of,
    stages_of,
)
from surveys.campaigns.models import Survey
from surveys.followup.actions import ActionAnswer, ActionFields, add_action, answer_action
from surveys.web.staff.round_chart import round_chart
from tests.acting import TESTER
from tests.helpers import csrf, post, published
from tests.results.made_rounds import named_units, put_into, questionnaire, sealed_round
from tests.results.test_rounds import votes

HOME = "/staff/campaigns/drive"


def made():
    return create_campaign(TESTER, "drive", CampaignFields("党建活动", "Party building drive"))


def said(page) -> str:
    """What a page says, in one line."""
    return " ".join(lxml.html.fromstring(page.text).text_content().split())


def table(page, name: str) -> list[list[str]]:
    """The rows of the table in a section."""
    rows = lxml.html.fromstring(page.text).xpath(f'//section[@id="{name}"]//tbody/tr')
    return [[" ".join(cell.text_content().split()) for cell in row.xpath("th|td")] for row in rows]


@pytest.fixture
def two_rounds(app):
    sealed_round("one", votes(1, 4, 2), stage=0)
    sealed_round("two", votes(1, 1, 3), stage=3)


def test_a_campaign_is_made_and_its_stages_are_changed(staff):
    browser = staff("publisher")
    assert "No campaigns yet" in said(browser.get("/staff/campaigns/?lang=en"))
    form = {f"stage-{n}-name": f"第{n}段" for n in range(1, 5)}
    once = re.search(r'name="once"[^>]*value="([^"]+)"', browser.get("/staff/campaigns/new").text)[1]
    fields = {"name": "党建活动", "code": "Drive", "once": once, "stage-1-first": "2020-01-01", **form}
    assert post(browser, "/staff/campaigns/new", **fields).headers["Location"].endswith("/staff/campaigns/drive")
    assert post(browser, "/staff/campaigns/new", **fields).headers["Location"].endswith("/staff/campaigns/")  # once
    page = browser.get(HOME)
    assert lxml.html.fromstring(page.text).xpath('string(//li[@aria-current="step"]/strong)') == "第1段"
    assert post(browser, f"{HOME}/edit", name="新名", **form).status_code == 302
    assert get_campaign("drive").name == "新名"
    assert stages_of(get_campaign("drive"))[0].first == ""


def test_faults_are_all_named_and_what_was_typed_stays(staff):
    made()
    browser = staff("publisher")
    form = {f"stage-{n}-name": f"第{n}段" for n in range(1, 5)}
    days = {"stage-1-first": "2026-03-01", "stage-1-last": "2026-02-01", "stage-2-first": "2026-01-01"}
    page = post(browser, f"{HOME}/edit?lang=en", name="别名", **days, **form)
    assert page.status_code == 422
    assert 'value="别名"' in page.text
    assert "Stage 1: The last day is before the first one." in page.text
    assert get_campaign("drive").name == "党建活动"


def test_surveys_are_put_in_and_taken_out(staff):
    made()
    published()
    browser = staff("publisher")
    post(browser, f"{HOME}/surveys", form_on=HOME, slug="test", stage="1")
    assert [(one.survey.slug, one.stage) for one in rounds_of(get_campaign("drive"))] == [("test", 1)]
    page = browser.get(HOME + "?lang=en")
    assert table(page, "surveys")[0][1] == "Public commitments"
    assert "No survey of this campaign is sealed yet" in said(page)
    post(browser, f"{HOME}/delete", form_on=HOME)
    assert find_campaign("drive") is not None
    post(browser, f"{HOME}/surveys/test/remove", form_on=HOME)
    assert rounds_of(get_campaign("drive")) == []
    post(browser, f"{HOME}/delete", form_on=f"{HOME}/edit")
    assert find_campaign("drive") is None


def test_a_stage_that_is_none_changes_nothing(staff):
    made()
    published()
    browser = staff("publisher")
    for stage in ("9", "x", "-1"):
        post(browser, f"{HOME}/surveys", form_on=HOME, slug="test", stage=stage)
    assert rounds_of(get_campaign("drive")) == []


def test_one_sealed_round_says_that_a_second_one_is_needed(staff):
    sealed_round("one", votes(1))
    assert "One round is sealed" in said(staff("committee").get(HOME + "?lang=en"))


def test_rounds_are_compared_in_words_and_figures(two_rounds, staff):
    browser = staff("committee")
    found = {row[1]: row for row in table(browser.get(HOME + "?lang=en"), "units")}
    assert found["Branch 1"][2:5] == ["100.00", "100.00", "0.00"]
    assert found["Branch 1"][-1] == "may be chance"
    assert found["Branch 2"][2:5] == ["0.00", "100.00", "+100.00"]
    assert found["Branch 2"][-1] == "higher"
    assert (found["Branch 3"][4], found["Branch 3"][-1]) == ("−20.00", "lower")
    assert table(browser.get(HOME), "branches")[0][1].startswith("60.00")
    assert "提高" in browser.get(HOME + "?lang=zh").text


def test_the_chart_has_a_line_for_each_unit_and_no_style_in_it(two_rounds, staff):
    page = lxml.html.fromstring(staff("committee").get(HOME + "?lang=en").text)
    (chart,) = page.xpath('//*[local-name()="svg" and contains(@class, "rounds")]')
    assert len(chart.xpath('.//*[local-name()="polyline"]')) == 3
    assert {one.get("class") for one in chart.xpath('.//*[local-name()="g"]')} == {"up", "down", "same"}
    assert chart.get("aria-label")
    assert not chart.xpath(".//@style")


def test_a_round_without_a_score_breaks_a_line():
    chart = round_chart([("a", "", [80, None, 90, 95]), ("b", "up", [None, None, None, 60])])
    assert [len(line.dots) for line in chart.lines] == [3, 1]
    assert [len(line.pieces) for line in chart.lines] == [1, 0]
    assert [tick for _, tick in chart.ticks] == [60, 70, 80, 90, 100]
    assert round_chart([("a", "", [None, None])]) is None
    assert round_chart([("a", "", [80])]) is None


def test_labels_of_a_chart_do_not_lie_on_each_other():
    chart = round_chart([(str(n), "", [80.0, 80.0 + n / 10]) for n in range(12)])
    places = sorted(line.label_y for line in chart.lines)
    assert all(after - before >= 12 - 1e-9 for before, after in itertools.pairwise(places))
    many = round_chart([(str(n), "up" if n == 3 else "", [80.0, 80.0 + n]) for n in range(15)])
    assert [line.label for line in many.lines if line.label] == ["3"]


def test_many_units_are_looked_for_by_name(app, staff):
    for slug in ("one", "two"):
        sealed_round(slug, votes(*[1] * 31))
    browser = staff("committee")
    assert len(table(browser.get(HOME), "units")) == 31
    assert [row[1] for row in table(browser.get(HOME + "?lang=en&q=branch 17"), "units")] == ["Branch 17"]
    assert "There is no such unit" in said(browser.get(HOME + "?lang=en&q=nothing"))
    assert table(browser.get(HOME + "?kind=office"), "units") == []


def test_units_are_followed_by_lines_on_a_page(app, staff):
    sealed_round("one", votes(1, 2), units=named_units(["A", "B"]))
    sealed_round("two", votes(1), units=named_units(["AB"]))
    browser = staff("publisher")
    path = f"{HOME}/units/two"
    pairs = {"old": ["A", "B", ""], "new": ["AB", "AB", ""]}
    assert post(browser, path, **pairs).status_code == 302
    row = table(browser.get(HOME + "?lang=en"), "units")[0]
    assert row[1] == "AB党支部 merged: A党支部, B党支部"
    assert row[2:5] == ["90.00", "100.00", "+10.00"]
    assert "B党支部 (B)" in browser.get(path).text


def test_contradicting_lines_are_refused_and_stay_as_they_were_typed(two_rounds, staff):
    browser = staff("publisher")
    page = post(browser, f"{HOME}/units/two?lang=en", old=["B01", "B01"], new=["B02", ""])
    assert page.status_code == 422
    assert "The unit B01 cannot have ended and go on." in page.text
    assert typed(page, "old")[:2] == ["B01", "B01"]
    one, two = Survey.get(Survey.slug == "one"), Survey.get(Survey.slug == "two")
    assert mapping_of(one, two) == []


def test_more_lines_keep_what_was_typed_and_store_nothing(two_rounds, staff):
    browser = staff("publisher")
    page = post(browser, f"{HOME}/units/two", old=["B01", "B02"], new=["B02", "B01"], more="1")
    assert typed(page, "old") == ["B01", "B02", "", "", ""]
    assert mapping_of(Survey.get(Survey.slug == "one"), Survey.get(Survey.slug == "two")) == []


def typed(page, name: str) -> list[str]:
    return lxml.html.fromstring(page.text).xpath(f'//input[@name="{name}"]/@value')


def test_units_are_chosen_by_what_the_list_offers_and_by_name(two_rounds, staff):
    browser = staff("publisher")
    path = f"{HOME}/units/two?lang=en"
    offered = lxml.html.fromstring(browser.get(path).text).xpath('//datalist[@id="old-units"]/option/@value')
    assert offered[0] == "Branch 1 (B01)"
    page = post(browser, path, old=["Branch 1 (B01)", "第2党支部"], new=["Branch 2 (B02)", "B01"])
    assert page.status_code == 302, page.text
    one, two = Survey.get(Survey.slug == "one"), Survey.get(Survey.slug == "two")
    assert mapping_of(one, two) == [("B01", "B02"), ("B02", "B01")]
    assert typed(browser.get(path), "new")[:2] == ["Branch 2 (B02)", "Branch 1 (B01)"]


def test_units_with_equal_names_and_other_codes_are_proposed_and_count_once_saved(app, staff):
    sealed_round("one", votes(1, 2), units=named_units(["A", "B"]))
    sealed_round("two", votes(1, 2), units=[{**unit, "code": "N" + unit["code"]} for unit in named_units(["A", "B"])])
    browser = staff("publisher")
    path = f"{HOME}/units/two?lang=en"
    page = browser.get(path)
    assert "2 lines are proposed" in said(page)
    assert "Ended A党支部, B党支部" in said(page)
    lines = {"old": typed(page, "old"), "new": typed(page, "new")}
    assert lines["new"][:2] == ["A党支部 (NA)", "B党支部 (NB)"]
    post(browser, path, **lines)
    assert "proposed" not in said(browser.get(path))
    assert [row[4] for row in table(browser.get(HOME), "units")] == ["0.00", "0.00"]


def test_three_hundred_renamed_units_make_a_small_page(app, staff):
    names = [f"{n:03}" for n in range(300)]
    for slug, before in (("one", "A"), ("two", "B")):
        published(slug=slug, units=named_units([before + name for name in names]))
        put_into(slug)
    browser = staff("publisher")
    path = f"{HOME}/units/two"
    lines = {side: [before + name for name in names] for side, before in (("old", "A"), ("new", "B"))}
    assert post(browser, path, **lines).status_code == 302
    page = browser.get(path)
    assert len(typed(page, "old")) == 303
    assert len(page.data) < 300_000


def test_a_round_that_comes_between_two_mapped_ones_is_told(two_rounds, staff):
    browser = staff("publisher")
    post(browser, f"{HOME}/units/two", old=["B03"], new=[""])
    assert "is not used any more" not in said(browser.get(HOME + "?lang=en"))
    one, two = Survey.get(Survey.slug == "one"), Survey.get(Survey.slug == "two")
    between = published(slug="between")
    put_into("between")
    Survey.update(closes_at=(one.closes_at + two.closes_at) / 2).where(Survey.id == between.id).execute()
    assert "another round came between them" in said(browser.get(HOME + "?lang=en"))


def test_lines_come_from_a_file(two_rounds, staff):
    browser = staff("publisher")
    path = f"{HOME}/units/two"
    data = {
        "csrf_token": csrf(browser, path),
        "file": (io.BytesIO("原编码,新编码\nB01,B02\nB02,B01\n".encode()), "m.csv"),
    }
    assert browser.post(path, data=data, content_type="multipart/form-data").status_code == 302
    assert len(mapping_of(Survey.get(Survey.slug == "one"), Survey.get(Survey.slug == "two"))) == 2
    data = {"csrf_token": csrf(browser, path), "file": (io.BytesIO(b"x,y\n1,2\n"), "m.csv")}
    assert browser.post(path, data=data, content_type="multipart/form-data").status_code == 422


def test_the_first_round_has_no_such_page(two_rounds, staff):
    assert staff("publisher").get(f"{HOME}/units/one").status_code == 404


def test_what_came_of_actions_is_shown_before_and_after(two_rounds, staff):
    for unit, item in ((1, ""), (2, "serve")):
        action = add_action(TESTER, "one", unit, ActionFields("多开窗口", "2026-12-31"))
        type(action).update(item=item).where(type(action).id == action.id).execute()
    answer_action(TESTER, "one", action.id, ActionAnswer(state="done", evidence="照片"))
    page = lxml.html.fromstring(staff("committee").get(HOME + "?lang=en").text)
    rows = page.xpath('//h2[contains(., "What came of the actions")]/..//tbody/tr')
    cells = [[" ".join(cell.text_content().split()) for cell in row.xpath("th|td")] for row in rows]
    assert [row[:6] for row in cells] == [
        ["Branch 2", "1", "0", "mend", "0.00", "100.00"],
        ["Branch 3", "1", "1", "serve", "80.00", "60.00"],
        ["Branch 3", "1", "1", "mend", "80.00", "60.00"],
    ]
    assert cells[0][-1] == "higher"


def test_an_item_that_asks_about_actions_for_the_first_time_has_no_before(app, staff):
    sealed_round("one", votes(2)[:, :2], questionnaire=questionnaire(("listen", "serve")), units=named_units(["A"]))
    sealed_round("two", votes(1), units=named_units(["A"]))
    add_action(TESTER, "one", 0, ActionFields("多开窗口", "2026-12-31"))
    page = lxml.html.fromstring(staff("committee").get(HOME + "?lang=en").text)
    (row,) = page.xpath('//h2[contains(., "What came of the actions")]/..//tbody/tr')
    assert [cell.text_content().strip() for cell in row.xpath("td")][2:6] == ["mend", "—", "100.00", "—"]


def test_a_survey_leads_to_its_campaign(two_rounds, staff):
    assert f'href="{HOME}"' in staff("committee").get("/staff/surveys/one/?lang=en").text


def test_the_committee_reads_and_has_no_buttons(two_rounds, staff):
    page = staff("committee").get(HOME + "?lang=en").text
    assert "Take out" not in page
    assert "Put into this stage" not in page


def test_a_survey_that_is_open_shows_its_turnout_and_no_score(app, staff):
    sealed_round("one", votes(1))
    published(slug="two", groups=[{"code": "students", "name": "学生", "admission": "code", "expected": 50}])
    put_into("two")
    rows = table(staff("committee").get(HOME + "?lang=en"), "surveys")
    assert rows[1][2] == "open"
    assert rows[1][4].startswith("0 / 50")


def test_all_changes_are_downloaded_as_the_page_shows_them(two_rounds, staff):
    answer = staff("committee").get(f"{HOME}/changes.csv?lang=en")
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert [(row["kind"], len([one for one in rows if one["kind"] == row["kind"]])) for row in rows[:2]] == [
        ("unit", 3), ("item", 9),
    ]  # fmt: skip
    second = next(row for row in rows if row["kind"] == "unit" and row["unit_code"] == "B02")
    assert (second["before"], second["after"], second["change"], second["clear"]) == (
        "0.00",
        "100.00",
        "100.00",
        "true",
    )
    assert second["was"] == "B02"
    branch = next(row for row in rows if row["kind"] == "general_branch")
    assert (branch["unit"], branch["before"], branch["compared"]) == ("机关党总支", "60.00", "3")


def test_the_command_says_what_the_page_says(two_rounds, runner):
    out = runner.invoke(args=["campaign", "show", "drive"]).output
    assert "one → two\tunit\tB02\tas before\t0.00\t100.00\t100.00" in out
    assert "survey\tone\t动员部署\tsealed" in out
    assert runner.invoke(args=["campaign", "show", "none"]).exit_code == 1
