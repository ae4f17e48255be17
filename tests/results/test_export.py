"""Exports: the same figures in CSV, JSON and Parquet as on the result page and in the workbook."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import zipfile
from decimal import Decimal
from pathlib import Path

import lxml.html
import openpyxl
import pyarrow.parquet
import pytest

from surveys.inputs.translations import gettext_of, load_translations
from surveys.results.export import formats
from surveys.results.export.specs import MISSING, SPECS
from surveys.results.export.tables import all_tables, make_table
from surveys.results.notes import missing_text
from surveys.results.withholding import Missing
from surveys.scoring.rounding import round_half_up
from surveys.storage.audit import Action, AuditEntry
from tests.acting import seal
from tests.helpers import closed, published, units, vote
from tests.results.test_what_committees_sign import report, sealed, workbook
from tests.results.test_workbook import CASES, filled

ROOT = Path(__file__).resolve().parents[2]
ADDRESS = "/staff/surveys/test/export/{}"
KINDS = ["csv", "json", "parquet"]


def table(name, language="zh"):
    return make_table(report(), name, language, gettext_of(load_translations(language)))


def files(body: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def read_table(kind: str, body: bytes, name: str) -> list[dict]:
    """A table of a downloaded file: numbers as Decimal, whatever is not there as None."""
    if kind == "json":
        rows = json.loads(body)["tables"][name]["rows"]
    elif kind == "parquet":
        rows = pyarrow.parquet.read_table(io.BytesIO(files(body)[f"{name}.parquet"])).to_pylist()
    else:
        kinds = {column.name: column.kind for column in table(name).columns}
        text = files(body)[f"{name}.csv"].decode("utf-8")
        assert text.startswith("\ufeff")
        rows = [
            {key: _read_cell(kinds[key], value) for key, value in row.items()}
            for row in csv.DictReader(io.StringIO(text[1:], newline=""))
        ]
    return [
        {key: Decimal(repr(value)) if isinstance(value, float) else value for key, value in r.items()} for r in rows
    ]


def _read_cell(kind: str, value: str):
    if value == "":
        return None
    readers = {"integer": int, "number": float, "boolean": {"true": True, "false": False}.__getitem__, "text": str}
    return readers[kind](value)


class Workbook:
    """What the workbook's cells show; in the same cases test_workbook.py compares that with what their formulas give."""

    def __init__(self, data: bytes):
        self.book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)

    def rows(self, sheet: str, first: str) -> list[list]:
        """The rows of a table: from below the heading that begins with `first`."""
        rows = [[None if cell.value == "" else cell.value for cell in row] for row in self.book[sheet].iter_rows()]
        begin = next(i for i, row in enumerate(rows) if first in row[:3])
        return rows[begin + 1 :]


def same(shown, value, decimals=2, *, share=False) -> bool:
    """Whether a cell of the workbook and one of an export say the same; a text in the workbook says that it is withheld."""
    if isinstance(shown, int | float):
        return value is not None and round_half_up(shown * (100 if share else 1), decimals) == value
    return value is None


@pytest.fixture(params=CASES)
def case(request, app):
    filled(**CASES[request.param])
    return request.param


def test_every_figure_is_the_one_in_the_workbook(case):
    book = Workbook(workbook())
    check_scores(book)
    check_distribution(book)
    check_turnout_and_other_questions(book)


def check_scores(book):
    summary, plan = table("summary").rows, report().plan
    for shown, row in zip(book.rows("汇总", "名次")[1:], summary, strict=False):
        values = [
            row["rank"],
            row["score.students"],
            row["score.staff"],
            row["score"],
            row["score_low"],
            row["score_high"],
        ]
        assert all(same(shown[i], value) for i, value in zip((0, 3, 4, 5, 6, 7), values, strict=True)), row
        rates = (row["rate"], row["rate_low"], row["rate_high"])
        assert all(same(shown[i], value, share=True) for i, value in zip((9, 10, 11), rates, strict=True)), row
        assert same(shown[12], row["n"])
        assert (shown[1], shown[13]) == (row["unit"], row["grade"] or "—")
    items = {(row["group"], row["unit"], row["item_code"]): row["score"] for row in table("items").rows}
    scores = {(row["group"], row["unit"]): row for row in table("groups").rows}
    names = {f"{name} （单列）": name for name in ("学生", "教职工")}
    seen = 0
    for shown in book.rows("题目得分", "单位")[1:]:
        group = names.get(shown[0], shown[0])
        for item, cell in zip(plan.rated_items, shown[2:], strict=False):
            assert same(cell, items[group, shown[1], item.code]), (shown, item.code)
            seen += 1
        if group != "全部群体":
            assert same(shown[-2], scores[group, shown[1]]["score"])
            assert same(shown[-1], scores[group, shown[1]]["n"])
    assert seen == len(items)
    for shown, row in zip(book.rows("群体对比", "群体"), table("groups").rows, strict=True):
        values = [
            row[name]
            for name in ("score", "score_low", "score_high", "n", "difference", "difference_low", "difference_high")
        ]
        assert all(same(cell, value) for cell, value in zip(shown[2:9], values, strict=True)), row


def check_distribution(book):
    found = table("distribution")
    levels = [column.name for column in found.columns if column.name.startswith("count.")]
    head, mean = ["unit", "item"], 3 + len(levels) + 4
    trimmed = report().plan.rule.trim.kind != "none"
    mean += (1 + len(levels)) if trimmed else 0
    names = [*levels, "dont_know", "blank", "n", "satisfied"]
    rows = book.rows("分布", "题目")
    assert len(rows) >= len(found.rows) > 0
    for shown, row in zip(rows, found.rows, strict=False):
        assert [row[name] for name in head] == shown[:2]
        assert all(same(cell, row[name]) for cell, name in zip(shown[3:], names, strict=False)), (shown, row)
        assert same(shown[mean], row["mean"]), (shown, row)


def check_turnout_and_other_questions(book):
    patterns = {(row["pattern"], row["group_code"]): row for row in table("patterns").rows}
    for shown, row in zip(book.rows("参评情况", "群体"), table("turnout").rows, strict=False):
        assert [shown[1], shown[3], shown[10]] == [row["admissions"], row["ballots"], row["paper"]]
        assert same(shown[2], row["base"])
        assert same(shown[4], row["turnout"], share=True)
        assert same(shown[5], row["void"])
        for place, name in ((6, "straight"), (8, "alike"), (9, "fast")):
            assert same(shown[place], patterns[name, row["group_code"]]["share"], share=True)
    answers = table("answers").rows
    if answers:
        for shown, row in zip(book.rows("其他题目", "题目"), answers, strict=True):
            assert same(shown[3], row["count"])
            assert same(shown[4], row["n"])
            assert same(shown[5], row["share"], share=True)
            assert same(shown[6], row["mean"])


def test_the_three_formats_hold_the_same_values(case, staff):
    browser = staff("committee")
    bodies = {kind: browser.get(ADDRESS.format(kind)).data for kind in KINDS}
    for name in SPECS:
        expected = [
            {key: Decimal(repr(float(value))) if isinstance(value, Decimal) else value for key, value in row.items()}
            for row in table(name).rows
        ]
        for kind, body in bodies.items():
            assert read_table(kind, body, name) == expected, (kind, name)


def test_the_result_page_shows_the_figures_of_the_summary(case, staff):
    page = lxml.html.fromstring(staff("committee").get("/staff/surveys/test/result?lang=zh").text)
    found, shown_rows = report(), page.findall(".//section[@id='ranking']//tbody/tr")
    summary = table("summary").rows
    assert len(summary) == len(shown_rows) == 3

    def words(reason: str) -> str:
        return missing_text(Missing(reason), found.plan, gettext_of(load_translations("zh")))

    for row, shown in zip(summary, shown_rows, strict=True):
        cells = [" ".join(cell.text_content().split()) for cell in shown]
        assert cells[0].split()[0] == str(row["rank"] or "—")
        for place, code in ((-2, "students"), (-1, "staff")):
            score = row[f"score.{code}"]
            assert cells[place].split()[0] == (
                str(score) if score is not None else words(row[f"missing.{code}"]).split()[0]
            )
        assert cells[2] == str(row["score"] if row["score"] is not None else "—")
        assert cells[4] == (f"{row['score_low']} – {row['score_high']}" if row["score"] is not None else "")
        assert cells[5] == (
            f"{row['rate']} % {row['rate_low']} % – {row['rate_high']} %" if row["rate"] is not None else "—"
        )
        assert cells[-3] == str(row["n"] or words(row["missing"]))
        assert cells[3] == (row["grade"] or "—")


def test_the_result_page_shows_the_figures_of_items(case, staff):
    page = lxml.html.fromstring(staff("committee").get("/staff/surveys/test/result?lang=zh").text)
    scores = {(row["unit"], row["item_code"]): row["score"] for row in table("items").rows if row["group_code"] is None}
    codes = [item.code for item in report().plan.rated_items]
    for shown in page.findall(".//section[@id='items']//tbody/tr"):
        unit, *cells = [" ".join(cell.text_content().split()) for cell in shown]
        for code, cell in zip(codes, cells, strict=True):
            value = scores[unit, code]
            assert cell == str(value) if value is not None else not cell.replace(".", "").isdigit()


def test_what_is_withheld_is_empty_and_says_why(app):
    sealed(students=8, staff=3, rule={"minimum": 5})
    assert {row["missing.staff"] for row in table("summary").rows} == {"few"}
    assert {row["score.staff"] for row in table("summary").rows} == {None}
    hidden = [row for row in table("distribution").rows if row["group_code"] == "staff"]
    assert hidden
    for row in hidden:
        assert row["missing"] == "few"
        assert not [name for name in row if row[name] is not None and name.startswith(("count.", "n", "mean", "dont"))]
    together = [row for row in table("distribution").rows if row["group_code"] is None]
    assert {row["left_out"] for row in together} == {"staff"}


def test_every_reason_is_one_of_those_that_are_documented(case):
    reasons = {
        value
        for one in all_tables(report(), "en", gettext_of(load_translations("en")))
        for row in one.rows
        for name, value in row.items()
        if name.startswith("missing") and value is not None
    }
    assert reasons <= set(MISSING)


def test_every_row_has_every_column_and_those_that_are_never_empty_are_not(case):
    for one in all_tables(report(), "zh", gettext_of(load_translations("zh"))):
        for row in one.rows:
            assert list(row) == [column.name for column in one.columns]
            assert not [column.name for column in one.columns if column.required and row[column.name] is None]


def test_a_survey_without_ratings_has_the_tables_with_no_rows(app, staff):
    survey = published(
        questionnaire="suggestions", units=units(2), groups=[{"code": "all", "name": "师生", "admission": "open"}]
    )
    closed(survey)
    seal("test")
    browser = staff("committee")
    for kind in KINDS:
        body = browser.get(ADDRESS.format(kind)).data
        assert read_table(kind, body, "summary") == []
        assert read_table(kind, body, "turnout")[0]["ballots"] == 0


def test_text_in_csv_is_never_a_formula(app, staff):
    sealed(units=[{"code": "B1", "name": "=1+1"}, {"code": "B2", "name": "甲"}])
    rows = read_table("csv", staff("committee").get(ADDRESS.format("csv")).data, "summary")
    assert {row["unit"] for row in rows} == {"'=1+1", "甲"}


def test_the_same_result_makes_the_same_bytes(app, staff):
    sealed()
    browser = staff("committee")
    for kind in KINDS:
        assert browser.get(ADDRESS.format(kind)).data == browser.get(ADDRESS.format(kind)).data


def test_columns_are_explained_beside_the_tables_in_the_language_of_the_reader(app, staff):
    sealed()
    browser = staff("committee")
    for language, word in (("zh", "满意率"), ("en", "Satisfaction rate.")):
        body = browser.get(f"{ADDRESS.format('csv')}?lang={language}").data
        assert word in files(body)["columns.csv"].decode()
    assert json.loads(files(body)["survey.json"])["digest"] == report().stored.digest
    body = browser.get(ADDRESS.format("parquet")).data
    schema = pyarrow.parquet.read_schema(io.BytesIO(files(body)["summary.parquet"]))
    assert json.loads(schema.metadata[b"survey"])["digest"] == report().stored.digest
    assert schema.field("rate").metadata[b"unit"] == b"percent"


def test_a_download_leaves_an_entry_and_nothing_is_there_before_the_seal(app, staff):
    browser = staff("committee")
    survey = published()
    for _ in range(8):
        vote(survey)
    assert browser.get(ADDRESS.format("csv")).status_code == 404
    closed(survey)
    seal("test")
    assert browser.get(ADDRESS.format("csv")).status_code == 200
    assert browser.get(ADDRESS.format("xml")).status_code == 404
    entries = AuditEntry.select().where(AuditEntry.action == Action.EXPORT_TABLES.value)
    assert [(entry.account, entry.about) for entry in entries] == [("committee-1", "test: csv")]


def test_all_formats_are_written_by_command(app, runner, tmp_path):
    sealed()
    for kind, name in (("csv", "a.zip"), ("json", "a.json"), ("parquet", "b.zip")):
        path = tmp_path / name
        done = runner.invoke(args=["scores", "export", "test", "--format", kind, "--out", str(path)])
        assert done.exit_code == 0, done.stderr
        assert read_table(kind, path.read_bytes(), "summary")[0]["rank"] == 1
    path = tmp_path / "items.csv"
    options = ["--format", "csv", "--table", "items", "--language", "en", "--out", str(path)]
    assert runner.invoke(args=["scores", "export", "test", *options]).exit_code == 0
    assert path.read_text("utf-8-sig") == formats.csv_text(table("items", "en"))[1:].replace("\r\n", "\n")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--format", "csv", "--out", "x.csv"], "must end in .zip"),
        (["--format", "parquet", "--table", "items", "--out", "x.csv"], "must end in .parquet"),
        (["--table", "items", "--out", "x.csv"], "--format"),
    ],
)
def test_a_command_that_does_not_fit_says_what_is_expected(app, runner, options, said):
    sealed()
    failed = runner.invoke(args=["scores", "export", "test", *options])
    assert (failed.exit_code, said in failed.stderr) == (1, True)
    assert AuditEntry.select().where(AuditEntry.action == Action.EXPORT_TABLES.value).count() == 0


def test_pyarrow_is_loaded_only_when_parquet_is_written():
    program = "import sys, surveys.commands.scores, surveys.web.staff.results, surveys.web.api.views; print('pyarrow' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "False"
