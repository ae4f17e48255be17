"""The sheet Other questions: answers that are not scores."""

from __future__ import annotations

from xlsxwriter.worksheet import Worksheet

from surveys.questionnaires.items.base import AnswerLine
from surveys.results.withholding import Missing, ShownAnswers
from surveys.results.workbook.sheet_writer import SheetWriter

_WIDTHS = [24, 30, 20, 9, 9, 9, 9]


def write_answers(writer: SheetWriter, sheet: Worksheet) -> None:
    """Write the sheet."""
    _, plan, report = writer.gettext, writer.plan, writer.report
    row = writer.rows_of_title(
        sheet,
        writer.names["answers"],
        _WIDTHS,
        _("Shares are of those who answered; several answers may add up to more than 100 percent.")
        + " "
        + _("Counted are groups whose ratings of the unit are shown."),
    )
    headings = [_("Unit"), _("Question"), _("Answer"), _("Count"), "n", _("Share"), _("Mean")]
    writer.headings(sheet, row, headings, _WIDTHS)
    sheet.freeze_panes(row + 1, 0)
    sheet.repeat_rows(row)
    for slot, answers in report.answered_slots:
        unit = "" if slot.unit is None else writer.text(plan.units[slot.unit].text)
        parts = [("", answers)] + ([] if answers.apart is None else [(_("(separate)"), answers.apart)])
        groups = report.asked_of(slot.item, writer.language)
        asked_of = _("Asked of: %(groups)s", groups=groups) if groups else ""
        for mark, part in parts:
            if not part.asked:
                continue
            question = "\n".join(filter(None, (f"{writer.text(slot.item.text)} {mark}".strip(), asked_of)))
            lines = report.lines(slot, part, writer.language, _)
            for line in lines or [AnswerLine("")]:
                row += 1
                for column, text in enumerate((unit, question, line.text)):
                    sheet.write_string(row, column, text, writer.cell)
                writer.grow(sheet, row, (unit, _WIDTHS[0]), (question, _WIDTHS[1]), (line.text, _WIDTHS[2]))
                _write_figures(writer, sheet, row, part, line)
    writer.columns(sheet, _WIDTHS, landscape=False)


def _write_figures(writer: SheetWriter, sheet: Worksheet, row: int, answers: ShownAnswers, line: AnswerLine) -> None:
    if answers.n is None:
        for column in range(3, 7):
            writer.missing(sheet, row, column, Missing.FEW)
        return
    sheet.write_number(row, 4, answers.n, writer.count)
    if line.count is None:
        sheet.write_string(row, 3, "—", writer.withheld)
        sheet.write_string(row, 5, "—", writer.withheld)
    else:
        sheet.write_number(row, 3, line.count, writer.count)
        writer.share(sheet, (row, 5), f"D{row + 1}/E{row + 1}", line.count / answers.n)
    if line.mean is None:
        sheet.write_string(row, 6, "—", writer.withheld)
    else:
        writer.number(sheet, (row, 6), line.mean, decimals=line.decimals)
