"""Every figure of csv, page and workbook is that of an independent calculation, as each program shows it."""

from __future__ import annotations

import io
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any

import openpyxl
import pytest
from lxml import html

from surveys.campaigns.models import Survey
from surveys.campaigns.surveys import plan_of
from surveys.inputs.translations import gettext_of, load_translations
from surveys.results.models import StoredResult
from surveys.results.report import report_of
from surveys.results.score_table import score_rows
from surveys.results.workbook import write_workbook
from tests.acting import seal
from tests.helpers import ZONE, closed, published, units, vote
from tests.results import libreoffice
from tests.results.independent import BLANK, DONT_KNOW, Ballot, Case, Figures, compute, printed
from tests.results.independent_cases import cases
from tests.results.test_workbook import evaluate

CASES = cases()
NAMES = {"students": "学生", "staff": "教职工"}


def survey_of(case: Case, ballots: dict[str, list[Ballot]], slug: str = "test") -> Survey:
    """The case as a sealed survey."""
    level = [
        {"code": f"l{n}", "text": f"档{n}", "points": points, "satisfied": satisfied}
        for n, (points, satisfied) in enumerate(case.levels)
    ]
    scale: dict[str, Any] = {"levels": level, "dont_know": "不了解"}
    if case.direct:
        low, high = case.direct
        scale = {"direct": {"low": low, "high": high}, "dont_know": "不了解", "satisfied_from": 80}
    rule = {
        "minimum": case.minimum, "trim": case.trim, "short_group": case.short_group, "decimals": case.decimals,
        "grades": [{"name": name, "at": at} for name, at in case.grades],
        "gates": [{"rate_under": under, "cap": cap} for _, under, cap in case.gates], "resamples": 200,
        **({"void": {"same_over": case.void_same_over}} if case.void_same_over else {}),
        **({"rate_item": case.rate_item} if case.rate_item else {}),
    }  # fmt: skip
    survey = published(
        slug=slug, units=units(case.units), rule=rule,
        groups=[{"code": code, "name": NAMES[code], "weight": weight,
                 **({"units": [f"B{u + 1:02}" for u in case.rates[code]]} if code in case.rates else {})}
                for code, weight in case.groups.items()],
        questionnaire={"key": "case", "title": "问卷", "scales": {"own": scale}, "sections": [{"per": "unit", "items": [
            {"code": code, "type": "rating", "scale": "own", "text": f"题{code}", "weight": weight, "required": False}
            for code, weight in case.items.items()]}]},
    )  # fmt: skip
    plan = plan_of(survey)
    names = {(slot.unit, slot.item.code): str(slot.index) for slot in plan.slots}
    for position, code in enumerate(case.groups):
        for ballot in ballots.get(code, []):
            fields = [_sent(case, names[cell], answer) for cell, answer in ballot.items()]
            vote(survey, position, extra=dict(pair for one in fields for pair in one.items()))
    closed(survey)
    seal(slug)
    return Survey.get_by_id(survey.id)


def _sent(case: Case, name: str, answer: Any) -> dict[str, list[str]]:
    """The fields of a form that an answer fills."""
    if answer == BLANK:
        return {name: []}
    if answer == DONT_KNOW:
        return {name: [], f"{name}dk": ["1"]} if case.direct else {name: ["0"]}
    return {name: [str(answer if case.direct else answer + 1)]}


def workbook_of(survey: Survey) -> tuple[Any, bytes]:
    report = report_of(plan_of(survey), StoredResult.get_by_id(survey.id))
    return report, write_workbook(report, (survey.opens_at, survey.closes_at), ZONE, "zh", load_translations("zh"))


def text_of(value: Fraction | None, decimals: int) -> str:
    figure = printed(value, decimals)
    return "—" if figure is None else str(figure)


@cache
def expected_of(name: str) -> Figures:
    return compute(*CASES[name])


@pytest.mark.parametrize("name", CASES)
def test_the_table_of_scores(app, name):
    case, expected = CASES[name][0], expected_of(name)
    report, _ = workbook_of(survey_of(*CASES[name]))
    head, *rows = score_rows(report, "zh", gettext_of(load_translations("zh")))
    for row in (dict(zip(head, row, strict=True)) for row in rows):
        unit = int(row["单位编号"][1:]) - 1
        assert row["得分"] == text_of(expected.score[unit], case.decimals)
        assert row["满意率"].removesuffix(" %") == text_of(expected.rate[unit], 2)
        assert row["名次"] == str(expected.rank[unit] or "—")
        assert row["按得分的等级"] == (expected.by_points[unit] or "—")
        assert row["等级"] == (expected.grade[unit] or "—")
        if expected.n[unit]:
            assert row["n"] == str(expected.n[unit])
        for code in case.groups:
            if (code, unit) in expected.group_score:
                assert row[NAMES[code]] == text_of(expected.group_score[code, unit], case.decimals)
            else:
                assert row[NAMES[code]] in ("—", f"n < {case.minimum}", "无答卷")


@pytest.mark.parametrize("name", CASES)
def test_the_page(staff, name):
    case, expected = CASES[name][0], expected_of(name)
    survey_of(*CASES[name])
    page = html.document_fromstring(staff("committee").get("/staff/surveys/test/result").text)
    heads = [" ".join(cell.text_content().split()) for cell in page.xpath('//*[@id="ranking"]//thead//th')]
    for row in page.xpath('//*[@id="ranking"]//tbody/tr'):
        cells = [" ".join(cell.text_content().split()) for cell in row.xpath("th|td")]
        unit = int(cells[1][1 : cells[1].index("党")]) - 1
        assert cells[0].split()[0] == str(expected.rank[unit] or "—")
        assert cells[heads.index("得分")] == text_of(expected.score[unit], case.decimals)
        assert cells[heads.index("满意率")].split(" %")[0] == text_of(expected.rate[unit], 2)
        assert cells[heads.index("等级")] == (expected.grade[unit] or "—")
        for place, code in enumerate(case.groups):
            if (code, unit) in expected.group_score:
                assert cells[len(cells) - len(case.groups) + place].split()[0] == text_of(
                    expected.group_score[code, unit], case.decimals
                )


def _figures_of(case: Case, expected: Figures, book: Any, number: Any) -> int:
    """Compare the figures of a workbook; `number` gives the value of a cell. Returns how many were compared."""
    compared = 0

    def same(sheet: str, row: int, column: int, wanted: Fraction | None, decimals: int, percent: bool = False) -> None:
        nonlocal compared
        if wanted is None:
            return
        found = number(sheet, row, column)
        shown = printed(Fraction(repr(float(found))) * (100 if percent else 1), decimals)
        assert shown == printed(wanted, decimals), (sheet, row, column, found, float(wanted))
        assert abs(float(found) * (100 if percent else 1) - float(wanted)) < (0.005001 if percent else 1e-8)
        compared += 1

    summary = list(book["汇总"].iter_rows(values_only=True))
    head = next(r for r, row in enumerate(summary) if row[0] == "名次")
    columns = {title: c for c, title in reversed(list(enumerate(summary[head])))}
    unit_rows = range(head + 2, head + 2 + case.units)
    for r in unit_rows:
        unit = int(summary[r][1][1 : summary[r][1].index("党")]) - 1
        same("汇总", r, columns["得分"], expected.score[unit], case.decimals)
        same("汇总", r, columns["满意率"], expected.rate[unit], 2, percent=True)
        if expected.n[unit]:
            same("汇总", r, columns["n"], Fraction(expected.n[unit]), 0)
        for place, code in enumerate(case.groups):
            same("汇总", r, 3 + place, expected.group_score.get((code, unit)), case.decimals)
    labels = {}
    for code, weight in case.groups.items():
        labels[NAMES[code] + ("" if weight else " （单列）")] = code
    for r, row in enumerate(book["题目得分"].iter_rows(values_only=True)):
        if not isinstance(row[1], str) or not row[1].startswith("第"):
            continue
        unit = int(row[1][1 : row[1].index("党")]) - 1
        for place, item in enumerate(case.items):
            wanted = (
                expected.item_score.get((unit, item))
                if row[0] == "全部群体"
                else expected.mean.get((labels[row[0]], unit, item))
            )
            same("题目得分", r, 2 + place, wanted, case.decimals)
    for r, row in enumerate(book["分布"].iter_rows(values_only=True)):
        if row[2] in labels and str(row[0]).startswith("第"):
            unit, item, code = int(row[0][1 : row[0].index("党")]) - 1, row[1][1:], labels[row[2]]
            counts = expected.counts.get((code, unit, item))
            if counts is None:
                assert not isinstance(row[3], int | float)
                continue
            order = sorted(range(len(counts)), key=lambda place: -(place if case.direct else case.levels[place][0]))
            for offset, place in enumerate(order):
                same("分布", r, 3 + offset, Fraction(counts[place]), 0)
    return compared


@pytest.mark.parametrize("name", CASES)
def test_the_workbook_as_it_is_stored_and_by_its_formulas(app, tmp_path, name):
    case, expected = CASES[name][0], expected_of(name)
    _, data = workbook_of(survey_of(*CASES[name]))
    stored = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    least = sum(score is not None for score in expected.score.values())
    assert _figures_of(case, expected, stored, lambda s, r, c: stored[s].cell(r + 1, c + 1).value) >= least
    cells = evaluate(data, tmp_path)
    written = openpyxl.load_workbook(io.BytesIO(data))

    def computed(sheet: str, row: int, column: int) -> Any:
        cell = written[sheet].cell(row + 1, column + 1)
        return cells[sheet, cell.coordinate] if cell.data_type == "f" else cell.value

    assert _figures_of(case, expected, stored, computed) >= least


@pytest.mark.skipif(not libreoffice.is_here(), reason="LibreOffice is not installed here")
def test_libreoffice_computes_and_shows_the_same(app, tmp_path):
    paths = []
    for number, name in enumerate(CASES):
        path = tmp_path / f"{number}.xlsx"
        path.write_bytes(workbook_of(survey_of(*CASES[name], slug=f"case-{number}"))[1])
        paths.append(path)
    for name, path in zip(CASES, libreoffice.recalculated(paths, tmp_path / "new", "xlsx"), strict=True):
        book = openpyxl.load_workbook(path, data_only=True)
        errors = [cell.value for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "e"]
        assert not errors, name
        _figures_of(
            CASES[name][0], expected_of(name), book, lambda s, r, c, book=book: book[s].cell(r + 1, c + 1).value
        )
    for name, path in zip(CASES, libreoffice.recalculated(paths, tmp_path / "shown", "html"), strict=True):
        case, expected = CASES[name][0], expected_of(name)
        rows = [
            [" ".join(cell.text_content().split()) for cell in row.xpath("td")]
            for row in html.parse(path).xpath("//tr")
        ]
        head = next(row for row in rows if row[:2] == ["名次", "单位"])
        for row in rows:
            if len(row) == len(head) and row[1].startswith("第") and row[2].startswith("机关"):
                unit = int(row[1][1 : row[1].index("党")]) - 1
                assert row[head.index("得分")] == text_of(expected.score[unit], case.decimals), name
                rate = text_of(expected.rate[unit], 2)
                assert row[head.index("满意率")] == (rate if rate == "—" else f"{rate}%"), name


def test_there_are_enough_cases():
    assert len(CASES) >= 25
    assert printed(Fraction(74235, 1000)) == Decimal("74.24")
