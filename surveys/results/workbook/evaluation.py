"""The committee's composite: criteria by sources, to fill in or as typed in; totals, ranks and grades as live formulas."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from surveys.campaigns.indices import UnitIndex
from surveys.inputs.values import plain_number
from surveys.results.evaluation.overview import Overview
from surveys.results.evaluation.scheme import scheme_of_rule
from surveys.results.evaluation.signing import signers_of
from surveys.results.workbook.evaluation_layout import CellColumns, Layout, layout_of, open_columns
from surveys.results.workbook.sheet_writer import SCORE, SheetWriter
from surveys.results.workbook.summary import SummaryCells
from surveys.results.workbook.turnout import TurnoutCells
from surveys.scoring.composite import Scheme, UnitTotal
from surveys.scoring.rounding import kept


@dataclass(frozen=True)
class _Sheet:
    """What the parts of the sheet are written with. `now`: the evaluation, if one was begun."""

    writer: SheetWriter
    sheet: Worksheet
    layout: Layout
    summary: SummaryCells
    turnout: TurnoutCells
    now: Overview | None

    @property
    def is_signed(self) -> bool:
        """Whether nothing is filled in any more."""
        return self.now is not None and self.now.is_signed


def write_evaluation(
    writer: SheetWriter, sheet: Worksheet, summary: SummaryCells, turnout: TurnoutCells, now: Overview | None = None
) -> None:
    """Write the sheet, by the scheme of the evaluation or, before one is begun, by what the rule says.

    A total appears when all points of a unit are there.
    """
    _ = writer.gettext
    scheme = now.scheme if now else scheme_of_rule(writer.plan.rule)
    if scheme is None:
        sheet.hide()
        return
    order = [int(unit) for unit in now.order] if now else writer.report.order
    decided = bool(now and now.decisions)
    plain = layout_of(scheme, 0, len(order), decided=decided, under=10)
    headings, widths = _headings(writer, scheme, plain)
    note = _("Fill in the light cells with points up to the maximum; totals, ranks and grades follow. The survey's points come "
             "from the summary.")  # fmt: skip
    if now and now.is_signed:
        note = _("Signed by two members of the committee: nothing is filled in here any more.")
    row = writer.rows_of_title(sheet, writer.names["evaluation"], widths, note)
    layout = layout_of(scheme, row, len(order), decided=decided, under=12 if now and now.is_signed else 10)
    page = _Sheet(writer, sheet, layout, summary, turnout, now)
    writer.headings(sheet, row, headings, widths)
    _write_weights(page, len(widths))
    for position, unit in enumerate(order):
        line = layout.first_row + position
        sheet.write_number(line, 0, position + 1, writer.format(border=1, align="center", num_format="0"))
        sheet.write_string(line, 1, writer.unit(unit), writer.cell)
        writer.grow(sheet, line, (writer.unit(unit), 28))
        _write_points(page, line, unit)
        _write_total(page, line, unit)
    _write_signatures(page)
    _write_grades(page)
    writer.columns(sheet, widths, kept=2)
    sheet.freeze_panes(layout.first_row, 2)
    sheet.repeat_rows(row, row + 2)


def _headings(writer: SheetWriter, scheme: Scheme, layout: Layout) -> tuple[list[str], list[float]]:
    """The headings of the columns and their widths."""
    _ = writer.gettext
    headings, widths = [_("No."), _("Unit")], [6.0, 28.0]
    one_criterion = len(scheme.criteria) == 1
    one_source = all(len(scheme.used(criterion)) == 1 for criterion in scheme.criteria)
    for cell in layout.cells:
        names = writer.text(cell.criterion.name), writer.text(cell.source.name)
        heading = names[1] if one_criterion else names[0] if one_source else " · ".join(names)
        headings += [*(f"{heading} · {judge}" for judge in cell.source.judges if cell.judges), heading]
        widths += [11.0] * (len(cell.judges) + 1)
    headings += [_("Total"), _("Rank"), _("Grade by points")]
    headings += [_("Lowered to grade no.")] if layout.decided else []
    headings.append(_("Grade"))
    return headings, [*widths, 10.0, 8.0, 12.0, *([12.0] if layout.decided else []), 12.0]


def _write_weights(page: _Sheet, columns: int) -> None:
    """Maximum points and shares of the total, which the formulas refer to, and the validation of what is filled in."""
    writer, sheet, layout, _ = page.writer, page.sheet, page.layout, page.writer.gettext
    for row in (layout.maximum_row, layout.maximum_row + 1):
        for column in range(columns):
            sheet.write_blank(row, column, None, writer.middle)
    sheet.write_string(layout.maximum_row, 1, _("Maximum points"), writer.middle)
    sheet.write_string(layout.maximum_row + 1, 1, _("Share of the total in percent"), writer.middle)
    share = writer.format(border=1, align="center", num_format="0.00")
    for cell in layout.cells:
        sheet.write_number(layout.maximum_row, cell.points, cell.criterion.maximum, writer.weight)
        sheet.write_number(
            layout.maximum_row + 1, cell.points, float(layout.scheme.share(cell.criterion, cell.source)), share
        )
        message = _("Points from 0 to %(high)s", high=plain_number(cell.criterion.maximum))
        for column, _key in () if page.is_signed else open_columns(cell):
            sheet.data_validation(layout.first_row, column, layout.last_row, column, {
                "validate": "decimal", "criteria": "between", "minimum": 0, "maximum": cell.criterion.maximum,
                "input_title": writer.text(cell.source.name)[:32], "input_message": message,
                "error_title": writer.names["evaluation"], "error_message": message,
            })  # fmt: skip


def _write_points(page: _Sheet, line: int, unit: int) -> None:
    """A unit's points: as typed in, empty to fill in, the mean of judges, or from the summary."""
    writer, sheet, now = page.writer, page.sheet, page.now
    fill = writer.format(border=1, num_format="General", bg_color="#FFF8E1", locked=False)
    typed = writer.format(border=1, num_format="General") if page.is_signed else fill
    for cell in page.layout.cells:
        for column, key in open_columns(cell):
            entry = now.entry(UnitIndex(unit), key) if now else None
            if entry is None:
                sheet.write_blank(line, column, None, fill)
            else:
                sheet.write_number(line, column, float(entry.points), typed)
        if cell.judges:
            points = page.now.composite.units[unit].cells[cell.criterion.code, cell.source.code] if page.now else None
            shown: Any = "" if points is None else kept(float(points), SCORE)
            sheet.write_formula(line, cell.points, page.layout.mean(line, cell), writer.figure, shown)
        if cell.source.kind == "survey":
            _write_survey(page, line, unit, cell)


def _write_survey(page: _Sheet, line: int, unit: int, cell: CellColumns) -> None:
    """The survey's score in points of the criterion."""
    writer, score = page.writer, page.writer.report.result.score[unit]
    if score is None:
        page.sheet.write_string(line, cell.points, "—", writer.withheld)
        return
    source, maximum = page.summary.cell(writer, unit, page.summary.score_column), cell.criterion.maximum
    formula = source if maximum == 100 else f"{source}*{plain_number(maximum)}/100"
    page.sheet.write_formula(line, cell.points, f"={formula}", writer.figure, kept(score, SCORE) * maximum / 100)


def _write_total(page: _Sheet, line: int, unit: int) -> None:
    """The formulas of a unit's total, rank and grades, with what they give."""
    writer, sheet, layout = page.writer, page.sheet, page.layout
    found = page.now.composite.units[unit] if page.now else None
    has_total = found is not None and found.printed is not None
    bold = writer.format(border=1, num_format=writer.decimal, bold=True)
    middle = writer.format(border=1, align="center", num_format="0")
    total: Any = float(found.printed) if found and found.printed is not None else ""
    sheet.write_formula(line, layout.total, layout.total_of(line), bold, total)
    sheet.write_formula(line, layout.total + 1, layout.rank_of(line), middle, found.rank if has_total and found else "")
    caps = [cap for number in range(len(layout.scheme.gates)) if (cap := _gate(page, number, unit))]
    if layout.decided:
        column = layout.grade - 1
        lowered = _lowered(page, unit)
        if lowered is None:
            sheet.write_blank(line, column, None, middle)
        else:
            sheet.write_number(line, column, lowered + 1, middle)
        caps.append(xl_rowcol_to_cell(line, column))
    for column, limits, name in (
        (layout.total + 2, [], _name(page, found, "by_points")),
        (layout.grade, caps, _name(page, found, "grade")),
    ):
        if layout.scheme.grades:
            sheet.write_formula(line, column, layout.grade_of(line, limits), writer.middle, name)
        else:
            sheet.write_string(line, column, "—", writer.withheld)


def _name(page: _Sheet, found: UnitTotal | None, which: str) -> str:
    if page.now is None or found is None or found.printed is None:
        return ""
    return page.now.grade_name(getattr(found, which), page.writer.language)


def _lowered(page: _Sheet, unit: int) -> int | None:
    """The grade to which the committee's decisions have lowered a unit."""
    if page.now is None:
        return None
    lowered = any(
        quota.decided is not None and not quota.check.kept and unit in quota.places and unit not in quota.decided
        for quota in page.now.composite.quotas
    )
    return page.now.composite.units[unit].grade if lowered else None


def _gate(page: _Sheet, number: int, unit: int) -> str:
    """The position of the best grade that a gate leaves: 1 where its figure is high enough; empty where it has none."""
    writer, layout = page.writer, page.layout
    if layout.scheme.gates[number].kind == "rate":
        known = writer.report.result.rate[unit] is not None
        figure = page.summary.cell(writer, unit, page.summary.rate_column) if known else None
    else:
        figure = page.turnout.cell(writer, unit)
    return f"IF(ROUND({figure}*100,2)<{layout.gate(number, 2)},{layout.gate(number, 3)},1)" if figure else ""


def _write_signatures(page: _Sheet) -> None:
    """Lines to sign on or, when two have signed, their names and the digest."""
    writer, sheet, _ = page.writer, page.sheet, page.writer.gettext
    colon, line = "：" if writer.language == "zh" else ":", page.layout.last_row + 2
    for text in (_("Head of the committee"), _("Scrutineer"), _("Date")):
        sheet.set_row(line, 24)
        sheet.write_string(line, 1, text + colon, writer.format())
        sheet.merge_range(line, 2, line, 4, "", writer.format(bottom=1))
        line += 2
    if page.now and page.is_signed:
        names = ", ".join(one.name for one in signers_of(page.now.stored))
        sheet.write_string(line, 1, _("Signed by") + colon, writer.format())
        sheet.write_string(line, 2, names, writer.format())
        sheet.write_string(line + 1, 1, _("Digest of the evaluation") + colon, writer.format())
        sheet.write_string(line + 1, 2, page.now.stored.digest, writer.format())


def _write_grades(page: _Sheet) -> None:
    """Under the table: the grades with their thresholds, the gates and quotas, which the formulas refer to."""
    writer, sheet, layout, _ = page.writer, page.sheet, page.layout, page.writer.gettext
    scheme = layout.scheme
    if not scheme.grades:
        return
    writer.headings(sheet, layout.grades_row - 1, ["", _("Grade"), _("from")], [6, 28, 11])
    for number, grade in enumerate(scheme.grades):
        row = layout.grades_row + number
        sheet.write_number(row, 0, number + 1, writer.count)
        sheet.write_string(row, 1, writer.text(grade.name), writer.cell)
        sheet.write_number(row, 2, grade.at, writer.weight)
    if scheme.gates:
        headings = ["", _("Gate"), _("under, in percent"), _("at best grade no.")]
        writer.headings(sheet, layout.gates_row - 1, headings, [6, 28, 11, 11])
    for number, gate in enumerate(scheme.gates):
        row = layout.gates_row + number
        sheet.write_string(row, 0, "", writer.cell)
        sheet.write_string(row, 1, _("Satisfaction rate") if gate.kind == "rate" else _("Turnout"), writer.cell)
        sheet.write_number(row, 2, gate.under, writer.weight)
        sheet.write_number(row, 3, gate.cap + 1, writer.count)
    _write_quotas(page)


def _write_quotas(page: _Sheet) -> None:
    """The quotas: how many units they allow or want, and how many there are by the grades of the table."""
    writer, sheet, layout, _ = page.writer, page.sheet, page.layout, page.writer.gettext
    if not layout.scheme.quotas:
        return
    headings = ["", _("Quota"), _("limit"), _("found")]
    writer.headings(sheet, layout.quotas_row - 1, headings, [6, 28, 11, 11])
    for number, quota in enumerate(layout.scheme.quotas):
        grade, row = writer.text(layout.scheme.grades[quota.grade].name), layout.quotas_row + number
        text = (
            _("at most: “%(grade)s” or better", grade=grade)
            if quota.kind == "at_most"
            else _("at least: “%(grade)s” or lower", grade=grade)
        )
        sheet.write_string(row, 0, "", writer.cell)
        sheet.write_string(row, 1, text, writer.cell)
        check = page.now.composite.quotas[number].check if page.now else None
        limit, found = (check.limit, _found(page, number)) if check else (0, 0)
        sheet.write_formula(row, 2, f"={layout.limit(number)}", writer.count, limit)
        sheet.write_formula(row, 3, f"={layout.found(number)}", writer.count, found)


def _found(page: _Sheet, number: int) -> int:
    """How many units a quota counts by their final grades."""
    quota = page.layout.scheme.quotas[number]
    units = page.now.composite.units if page.now else ()
    grades = [unit.grade for unit in units if unit.printed is not None]
    if quota.kind == "at_most":
        return sum(grade is not None and grade <= quota.grade for grade in grades)
    return sum(grade is None or grade >= quota.grade for grade in grades)
