"""The sheet Turnout: admissions, ballots, void ballots and rates."""

from __future__ import annotations

from xlsxwriter.worksheet import Worksheet

from surveys.results.workbook.sheet_writer import SheetWriter
from surveys.scoring.totals import GroupTurnout


def write_turnout(writer: SheetWriter, sheet: Worksheet) -> None:
    """Write the sheet: by group, and by unit where admissions are tied to units."""
    _ = writer.gettext
    row = writer.title(
        sheet,
        writer.names["turnout"],
        11,
        _("Turnout is ballots against the people expected or, where that is not given, the codes issued."),
    )
    headings = [
        _("Group"), _("Codes issued"), _("Base"), _("Ballots"), _("Turnout rate"), _("Void"),
        _("One answer throughout"), _("Required"), _("Identical to another ballot"), _("Sent very fast"), _("On paper"),
    ]  # fmt: skip
    writer.headings(sheet, row, headings)
    for number, turnout in enumerate(writer.report.result.turnout.groups):
        row += 1
        _write_group(writer, sheet, row, number, turnout)
    if writer.report.result.turnout.by_unit:
        _write_by_unit(writer, sheet, row + 2)
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 10, 12)
    sheet.freeze_panes(4, 1)
    sheet.set_landscape()


def _write_group(writer: SheetWriter, sheet: Worksheet, row: int, number: int, turnout: GroupTurnout) -> None:
    group, line = writer.plan.groups[number], row + 1
    sheet.write_string(row, 0, writer.group(group), writer.cell)
    sheet.write_number(row, 1, turnout.admissions, writer.count)
    if turnout.base:
        sheet.write_number(row, 2, turnout.base, writer.count)
        sheet.write_formula(row, 4, f"=D{line}/C{line}", writer.percent, turnout.ballots / turnout.base)
    else:
        sheet.write_string(row, 2, "—", writer.withheld)
        sheet.write_string(row, 4, "—", writer.withheld)
    sheet.write_number(row, 3, turnout.ballots, writer.count)
    sheet.write_number(row, 5, writer.report.result.void[number], writer.count)
    required = group.required_turnout
    sheet.write_string(row, 7, "—" if required is None else f"{required:g} %", writer.middle)
    for column, habit in zip((6, 8, 9), writer.report.habits(), strict=True):
        share = habit.shares[number]
        if isinstance(share, str):
            sheet.write_string(row, column, share, writer.withheld)
        else:
            sheet.write_number(row, column, share, writer.percent)
    sheet.write_number(row, 10, turnout.paper, writer.count)


def _write_by_unit(writer: SheetWriter, sheet: Worksheet, row: int) -> None:
    _, plan = writer.gettext, writer.plan
    headings = [_("Own unit"), _("Group"), _("Codes issued"), _("Codes used"), _("Turnout rate")]
    writer.headings(sheet, row, headings)
    for turnout in writer.report.result.turnout.by_unit:
        row += 1
        sheet.write_string(row, 0, writer.text(plan.units[turnout.unit].text), writer.cell)
        sheet.write_string(row, 1, writer.text(plan.groups[turnout.group].text), writer.middle)
        sheet.write_number(row, 2, turnout.admissions, writer.count)
        sheet.write_number(row, 3, turnout.used, writer.count)
        rate = turnout.used / turnout.admissions
        sheet.write_formula(row, 4, f"=D{row + 1}/C{row + 1}", writer.percent, rate)
