"""Items: unit × item heat maps, for all groups together and for each, with the scores that follow from them."""

from __future__ import annotations

from dataclasses import dataclass

from xlsxwriter.utility import xl_range, xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from surveys.results.workbook.distribution import DistributionCells
from surveys.results.workbook.sheet_writer import SheetWriter


@dataclass(frozen=True)
class ItemCells:
    """Where the sheet's figures stand: the first row of units in each group's block, and the weights of groups."""

    first_rows: list[int]
    weight_rows: list[int]
    position: dict[int, int]
    score_column: int

    def score(self, writer: SheetWriter, group: int, unit: int) -> str:
        """The cell of S(u,g)."""
        return writer.ref("items", self.first_rows[group] + self.position[unit], self.score_column)

    def n(self, writer: SheetWriter, group: int, unit: int) -> str:
        """The cell of n(u,g)."""
        return writer.ref("items", self.first_rows[group] + self.position[unit], self.score_column + 1)

    def weight(self, writer: SheetWriter, group: int) -> str:
        """The cell of a group's weight."""
        return writer.ref("items", self.weight_rows[group], 1, absolute=True)


def write_items(writer: SheetWriter, sheet: Worksheet, cells: DistributionCells) -> ItemCells:
    """Write the sheet; returns where its figures stand."""
    _ = writer.gettext
    plan, result, order = writer.plan, writer.report.result, writer.report.order
    count = len(plan.rated_items)
    row = writer.title(sheet, writer.names["items"], count + 3,
                    _("First all groups together, then each group. Means come from the distribution by formula."))  # fmt: skip
    height = len(order) + 4
    first_rows = [row + (group + 1) * height + 3 for group in range(len(plan.groups))]
    found = ItemCells(first_rows, [first - 3 for first in first_rows], cells.position, count + 1)
    _write_block_head(writer, sheet, row, _("All groups"), None)
    for position, unit in enumerate(order):
        line = row + 3 + position
        sheet.write_string(line, 0, writer.text(plan.units[unit].text), writer.cell)
        for item in range(count):
            value = result.item_score[unit][item]
            if value is None:
                _write_missing(writer, sheet, line, item + 1, unit)
                continue
            parts = [
                (
                    xl_rowcol_to_cell(first_rows[g] + position, item + 1),
                    xl_rowcol_to_cell(found.weight_rows[g], 1, True, True),
                )
                for g in range(len(plan.groups))
                if result.shown[g][unit][item] and result.means[g][unit][item] is not None
            ]
            sheet.write_formula(line, item + 1, writer.mean_of(parts), writer.figure, value)
    blocks = [row + 3]
    for group in range(len(plan.groups)):
        first = first_rows[group]
        blocks.append(first)
        _write_block_head(writer, sheet, first - 3, writer.group(plan.groups[group]), plan.groups[group].score_weight)
        for position, unit in enumerate(order):
            _write_group_row(writer, sheet, first + position, first - 1, cells, group, unit)
    for first in blocks:
        sheet.conditional_format(first, 1, first + len(order) - 1, count, {
            "type": "3_color_scale", "min_color": "#F4B6A6", "mid_color": "#FFF4D6", "max_color": "#A9D6B8",
        })  # fmt: skip
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, count, 11)
    sheet.set_column(count + 1, count + 2, 8)
    sheet.freeze_panes(0, 1)
    sheet.set_landscape()
    sheet.set_h_pagebreaks([first - 3 for first in first_rows])
    return found


def _write_block_head(writer: SheetWriter, sheet: Worksheet, row: int, name: str, weight: float | None) -> None:
    """Three rows: the group with its weight, the items, and their weights."""
    _ = writer.gettext
    plan = writer.plan
    bold = writer.format(font_name="黑体", bold=True)
    if weight is None:
        sheet.write_string(row, 0, name, bold)
    else:
        sheet.write_string(row, 0, _("%(group)s · weight", group=name), bold)
        sheet.write_number(row, 1, weight, writer.format(bold=True, align="left", num_format="0.##"))
    sheet.write_string(row + 1, 0, _("Unit"), writer.head)
    sheet.write_string(row + 2, 0, _("Weight of the item"), writer.middle)
    weights = plan.rule.item_weights
    for column, item in enumerate(plan.rated_items, 1):
        sheet.write_string(row + 1, column, writer.text(item.criterion or item.text), writer.head)
        value = item.weight if weights is None else weights.get(item.code, 0.0)
        sheet.write_number(row + 2, column, value, writer.format(border=1, align="center", num_format="0.##"))
    if weight is not None:
        sheet.write_string(row + 1, len(plan.rated_items) + 1, _("Score"), writer.head)
        sheet.write_string(row + 1, len(plan.rated_items) + 2, "n", writer.head)
    sheet.set_row(row + 1, 58)


def _write_missing(writer: SheetWriter, sheet: Worksheet, row: int, column: int, unit: int) -> None:
    short = any(g[unit] for g in writer.report.result.short) or any(g[unit] for g in writer.report.result.included)
    sheet.write_string(row, column, writer.few if short else "—", writer.withheld)


def _write_group_row(
    writer: SheetWriter, sheet: Worksheet, row: int, weights_row: int, cells: DistributionCells, group: int, unit: int
) -> None:
    plan, result = writer.plan, writer.report.result
    count = len(plan.rated_items)
    sheet.write_string(row, 0, writer.text(plan.units[unit].text), writer.cell)
    score, n = result.group_score[group][unit], result.group_n[group][unit]
    asked = result.short[group][unit] or result.included[group][unit]
    if score is None:
        for column in range(1, count + 3):
            sheet.write_string(row, column, writer.few if asked else "—", writer.withheld)
        return
    present = []
    for item in range(count):
        mean = result.means[group][unit][item]
        if mean is None:
            sheet.write_string(row, item + 1, "—" if result.shown[group][unit][item] else writer.few, writer.withheld)
            continue
        present.append(item + 1)
        source = writer.ref("distribution", cells.row(unit, item, group), cells.mean_column)
        sheet.write_formula(row, item + 1, f"={source}", writer.figure, mean)
    if len(present) == count:
        weights = xl_range(weights_row, 1, weights_row, count)
        formula = f"=SUMPRODUCT({xl_range(row, 1, row, count)},{weights})/SUM({weights})"
    else:
        formula = writer.mean_of([(xl_rowcol_to_cell(row, c), xl_rowcol_to_cell(weights_row, c)) for c in present])
    sheet.write_formula(row, count + 1, formula, writer.figure, score)
    sources = ",".join(
        writer.ref("distribution", cells.row(unit, item, group), cells.n_column) for item in range(count)
    )
    sheet.write_formula(row, count + 2, f"=MAX({sources})", writer.count, n)
