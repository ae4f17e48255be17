"""What stands at the head of printed results: who sets it, what is refused, and where it is printed."""

from __future__ import annotations

import io
import zipfile

import openpyxl
import pytest
from PIL import Image

from surveys.campaigns.models import Survey
from surveys.campaigns.surveys import get_survey, plan_of
from surveys.inputs.problems import InputError
from surveys.inputs.translations import load_translations
from surveys.results.models import stored_result
from surveys.results.printed.documents import report_document
from surveys.results.printed.letterhead import MAX_LOGO, head_of, letterhead, set_letterhead, set_number
from surveys.results.printed.pdf import pdf_of
from surveys.results.printed.word import word_of
from surveys.results.report import report_of
from surveys.results.workbook import Beside, write_workbook
from surveys.storage.audit import Action, AuditEntry
from tests.acting import TESTER, seal
from tests.helpers import ZONE, closed, published, vote
from tests.results.printing import pages_of, source_of, word_texts

ORGANISATION, PATTERN = "中共某某学院委员会", "评议〔{year}〕{number}号"


def picture(kind="PNG", size=(300, 120), mode="RGB"):
    out = io.BytesIO()
    Image.new(mode, size, "red" if mode == "RGB" else 0).save(out, kind)
    return out.getvalue()


def sealed():
    survey = published()
    for _ in range(6):
        vote(survey)
    closed(survey)
    seal("test")
    return Survey.get_by_id(survey.id)


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_it_is_stored_with_a_logo_and_an_entry_in_the_audit_trail(any_app, kind):
    set_letterhead(TESTER, f" {ORGANISATION} ", PATTERN, picture(kind))
    found = letterhead()
    assert (found.organisation, found.pattern) == (ORGANISATION, PATTERN)
    assert Image.open(io.BytesIO(found.logo)).format == "PNG"
    entry = AuditEntry.get()
    assert (entry.action, entry.about) == (Action.SET_LETTERHEAD, ORGANISATION)


def test_the_logo_stays_until_another_one_comes_or_it_is_removed(app):
    set_letterhead(TESTER, ORGANISATION, "", picture())
    first = letterhead().logo
    set_letterhead(TESTER, "别的名称", "")
    assert letterhead().logo == first
    set_letterhead(TESTER, "别的名称", "", picture(size=(50, 50)))
    assert letterhead().logo != first
    set_letterhead(TESTER, "别的名称", "", remove_logo=True)
    assert letterhead().logo is None


def test_a_large_logo_is_stored_no_larger_than_it_is_printed(app):
    set_letterhead(TESTER, "", "", picture(size=(2000, 1000)))
    assert Image.open(io.BytesIO(letterhead().logo)).size == (600, 300)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\x89PNG\r\n\x1a\nbroken", "no picture"),
        (b"%PDF-1.7", "no picture"),
        (picture()[:60], "no picture"),
        (picture("GIF"), "no picture"),
        (b"\x89PNG" + b"x" * MAX_LOGO, "more than 200 KB"),
        (picture(size=(5000, 1), mode="1"), "more than 4000 pixels"),
    ],
    ids=["broken", "another file", "cut off", "gif", "too many bytes", "too many pixels"],
)
def test_what_is_no_logo_is_refused_and_changes_nothing(app, data, said):
    with pytest.raises(InputError, match=said):
        set_letterhead(TESTER, ORGANISATION, "", data)
    assert letterhead().organisation == ""


def test_all_faults_are_named_at_once(app):
    with pytest.raises(InputError) as error:
        set_letterhead(TESTER, "名" * 61, "第几号", b"x")
    assert [problem.where for problem in error.value.problems] == ["organisation", "pattern", "logo"]


def test_a_document_number_is_kept_with_the_survey_and_written_by_the_pattern(any_app):
    survey = sealed()
    set_number(TESTER, "test", "12")
    assert head_of(survey, ZONE).number == "12"
    set_letterhead(TESTER, ORGANISATION, PATTERN)
    number = head_of(survey, ZONE).number
    assert number.startswith("评议〔20")
    assert number.endswith("〕12号")
    entries = [(entry.action, entry.about) for entry in AuditEntry.select().where(AuditEntry.about == "test: 12")]
    assert entries == [(Action.SET_DOCUMENT_NUMBER, "test: 12")]
    set_number(TESTER, "test", "")
    assert head_of(survey, ZONE).number == ""


def test_only_a_sealed_result_gets_a_number(app):
    published()
    with pytest.raises(InputError, match="not sealed"):
        set_number(TESTER, "test", "12")


def test_report_and_word_begin_with_it(app):
    sealed()
    set_letterhead(TESTER, ORGANISATION, PATTERN, picture())
    set_number(TESTER, "test", "12")
    document = report_document(source_of())
    assert pages_of(pdf_of(document))[0].startswith(ORGANISATION + document.head.number)
    made = word_of(document)
    assert {ORGANISATION, document.head.number} <= {*word_texts(made)}
    assert letterhead().logo in [zipfile.ZipFile(io.BytesIO(made)).read(name) for name in _media(made)]


def _media(data):
    return [name for name in zipfile.ZipFile(io.BytesIO(data)).namelist() if "/media/" in name]


def test_each_sheet_of_the_workbook_has_it_in_its_head_and_the_summary_on_top(app):
    survey = sealed()
    set_letterhead(TESTER, f"{ORGANISATION}&" + "长" * 40, PATTERN, picture())
    set_number(TESTER, "test", "12")
    head = head_of(survey, ZONE)
    report = report_of(plan_of(survey), stored_result(get_survey("test")))
    window = (survey.opens_at, survey.closes_at)
    data = write_workbook(report, window, ZONE, "zh", load_translations("zh"), Beside(head=head))
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert [book["汇总"].cell(row, 1).value for row in (1, 2, 3)] == [head.organisation, head.number, "测评"]
    archive = zipfile.ZipFile(io.BytesIO(data))
    sheets = [archive.read(name).decode() for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
    assert all("&amp;L&amp;G" in sheet and head.number in sheet and ORGANISATION in sheet for sheet in sheets)
    assert _media(data)
