"""The sheet Groups: scores by group side by side, with the differences between them."""

from __future__ import annotations

from xlsxwriter.worksheet import Worksheet

from surveys.results.workbook.sheet_writer import SheetWriter
from surveys.results.workbook.summary import SummaryCells


def write_groups(writer: SheetWriter, sheet: Worksheet, summary: SummaryCells) -> None:
    """Scores by group side by side, and each further group's difference from the first with its interval."""
    _ = writer.gettext
    plan, result = writer.plan, writer.report.result
    names = [writer.group(group) for group in plan.groups]
    headings = [_("Unit"), *names]
    for name in names[1:]:
        headings += [
            _("%(other)s minus %(first)s", other=name, first=names[0]),
            _("95 percent from"),
            _("to"),
            _("Excludes zero"),
        ]
    row = writer.title(
        sheet, writer.names["groups"], max(4, len(headings)), _("A difference whose interval holds zero may be chance.")
    )
    writer.headings(sheet, row, headings, height=32)
    sheet.freeze_panes(row + 1, 1)
    sheet.repeat_rows(row)
    for unit in writer.report.order:
        row += 1
        sheet.write_string(row, 0, writer.text(plan.units[unit].text), writer.cell)
        for group, column in enumerate(summary.group_columns):
            value = result.group_score[group][unit]
            if value is None:
                sheet.write_string(row, group + 1, writer.few if result.short[group][unit] else "—", writer.withheld)
            else:
                sheet.write_formula(row, group + 1, f"={summary.cell(writer, unit, column)}", writer.figure, value)
        for other in range(len(names) - 1):
            _write_difference(writer, sheet, (row, len(names) + 1 + 4 * other), summary, unit, other)
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, len(headings), 12)
    sheet.set_landscape()


def _write_difference(
    writer: SheetWriter, sheet: Worksheet, at: tuple[int, int], summary: SummaryCells, unit: int, other: int
) -> None:
    """A further group's score minus the first group's, its interval, and whether that is clear of zero."""
    _, result, (row, column) = writer.gettext, writer.report.result, at
    value, low, high = (
        rows[other][unit] for rows in (result.difference, result.difference_low, result.difference_high)
    )
    if value is None or low is None or high is None:
        for offset in range(4):
            sheet.write_string(row, column + offset, "—", writer.withheld)
        return
    further = summary.cell(writer, unit, summary.group_columns[other + 1])
    first = summary.cell(writer, unit, summary.group_columns[0])
    signed = writer.format(border=1, num_format=f"+{writer.decimal};-{writer.decimal};{writer.decimal}")
    sheet.write_formula(row, column, f"={further}-{first}", signed, value)
    sheet.write_number(row, column + 1, low, signed)
    sheet.write_number(row, column + 2, high, signed)
    sheet.write_string(row, column + 3, _("yes") if low > 0 or high < 0 else _("no"), writer.middle)
