"""The workbook for the committee: every figure can be followed from the counts to the summary."""

from __future__ import annotations

import io
from gettext import NullTranslations

import xlsxwriter

from surveys.inputs.translations import gettext_of
from surveys.results.report import Report
from surveys.results.workbook.answers import write_answers
from surveys.results.workbook.distribution import write_distribution
from surveys.results.workbook.evaluation import write_evaluation
from surveys.results.workbook.groups import write_groups
from surveys.results.workbook.items import write_items
from surveys.results.workbook.method import write_method
from surveys.results.workbook.sheet_writer import SheetWriter
from surveys.results.workbook.summary import write_summary
from surveys.results.workbook.turnout import write_turnout


def write_workbook(
    report: Report, window: tuple[int, int], timezone: str, language: str, translations: NullTranslations
) -> bytes:
    """The workbook of a sealed survey as xlsx, in a language with its catalogue. `window`: when it was open."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        book.set_calc_mode("auto")
        writer = SheetWriter(book, report, language, gettext_of(translations))
        # Sheets stand in the committee's order, but are written from the counts upwards.
        summary, evaluation = writer.sheet("summary"), writer.sheet("evaluation")
        items, distribution = writer.sheet("items"), writer.sheet("distribution")
        groups = writer.sheet("groups") if report.plan.rated_items else None
        answers = writer.sheet("answers") if report.answers else None
        turnout = write_turnout(writer, writer.sheet("turnout"))
        if groups:
            cells = write_distribution(writer, distribution)
            scores = write_items(writer, items, cells)
            rows = write_summary(writer, summary, cells, scores, window, timezone)
            write_evaluation(writer, evaluation, rows, turnout)
            write_groups(writer, groups, scores)
        else:
            write_summary(writer, summary, None, None, window, timezone)
            for sheet in (evaluation, items, distribution):
                sheet.hide()
        if answers:
            write_answers(writer, answers)
        write_method(writer, writer.sheet("method"))
        summary.activate()
    return out.getvalue()
