"""The workbook: its formulas give the scores of the program; text is text; it can be printed and filled in."""

import io
import random

import numpy as np
import openpyxl
import pytest

from surveys.campaigns.models import Survey
from surveys.campaigns.surveys import plan_of
from surveys.inputs.translations import load_translations
from surveys.results.models import StoredResult
from surveys.results.report import report_of
from surveys.results.workbook import Beside, write_workbook
from surveys.scoring.rounding import round_half_up
from tests.acting import seal
from tests.helpers import ZONE, closed, published, units, vote
from tests.quicker import unmeasured

DIRECT = {"key": "direct", "title": "直接打分", "scales": {"points": {"direct": {"low": 50, "high": 99}, "dont_know": "不了解",
          "dont_know_at": 50, "satisfied_from": 80}}, "sections": [{"per": "unit", "items": [
              {"code": "work", "type": "rating", "scale": "points", "text": "工作"},
              {"code": "service", "type": "rating", "scale": "points", "text": "服务", "weight": 2}]}]}  # fmt: skip

TWO_SCALES = {"key": "two", "title": "两种量表", "scales": {"points": {"direct": {"low": 50, "high": 99}, "dont_know": "不了解",
              "dont_know_at": 50, "satisfied_from": 80}}, "sections": [{"per": "unit", "items": [
                  {"code": "work", "type": "rating", "scale": "points", "text": "工作"},
                  {"code": "listen", "type": "rating", "scale": "satisfaction4", "text": "倾听"},
                  {"code": "open", "type": "rating", "scale": "quality4", "text": "公开", "weight": 2}]}]}  # fmt: skip

CASES = {
    "four levels": {"rule": {"minimum": 3, "rate_item": "overall", "gates": [{"rate_under": 60, "cap": 2}]}},
    "pooled rate": {"rule": {"minimum": 3, "item_weights": {"listen": 1, "overall": 3}}},
    "trimmed share": {"rule": {"minimum": 3, "trim": {"share": 0.1}}},
    "dropped ends": {"rule": {"minimum": 3, "trim": {"drop_ends": 1, "above": 5}}},
    "direct points": {"questionnaire": DIRECT, "rule": {"minimum": 3, "trim": {"share": 0.05}}},
    "two scales": {"questionnaire": TWO_SCALES, "rule": {"minimum": 3, "trim": {"drop_ends": 1, "above": 5}}},
    "a group falls short": {"rule": {"minimum": 9}},
    "open link apart": {"rule": {"minimum": 3, "open_apart": True}},
}


def filled(ballots=40, seed=1, **changes):
    """A sealed survey with answers that differ, some don't knows, and a unit with an item nobody knows."""
    survey = published(**changes)
    plan, chance = plan_of(survey), random.Random(seed)
    for i in range(ballots):
        extra = {}
        for slot in plan.slots:
            if slot.item.type == "rating":
                direct = slot.item.scale.direct
                value = str(chance.randint(50, 99)) if direct else str(chance.choice([0, 1, 1, 2, 2, 3, 4]))
                extra[str(slot.index)] = [value]
        unknown = next(s for s in plan.slots if s.unit == 2 and s.item.type == "rating")
        extra[str(unknown.index)] = ["50" if unknown.item.scale.direct else "0"]
        vote(survey, group=int(i % 5 == 0), extra=extra)
    closed(survey)
    seal("test")
    return Survey.get_by_id(survey.id)


def workbook_of(app, survey, language="zh", evaluation=None):
    report = report_of(plan_of(survey), StoredResult.get_by_id(survey.id))
    window = (survey.opens_at, survey.closes_at)
    return report, write_workbook(
        report, window, ZONE, language, load_translations(language), Beside(evaluation=evaluation)
    )


@unmeasured()
def evaluate(data, tmp_path, changes=None):
    """All cells of a workbook as the formulas library computes them: {(sheet, cell): value}."""
    import formulas

    book = openpyxl.load_workbook(io.BytesIO(data))
    for (sheet, cell), value in (changes or {}).items():
        book[sheet][cell] = value
    path = tmp_path / "book.xlsx"
    book.save(path)
    model = formulas.ExcelModel().loads(str(path)).finish()
    found = {}
    for cell in model.calculate().values():
        if not hasattr(cell, "ranges") or len(cell.ranges) != 1:
            continue
        if cell.value.size != 1:
            continue
        area = cell.ranges[0]
        if "sheet" not in area:  # an empty cell that a formula refers to
            continue
        found[area["sheet"].upper(), f"{area['c1']}{area['r1']}"] = cell.value[0, 0]
    return found


def rows_of(book, sheet, column, names):
    """Row numbers by the text in a column."""
    return {cell.value: cell.row for cell in book[sheet][column] if cell.value in names}


@pytest.mark.parametrize("case", CASES)
def test_the_formulas_give_the_scores_of_the_program_and_what_is_shown_without_them(app, tmp_path, case):
    survey = filled(**CASES[case])
    report, data = workbook_of(app, survey)
    cells = evaluate(data, tmp_path)
    book = openpyxl.load_workbook(io.BytesIO(data))
    rows = rows_of(book, "汇总", "B", {unit.text["zh"] for unit in report.plan.units})
    compared = 0
    for number, unit in enumerate(report.plan.units):
        row = rows[unit.text["zh"]]
        expected = {
            "D": report.result.group_score[0][number],
            "E": report.result.group_score[1][number],
            "F": report.result.score[number],
            "J": None if report.result.rate[number] is None else float(round_half_up(report.result.rate[number])) / 100,
            "M": report.result.n[number],
        }
        for column, value in expected.items():
            if value is not None and str(book["汇总"][f"{column}{row}"].value).startswith("="):
                assert float(cells["汇总", f"{column}{row}"]) == pytest.approx(value, abs=1e-9), (column, row)
                compared += 1
        assert str(book["汇总"][f"F{row}"].value).startswith("=") == (report.result.score[number] is not None)
    assert compared >= 9
    check_shown_values(data, cells)


def check_shown_values(data, cells):
    """Compare what a program shows that does not recalculate with what the formulas give."""
    shown = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    book = openpyxl.load_workbook(io.BytesIO(data))
    compared = 0
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, str) and cell.value.startswith("="):
                    cached = shown[sheet.title][cell.coordinate].value
                    value = cells[sheet.title.upper(), cell.coordinate]
                    if isinstance(cached, int | float):
                        assert float(value) == pytest.approx(cached, abs=1e-9), (sheet.title, cell.coordinate)
                        compared += 1
    assert compared > 50


def test_the_evaluation_sheet_totals_ranks_and_grades_what_is_filled_in(app, tmp_path):
    survey = filled(**CASES["four levels"])
    report, data = workbook_of(app, survey)
    book = openpyxl.load_workbook(io.BytesIO(data))
    rows = rows_of(book, "综合评定", "B", {unit.text["zh"] for unit in report.plan.units})
    typed = {}
    for points, row in zip((95, 85, None), rows.values(), strict=True):
        for column in "CDEF":
            typed["综合评定", f"{column}{row}"] = points
    cells = evaluate(data, tmp_path, typed)
    totals = []
    for (name, row), points in zip(rows.items(), (95, 85, None), strict=True):
        unit = next(i for i, u in enumerate(report.plan.units) if u.text["zh"] == name)
        total = cells["综合评定", f"H{row}"]
        if points is None:
            assert str(total) in ("", "0") or np.isnan(total) if not isinstance(total, str) else total == ""
            continue
        assert float(total) == float(round_half_up((4 * points + report.result.score[unit]) / 5))
        totals.append((float(total), int(float(cells["综合评定", f"I{row}"])), str(cells["综合评定", f"J{row}"])))
    (high, first, _), (low, second, grade) = totals
    assert high > low
    assert (first, second) == (1, 2)
    assert grade in {"优秀", "良好", "一般", "较差"}


def test_the_gate_of_the_survey_holds_in_the_evaluation(app, tmp_path):
    survey = filled(**{"rule": {"minimum": 3, "rate_item": "overall", "grades": "grading2012", "parts": "by_source",
                                "gates": [{"rate_under": 99, "cap": 2}]}})  # fmt: skip
    report, data = workbook_of(app, survey)
    book = openpyxl.load_workbook(io.BytesIO(data))
    rows = rows_of(book, "综合评定", "B", {unit.text["zh"] for unit in report.plan.units})
    typed = {("综合评定", f"{column}{row}"): 100 for row in rows.values() for column in "CE"}
    cells = evaluate(data, tmp_path, typed)
    assert {str(cells["综合评定", f"H{row}"]) for row in rows.values()} <= {"好", "较好"}, "by points"
    assert {str(cells["综合评定", f"I{row}"]) for row in rows.values()} == {"一般"}


def test_text_is_written_as_text_and_never_as_a_formula(app):
    evil = '=HYPERLINK("http://example.org","x")'
    named = [{"code": "B1", "name": evil}, {"code": "B2", "name": "+1"}, {"code": "B3", "name": "http://example.org"}]
    survey = filled(title=evil, units=named, rule={"minimum": 3})
    _, data = workbook_of(app, survey)
    book = openpyxl.load_workbook(io.BytesIO(data))
    found = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value == evil]
    assert len(found) > 5
    assert {cell.data_type for cell in found} == {"s"} or all(cell.data_type != "f" for cell in found)
    assert not any(cell.hyperlink for sheet in book for row in sheet.iter_rows() for cell in row)


@pytest.mark.parametrize("title", ["2011年测评", "9", "A&B", "&P", "甲" * 100, "&" * 100])
def test_the_print_header_is_the_title_whatever_it_begins_with(app, title):
    _, data = workbook_of(app, filled(title=title, ballots=8))
    head = openpyxl.load_workbook(io.BytesIO(data))["汇总"].oddHeader.center
    # openpyxl reads the size from "&9" and the digits behind it.
    assert (head.size, head.font) == (9, "宋体")
    assert head.text.replace("&&", "&") == title
    assert len(str(head.text)) <= 220


def test_quotes_and_signs_in_names_of_grades_parts_and_units_leave_formulas_whole(app):
    name = '好"&A1&"'
    rule = {
        "minimum": 3, "grades": [{"name": name, "at": 80}, {"name": "'", "at": 0}],
        "parts": [{"name": '"1"&\'甲\'', "weight": 1}, {"name": "评", "weight": 1, "survey": True}],
    }  # fmt: skip
    named = [{"code": f"B{i}", "name": f"{i}'\"&" + "长" * 190} for i in range(3)]
    _, data = workbook_of(app, filled(units=named, rule=rule, ballots=8))
    book = openpyxl.load_workbook(io.BytesIO(data))
    formulas = [c.value for sheet in book for row in sheet.iter_rows() for c in row if c.data_type == "f"]
    assert name in [cell.value for row in book["综合评定"].iter_rows() for cell in row]
    assert not [text for text in formulas if name in text], "formulas refer to cells, whatever stands in them"
    assert all(len(text) < 2000 and text.count('"') % 2 == 0 for text in formulas)
    assert all(len(sheet.title) <= 31 for sheet in book)


@pytest.mark.parametrize("language, names", [
    ("zh", ["汇总", "综合评定", "题目得分", "分布", "群体对比", "其他题目", "参评情况", "说明"]),
    ("en", ["Summary", "Evaluation", "Items", "Distribution", "Groups", "Other questions", "Turnout", "Method"]),
])  # fmt: skip
def test_the_sheets_stand_in_order_and_are_set_up_for_a4(app, language, names):
    _, data = workbook_of(app, filled(), language)
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert book.sheetnames == names
    for sheet in book:
        assert str(sheet.page_setup.paperSize) == "9"
        assert "&P" in sheet.oddFooter.center.text
        assert sheet.freeze_panes
    assert {cell.font.name for row in book.worksheets[0].iter_rows() for cell in row if cell.value} <= {"宋体", "黑体"}
    assert book.worksheets[1].data_validations.dataValidation


def test_the_digest_the_seed_and_the_way_to_verify_are_printed(app):
    survey = filled()
    _, data = workbook_of(app, survey)
    book = openpyxl.load_workbook(io.BytesIO(data))
    text = "\n".join(str(cell.value) for row in book["说明"].iter_rows() for cell in row if cell.value)
    stored = StoredResult.get_by_id(survey.id)
    for needed in (
        stored.digest,
        stored.ballots_digest,
        stored.receipts_digest,
        "20100401",
        "survey verify test",
        "2000",
    ):
        assert needed in text
    assert any(stored.digest in str(cell.value) for row in book["汇总"].iter_rows() for cell in row)


def test_a_survey_without_ratings_has_a_workbook_too(app):
    survey = published(
        questionnaire="suggestions", units=units(2), groups=[{"code": "all", "name": "师生", "admission": "open"}]
    )
    closed(survey)
    seal("test")
    _, data = workbook_of(app, Survey.get_by_id(survey.id))
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert [sheet.title for sheet in book if sheet.sheet_state == "visible"] == ["汇总", "其他题目", "参评情况", "说明"]


def test_scores_are_exported_by_command(runner, tmp_path):
    filled()
    assert runner.invoke(args=["scores", "export", "test", "--out", str(tmp_path / "s.xlsx")]).exit_code == 0
    assert openpyxl.load_workbook(tmp_path / "s.xlsx").sheetnames[0] == "汇总"
    runner.invoke(args=["scores", "export", "test", "--out", str(tmp_path / "s.csv")])
    assert len((tmp_path / "s.csv").read_text("utf-8-sig").splitlines()) == 4
    failed = runner.invoke(args=["scores", "export", "test", "--out", str(tmp_path / "s.pdf")])
    assert (failed.exit_code, "must end in" in failed.stderr) == (1, True)
