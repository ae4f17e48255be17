"""The committee's composite: parts to fill in, and totals, ranks and grades as live formulas."""

from __future__ import annotations

from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from surveys.results.workbook.sheet_writer import SheetWriter
from surveys.results.workbook.summary import SummaryCells


def write_evaluation(writer: SheetWriter, sheet: Worksheet, summary: SummaryCells) -> None:
    """Write the sheet. A total appears when all parts of a unit are filled in."""
    _ = writer.gettext
    plan, order = writer.plan, writer.report.order
    rule = plan.rule
    parts = rule.parts
    if not parts:
        sheet.hide()
        return
    width = len(parts) + 5
    row = writer.title(sheet, writer.names["evaluation"], width,
                    _("Fill in the light cells with points from 0 to 100; totals, ranks and grades follow. "
                      "The survey's part comes from the summary."))  # fmt: skip
    sheet.write_string(row, 1, _("Weight"), writer.head)
    for column, part in enumerate(parts, 2):
        sheet.write_number(row, column, part.weight, writer.format(border=1, align="center", num_format="0.##"))
    headings = [_("No."), _("Unit"), *(writer.text(part.name) for part in parts), _("Total"), _("Rank"), _("Grade")]
    writer.headings(sheet, row + 1, headings, height=32)
    weights = f"{xl_col_to_name(2, True)}${row + 1}:{xl_col_to_name(1 + len(parts), True)}${row + 1}"
    first, last = row + 2, row + 1 + len(order)
    total = 2 + len(parts)
    totals = f"{xl_col_to_name(total)}${first + 1}:{xl_col_to_name(total)}${last + 1}"
    for position, unit in enumerate(order):
        sheet.write_number(first + position, 0, position + 1, writer.format(border=1, align="center", num_format="0"))
        _write_unit(writer, sheet, first + position, unit, summary, weights, totals)
    for column, part in enumerate(parts, 2):
        if not part.survey:
            sheet.data_validation(first, column, last, column, {
                "validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 100,
                "input_title": writer.text(part.name)[:32], "input_message": _("Points from 0 to 100"),
                "error_title": writer.names["evaluation"], "error_message": _("Points from 0 to 100"),
            })  # fmt: skip
    sheet.write_string(last + 2, 1, _("Head of the committee") + ":", writer.format())
    sheet.write_string(last + 4, 1, _("Date") + ":", writer.format())
    sheet.set_column(0, 0, 6)
    sheet.set_column(1, 1, 28)
    sheet.set_column(2, width - 1, 12)
    sheet.freeze_panes(first, 2)
    sheet.repeat_rows(row, row + 1)
    sheet.set_landscape()


def _write_unit(
    writer: SheetWriter,
    sheet: Worksheet,
    line: int,
    unit: int,
    summary: SummaryCells,
    weights: str,
    totals: str,
) -> None:
    """A unit's parts to fill in, and the formulas of its total, rank and grade. `weights` and `totals` are areas."""
    plan, rule = writer.plan, writer.plan.rule
    parts, total = rule.parts, 2 + len(rule.parts)
    fill = writer.format(border=1, num_format=writer.decimal, bg_color="#FFF8E1", locked=False)
    sheet.write_string(line, 1, writer.text(plan.units[unit].text), writer.cell)
    for column, part in enumerate(parts, 2):
        if not part.survey:
            sheet.write_blank(line, column, None, fill)
        elif writer.report.result.score[unit] is None:
            sheet.write_string(line, column, "—", writer.withheld)
        else:
            source = summary.cell(writer, unit, summary.score_column)
            sheet.write_formula(line, column, f"={source}", writer.figure, writer.report.result.score[unit])
    span = f"{xl_col_to_name(2)}{line + 1}:{xl_col_to_name(1 + len(parts))}{line + 1}"
    cell = f"{xl_col_to_name(total)}{line + 1}"
    sheet.write_formula(line, total, f'=IF(COUNT({span})={len(parts)},SUMPRODUCT({span},{weights})/SUM({weights}),"")',
                        writer.format(border=1, num_format=writer.decimal, bold=True), "")  # fmt: skip
    rounded = f"ROUND({cell},{rule.decimals})"
    # Ranks go by totals as printed; SUMPRODUCT over rounded values cannot be used on empty totals, so each
    # total is compared after adding half a unit of the last printed place.
    nudge = 0.5 * 10**-rule.decimals
    rank = f'=IF({cell}="","",1+COUNTIF({totals},">="&({rounded}+{nudge:.{rule.decimals + 1}f})))'
    sheet.write_formula(line, total + 1, rank, writer.format(border=1, align="center", num_format="0"), "")
    rate = summary.cell(writer, unit, summary.rate_column)
    sheet.write_formula(line, total + 2, _grade_formula(writer, cell, rounded, rate), writer.middle, "")


def _grade_formula(writer: SheetWriter, cell: str, rounded: str, rate: str) -> str:
    """Nested thresholds; a gate on the satisfaction rate takes the worse of two positions."""
    rule = writer.plan.rule
    if not rule.grades:
        return '=""'
    position = str(len(rule.grades) + 1)
    for number, grade in reversed(list(enumerate(rule.grades, 1))):
        position = f"IF({rounded}>={grade.at:g},{number},{position})"
    for gate in rule.gates:
        if gate.kind == "rate":
            position = f"MAX({position},IF(ISNUMBER({rate}),IF(ROUND({rate}*100,2)<{gate.under:g},{gate.cap + 1},1),1))"
    names = ",".join('"' + writer.text(grade.name).replace('"', '""') + '"' for grade in rule.grades)
    return f'=IF({cell}="","",CHOOSE({position},{names},"—"))'
