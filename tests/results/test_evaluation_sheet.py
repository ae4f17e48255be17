"""The sheet of the committee's evaluation: its formulas give the totals, ranks and grades of the program."""

import io

import openpyxl
import pytest

from surveys.results.evaluation.entries import begin_evaluation
from surveys.results.evaluation.scheme import preset
from surveys.results.evaluation.signing import decide, sign
from surveys.scoring.composite import Column
from tests.results import libreoffice
from tests.results.evaluating import TESTER, member, now, save_unit
from tests.results.test_evaluation import TYPED
from tests.results.test_workbook import evaluate, filled, rows_of, workbook_of

SHEET = "综合评定"
RULE = {"minimum": 3, "rate_item": "overall"}
JUDGES = preset("judges2025", ["甲", "乙", "丙", "丁"])
JUDGES["sources"] = [{**JUDGES["sources"][0], "drop_above": 3}, JUDGES["sources"][1]]
SCHEMES = {
    "five goods": preset("five_goods"),
    "indicators of 2012": {**preset("indicators2012"), "gates": [{"rate_under": 55, "cap": 2}]},
    "by source": preset("by_source"),
    "judges of 2025": JUDGES,
    "a sum that is not 100": TYPED,
}


def typed(survey, seed=0):
    """Different points in every open cell."""
    scheme = now(survey).scheme
    for unit in range(3):
        points = {}
        for number, column in enumerate(scheme.columns):
            maximum = scheme.criterion(column.criterion).maximum
            points[column] = f"{maximum * (0.97 - 0.13 * unit - 0.017 * ((number + seed) % 5)):.2f}"
        save_unit(TESTER, survey.slug, unit, points, "档案")


def columns_of(book):
    """Letters of columns by their headings."""
    head = next(row for row in book[SHEET].iter_rows() if "总分" in [cell.value for cell in row])
    return {cell.value: cell.column_letter for cell in head if cell.value}


def figures(cells, book, names):
    """(total, rank, grade by points, grade) by unit, as the formulas give them."""
    columns, rows = columns_of(book), rows_of(book, SHEET, "B", names)
    return {
        name: [cells[SHEET, f"{columns[heading]}{row}"] for heading in ("总分", "名次", "按得分的等级", "等级")]
        for name, row in rows.items()
    }


def expected(evaluation):
    names = [unit.text["zh"] for unit in evaluation.plan.units]
    return {
        name: [float(unit.printed), unit.rank, *(evaluation.grade_name(g, "zh") for g in (unit.by_points, unit.grade))]
        for name, unit in zip(names, evaluation.composite.units, strict=True)
    }


@pytest.mark.parametrize("name", SCHEMES)
def test_totals_ranks_and_grades_by_formula_are_those_of_the_program(app, tmp_path, name):
    survey = filled(rule=RULE)
    begin_evaluation(TESTER, "test", SCHEMES[name])
    typed(survey)
    evaluation = now(survey)
    _, data = workbook_of(app, survey, evaluation=evaluation)
    wanted = expected(evaluation)
    cells, book = evaluate(data, tmp_path), openpyxl.load_workbook(io.BytesIO(data))
    found = figures(cells, book, wanted)
    assert {unit: [float(values[0]), int(values[1]), *map(str, values[2:])] for unit, values in found.items()} == wanted
    shown = openpyxl.load_workbook(io.BytesIO(data), data_only=True)[SHEET]
    rows, columns = rows_of(book, SHEET, "B", wanted), columns_of(book)
    without = {
        unit: [shown[f"{columns[h]}{row}"].value for h in ("总分", "名次", "按得分的等级", "等级")]
        for unit, row in rows.items()
    }
    assert without == wanted, "what is shown without recalculation"


def test_changed_points_recompute_and_a_missing_one_leaves_no_total(app, tmp_path):
    survey = filled(rule=RULE)
    begin_evaluation(TESTER, "test", preset("by_source"))
    typed(survey)
    _, data = workbook_of(app, survey, evaluation=now(survey))
    book = openpyxl.load_workbook(io.BytesIO(data))
    rows, columns = rows_of(book, SHEET, "B", {"第1党支部", "第2党支部"}), columns_of(book)
    changes = {
        (SHEET, f"{columns['自评']}{rows['第1党支部']}"): 50,
        (SHEET, f"{columns['自评']}{rows['第2党支部']}"): None,
    }
    found = figures(evaluate(data, tmp_path, changes), book, rows)
    save_unit(TESTER, "test", 0, {Column("overall", "own"): "50"}, "更正")
    assert float(found["第1党支部"][0]) == float(now(survey).composite.units[0].printed)
    assert str(found["第2党支部"][0]) == ""


def test_open_cells_have_validation_up_to_their_maximum(app):
    survey = filled(rule=RULE, ballots=8)
    begin_evaluation(TESTER, "test", TYPED)
    _, data = workbook_of(app, survey, evaluation=now(survey))
    rules = openpyxl.load_workbook(io.BytesIO(data))[SHEET].data_validations.dataValidation
    assert [float(rule.formula2) for rule in rules] == [60, 40]


def test_decisions_signers_and_digest_stand_in_it_and_it_is_closed(app, tmp_path):
    survey = filled(rule=RULE, ballots=8)
    begin_evaluation(TESTER, "test", {**TYPED, "quotas": [{"at_least": 0.6, "grade": 1}]})
    for unit in range(3):
        save_unit(TESTER, "test", unit, {Column("a", "check"): "58", Column("b", "check"): "38"}, "")
    decide(TESTER, "test", 0, ["B02"], "表决")
    for name in ("li", "zhao"):
        sign(TESTER, "test", member(name))
    evaluation = now(survey)
    _, data = workbook_of(app, survey, evaluation=evaluation)
    book = openpyxl.load_workbook(io.BytesIO(data))
    texts = {str(cell.value) for row in book[SHEET].iter_rows() for cell in row if cell.value is not None}
    assert {evaluation.stored.digest, "li, zhao"} <= texts
    assert not book[SHEET].data_validations.dataValidation
    cells = evaluate(data, tmp_path)
    found = figures(cells, book, expected(evaluation))
    assert {unit: str(values[3]) for unit, values in found.items()} == {
        "第1党支部": "良好",
        "第2党支部": "优秀",
        "第3党支部": "良好",
    }
    limits = next(row for row in book[SHEET].iter_rows() if row[1].value == "至少：“良好”或更低")
    assert [float(cells[SHEET, cell.coordinate]) for cell in limits[2:4]] == [2, 2]


@pytest.mark.skipif(not libreoffice.is_here(), reason="LibreOffice is not installed here")
def test_libreoffice_computes_the_same(app, tmp_path):
    survey = filled(rule=RULE)
    begin_evaluation(TESTER, "test", {**JUDGES, "grades": "quality", "quotas": [{"at_least": 1, "grade": 2}]})
    typed(survey)
    decide(TESTER, "test", 0, [], "表决")
    evaluation = now(survey)
    path = tmp_path / "evaluation.xlsx"
    path.write_bytes(workbook_of(app, survey, evaluation=evaluation)[1])
    (computed,) = libreoffice.recalculated([path], tmp_path / "new", "xlsx")
    shown, book = openpyxl.load_workbook(computed, data_only=True), openpyxl.load_workbook(path)
    cells = {(SHEET, cell.coordinate): cell.value for row in shown[SHEET].iter_rows() for cell in row}
    assert figures(cells, book, expected(evaluation)) == expected(evaluation)
