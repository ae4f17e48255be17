"""Every number that stands beside a unit on a page is that unit's number in the workbook, in the CSV files and in the API."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections import defaultdict

import lxml.html
import openpyxl
import pytest

from surveys.campaigns.models import Survey
from surveys.campaigns.surveys import plan_of
from surveys.followup.bulletin import Part, publish_bulletin
from surveys.results.evaluation.entries import begin_evaluation
from tests.acting import TESTER, issue_codes, seal
from tests.helpers import closed, published, vote
from tests.results.evaluating import type_points
from tests.results.made_rounds import GROUPS, questionnaire, sealed_round
from tests.results.test_evaluation import TYPED
from tests.results.test_rounds import votes
from tests.web.api.test_api import bearer

NUMBER = re.compile(r"[-+−]?\d+\.\d+")
STAFF = "/staff/surveys/two"
Numbers = dict[str, set[str]]
"""By the name of a unit, the numbers with decimals that stand beside it, without signs and needless zeros."""


def plain(number: str) -> str:
    return number.lstrip("-+−").rstrip("0").rstrip(".")


def of_rows(rows, names) -> Numbers:
    """From rows of cells that are texts."""
    found: Numbers = defaultdict(set)
    for cells in rows:
        for name in names:
            if any(name == cell or cell.startswith((f"{name} ", f"{name}（", f"{name}(")) for cell in cells):
                found[name] |= {plain(one) for cell in cells for one in NUMBER.findall(cell)}
    return found


def of_page(browser, address, names) -> Numbers:
    page = browser.get(address)
    assert page.status_code == 200, address
    tree = lxml.html.fromstring(page.text)
    rows = [[" ".join(cell.text_content().split()) for cell in row.xpath("th|td")] for row in tree.xpath("//tr")]
    rows += [  # a list: "1. unit · grade", figures
        re.split(r"^\d+\. | · |(?<=\S) (?=Score|得分)", " ".join(row.text_content().split()))
        for row in tree.xpath("//li")
    ]
    return of_rows(rows, names)


def of_workbook(body, names) -> Numbers:
    """Cells as they are shown: with the decimals of their formats."""
    rows = []
    for sheet in openpyxl.load_workbook(io.BytesIO(body), data_only=True):
        for row in sheet.iter_rows():
            texts = []
            for cell in row:
                if isinstance(cell.value, int | float) and not isinstance(cell.value, bool):
                    percent = "%" in cell.number_format
                    decimals = len(cell.number_format.partition(".")[2].rstrip("%").split(";")[0].rstrip("% "))
                    value = 100 * cell.value if percent else cell.value
                    texts.append(f"{value + 1e-9 if value >= 0 else value - 1e-9:.{max(decimals, 1)}f}")
                else:
                    texts.append(str(cell.value or ""))
            rows.append(texts)
    return of_rows(rows, names)


def of_csv(body, names) -> Numbers:
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        tables = [archive.read(name).decode("utf-8-sig") for name in archive.namelist() if name.endswith(".csv")]
    return of_rows((row for table in tables for row in csv.reader(io.StringIO(table))), names)


def of_api(client, slug, language, names) -> Numbers:
    headers, rows = bearer(), []
    for table in json.loads(client.get(f"/api/surveys/{slug}", headers=headers).data)["tables"]:
        name = table["name"] if isinstance(table, dict) else table
        answer = json.loads(client.get(f"/api/surveys/{slug}/{name}?limit=1000&lang={language}", headers=headers).data)
        rows += [[str(value) for value in row.values()] for row in answer["rows"]]
    return of_rows(rows, names)


@pytest.fixture
def campaign(app):
    """Two rounds of four units by two groups, the second one with an evaluation and a bulletin."""
    groups = [*GROUPS, {"code": "staff", "name": "教职工", "admission": "code", "weight": 2}]
    for slug, levels in (("one", (1, 3, 2, 4)), ("two", (1, 2, 3, 4))):
        mixed = [votes(*levels, ballots=9), votes(*reversed(levels), ballots=7)]
        mixed[0][::3], mixed[1][::2] = 2, 1
        sealed_round(slug, *mixed, groups=groups, rule={"minimum": 5}, questionnaire=questionnaire())
    begin_evaluation(TESTER, "two", TYPED)
    survey = Survey.get(Survey.slug == "two")
    type_points(survey, "38", "37.5", "36", "35")
    publish_bulletin(TESTER, "two", list(Part))
    return survey


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_number_beside_a_unit_is_the_same_everywhere(campaign, staff, app, language):
    """Pictures are compared in test_pictures.py: they hold shares and differences that no table has."""
    browser, lang = staff("administrator"), f"?lang={language}"
    names = [unit.text[language] for unit in plan_of(campaign).units]
    book = of_workbook(browser.get(f"{STAFF}/workbook.xlsx{lang}").data, names)
    tables = of_csv(browser.get(f"{STAFF}/export/csv{lang}").data, names)
    changes = browser.get(f"/staff/campaigns/drive/changes.csv{lang}").data.decode("utf-8-sig")
    rounds = of_rows(csv.reader(io.StringIO(changes)), names)
    programs = of_api(app.test_client(), "two", language, names)
    wanted = {
        f"{STAFF}/result": (book, tables, programs), "/s/two/bulletin": (book, tables, programs),
        f"{STAFF}/what-if": (book, tables, programs), f"{STAFF}/evaluation": (book,), "/staff/campaigns/drive": (book, rounds),
    }  # fmt: skip
    for address, sources in wanted.items():
        shown = of_page(browser, address + lang, names)
        assert set(shown) == set(names), address
        assert all(len(numbers) >= (2 if "what-if" not in address else 1) for numbers in shown.values()), address
        for unit, numbers in shown.items():
            for source in sources:
                assert numbers <= source[unit], (address, unit, numbers - source[unit])


def test_the_turnout_is_the_same_everywhere(app, staff):
    survey = published(rule={"minimum": 2})
    issue_codes(survey, app.config["CODE_KEY"], 0, 21)
    for number in range(13):
        vote(survey, group=number % 3 // 2)
    closed(survey)
    seal("test")
    browser, lang = staff("administrator"), "?lang=zh"
    shown = of_table(browser.get(f"/staff/surveys/test/{lang}").text)
    assert shown["学生"] == {"9", "21", "42.86"}
    assert shown["教职工"] == {"4"}
    file = io.BytesIO(browser.get(f"/staff/surveys/test/workbook.xlsx{lang}").data)
    book = openpyxl.load_workbook(file, data_only=True)
    cells = [[cell.value for cell in row] for sheet in book for row in sheet]
    with zipfile.ZipFile(io.BytesIO(browser.get(f"/staff/surveys/test/export/csv{lang}").data)) as archive:
        text = archive.read("turnout.csv").decode("utf-8-sig")
    answer = json.loads(app.test_client().get(f"/api/surveys/test/turnout{lang}", headers=bearer()).data)
    for rows in (cells, list(csv.reader(io.StringIO(text))), [list(row.values()) for row in answer["rows"]]):
        for group, numbers in shown.items():
            found = [row for row in rows if group in row and numbers <= {figure(cell) for cell in row}]
            assert found, (group, numbers, rows)


def of_table(text: str) -> Numbers:
    """By the name of a group, the numbers beside it in the table of the turnout."""
    rows = lxml.html.fromstring(text).xpath("//table[.//th[contains(., '参评率')]]//tbody/tr")
    texts = [[" ".join(cell.text_content().split()) for cell in row.xpath("th|td")] for row in rows]
    return {
        cells[0]: {
            plain(one) if "." in one else one for cell in cells[1:] for one in re.findall(r"\d+(?:\.\d+)?", cell)
        }
        - {"0"}
        for cells in texts
    }


def figure(cell) -> str:
    """A number as it is shown on a page: a share in percent."""
    text = f"{100 * cell:.2f}" if isinstance(cell, float) and cell < 1 else f"{cell}"
    return plain(text) if "." in text else text


def test_the_comparison_notices_a_number_that_differs():
    assert of_rows([["第1党支部", "88.42", "[80.00, 90.50]"]], ["第1党支部"]) == {"第1党支部": {"88.42", "80", "90.5"}}
    assert of_rows([["第11党支部", "88.42"]], ["第1党支部"]) == {}
