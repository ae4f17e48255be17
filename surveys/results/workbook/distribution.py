"""The distribution: counts of each level by unit, group and item, and the means that follow from them by formula."""

from __future__ import annotations

from dataclasses import dataclass

from xlsxwriter.utility import xl_col_to_name, xl_range, xl_range_abs
from xlsxwriter.worksheet import Worksheet

from surveys.inputs.text import pick
from surveys.results.workbook.share_chart import insert_share_charts
from surveys.results.workbook.sheet_writer import MEAN, SheetWriter
from surveys.scoring.rounding import kept

ALL = -1
"""Stands for all groups together, which come before the first."""


@dataclass(frozen=True)
class DistributionCells:
    """Where the distribution's figures stand. Rows go by unit (in rank order), group and item, without gaps.

    `levels`: positions of the scale's levels in the order of the columns, from `first_level`.
    """

    first_row: int
    items: int
    groups: int
    position: dict[int, int]
    levels: list[int]
    first_level: int
    n_column: int
    kept_column: int | None
    mean_column: int
    shares: int

    @property
    def dont_know_column(self) -> int:
        """Where "don't know" stands; behind it the blanks."""
        return self.first_level + len(self.levels)

    @property
    def satisfied_column(self) -> int:
        """Where the satisfied ratings are counted."""
        return self.n_column + 1

    @property
    def width(self) -> int:
        """How many columns there are."""
        return self.mean_column + 1 + self.shares

    def row(self, unit: int, item: int, group: int) -> int:
        """The row of a unit's item in a group, or in ALL of them."""
        return self.first_row + (self.position[unit] * (self.groups + 1) + group + 1) * self.items + item

    def span(self, row: int) -> str:
        """The counts of a row."""
        return xl_range(row, self.first_level, row, self.first_level + len(self.levels) - 1)

    def cell(self, row: int, column: int) -> str:
        """A cell of this sheet."""
        return f"{xl_col_to_name(column)}{row + 1}"


def write_distribution(writer: SheetWriter, sheet: Worksheet) -> DistributionCells:
    """Write the sheet; returns where its figures stand."""
    _ = writer.gettext
    plan, order = writer.plan, writer.report.order
    rated = plan.rated_levels
    levels = rated.order()
    words = rated.words(writer.language)
    trimmed = plan.rule.trim.kind != "none"
    n_column = 3 + len(levels) + 2
    mean_column = n_column + 2 + (1 + len(levels) if trimmed else 0)
    cells = DistributionCells(
        0, len(plan.rated_items), len(plan.groups), {unit: i for i, unit in enumerate(order)}, levels, 3, n_column,
        n_column + 2 if trimmed else None, mean_column, 0 if rated.has_numbers else len(levels),
    )  # fmt: skip
    many = len(levels) > 12
    widths = [22, 24, 12, *[4.5 if many else 8] * len(levels), 7, 6, 6, 7]
    if trimmed:
        widths += [7, *[4.5] * len(levels)]
    widths += [8, *[8] * cells.shares]
    note = _("The n and mean of each row are formulas over its counts; the points of each level are above it.")
    if len(plan.groups) > 1:
        note += " " + _("All groups: the counts of the groups that are shown and count, added up.")
    top = writer.rows_of_title(sheet, writer.names["distribution"], widths, note)
    sheet.write_string(top, 2, _("Points"), writer.middle)
    for column, level in enumerate(levels, cells.first_level):
        sheet.write_number(top, column, rated.points[level], writer.weight)
    heading = [_("Unit"), _("Item"), _("Group"), *(words[level] for level in levels), _("Don't know"), _("Blank"), "n",
               _("Satisfied")]  # fmt: skip
    if trimmed:
        heading += [_("dropped at each end"), *(_("%(level)s, kept", level=words[level]) for level in levels)]
    heading += [_("Mean"), *(f"{words[level]} %" for level in levels[: cells.shares])]
    writer.headings(sheet, top + 1, heading, widths)
    for column, level in enumerate(levels[: cells.shares], cells.first_level):
        writer.coloured_heading(sheet, top + 1, column, words[level], rated.colours[level])
    cells = DistributionCells(**{**vars(cells), "first_row": top + 2})
    points = xl_range_abs(top, cells.first_level, top, cells.first_level + len(levels) - 1)
    for unit in order:
        for group in range(ALL, cells.groups):
            for item in range(cells.items):
                _write_row(writer, sheet, cells, points, (unit, item, group))
    writer.columns(sheet, widths, kept=3)
    if cells.kept_column is not None:
        sheet.set_column(cells.kept_column + 1, mean_column - 1, 4.5, None, {"level": 1, "hidden": many})
    sheet.freeze_panes(top + 2, 3)
    sheet.repeat_rows(top, top + 1)
    sheet.autofilter(top + 1, 0, cells.row(order[-1], cells.items - 1, cells.groups - 1), 2)
    insert_share_charts(writer, sheet, cells, min(1100, int(sum(7 * width + 5 for width in widths)) - 20))
    return cells


def _write_row(
    writer: SheetWriter, sheet: Worksheet, cells: DistributionCells, points: str, at: tuple[int, int, int]
) -> None:
    """One unit's item in one group, or in all together (positions)."""
    result, report, (unit, item, group) = writer.report.result, writer.report, at
    row, name = cells.row(unit, item, group), writer.text(writer.plan.rated_items[item].text)
    label = _all_label(writer, unit, item) if group == ALL else writer.group(writer.plan.groups[group])
    sheet.write_string(row, 0, writer.unit(unit), writer.cell)
    sheet.write_string(row, 1, name, writer.cell)
    sheet.write_string(row, 2, label, writer.cell)
    writer.grow(sheet, row, (writer.unit(unit), 22), (name, 24), (label, 12))
    missing = report.missing_together(unit, item) if group == ALL else report.missing(group, unit, item)
    if missing is not None:
        for column in range(cells.first_level, cells.width):
            writer.missing(sheet, row, column, missing)
        return
    if group == ALL:
        together = report.together(unit, item)
        assert together is not None
        counts, unknown, blank, mean = together.counts, together.dont_know, together.blank, together.mean
    else:
        counts, mean = result.counts[group][unit][item], result.means[group][unit][item]
        unknown, blank = result.dont_know[group][unit][item], result.blank[group][unit][item]
    values = [*(counts[level] for level in cells.levels), unknown, blank]
    _write_counts(writer, sheet, cells, at, values)
    trimmed = cells.kept_column is not None and group != ALL
    if cells.kept_column is not None:
        _write_kept(writer, sheet, cells, row, values[:-2] if trimmed else None)
    _write_shares(writer, sheet, cells, (row, item), values[:-2])
    last = cells.mean_column - 1
    span = xl_range(row, last - len(cells.levels) + 1, row, last) if trimmed else cells.span(row)
    formula = f'=IF(SUM({span})>0,ROUND(SUMPRODUCT({span},{points})/SUM({span}),{MEAN}),"")'
    shown = "" if mean is None else kept(mean, MEAN)
    sheet.write_formula(row, cells.mean_column, formula, writer.figure, shown)


def _all_label(writer: SheetWriter, unit: int, item: int) -> str:
    """All groups, and which of them are not in it."""
    _ = writer.gettext
    out = [pick(writer.plan.groups[g].text, writer.language) for g in writer.report.left_out(unit, item)]
    return _("All groups but %(groups)s", groups=_(", ").join(out)) if out else _("All groups")


def _write_counts(
    writer: SheetWriter, sheet: Worksheet, cells: DistributionCells, at: tuple[int, int, int], values: list[int]
) -> None:
    """Counts of levels, don't know and blanks, which for all groups are sums of those of groups; n and satisfied."""
    unit, item, group = at
    row = cells.row(unit, item, group)
    shown = [
        g for g, one in enumerate(writer.plan.groups) if not one.apart and not writer.report.missing(g, unit, item)
    ]
    own = _own_levels(writer, item)
    for column, value in enumerate(values, cells.first_level):
        place = column - cells.first_level
        if place < len(cells.levels) and cells.levels[place] not in own:
            sheet.write_blank(row, column, None, writer.cell)
        elif group == ALL:
            terms = "+".join(cells.cell(cells.row(unit, item, g), column) for g in shown)
            sheet.write_formula(row, column, f"={terms}", writer.count, value)
        else:
            sheet.write_number(row, column, value, writer.count)
    sheet.write_formula(row, cells.n_column, f"=SUM({cells.span(row)})", writer.count, sum(values[:-2]))
    flags = writer.plan.rated_levels.satisfied
    good = [flags[level] for level in cells.levels]
    columns = [cells.first_level + place for place, satisfied in enumerate(good) if satisfied]
    total = sum(value for value, satisfied in zip(values, good, strict=False) if satisfied)
    ranges = ",".join(xl_range(row, first, row, last) for first, last in _runs(columns))
    sheet.write_formula(row, cells.satisfied_column, f"=SUM({ranges})" if ranges else "=0", writer.count, total)


def _runs(numbers: list[int]) -> list[tuple[int, int]]:
    """Ascending numbers as (first, last) of each run without a gap."""
    starts = [number for number in numbers if number - 1 not in numbers]
    return [(start, next(n for n in numbers if n >= start and n + 1 not in numbers)) for start in starts]


def _write_kept(
    writer: SheetWriter, sheet: Worksheet, cells: DistributionCells, row: int, counts: list[int] | None
) -> None:
    """What is left of each count when the ends are dropped; nothing is dropped of all groups together."""
    cut_column = cells.kept_column
    assert cut_column is not None
    if counts is None:
        for column in range(cut_column, cells.mean_column):
            sheet.write_string(row, column, "—", writer.withheld)
        return
    trim = writer.plan.rule.trim
    n, cut, line = cells.cell(row, cells.n_column), cells.cell(row, cut_column), row + 1
    total = sum(counts)
    if trim.kind == "drop_ends":
        formula, value = f"=IF({n}>{trim.above},{trim.count},0)", trim.count if total > trim.above else 0
    else:
        formula = f"=INT({n}*{trim.share.numerator}/{trim.share.denominator})"
        value = total * trim.share.numerator // trim.share.denominator
    sheet.write_formula(row, cut_column, formula, writer.count, value)
    first, upto = xl_col_to_name(cells.first_level), 0
    for offset, count in enumerate(counts):
        column = cells.first_level + offset
        before = f"SUM(${first}{line}:{xl_col_to_name(column - 1)}{line})" if offset else "0"
        through = f"SUM(${first}{line}:{xl_col_to_name(column)}{line})"
        left = max(0, min(upto + count, total - value) - max(upto, value))
        upto += count
        formula = f"=MAX(0,MIN({through},{n}-{cut})-MAX({before},{cut}))"
        sheet.write_formula(row, cut_column + 1 + offset, formula, writer.count, left)


def _own_levels(writer: SheetWriter, item: int) -> range:
    """The positions of the levels of an item's scale."""
    return range(*writer.plan.rated_levels.span(writer.plan.rated_items[item].scale))


def _write_shares(
    writer: SheetWriter, sheet: Worksheet, cells: DistributionCells, at_item: tuple[int, int], counts: list[int]
) -> None:
    (row, item), n = at_item, sum(counts)
    total, own = cells.cell(row, cells.n_column), _own_levels(writer, item)
    for place, count in enumerate(counts[: cells.shares]):
        at = row, cells.mean_column + 1 + place
        if cells.levels[place] not in own:
            sheet.write_blank(*at, None, writer.cell)
        elif n:
            writer.share(sheet, at, f"{cells.cell(row, cells.first_level + place)}/{total}", count / n)
        else:
            sheet.write_string(*at, "—", writer.withheld)
