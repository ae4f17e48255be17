"""No csv that leaves lets a text through as a formula, and what is read back is what was written."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.inputs.csv_writing import CsvWriter, guarded
from tests.acting import seal
from tests.helpers import closed, published, units, vote


@pytest.mark.parametrize("text", ["=1+1", "@SUM(1)", "+1+1", "-1+1", "\t=1", "\r=1", '=HYPERLINK("x")', "-cmd"])
def test_what_begins_like_a_formula_gets_an_apostrophe(text):
    assert guarded(text) == f"'{text}"


@pytest.mark.parametrize("cell", ["", "-", "-1", "+2.5", "95.20", "—", "甲=1", 7, None, 1.5])
def test_numbers_a_dash_and_other_text_stay_as_they_are(cell):
    assert guarded(cell) == cell


@given(st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n\0")), min_size=1)))
def test_every_row_comes_back(rows):
    out = io.StringIO(newline="")
    writer = CsvWriter(out)
    for row in rows:
        writer.row(row)
    back = list(csv.reader(io.StringIO(out.getvalue(), newline="")))
    assert back == [[guarded(cell) for cell in row] for row in rows]


def test_the_table_of_scores_is_guarded(app, runner, tmp_path):
    formula = units(3)
    formula[0]["name"] = {"zh": "=1+1", "en": "@SUM(1)"}
    survey = published(units=formula)
    for _ in range(6):
        vote(survey)
    closed(survey)
    seal("test")
    out = tmp_path / "scores.csv"
    assert runner.invoke(args=["scores", "export", "test", "--out", str(out)]).exit_code == 0
    names = [row["单位"] for row in csv.DictReader(io.StringIO(out.read_text("utf-8-sig")))]
    assert sorted(names)[0] == "'=1+1"


def test_no_other_module_writes_csv():
    root = Path(__file__).resolve().parents[2] / "surveys"
    assert [path.name for path in root.rglob("*.py") if "csv.writer" in path.read_text("utf-8")] == ["csv_writing.py"]
