"""The workbook as it is printed, and its formulas, for surveys of every size."""

from __future__ import annotations

import html
import io
import re
import zipfile

import openpyxl
import pytest

from tests.helpers import closed, published, survey_file, units, vote
from tests.results.test_what_committees_sign import seal, workbook

LONGEST_FORMULA = 2000


def extreme(**changes):
    """As many levels, items and groups as a survey can have, with an item that nobody may count and a group apart."""
    items = [
        {"code": f"i{n}", "type": "rating", "scale": "points", "text": f"第{n}题：" + "很长的题目" * 10, "weight": n % 2, "required": False}
        for n in range(changes.pop("items", 10))
    ]  # fmt: skip
    question = {
        "key": "q", "title": "问卷", "scales": {"points": {"direct": {"low": 0, "high": 100}, "satisfied_from": 60, "dont_know": "不了解"}},
        "sections": [{"per": "unit", "items": items}],
    }  # fmt: skip
    groups = [
        {"code": f"g{n}", "name": f"第{n}类参评人员代表" * 2, "weight": n, "admission": "open"}
        for n in range(changes.pop("groups", 12))
    ]
    rule = {
        "minimum": 1, "resamples": 200, "trim": {"share": 0.05}, "gates": [{"rate_under": 90 - n, "cap": 2} for n in range(8)],
        "grades": [{"name": f"很长的等级名称{n:02}" * 2, "at": 95 - 5 * n} for n in range(19)] + [{"name": "最低", "at": 0}],
        "parts": [{"name": f"第{n}项指标", "weight": 1} for n in range(9)] + [{"name": "群众评价", "weight": 1, "survey": True}],
    }  # fmt: skip
    survey = published(**{"questionnaire": question, "groups": groups, "rule": rule, **changes})
    for group in range(len(groups)):
        vote(survey, group, [(group * 7 + n) % 101 for n in range(len(items))])
    closed(survey)
    seal("test")


def test_no_formula_is_long_however_large_the_survey(app):
    extreme(items=40, groups=20, units=units(1))
    for language in ("zh", "en"):
        files = zipfile.ZipFile(io.BytesIO(workbook(language=language)))
        sheets = [files.read(name).decode() for name in files.namelist() if name.startswith("xl/worksheets/sheet")]
        formulas = [html.unescape(found) for sheet in sheets for found in re.findall("<f>(.*?)</f>", sheet)]
        assert len(formulas) > 1000
        assert max(map(len, formulas)) <= LONGEST_FORMULA


def sheets(data):
    return [sheet for sheet in openpyxl.load_workbook(io.BytesIO(data)) if sheet.sheet_state == "visible"]


@pytest.mark.parametrize("size", [(1, 2), (24, 2), (40, 12)], ids=str)
def test_page_breaks_and_the_size_of_print_do_not_contradict_each_other(app, size):
    count, groups = size
    data = survey_file(units=units(count))
    named = [{"code": f"g{n}", "name": f"群体{n}", "weight": 1, "admission": "open"} for n in range(groups)]
    survey = published(**{**data, "groups": named, "rule": {"minimum": 1}})
    for group in range(groups):
        vote(survey, group)
    closed(survey)
    seal("test")
    for sheet in sheets(workbook()):
        fits, scale = sheet.sheet_properties.pageSetUpPr, sheet.page_setup.scale
        is_fitted = bool(fits and fits.fitToPage)
        assert not (is_fitted and sheet.row_breaks.brk), sheet.title
        assert is_fitted or (scale or 100) >= 60, (sheet.title, "too small to be read")
        if is_fitted:
            assert sheet.page_setup.fitToHeight == 0, sheet.title
        if not is_fitted and sheet.title != "汇总":
            assert sheet.print_title_cols, (sheet.title, "each page says whose figures it has")
        if sheet.title in ("题目得分", "分布", "群体对比", "综合评定", "汇总"):
            assert sheet.print_title_rows, sheet.title


def test_rows_grow_with_names_and_notes(app):
    name = "马克思主义学院思想政治理论课教学部与学生工作联合教职工第一党支部委员会"
    survey = published(units=[{"code": "B1", "name": name}, {"code": "B2", "name": "甲"}], rule={"minimum": 5})
    for _ in range(8):
        vote(survey, 0)
    closed(survey)
    seal("test")
    book = openpyxl.load_workbook(io.BytesIO(workbook()))
    for title, column in (("汇总", "B"), ("题目得分", "B"), ("综合评定", "B"), ("分布", "A"), ("群体对比", "A")):
        sheet = book[title]
        heights = {
            cell.value: sheet.row_dimensions[cell.row].height for cell in sheet[column] if cell.value in (name, "甲")
        }
        assert heights[name] >= 30, title
    noted = next(cell for cell in book["汇总"]["O"] if cell.value and "权重" in str(cell.value))
    assert book["汇总"].row_dimensions[noted.row].height >= 30


def test_a_chart_has_no_more_bars_than_can_be_read(app):
    survey = published(units=units(60), rule={"minimum": 1})
    vote(survey, 0)
    closed(survey)
    seal("test")
    sheet = openpyxl.load_workbook(io.BytesIO(workbook()))["汇总"]
    assert len(sheet._charts) == 3
    assert len(sheet.row_breaks.brk) == 3
