"""The workbook for the committee: every figure can be followed from the counts to the summary."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from gettext import NullTranslations

import xlsxwriter

from surveys.inputs.translations import gettext_of
from surveys.results.evaluation.overview import Overview
from surveys.results.printed.letterhead import NO_HEAD, PrintedHead
from surveys.results.report import Report
from surveys.results.rounds import Rounds
from surveys.results.workbook.answers import write_answers
from surveys.results.workbook.distribution import write_distribution
from surveys.results.workbook.evaluation import write_evaluation
from surveys.results.workbook.groups import write_groups
from surveys.results.workbook.items import write_items
from surveys.results.workbook.method import write_method
from surveys.results.workbook.remarks import RemarkRow, write_remarks
from surveys.results.workbook.rounds import write_rounds
from surveys.results.workbook.sheet_writer import SheetWriter
from surveys.results.workbook.summary import write_summary
from surveys.results.workbook.turnout import write_turnout


@dataclass(frozen=True)
class Beside:
    """What stands in the workbook beside the result, where there is such: published remarks, earlier rounds, the committee's
    evaluation, and the head of its pages."""

    remarks: Sequence[RemarkRow] = ()
    rounds: Rounds | None = None
    evaluation: Overview | None = None
    head: PrintedHead = NO_HEAD


def write_workbook(
    report: Report,
    window: tuple[int, int],
    timezone: str,
    language: str,
    translations: NullTranslations,
    beside: Beside | None = None,
) -> bytes:
    """The workbook of a sealed survey, or of a part of it, as xlsx, in a language with its catalogue. `window`: when it was open."""
    with_result = beside or Beside()
    rounds = with_result.rounds
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        book.set_calc_mode("auto")
        writer = SheetWriter(book, report, language, gettext_of(translations), with_result.head)
        # Sheets stand in the committee's order, but are written from the counts upwards.
        summary = writer.sheet("summary")
        composite = writer.sheet("evaluation") if report.part is None else None  # its ranks are among all units
        items, distribution = writer.sheet("items"), writer.sheet("distribution")
        groups = writer.sheet("groups") if report.plan.rated_items else None
        compared = writer.sheet("rounds") if groups and rounds and rounds.pairs else None
        answers = writer.sheet("answers") if report.answers else None
        turnout = write_turnout(writer, writer.sheet("turnout"))
        if groups:
            cells = write_distribution(writer, distribution)
            scores = write_items(writer, items, cells)
            rows = write_summary(writer, summary, cells, scores, window, timezone)
            if composite:
                write_evaluation(writer, composite, rows, turnout, with_result.evaluation)
            write_groups(writer, groups, scores, rows)
            if compared and rounds:
                write_rounds(writer, compared, rounds, rows)
        else:
            write_summary(writer, summary, None, None, window, timezone)
            for sheet in filter(None, (composite, items, distribution)):
                sheet.hide()
        if answers:
            write_answers(writer, answers)
        if with_result.remarks:
            write_remarks(writer, writer.sheet("remarks"), with_result.remarks)
        write_method(writer, writer.sheet("method"))
        summary.activate()
    return out.getvalue()
