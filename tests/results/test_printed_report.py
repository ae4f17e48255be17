"""The report to sign: its figures are those of the result, the same in the PDF and in Word, in both languages."""

from __future__ import annotations

import io
from itertools import pairwise

import docx
import numpy as np
import pytest
from docx.oxml.ns import qn
from hypothesis import given
from hypothesis import strategies as st

from surveys.results.printed.blocks import Bars, Table, lanes_of
from surveys.results.printed.breaking import break_lines
from surveys.results.printed.documents import report_document, unit_document
from surveys.results.printed.pdf import pdf_of, small_font
from surveys.results.printed.ranking import ranking_table
from surveys.results.printed.word import word_of
from surveys.results.workbook.remarks import RemarkRow
from tests.acting import seal
from tests.helpers import closed, published, units, vote
from tests.results.made_rounds import sealed_round
from tests.results.printing import pages_of, said, source_of, squeezed, word_texts

LANGUAGES = ("zh", "en")


def sealed(count=4, **changes):
    """Units that nine students and six members of staff rate ever lower, some of the staff not at all."""
    survey = published(units=units(count), **changes)
    plan_items = 8
    for person in range(15):
        level = [1 + (person + item) % 4 if item % 3 else 1 for item in range(plan_items)]
        vote(survey, person % 5 // 3, level)
    closed(survey)
    seal("test")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_ranking_of_the_pdf_has_the_figures_of_the_result(app, language):
    sealed(rule={"minimum": 5, "quotas": [{"at_most": 0.5, "grade": 0}]})
    source = source_of(language=language)
    page, result = pages_of(pdf_of(report_document(source)))[0], source.report.result
    for unit in source.report.order:
        row = [
            result.rank[unit], source.unit(unit), source.text(source.report.plan.units[unit].parent),
            source.report.figure(result.score[unit]), source.interval(result.low[unit], result.high[unit]),
            source.ranks(unit), source.report.rate(result.rate[unit]), result.n[unit], source.grade(unit),
        ]  # fmt: skip
        assert squeezed("".join(map(str, row))) in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_unit_has_a_page_with_its_items_and_those_of_groups(app, language):
    sealed()
    source = source_of(language=language)
    pages, result = pages_of(pdf_of(report_document(source))), source.report.result
    for unit in source.report.order:
        page = next(page for page in pages if page.startswith(squeezed(source.unit(unit))))
        for item, score in zip(source.report.plan.rated_items, result.item_score[unit], strict=True):
            assert squeezed(source.report.item_name(item, language)) in page
            assert source.report.figure(score) in page
        for group in result.group_score:
            assert source.report.figure(group[unit]) in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_word_and_pdf_say_the_same(app, language):
    sealed()
    document = report_document(source_of(language=language))
    pdf, word = "".join(pages_of(pdf_of(document))), [squeezed(text) for text in word_texts(word_of(document))]
    whole = "".join(word)
    bars = {text for block in document.blocks if isinstance(block, Bars) for text in said(block)}
    for text in map(squeezed, {*said([*document.blocks])} - bars):
        assert text in whole, text
        assert text in pdf or len(text) > 60, text  # a long one goes on in the next line of its own column


def test_the_table_in_word_is_the_ranking_and_its_headings_are_repeated(app):
    sealed()
    source = source_of()
    wanted = ranking_table(source)
    word = docx.Document(io.BytesIO(word_of(report_document(source))))
    table = next(table for table in word.tables if table.cell(0, 0).text == wanted.columns[0].heading)
    columns = len(wanted.columns)
    assert [[cell.text for cell in row.cells][:columns] for row in table.rows[1:]] == [list(row) for row in wanted.rows]
    assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    fonts = [word.styles[name].element.rPr.rFonts.get(qn("w:eastAsia")) for name in ("Normal", "Heading 1")]
    assert fonts == ["宋体", "黑体"]


def test_a_long_ranking_repeats_its_headings_and_numbers_all_pages(app):
    sealed(70)
    document = report_document(source_of())
    pages = pages_of(pdf_of(document))
    head = "名次单位所属党总支得分"
    assert [number for number, page in enumerate(pages) if head in page] == [0, 1, 2]
    assert [page.endswith(f"{number}/{len(pages)}") for number, page in enumerate(pages, 1)] == [True] * len(pages)


def test_a_quota_cuts_the_ranking_below_its_last_place(app):
    sealed(rule={"minimum": 5, "quotas": [{"at_most": 0.5, "grade": 0}, {"at_least": 0.25, "grade": 2}]})
    cuts = ranking_table(source_of()).cuts
    assert cuts == {1: "“优秀”及以上至多 2 个", 2: "“一般”及以下至少 1 个"}


def test_units_that_cannot_be_told_apart_stand_in_one_bracket(app):
    sealed()
    assert ranking_table(source_of()).lanes == [[(0, 3)]]


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)).map(sorted).map(tuple), unique=True))
def test_brackets_that_overlap_stand_side_by_side(runs):
    lanes = lanes_of(runs)
    assert sorted(run for lane in lanes for run in lane) == sorted(runs)
    for lane in lanes:
        assert all(one[1] < other[0] for one, other in pairwise(lane))


@given(st.text("报告，。（“”）abc 1.5\n", max_size=60), st.integers(4, 20))
def test_lines_keep_every_character_and_their_width(text, width):
    lines = break_lines(text, width, len)
    assert squeezed("".join(lines)) == squeezed(text)
    assert all(len(line) <= width for line in lines)


def test_no_line_begins_with_a_mark_that_closes():
    lines = break_lines("甲乙丙丁，戊己（庚辛）。壬", 4, len)
    assert lines == ["甲乙丙", "丁，戊己", "（庚辛）。", "壬"] or all(line[0] not in "，）。" for line in lines)


def test_published_remarks_stand_on_the_page_of_their_unit_alone(app):
    sealed()
    code = next(item.code for item in source_of().report.plan.questionnaire.items if item.type == "text")
    source = source_of(remarks=[RemarkRow(1, code, "多开放自习室", 2)])
    pages = pages_of(pdf_of(report_document(source)))
    assert ["第2党支部" in page for page in pages if "多开放自习室" in page] == [True]
    assert "多开放自习室（另有2条意思相同）" in "".join(pages_of(pdf_of(unit_document(source, 1))))
    assert "多开放自习室" not in "".join(pages_of(pdf_of(unit_document(source, 0))))


def test_signs_that_the_font_does_not_have_break_nothing(app, tmp_path):
    sealed()
    code = next(item.code for item in source_of().report.plan.questionnaire.items if item.type == "text")
    source = source_of(remarks=[RemarkRow(0, code, "很好👍𠮷 <b>&amp; ﷽", 0)])
    document = unit_document(source, 0)
    assert "很好" in "".join(pages_of(pdf_of(document)))
    assert "很好👍𠮷 <b>&amp; ﷽" in word_texts(word_of(document))


def test_a_font_cut_down_to_the_signs_of_documents_gives_the_same_pages(app, tmp_path):
    sealed()
    documents = [unit_document(source_of(), unit) for unit in range(4)]
    font = small_font(documents, tmp_path)
    assert font.stat().st_size < 100_000
    for document in documents:
        assert pages_of(pdf_of(document, font)) == pages_of(pdf_of(document))


def test_the_change_since_the_round_before_is_that_of_the_rounds(app):
    random = np.random.default_rng(1)
    sealed_round("before", random.integers(2, 5, (30, 6)))
    sealed_round("after", random.integers(1, 3, (30, 6)))
    source = source_of("after")
    change = source.rounds.pairs[-1].units[0]
    text = "".join(pages_of(pdf_of(unit_document(source, 0))))
    figure = source.report.figure
    assert squeezed(f"得分{figure(change.before)}{figure(change.after)}+{figure(change.change.value)}") in text


def test_a_page_for_a_unit_names_no_other_unit(app):
    sealed()
    source = source_of()
    for unit in source.report.order:
        document = unit_document(source, unit)
        text = " ".join(said([document.title, *document.blocks]))
        assert source.unit(unit) in text
        assert not [source.unit(other) for other in source.report.order if other != unit and source.unit(other) in text]


def test_a_group_that_falls_short_is_said_to_and_has_no_figure(app):
    survey = published(rule={"minimum": 5})
    for _ in range(8):
        vote(survey, 0)
    for _ in range(3):
        vote(survey, 1, 3)
    closed(survey)
    seal("test")
    text = "".join(pages_of(pdf_of(unit_document(source_of(), 0))))
    assert "教职工评分n<5" in text
    assert "教职工：有效评价太少" in text


def test_a_survey_without_ratings_has_a_report_too(app):
    survey = published(questionnaire="suggestions")
    closed(survey)
    seal("test")
    document = report_document(source_of())
    assert not [block for block in document.blocks if isinstance(block, Table)]
    assert "本问卷不评价单位" in "".join(pages_of(pdf_of(document)))
