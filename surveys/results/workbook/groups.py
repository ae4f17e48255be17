"""The sheet Groups: scores by group with their intervals, and how they differ from the first group's."""

from __future__ import annotations

from xlsxwriter.worksheet import Worksheet

from surveys.results.workbook.group_chart import MOST_GROUPS, insert_group_charts
from surveys.results.workbook.items import ItemCells
from surveys.results.workbook.sheet_writer import GROUP_SCORE, SCORE, SheetWriter
from surveys.results.workbook.summary import SummaryCells
from surveys.scoring.rounding import kept

_WIDTHS = [26, 14, 9, 9, 9, 7, 12, 9, 9, 9]


def write_groups(writer: SheetWriter, sheet: Worksheet, items: ItemCells, summary: SummaryCells) -> None:
    """A row for each unit and group: score, interval and n, and the difference from the first group with its interval; charts."""
    _ = writer.gettext
    plan = writer.plan
    headings = [_("Unit"), _("Group"), _("Score"), _("95 percent from"), _("to"), "n"]
    note = ""
    if len(plan.groups) > 1:
        first = writer.group(plan.groups[0])
        headings += [_("minus %(first)s", first=first), _("95 percent from"), _("to"), _("Excludes zero")]
        note = _("A difference whose interval holds zero may be chance.")
    widths = _WIDTHS[: len(headings)]
    row = writer.rows_of_title(sheet, writer.names["groups"], widths, note)
    writer.headings(sheet, row, headings, widths)
    sheet.freeze_panes(row + 1, 2)
    sheet.repeat_rows(row)
    for unit in writer.report.order:
        for group, one in enumerate(plan.groups):
            row += 1
            sheet.write_string(row, 0, writer.unit(unit), writer.cell)
            sheet.write_string(row, 1, writer.group(one), writer.cell)
            writer.grow(sheet, row, (writer.unit(unit), widths[0]), (writer.group(one), widths[1]))
            _write_score(writer, sheet, row, items, unit, group)
            if group:
                _write_difference(writer, sheet, (row, row - group), unit, group)
            elif len(plan.groups) > 1:
                for column in range(6, 10):
                    sheet.write_string(row, column, "", writer.withheld)
    charts = 1 < len(plan.groups) <= MOST_GROUPS and bool(writer.report.scored)
    writer.columns(sheet, widths, kept=2, breaks=charts)
    if charts:
        sheet.repeat_columns(0, 1)
        insert_group_charts(writer, sheet, row + 2, summary)


def _write_score(writer: SheetWriter, sheet: Worksheet, row: int, items: ItemCells, unit: int, group: int) -> None:
    result = writer.report.result
    score, low, high, n = (
        figures[group][unit] for figures in (result.group_score, result.group_low, result.group_high, result.group_n)
    )
    if score is None or low is None or high is None or n is None:
        for column in range(2, 6):
            writer.missing(sheet, row, column, writer.report.missing(group, unit))
        return
    value = kept(score, GROUP_SCORE)
    sheet.write_formula(row, 2, f"={items.score(writer, group, unit)}", writer.figure, value)
    writer.number(sheet, (row, 3), low)
    writer.number(sheet, (row, 4), high)
    sheet.write_formula(row, 5, f"={items.n(writer, group, unit)}", writer.count, n)


def _write_difference(writer: SheetWriter, sheet: Worksheet, rows: tuple[int, int], unit: int, group: int) -> None:
    """A further group's score minus the first group's, its interval, and whether that is clear of zero."""
    _, result, (row, first_row) = writer.gettext, writer.report.result, rows
    value, low, high = (
        figures[group - 1][unit] for figures in (result.difference, result.difference_low, result.difference_high)
    )
    if value is None or low is None or high is None:
        for column in range(6, 10):
            sheet.write_string(row, column, "—", writer.withheld)
        return
    writer.rounded(sheet, (row, 6), f"C{row + 1}-C{first_row + 1}", value, SCORE, writer.signed)
    writer.number(sheet, (row, 7), low, writer.signed)
    writer.number(sheet, (row, 8), high, writer.signed)
    sheet.write_string(row, 9, _("yes") if low > 0 or high < 0 else _("no"), writer.middle)
