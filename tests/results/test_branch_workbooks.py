"""The workbooks of general branches hold a subset of what the whole workbook shows: so together they say no more than it."""

from __future__ import annotations

import io

import openpyxl
import pytest

from surveys.campaigns.models import Survey
from surveys.campaigns.surveys import plan_of
from surveys.followup.remarks import workbook_rows
from surveys.inputs.translations import load_translations
from surveys.results.models import stored_result
from surveys.results.printed.files import Wanted, branch_workbooks, branches_of
from surveys.results.report import report_of
from surveys.results.workbook import write_workbook
from surveys.storage.audit import Action, AuditEntry
from tests.acting import TESTER, seal
from tests.helpers import ZONE, closed, published, vote
from tests.results.printing import unzipped

UNITS = [
    {"code": "S", "name": {"zh": "理学党总支", "en": "Science"}, "kind": "general_branch"},
    {"code": "S1", "name": {"zh": "数学支部", "en": "Mathematics"}, "parent": {"zh": "理学党总支", "en": "Science"}},
    {"code": "S2", "name": {"zh": "物理支部", "en": "Physics"}, "parent": {"zh": "理学党总支", "en": "Science"}},
    {"code": "A1", "name": {"zh": "中文支部", "en": "Chinese"}, "parent": {"zh": "文学党总支", "en": "Arts"}},
    {"code": "X", "name": {"zh": "校医院支部", "en": "Hospital"}},
]


@pytest.fixture
def survey(app):
    """The staff fall short of the minimum everywhere, and few students know one item."""
    survey = published(units=UNITS, rule={"minimum": 5, "quotas": [{"at_most": 0.2, "grade": 0}]})
    for person in range(9):
        extra = {
            slot.name: ["0" if slot.item.code == "open" and person > 2 else str(1 + (person * 5 + slot.index) % 4)]
            for slot in plan_of(survey).slots if slot.item.type == "rating"
        }  # fmt: skip
        vote(survey, 0, extra=extra)
    for _ in range(3):
        vote(survey, 1, 4)
    closed(survey)
    seal("test")
    return Survey.get_by_id(survey.id)


def made(language="zh"):
    wanted = Wanted("test", ZONE, language, load_translations(language), workbook_rows(Survey.get().id))
    return unzipped(branch_workbooks(TESTER, wanted).body)


def rows_of(data):
    """By sheet, its rows of values as they are stored."""
    book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    return {sheet.title: [row for row in sheet.iter_rows(values_only=True) if any(row)] for sheet in book}


def whole_workbook(survey, language):
    report = report_of(plan_of(survey), stored_result(survey))
    window = (survey.opens_at, survey.closes_at)
    return write_workbook(report, window, ZONE, language, load_translations(language))


def test_there_is_one_for_each_general_branch_with_its_own_units(survey):
    files = made()
    named = {name: [row[1] for row in rows_of(data)["汇总"] if isinstance(row[0], int)] for name, data in files.items()}
    assert {name: {*units} for name, units in named.items()} == {
        "理学党总支.xlsx": {"理学党总支", "数学支部", "物理支部"},
        "文学党总支.xlsx": {"中文支部"},
        "不属于党总支的单位.xlsx": {"校医院支部"},
    }


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_row_with_figures_stands_in_the_whole_workbook(survey, language):
    whole = rows_of(whole_workbook(survey, language))
    for name, data in made(language).items():
        for sheet, rows in rows_of(data).items():
            assert sheet in whole, (name, sheet)
            # A row ends where its sheet does; the note about the part is the only row that the whole workbook does not have.
            known = {tuple(cell for cell in row if cell not in (None, "")) for row in whole[sheet]}
            new = [row for row in rows if tuple(cell for cell in row if cell not in (None, "")) not in known]
            notes = [row for row in new if "5" in str(row[0]) and not any(row[1:])]
            assert new == notes[: sheet in ("汇总", "Summary")], (name, sheet)


def test_no_other_unit_is_named(survey):
    for name, data in made().items():
        text = str(rows_of(data))
        others = [unit["name"]["zh"] for unit in UNITS if unit["name"]["zh"] not in ("理学党总支",)]
        mine = {"理学党总支.xlsx": {"数学支部", "物理支部"}, "文学党总支.xlsx": {"中文支部"}}.get(name, {"校医院支部"})
        assert {other for other in others if other in text} == mine


def test_units_that_are_general_branches_stand_with_their_own(survey):
    report = report_of(plan_of(survey), stored_result(survey))
    assert branches_of(report, "en", "none") == [("Science", [0, 1, 2]), ("Arts", [3]), ("none", [4])]


def test_it_leaves_an_entry_in_the_audit_trail(survey):
    made()
    entry = AuditEntry.select().order_by(AuditEntry.id.desc()).first()
    assert (entry.action, entry.about) == (Action.EXPORT_BRANCH_WORKBOOKS, "test: 3")
