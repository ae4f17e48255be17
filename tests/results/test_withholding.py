"""Figures from too few ratings are withheld, with what would give them away; nothing is shown before the seal."""

import io
import re

import openpyxl
import pytest

from surveys.campaigns.models import Survey
from surveys.campaigns.surveys import plan_of
from surveys.results.models import StoredResult
from surveys.results.report import report_of
from surveys.results.withholding import ShownAnswers
from tests.acting import seal
from tests.helpers import closed, published, vote


def report(survey):
    survey = Survey.get_by_id(survey.id)
    return report_of(plan_of(survey), StoredResult.get_by_id(survey.id))


def sealed_with(students, staff, level=1, **changes):
    survey = published(**changes)
    for _ in range(students):
        vote(survey, 0, level)
    for _ in range(staff):
        vote(survey, 1, 4, extra=None)
    closed(survey)
    seal("test")
    return survey


def test_a_group_under_the_minimum_enters_no_figure(app):
    shown = report(sealed_with(8, 4))
    result = shown.result
    assert result.score == [100.0, 100.0, 100.0]
    assert result.rate == [100.0, 100.0, 100.0]
    assert result.n == [8, 8, 8]
    assert result.group_score[1] == [None] * 3
    assert result.group_n[1] == [None] * 3
    assert result.counts[1][0][0] == [None] * 4
    assert result.dont_know[1][0] == [None] * 8
    assert shown.published.withheld.groups == 3


def test_an_item_with_too_few_ratings_is_withheld_and_enters_no_score(app):
    survey = published()
    plan = plan_of(survey)
    mend = next(slot for slot in plan.slots if slot.unit == 0 and slot.item.code == "mend")
    for i in range(8):
        vote(survey, 0, 1, extra={str(mend.index): ["4" if i < 2 else "0"]})
    closed(survey)
    seal("test")
    shown = report(survey)
    result = shown.result
    assert result.score[0] == result.group_score[0][0] == 100
    assert result.means[0][0] == result.item_score[0] == [100.0] * 6 + [None, 100.0]
    assert result.counts[0][0][mend.index] == [None] * 4
    assert (result.dont_know[0][0][mend.index], result.blank[0][0][mend.index]) == (None, None)
    assert result.counts[0][0][0] == [8, 0, 0, 0]
    assert result.rate[0] == 100
    assert result.means[0][1] == [100.0] * 8
    assert shown.published.withheld.items == 1


def test_follow_up_answers_of_few_are_withheld(app):
    survey = published()
    why = {unit: next(s for s in plan_of(survey).slots if s.unit == unit and s.item.code == "why") for unit in (0, 1)}
    for i in range(8):
        extra = {"0": ["4"], str(why[0].index): ["1"]} if i < 3 else {}
        vote(survey, 0, 1, extra={**extra, str(why[1].index - 8): ["4"], str(why[1].index): ["2", "3"]})
    closed(survey)
    seal("test")
    answers = report(survey).answers
    assert answers["B01/why"] == ShownAnswers(None, [], [])
    assert answers["B02/why"] == ShownAnswers(8, [0, 8, 8, 0, 0, 0], [])


@pytest.mark.parametrize("path", ["result", "remarks", "workbook.xlsx"])
def test_before_the_seal_there_are_no_figures(staff, path):
    browser = staff("committee")
    survey = published()
    vote(survey)
    for _ in range(2):
        assert browser.get(f"/staff/surveys/test/{path}").status_code == 404
        closed_page = browser.get("/staff/surveys/test/").text
        assert "100.00" not in closed_page
        if survey.closes_at:
            closed(survey)
            survey.closes_at = 0
            break


def test_turnout_is_shown_before_the_seal(staff):
    browser = staff("committee")
    survey = published(groups=[{"code": "s", "name": "学生", "expected": 10}])
    vote(survey)
    assert "10.00 %" in browser.get("/staff/surveys/test/").text


class TestCountsOfWithheldCells:
    """They count what cells say, so that they tell nothing of what was answered behind them."""

    QUESTION = {"key": "q", "title": "问卷", "sections": [{"per": "unit", "items": [
        {"code": "x", "type": "rating", "scale": "satisfaction4", "text": "甲", "required": False},
        {"code": "why", "type": "choice", "text": "为何", "options": [{"code": "a", "text": "甲"}, {"code": "b", "text": "乙"}],
         "when": {"item": "x", "in": ["not"]}}]}]}  # fmt: skip

    def sealed(self, answer):
        """Eight students who are satisfied, and two members of staff who answer so."""
        survey = published(questionnaire=self.QUESTION)
        for _ in range(8):
            vote(survey, 0, 1)
        for _ in range(2):
            vote(survey, 1, extra={str(s.index): answer for s in plan_of(survey).slots if s.item.code == "x"})
        closed(survey)
        seal("test")
        return report(survey).published.withheld

    @pytest.mark.parametrize("answer", ["1", "4", "0"], ids=["satisfied", "not satisfied", "don't know"])
    def test_they_are_the_same_whatever_few_people_answered(self, app, answer):
        found = self.sealed([answer])
        assert (found.groups, found.items, found.answers) == (3, 0, 3)


def test_how_many_ballots_of_a_small_group_are_void_is_withheld(staff):
    survey = published(rule={"minimum": 5, "void": {"same_over": 2}})
    for number in range(8):
        vote(survey, 0, 1 if number < 2 else [1, 2, 1, 2, 1, 2, 1, 2])
    vote(survey, 1, 1)
    closed(survey)
    seal("test")
    shown = report(survey)
    assert shown.result.void == [2, None]
    committee = staff("committee")
    sheet = openpyxl.load_workbook(io.BytesIO(committee.get("/staff/surveys/test/workbook.xlsx").data))["参评情况"]
    voids = {row[0].value: row[5].value for row in sheet.iter_rows(max_row=8)}
    assert (voids["学生"], voids["教职工"]) == (2, "n < 5")
    assert "作废 2 份（未计入答卷较少的群体）" in committee.get("/staff/surveys/test/result").text
    bulletin = committee.get("/s/test/bulletin").text
    assert re.findall(r"其中废票 (\d+) 份", bulletin) == ["2"]


@pytest.fixture
def few(staff):
    """Eight students and three members of staff, whose answers differ."""
    sealed_with(8, 3, level=[1, 2, 1, 2, 1, 2, 1, 2])
    return staff("committee")


def test_no_page_shows_a_withheld_figure(few):
    page = few.get("/staff/surveys/test/result").text
    assert "n &lt; 5" in page
    distribution = re.search(r'id="distribution".*?</section>', page, re.S)[0]
    rows = re.findall(r"<tr>.*?</tr>", distribution, re.S)
    staff_rows = [row for row in rows if "<td>教职工</td>" in row]
    assert staff_rows
    assert all("n &lt; 5" in row and 'class="num"' not in row for row in staff_rows)


def test_no_sheet_holds_a_withheld_figure(few):
    data = few.get("/staff/surveys/test/workbook.xlsx").data
    book = openpyxl.load_workbook(io.BytesIO(data))
    sheet = book["分布"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=6)]
    withheld = [row for row in rows if row[2] == "教职工"]
    assert len(withheld) == 3 * 8
    assert all(set(row[3:]) == {"n < 5"} for row in withheld)
    summary = [[cell.value for cell in row] for row in book["汇总"].iter_rows()]
    units = [row for row in summary if row[1] and str(row[1]).startswith("第")]
    assert {row[4] for row in units} == {"n < 5"}


class TestOnlyWhenItSaysSomething:
    """The shrunk score stands where numbers of raters differ more than twofold; shares of "don't know" where known."""

    def sealed(self, third: int):
        """Three units whose scores differ; the third is rated by `third` of 12 students."""
        survey = published(
            rule={"minimum": 2},
            groups=[{"code": "all", "name": "学生"}, {"code": "some", "name": "外聘", "units": ["B01", "B02"]}],
        )
        for number in range(12):
            level = [1 + number % 2, 2, 1, 1, 2, 1, 1, 1]
            extra = {str(8 + i): ["3"] for i in range(8)}
            if number < 3:
                extra["0"] = ["0"]  # three of 12 do not know the first item of the first unit
            vote(survey, 0 if number < third else 1, level, extra=extra)
        closed(survey)
        seal("test")
        return survey

    def test_the_shrunk_score_has_a_column_and_a_note(self, staff, app):
        survey = self.sealed(third=5)
        assert report(survey).result.n == [12, 12, 5]
        page = staff("committee").get("/staff/surveys/test/result?lang=en").text
        assert '<th class="num">Shrunk score</th>' in page
        found = report(survey)
        for unit in range(3):
            shown = found.figure(found.result.shrunk[unit])
            assert f'<td class="num">{shown}</td>' in page
            assert found.result.shrunk[unit] != found.result.score[unit]
        book = workbook_text(staff("publisher"))
        assert f"Shrunk score, for information: {found.figure(found.result.shrunk[2])}." in book

    def test_with_like_numbers_there_is_none(self, staff, app):
        survey = self.sealed(third=6)
        assert report(survey).result.n == [12, 12, 6]
        assert "Shrunk" not in staff("committee").get("/staff/surveys/test/result?lang=en").text
        assert "Shrunk" not in workbook_text(staff("publisher"))

    def test_shares_of_dont_know_by_group(self, staff, app):
        survey = self.sealed(third=12)
        assert report(survey).dont_know_shares() == [3 / (12 * 24), None]
        page = staff("committee").get("/staff/surveys/test/result?lang=en").text
        said = re.search(r"“Don't know” among the answers:(.*?)</p>", page.replace("&#39;", "'"), re.S)
        assert " ".join(said[1].split()) == "学生 1.0 %; 外聘 —"


def workbook_text(browser) -> str:
    """All text of the English workbook."""
    import io

    import openpyxl

    data = browser.get("/staff/surveys/test/workbook.xlsx?lang=en").data
    book = openpyxl.load_workbook(io.BytesIO(data))
    return "\n".join(str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value)
