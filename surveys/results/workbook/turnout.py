"""The sheet Turnout: admissions, ballots, void ballots and rates."""

from __future__ import annotations

from dataclasses import dataclass

from xlsxwriter.worksheet import Worksheet

from surveys.inputs.values import plain_number
from surveys.results.withholding import Missing
from surveys.results.workbook.sheet_writer import SheetWriter
from surveys.scoring.totals import GroupTurnout

_WIDTHS = [28, *[12] * 10]


@dataclass(frozen=True)
class TurnoutCells:
    """Where the turnout of units stands: the row of each unit that admissions are tied to."""

    rows: dict[int, int]

    def cell(self, writer: SheetWriter, unit: int) -> str | None:
        """The turnout of a unit's people; None where no admission is tied to the unit."""
        row = self.rows.get(unit)
        return None if row is None else writer.ref("turnout", row, 5)


def write_turnout(writer: SheetWriter, sheet: Worksheet) -> TurnoutCells:
    """Write the sheet: by group, and by unit where admissions are tied to units."""
    _ = writer.gettext
    note = _("Turnout is ballots against the people expected or, where that is not given, the codes issued.")
    row = writer.rows_of_title(sheet, writer.names["turnout"], _WIDTHS, note)
    headings = [
        _("Group"), _("Codes issued"), _("Base"), _("Ballots"), _("Turnout rate"), _("Void"),
        _("One answer throughout"), _("Required"), _("Identical to another ballot"), _("Sent very fast"), _("On paper"),
    ]  # fmt: skip
    writer.headings(sheet, row, headings, _WIDTHS)
    sheet.freeze_panes(row + 1, 1)
    for number, turnout in enumerate(writer.report.result.turnout.groups):
        row += 1
        _write_group(writer, sheet, row, number, turnout)
    writer.columns(sheet, _WIDTHS)
    return _write_by_unit(writer, sheet, row + 2)


def _write_group(writer: SheetWriter, sheet: Worksheet, row: int, number: int, turnout: GroupTurnout) -> None:
    group, line = writer.plan.groups[number], row + 1
    sheet.write_string(row, 0, writer.group(group), writer.cell)
    sheet.write_number(row, 1, turnout.admissions, writer.count)
    if turnout.base:
        sheet.write_number(row, 2, turnout.base, writer.count)
        writer.share(sheet, (row, 4), f"D{line}/C{line}", turnout.ballots / turnout.base)
    else:
        sheet.write_string(row, 2, "—", writer.withheld)
        sheet.write_string(row, 4, "—", writer.withheld)
    sheet.write_number(row, 3, turnout.ballots, writer.count)
    void = writer.report.result.void[number]
    if void is None:
        writer.missing(sheet, row, 5, Missing.FEW)
    else:
        sheet.write_number(row, 5, void, writer.count)
    required = group.required_turnout
    sheet.write_string(row, 7, "—" if required is None else f"{plain_number(required)} %", writer.middle)
    for column, habit in zip((6, 8, 9), writer.report.habits(), strict=True):
        share = habit.shares[number]
        if isinstance(share, str):
            sheet.write_string(row, column, share, writer.withheld)
        else:
            sheet.write_number(row, column, share, writer.percent)
    sheet.write_number(row, 10, turnout.paper, writer.count)


def _write_by_unit(writer: SheetWriter, sheet: Worksheet, row: int) -> TurnoutCells:
    """A row for all groups together of each unit, which gates go by, and one for each group."""
    _, plan, turnout = writer.gettext, writer.plan, writer.report.result.turnout
    rows: dict[int, int] = {}
    units = [unit for unit in writer.report.order if turnout.of_unit(unit)[1]]
    if not units:
        return TurnoutCells(rows)
    headings = [_("Own unit"), _("Group"), _("Codes issued"), _("Codes used"), _("On paper"), _("Turnout rate")]
    writer.headings(sheet, row, headings, _WIDTHS)
    for unit in units:
        of_groups = [one for one in turnout.by_unit if one.unit == unit]
        row += 1
        rows[unit] = row
        first, last = row + 2, row + 1 + len(of_groups)
        _write_labels(writer, sheet, row, unit, _("All groups"))
        for column, total in enumerate(("admissions", "used", "paper"), 2):
            letter = "CDE"[column - 2]
            value = sum(getattr(one, total) for one in of_groups)
            sheet.write_formula(row, column, f"=SUM({letter}{first}:{letter}{last})", writer.count, value)
        took_part, of = turnout.of_unit(unit)
        writer.share(sheet, (row, 5), f"(D{row + 1}+E{row + 1})/C{row + 1}", took_part / of)
        for one in of_groups:
            row += 1
            _write_labels(writer, sheet, row, unit, writer.text(plan.groups[one.group].text))
            for column, value in enumerate((one.admissions, one.used, one.paper), 2):
                sheet.write_number(row, column, value, writer.count)
            if one.admissions:
                share = one.took_part / one.admissions
                writer.share(sheet, (row, 5), f"(D{row + 1}+E{row + 1})/C{row + 1}", share)
            else:
                sheet.write_string(row, 5, "—", writer.withheld)
    return TurnoutCells(rows)


def _write_labels(writer: SheetWriter, sheet: Worksheet, row: int, unit: int, group: str) -> None:
    sheet.write_string(row, 0, writer.unit(unit), writer.cell)
    sheet.write_string(row, 1, group, writer.middle)
    writer.grow(sheet, row, (writer.unit(unit), _WIDTHS[0]), (group, _WIDTHS[1]))
