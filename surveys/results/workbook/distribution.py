"""The distribution: counts of each level by unit, item and group, and the means that follow from them by formula."""

from __future__ import annotations

from dataclasses import dataclass

from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from surveys.results.workbook.sheet_writer import SheetWriter


@dataclass(frozen=True)
class DistributionCells:
    """Where the distribution's figures stand. Rows go by unit (in rank order), item, group, without gaps."""

    first_row: int
    items: int
    groups: int
    position: dict[int, int]
    level_columns: dict[int, int]
    n_column: int
    mean_column: int

    def row(self, unit: int, item: int, group: int) -> int:
        """The row of a unit's item in a group."""
        return self.first_row + (self.position[unit] * self.items + item) * self.groups + group


def write_distribution(writer: SheetWriter, sheet: Worksheet) -> DistributionCells:
    """Write the sheet; returns where its figures stand."""
    _ = writer.gettext
    plan = writer.plan
    scale = plan.rated_items[0].scale
    levels = sorted(range(len(scale.points)), key=lambda level: -scale.points[level])
    words = scale.words(writer.language)
    trimmed = plan.rule.trim.kind != "none"
    shares = 0 if scale.direct else len(levels)
    first_level = 3
    dont_know = first_level + len(levels)
    n_column = dont_know + 2
    kept_column = n_column + 1
    mean_column = kept_column + (len(levels) + 1 if trimmed else 0)
    width = mean_column + 1 + shares
    note = _("The n and mean of each row are formulas over its counts; the points of each level are above it.")
    top = writer.title(sheet, writer.names["distribution"], min(width, 14), note)
    sheet.write_string(top, 2, _("Points"), writer.middle)
    for column, level in enumerate(levels, first_level):
        sheet.write_number(top, column, scale.points[level], writer.format(border=1, num_format="0.##", align="center"))
    heading = [_("Unit"), _("Item"), _("Group"), *(words[level] for level in levels), _("Don't know"), _("Blank"), "n"]
    if trimmed:
        heading += [_("dropped at each end"), *(_("%(level)s, kept", level=words[level]) for level in levels)]
    heading += [_("Mean"), *(f"{words[level]} %" for level in levels[:shares])]
    writer.headings(sheet, top + 1, heading)
    cells = DistributionCells(
        top + 2, len(plan.rated_items), len(plan.groups), {unit: i for i, unit in enumerate(writer.report.order)},
        {level: column for column, level in enumerate(levels, first_level)}, n_column, mean_column,
    )  # fmt: skip
    points = f"{xl_col_to_name(first_level, True)}${top + 1}:{xl_col_to_name(dont_know - 1, True)}${top + 1}"
    columns = _Columns(levels, first_level, dont_know, shares, width, trimmed, points)
    for unit in writer.report.order:
        for item in range(cells.items):
            for group in range(cells.groups):
                _write_row(writer, sheet, cells, columns, (unit, item, group))
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, 1, 26)
    sheet.set_column(2, 2, 9)
    sheet.set_column(3, width - 1, 8 if len(levels) < 12 else 4.5)
    if trimmed:
        sheet.set_column(kept_column + 1, mean_column - 1, 4.5, None, {"level": 1, "hidden": len(levels) > 12})
    sheet.set_column(mean_column, mean_column, 8)
    sheet.freeze_panes(top + 2, 3)
    sheet.repeat_rows(top, top + 1)
    sheet.set_landscape()
    sheet.autofilter(top + 1, 0, cells.row(writer.report.order[-1], cells.items - 1, cells.groups - 1), 2)
    return cells


@dataclass(frozen=True)
class _Columns:
    """The columns of the sheet: levels in their order, the first of them, don't know, shares, the end.

    `points` is the area of the points above the levels.
    """

    levels: list[int]
    first_level: int
    dont_know: int
    shares: int
    width: int
    trimmed: bool
    points: str


def _write_row(
    writer: SheetWriter, sheet: Worksheet, cells: DistributionCells, columns: _Columns, at: tuple[int, int, int]
) -> None:
    """One unit's item in one group (positions)."""
    plan, result, (unit, item, group) = writer.plan, writer.report.result, at
    row = cells.row(unit, item, group)
    sheet.write_string(row, 0, writer.text(plan.units[unit].text), writer.cell)
    sheet.write_string(row, 1, writer.text(plan.rated_items[item].text), writer.cell)
    sheet.write_string(row, 2, writer.group(plan.groups[group]), writer.middle)
    counts = result.counts[group][unit][item]
    if counts[0] is None:
        asked = result.short[group][unit] or result.included[group][unit]
        for column in range(columns.first_level, columns.width):
            sheet.write_string(row, column, writer.few if asked else "—", writer.withheld)
        return
    _write_counts(writer, sheet, row, cells, counts, columns.trimmed)
    sheet.write_number(row, columns.dont_know, result.dont_know[group][unit][item], writer.count)
    sheet.write_number(row, columns.dont_know + 1, result.blank[group][unit][item], writer.count)
    n = sum(counts)
    total = f"{xl_col_to_name(cells.n_column)}{row + 1}"
    for share, level in enumerate(columns.levels[: columns.shares]):
        count = f"{xl_col_to_name(cells.level_columns[level])}{row + 1}"
        value = counts[level] / n if n else ""
        formula = f'=IF({total}>0,{count}/{total},"")'
        sheet.write_formula(row, cells.mean_column + 1 + share, formula, writer.percent, value)
    mean = result.means[group][unit][item]
    formula = _mean_formula(cells, row, columns)
    sheet.write_formula(row, cells.mean_column, formula, writer.figure, "" if mean is None else mean)


def _write_counts(
    writer: SheetWriter, sheet: Worksheet, row: int, cells: DistributionCells, counts: list[int], trimmed: bool
) -> None:
    for level, column in cells.level_columns.items():
        sheet.write_number(row, column, counts[level], writer.count)
    first, last = min(cells.level_columns.values()), max(cells.level_columns.values())
    line = row + 1
    span = f"{xl_col_to_name(first)}{line}:{xl_col_to_name(last)}{line}"
    sheet.write_formula(row, cells.n_column, f"=SUM({span})", writer.count, sum(counts))
    if not trimmed:
        return
    trim = writer.plan.rule.trim
    n = f"{xl_col_to_name(cells.n_column)}{line}"
    cut_column = cells.n_column + 1
    cut = f"{xl_col_to_name(cut_column)}{line}"
    total = sum(counts)
    if trim.kind == "drop_ends":
        formula, value = f"=IF({n}>{trim.above},{trim.count},0)", trim.count if total > trim.above else 0
    else:
        formula = f"=INT({n}*{trim.share.numerator}/{trim.share.denominator})"
        value = total * trim.share.numerator // trim.share.denominator
    sheet.write_formula(row, cut_column, formula, writer.count, value)
    upto = 0
    for offset, (level, column) in enumerate(sorted(cells.level_columns.items(), key=lambda pair: pair[1])):
        before = f"SUM(${xl_col_to_name(first)}{line}:{xl_col_to_name(column - 1)}{line})" if offset else "0"
        through = f"SUM(${xl_col_to_name(first)}{line}:{xl_col_to_name(column)}{line})"
        kept = max(0, min(upto + counts[level], total - value) - max(upto, value))
        upto += counts[level]
        sheet.write_formula(
            row, cut_column + 1 + offset, f"=MAX(0,MIN({through},{n}-{cut})-MAX({before},{cut}))", writer.count, kept
        )


def _mean_formula(cells: DistributionCells, row: int, columns: _Columns) -> str:
    line = row + 1
    if columns.trimmed:
        first, last = cells.n_column + 2, cells.n_column + 1 + len(columns.levels)
    else:
        first, last = min(cells.level_columns.values()), max(cells.level_columns.values())
    span = f"{xl_col_to_name(first)}{line}:{xl_col_to_name(last)}{line}"
    return f'=IF(SUM({span})>0,SUMPRODUCT({span},{columns.points})/SUM({span}),"")'
