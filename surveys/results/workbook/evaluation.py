"""The committee's composite: parts to fill in, and totals, ranks and grades as live formulas."""

from __future__ import annotations

from dataclasses import dataclass

from xlsxwriter.utility import xl_range, xl_range_abs, xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from surveys.results.workbook.sheet_writer import SCORE, TOTAL, SheetWriter
from surveys.results.workbook.summary import SummaryCells
from surveys.results.workbook.turnout import TurnoutCells
from surveys.scoring.rounding import kept


@dataclass(frozen=True)
class _Cells:
    """Where the table, the grades and the gates under it stand. Grades are two columns: name and threshold."""

    weights_row: int
    first_row: int
    units: int
    parts: int
    grades_row: int
    grades: int

    @property
    def total(self) -> int:
        """The column of totals; behind it ranks, grades by points and grades."""
        return 2 + self.parts

    @property
    def weights(self) -> str:
        """The weights of the parts."""
        return xl_range_abs(self.weights_row, 2, self.weights_row, 1 + self.parts)

    @property
    def totals(self) -> str:
        """All totals."""
        return xl_range_abs(self.first_row, self.total, self.first_row + self.units - 1, self.total)

    def of_grades(self, column: int) -> str:
        """Names (1) or thresholds (2) of the grades."""
        return xl_range_abs(self.grades_row, column, self.grades_row + self.grades - 1, column)

    def gate(self, number: int, column: int) -> str:
        """The limit (2) or the position of the grade (3) of a gate."""
        return xl_rowcol_to_cell(self.grades_row + self.grades + 1 + number, column, True, True)


def write_evaluation(writer: SheetWriter, sheet: Worksheet, summary: SummaryCells, turnout: TurnoutCells) -> None:
    """Write the sheet. A total appears when all parts of a unit are filled in."""
    _ = writer.gettext
    order, rule = writer.report.order, writer.plan.rule
    parts = rule.parts
    if not parts:
        sheet.hide()
        return
    widths = [6, 28, *[11] * len(parts), 10, 8, 12, 12]
    row = writer.rows_of_title(sheet, writer.names["evaluation"], widths,
                               _("Fill in the light cells with points from 0 to 100; totals, ranks and grades follow. "
                                 "The survey's part comes from the summary."))  # fmt: skip
    headings = [_("No."), _("Unit"), *(writer.text(part.name) for part in parts), _("Total"), _("Rank"), _("Grade by points"),
                _("Grade")]  # fmt: skip
    writer.headings(sheet, row, headings, widths)
    for column in range(len(widths)):
        sheet.write_blank(row + 1, column, None, writer.middle)
    sheet.write_string(row + 1, 1, _("Weight"), writer.middle)
    for column, part in enumerate(parts, 2):
        sheet.write_number(row + 1, column, part.weight, writer.weight)
    first, last = row + 2, row + 1 + len(order)
    cells = _Cells(row + 1, first, len(order), len(parts), last + 9, len(rule.grades))
    for position, unit in enumerate(order):
        sheet.write_number(first + position, 0, position + 1, writer.format(border=1, align="center", num_format="0"))
        _write_unit(writer, sheet, cells, first + position, unit, (summary, turnout))
    for column, part in enumerate(parts, 2):
        if not part.survey:
            sheet.data_validation(first, column, last, column, {
                "validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 100,
                "input_title": writer.text(part.name)[:32], "input_message": _("Points from 0 to 100"),
                "error_title": writer.names["evaluation"], "error_message": _("Points from 0 to 100"),
            })  # fmt: skip
    for offset, text in enumerate((_("Head of the committee"), _("Scrutineer"), _("Date"))):
        line = last + 2 + 2 * offset
        sheet.set_row(line, 24)
        sheet.write_string(line, 1, text + ("：" if writer.language == "zh" else ":"), writer.format())
        sheet.merge_range(line, 2, line, 4, "", writer.format(bottom=1))
    _write_grades(writer, sheet, cells)
    writer.columns(sheet, widths, kept=2)
    sheet.freeze_panes(first, 2)
    sheet.repeat_rows(row, row + 1)


def _write_grades(writer: SheetWriter, sheet: Worksheet, cells: _Cells) -> None:
    """Under the table: the grades with their thresholds, and the gates, which the formulas refer to."""
    _, rule = writer.gettext, writer.plan.rule
    if not rule.grades:
        return
    head = cells.grades_row - 1
    writer.headings(sheet, head, ["", _("Grade"), _("from")], [6, 28, 11])
    for number, grade in enumerate(rule.grades):
        sheet.write_number(cells.grades_row + number, 0, number + 1, writer.count)
        sheet.write_string(cells.grades_row + number, 1, writer.text(grade.name), writer.cell)
        sheet.write_number(cells.grades_row + number, 2, grade.at, writer.weight)
    if rule.gates:
        row = cells.grades_row + cells.grades
        writer.headings(sheet, row, ["", _("Gate"), _("under, in %"), _("at best grade no.")], [6, 28, 11, 11])
    for number, gate in enumerate(rule.gates):
        row = cells.grades_row + cells.grades + 1 + number
        sheet.write_string(row, 0, "", writer.cell)
        name = _("Satisfaction rate") if gate.kind == "rate" else _("Turnout")
        sheet.write_string(row, 1, name, writer.cell)
        sheet.write_number(row, 2, gate.under, writer.weight)
        sheet.write_number(row, 3, gate.cap + 1, writer.count)


def _write_unit(
    writer: SheetWriter,
    sheet: Worksheet,
    cells: _Cells,
    line: int,
    unit: int,
    figures: tuple[SummaryCells, TurnoutCells],
) -> None:
    """A unit's parts to fill in, and the formulas of its total, rank and grades."""
    rule, score = writer.plan.rule, writer.report.result.score[unit]
    summary = figures[0]
    fill = writer.format(border=1, num_format=writer.decimal, bg_color="#FFF8E1", locked=False)
    sheet.write_string(line, 1, writer.unit(unit), writer.cell)
    writer.grow(sheet, line, (writer.unit(unit), 28))
    for column, part in enumerate(rule.parts, 2):
        if not part.survey:
            sheet.write_blank(line, column, None, fill)
        elif score is None:
            sheet.write_string(line, column, "—", writer.withheld)
        else:
            source = summary.cell(writer, unit, summary.score_column)
            sheet.write_formula(line, column, f"={source}", writer.figure, kept(score, SCORE))
    span, total = xl_range(line, 2, line, 1 + cells.parts), xl_rowcol_to_cell(line, cells.total)
    # Ranks and grades go by totals as they are printed, so the total is rounded to that.
    mean = f"ROUND(ROUND(SUMPRODUCT({span},{cells.weights})/SUM({cells.weights}),{TOTAL}),{rule.decimals})"
    bold = writer.format(border=1, num_format=writer.decimal, bold=True)
    sheet.write_formula(line, cells.total, f'=IF(COUNT({span})={cells.parts},{mean},"")', bold, "")
    middle = writer.format(border=1, align="center", num_format="0")
    rank = f'=IF({total}="","",1+COUNTIF({cells.totals},">"&{total}))'
    sheet.write_formula(line, cells.total + 1, rank, middle, "")
    position = f'COUNTIF({cells.of_grades(2)},">"&{total})+1' if rule.grades else ""
    gates = [_gate(writer, cells, number, unit, figures) for number in range(len(rule.gates))]
    for column, formula in (
        (cells.total + 2, position),
        (cells.total + 3, f"MAX({','.join([position, *filter(None, gates)])})"),
    ):
        if not rule.grades:
            sheet.write_string(line, column, "—", writer.withheld)
            continue
        name = f'IF({formula}>{cells.grades},"—",INDEX({cells.of_grades(1)},{formula}))'
        sheet.write_formula(line, column, f'=IF({total}="","",{name})', writer.middle, "")


def _gate(
    writer: SheetWriter, cells: _Cells, number: int, unit: int, figures: tuple[SummaryCells, TurnoutCells]
) -> str:
    """The position of the best grade that a gate leaves: 1 where its figure is high enough; empty where it has none."""
    summary, turnout = figures
    if writer.plan.rule.gates[number].kind == "rate":
        known = writer.report.result.rate[unit] is not None
        figure = summary.cell(writer, unit, summary.rate_column) if known else None
    else:
        figure = turnout.cell(writer, unit)
    if figure is None:
        return ""
    return f"IF(ROUND({figure}*100,2)<{cells.gate(number, 2)},{cells.gate(number, 3)},1)"
