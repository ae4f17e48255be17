"""The workbook for the committee: every figure can be followed from the counts to the summary."""

from __future__ import annotations

import io

import xlsxwriter

from surveys.reporting.present import Report
from surveys.reporting.workbook.distribution import write_choices, write_distribution
from surveys.reporting.workbook.evaluation import write_evaluation
from surveys.reporting.workbook.items import write_items
from surveys.reporting.workbook.others import write_groups, write_method, write_turnout
from surveys.reporting.workbook.pen import Pen
from surveys.reporting.workbook.summary import write_summary


def write_workbook(report: Report, opens: int, closes: int, timezone: str, language: str) -> bytes:
    """The workbook of a sealed survey as xlsx. Titles are in the language of the request (Flask-Babel)."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        book.set_calc_mode("auto")
        pen = Pen(book, report, language)
        # Sheets stand in the committee's order, but are written from the counts upwards.
        summary, evaluation = pen.sheet("summary"), pen.sheet("evaluation")
        items, distribution = pen.sheet("items"), pen.sheet("distribution")
        if report.plan.rated_items:
            cells = write_distribution(pen, distribution)
            scores = write_items(pen, items, cells)
            rows = write_summary(pen, summary, cells, scores, opens, closes, timezone)
            write_evaluation(pen, evaluation, rows)
            write_groups(pen, pen.sheet("groups"), rows)
        else:
            write_summary(pen, summary, None, None, opens, closes, timezone)
            for sheet in (evaluation, items, distribution):
                sheet.hide()
        if report.result.choices:
            write_choices(pen, pen.sheet("choices"))
        write_turnout(pen, pen.sheet("turnout"))
        write_method(pen, pen.sheet("method"))
        summary.activate()
    return out.getvalue()
