"""The sheet Rounds of the workbook: live formulas with the program's values, blanks where there is no score, lines."""

from __future__ import annotations

import io

import numpy as np
import openpyxl
import pytest

from surveys.campaigns.campaigns import save_mapping
from surveys.campaigns.models import Survey
from surveys.campaigns.surveys import plan_of
from surveys.inputs.translations import load_translations
from surveys.results.models import stored_result
from surveys.results.report import report_of
from surveys.results.rounds import rounds_until
from surveys.results.workbook import Beside, write_workbook
from tests.acting import TESTER
from tests.helpers import ZONE
from tests.results.made_rounds import ITEMS, named_units, sealed_round
from tests.results.test_rounds import votes
from tests.results.test_workbook import evaluate
from tests.scoring.populations import ballots


def workbook(slug: str, language: str = "zh") -> bytes:
    survey = Survey.get(Survey.slug == slug)
    report, translations = report_of(plan_of(survey), stored_result(survey)), load_translations(language)
    window = survey.opens_at, survey.closes_at
    return write_workbook(report, window, ZONE, language, translations, Beside(rounds=rounds_until(survey)))


def rows(sheet) -> dict[str, list]:
    """The cells of each row that begins with a name, by that name."""
    return {row[0].value: list(row) for row in sheet.iter_rows() if isinstance(row[0].value, str)}


@pytest.fixture
def three_rounds(app):
    rng = np.random.default_rng(31)
    for number, middles in enumerate(([0.2, 0.9, 0.4], [0.9, 0.6, 0.4], [1.0, 0.2, 0.5])):
        sealed_round(f"round-{number}", ballots(rng, 30, middles, len(ITEMS)))
    return rounds_until(Survey.get(Survey.slug == "round-2"))


def test_change_is_a_formula_with_the_value_of_the_program(three_rounds, tmp_path):
    data = workbook("round-2")
    sheet = openpyxl.load_workbook(io.BytesIO(data))["历次对比"]
    shown = openpyxl.load_workbook(io.BytesIO(data), data_only=True)["历次对比"]
    computed = evaluate(data, tmp_path)
    report = three_rounds.rounds[-1].report
    for unit, change in enumerate(three_rounds.pairs[-1].units):
        cells = rows(sheet)[report.plan.units[unit].text["zh"]]
        number = cells[0].row
        assert cells[3].value.startswith("='汇总'!")
        assert cells[4].value == f"=D{number}-C{number}"
        for column, value in ((1, three_rounds.lines[unit][0]), (2, change.before), (3, change.after)):
            assert shown.cell(number, column + 1).value == pytest.approx(value, abs=1e-9)
        assert shown[f"E{number}"].value == pytest.approx(change.change.value, abs=1e-9)
        assert float(computed["历次对比", f"E{number}"]) == pytest.approx(change.change.value, abs=1e-9)
        low, high = (shown.cell(number, column).value for column in (6, 7))
        assert (f"{low:.2f}", f"{high:.2f}") == (report.figure(change.change.low), report.figure(change.change.high))
        assert (shown[f"H{number}"].value == "可能是偶然") == (not change.clear)


def test_it_has_a_native_line_chart_with_a_line_for_each_unit(three_rounds):
    sheet = openpyxl.load_workbook(io.BytesIO(workbook("round-2")))["历次对比"]
    (chart,) = sheet._charts
    assert type(chart).__name__ == "LineChart"
    assert len(chart.series) == 3
    first = rows(sheet)["第1党支部"][0].row
    assert f"$B${first}:$D${first}" in [one.val.numRef.f.partition("!")[2] for one in chart.series]


def test_many_units_go_over_several_charts(app):
    for slug in ("one", "two"):
        sealed_round(slug, votes(*[1] * 23))
    sheet = openpyxl.load_workbook(io.BytesIO(workbook("two")))["历次对比"]
    assert [len(chart.series) for chart in sheet._charts] == [10, 10, 3]


def test_a_survey_without_earlier_rounds_has_no_such_sheet(three_rounds):
    assert "历次对比" not in openpyxl.load_workbook(io.BytesIO(workbook("round-0"))).sheetnames
    assert "Rounds" in openpyxl.load_workbook(io.BytesIO(workbook("round-1", "en"))).sheetnames


def test_what_was_merged_is_named_and_a_missing_score_is_a_gap_with_its_reason(app):
    few = votes(1, 2)
    few[3:, len(ITEMS) :] = 254
    sealed_round("one", few, units=named_units(["A", "B"]))
    sealed_round("two", votes(1, 2), units=named_units(["AB", "B"]))
    save_mapping(TESTER, "drive", "two", [("A", "AB"), ("B", "AB")])
    found = rows(openpyxl.load_workbook(io.BytesIO(workbook("two")))["历次对比"])
    cells = [cell.value for cell in found["AB党支部"]]
    assert (cells[1], cells[3], cells[6]) == (None, "—", "原单位不是都有得分")
    assert cells[7] == "已合并：A党支部、B党支部"
    assert found["B党支部"][7].value == "新单位"
    # No unit has a score in both rounds: the general branch has no mean to compare.
    branch = [cell.value for cell in found["机关党总支"]]
    assert (branch[1], branch[2], branch[7]) == (None, None, "2 个中的 0 个")


def test_a_general_branch_has_both_means_and_their_difference(app, tmp_path):
    sealed_round("one", votes(1, 2, 3))
    sealed_round("two", votes(1, 1, 1))
    data = workbook("two")
    cells = [cell.value for cell in rows(openpyxl.load_workbook(io.BytesIO(data))["历次对比"])["机关党总支"]]
    number = rows(openpyxl.load_workbook(io.BytesIO(data))["历次对比"])["机关党总支"][0].row
    assert (cells[1], cells[2], cells[3]) == (80, 100, f"=C{number}-B{number}")
    assert float(evaluate(data, tmp_path)["历次对比", f"D{number}"]) == pytest.approx(20)


def test_page_and_command_write_the_sheet(three_rounds, staff, runner, tmp_path):
    page = staff("committee").get("/staff/surveys/round-2/workbook.xlsx?lang=zh")
    out = tmp_path / "w.xlsx"
    assert runner.invoke(args=["scores", "export", "round-2", "--out", str(out)]).exit_code == 0
    for data in (page.data, out.read_bytes()):
        assert "历次对比" in openpyxl.load_workbook(io.BytesIO(data)).sheetnames
