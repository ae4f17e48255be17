"""Items: unit × item heat maps, for all groups together and for each, with the scores that follow from them."""

from __future__ import annotations

from dataclasses import dataclass

from xlsxwriter.utility import xl_range, xl_range_abs, xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from surveys.results.workbook.distribution import ALL, DistributionCells
from surveys.results.workbook.sheet_writer import GROUP_SCORE, SheetWriter


@dataclass(frozen=True)
class ItemCells:
    """Where the sheet's figures stand: a block of units for all groups and for each, and the weights of groups."""

    first_row: int
    units: int
    weights_row: int
    first_weight_row: int
    position: dict[int, int]
    score_column: int

    def row(self, group: int, unit: int) -> int:
        """The row of a unit in a group's block, or in that of ALL groups."""
        return self.first_row + (group + 1) * self.units + self.position[unit]

    def score(self, writer: SheetWriter, group: int, unit: int) -> str:
        """The cell of S(u,g)."""
        return writer.ref("items", self.row(group, unit), self.score_column)

    def n(self, writer: SheetWriter, group: int, unit: int) -> str:
        """The cell of n(u,g)."""
        return writer.ref("items", self.row(group, unit), self.score_column + 1)

    def weight(self, writer: SheetWriter, group: int) -> str:
        """The cell of a group's weight."""
        return writer.ref("items", self.first_weight_row + group, 1, absolute=True)

    def mean_of(self, parts: list[tuple[str, int]]) -> str:
        """The weighted mean of cells by the weights of their groups."""
        weights = [xl_rowcol_to_cell(self.first_weight_row + group, 1, True, True) for _, group in parts]
        sums = "+".join(f"{cell}*{weight}" for (cell, _), weight in zip(parts, weights, strict=True))
        return f"({sums})/({'+'.join(weights)})"


def write_items(writer: SheetWriter, sheet: Worksheet, cells: DistributionCells) -> ItemCells:
    """Write the sheet; returns where its figures stand."""
    _ = writer.gettext
    plan, report = writer.plan, writer.report
    count = len(plan.rated_items)
    widths = [12, 24, *[11] * count, 8, 7]
    top = writer.rows_of_title(sheet, writer.names["items"], widths,
                               _("First all groups together, then each group. Means come from the distribution by formula."))  # fmt: skip
    writer.headings(sheet, top, [_("Group"), _("Weight")], widths)
    for group, one in enumerate(plan.groups):
        sheet.write_string(top + 1 + group, 0, writer.group(one), writer.cell)
        sheet.write_number(top + 1 + group, 1, one.score_weight, writer.weight)
        writer.grow(sheet, top + 1 + group, (writer.group(one), 12))
    head = top + len(plan.groups) + 2
    names = [report.item_name(item, writer.language) for item in plan.rated_items]
    writer.headings(sheet, head, [_("Group"), _("Unit"), *names, _("Score"), "n"], widths)
    found = ItemCells(head + 2, len(report.order), head + 1, top + 1, cells.position, count + 2)
    sheet.write_string(head + 1, 0, "", writer.middle)
    sheet.write_string(head + 1, 1, _("Weight of the item"), writer.middle)
    for column, weight in enumerate(weights_of(writer), 2):
        sheet.write_number(head + 1, column, weight, writer.weight)
    for unit in report.order:
        _write_all(writer, sheet, found, unit)
        for group in range(len(plan.groups)):
            _write_group(writer, sheet, found, cells, group, unit)
    for group in range(ALL, len(plan.groups)):
        first = found.first_row + (group + 1) * found.units
        sheet.conditional_format(first, 2, first + found.units - 1, count + 1, {
            "type": "3_color_scale", "min_color": "#F4B6A6", "mid_color": "#FFF4D6", "max_color": "#A9D6B8",
        })  # fmt: skip
    writer.columns(sheet, widths, kept=2)
    sheet.freeze_panes(found.first_row, 2)
    sheet.repeat_rows(head, head + 1)
    return found


def weights_of(writer: SheetWriter) -> list[float]:
    """The weights of the rated items."""
    weights = writer.plan.rule.item_weights
    return [item.weight if weights is None else weights.get(item.code, 0.0) for item in writer.plan.rated_items]


def _write_labels(writer: SheetWriter, sheet: Worksheet, row: int, group: str, unit: int) -> None:
    sheet.write_string(row, 0, group, writer.cell)
    sheet.write_string(row, 1, writer.unit(unit), writer.cell)
    writer.grow(sheet, row, (group, 12), (writer.unit(unit), 24))


def _write_all(writer: SheetWriter, sheet: Worksheet, found: ItemCells, unit: int) -> None:
    """A unit's items by all groups, weighted; the score that follows from its groups stands in the summary."""
    report, row = writer.report, found.row(ALL, unit)
    _write_labels(writer, sheet, row, writer.gettext("All groups"), unit)
    for item, value in enumerate(report.result.item_score[unit]):
        if value is None:
            writer.missing(sheet, row, item + 2, report.missing_together(unit, item))
            continue
        parts = [
            (xl_rowcol_to_cell(found.row(g, unit), item + 2), g)
            for g, group in enumerate(writer.plan.groups)
            if not group.apart and report.result.shown[g][unit][item] and report.result.means[g][unit][item] is not None
        ]
        writer.rounded(sheet, (row, item + 2), found.mean_of(parts), value, GROUP_SCORE)
    for column in (found.score_column, found.score_column + 1):
        sheet.write_blank(row, column, None, writer.cell)


def _write_group(
    writer: SheetWriter, sheet: Worksheet, found: ItemCells, cells: DistributionCells, group: int, unit: int
) -> None:
    """A unit's items by one group, and the score that follows from those that are there."""
    report, result, row = writer.report, writer.report.result, found.row(group, unit)
    count = len(writer.plan.rated_items)
    _write_labels(writer, sheet, row, writer.group(writer.plan.groups[group]), unit)
    for item in range(count):
        mean = result.means[group][unit][item]
        if mean is None:
            writer.missing(sheet, row, item + 2, report.missing(group, unit, item))
            continue
        source = writer.ref("distribution", cells.row(unit, item, group), cells.mean_column)
        writer.rounded(sheet, (row, item + 2), source, mean, GROUP_SCORE + 1)
    score, n = result.group_score[group][unit], result.group_n[group][unit]
    if score is None or n is None:
        for column in (found.score_column, found.score_column + 1):
            writer.missing(sheet, row, column, report.missing(group, unit))
        return
    means, weights = xl_range(row, 2, row, count + 1), xl_range_abs(found.weights_row, 2, found.weights_row, count + 1)
    formula = f"SUMPRODUCT({means},{weights})/SUMPRODUCT(ISNUMBER({means})*{weights})"
    writer.rounded(sheet, (row, found.score_column), formula, score, GROUP_SCORE)
    runs = [
        writer.ref("distribution", cells.row(unit, first, group), cells.n_column)
        + ":" + xl_rowcol_to_cell(cells.row(unit, last, group), cells.n_column)
        for first, last in _weighted(weights_of(writer))
    ]  # fmt: skip
    sheet.write_formula(row, found.score_column + 1, f"=MAX({','.join(runs)})", writer.count, n)


def _weighted(weights: list[float]) -> list[tuple[int, int]]:
    """The items that carry weight, as (first, last) of each run of neighbours."""
    runs: list[tuple[int, int]] = []
    for item, weight in enumerate(weights):
        if weight and runs and runs[-1][1] == item - 1:
            runs[-1] = runs[-1][0], item
        elif weight:
            runs.append((item, item))
    return runs
