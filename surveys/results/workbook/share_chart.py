"""The shares of the levels by unit as stacked bars in the colours of the scale, under the distribution's table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlsxwriter.utility import xl_range
from xlsxwriter.worksheet import Worksheet

from surveys.questionnaires.scales import Scale
from surveys.results.workbook.colours import SCALE_COLOURS
from surveys.results.workbook.sheet_writer import HEAD, SheetWriter

if TYPE_CHECKING:
    from surveys.results.workbook.distribution import DistributionCells

_BARS = 24
"""The most bars of a chart."""
_ROW = 20
"""The height of a row in pixels."""
_ALL = -1


def insert_share_charts(writer: SheetWriter, sheet: Worksheet, cells: DistributionCells, width: int) -> None:
    """Insert charts of up to 24 units each, in rank order; units of which nothing may be shown are left out."""
    units = [unit for unit in writer.report.order if sum(_totals(writer, cells, unit))]
    if not units or not cells.shares:
        return
    below = cells.row(writer.report.order[-1], cells.items - 1, cells.groups - 1) + 2
    for place, unit in enumerate(units):
        _write_totals(writer, sheet, cells, below + place, unit)
    row = below + len(units) + 1
    charts = -(-len(units) // _BARS)
    size = -(-len(units) // charts)
    for scale in writer.plan.rated_levels.scales:
        for first in range(0, len(units), size):
            last = min(len(units), first + size) - 1
            row = _insert(writer, sheet, cells, row, (below + first, below + last), width, scale)


def _totals(writer: SheetWriter, cells: DistributionCells, unit: int) -> list[int]:
    """The shown counts of each level in the order of the columns, of all items together."""
    report = writer.report
    shown = [report.together(unit, item) for item in range(cells.items) if not report.missing_together(unit, item)]
    return [sum(one.counts[level] for one in shown if one) for level in cells.levels]


def _write_totals(writer: SheetWriter, sheet: Worksheet, cells: DistributionCells, row: int, unit: int) -> None:
    """A row below the table: the sums over the rows of a unit's items, for all groups."""
    _ = writer.gettext
    sheet.write_string(row, 0, writer.unit(unit), writer.cell)
    sheet.write_string(row, 1, _("All items together"), writer.cell)
    sheet.write_blank(row, 2, None, writer.cell)
    writer.grow(sheet, row, (writer.unit(unit), 22))
    top, bottom = cells.row(unit, 0, _ALL), cells.row(unit, cells.items - 1, _ALL)
    for column, total in enumerate(_totals(writer, cells, unit), cells.first_level):
        sheet.write_formula(row, column, f"=SUM({xl_range(top, column, bottom, column)})", writer.count, total)


def _insert(
    writer: SheetWriter, sheet: Worksheet, cells: DistributionCells, row: int, part: tuple[int, int], width: int,
    scale: Scale,
) -> int:  # fmt: skip
    """A bar for each unit of a part, of the levels of a scale; returns the row after the chart."""
    _, rated = writer.gettext, writer.plan.rated_levels
    name, (first, last) = writer.names["distribution"], part
    words, own = rated.words(writer.language), range(*rated.span(scale))
    chart = writer.book.add_chart({"type": "bar", "subtype": "percent_stacked"})
    for column, level in enumerate(cells.levels, cells.first_level):
        if level not in own:
            continue
        chart.add_series({
            "name": words[level],
            "categories": [name, first, 0, last, 0],
            "values": [name, first, column, last, column],
            "fill": {"color": SCALE_COLOURS[rated.colours[level]]},
            "border": {"color": "#FFFFFF"},
            "gap": 60,
        })  # fmt: skip
    title = (
        _("Shares of the levels, all items together")
        if len(rated.scales) == 1
        else _(
            "Shares of the levels, all items with the answers %(words)s", words=" · ".join(scale.words(writer.language))
        )
    )
    chart.set_title({"name": title, "name_font": {"name": HEAD, "size": 12}, "overlay": False})
    chart.set_legend({"position": "top", "font": {"name": "宋体", "size": 9}})
    chart.set_y_axis({"reverse": True, "interval_unit": 1, "num_font": {"name": "宋体", "size": 9}})
    chart.set_x_axis({"major_gridlines": {"visible": True, "line": {"color": "#DDDDDD"}}, "num_format": "0%"})
    height = 110 + 24 * (last - first + 1)
    chart.set_size({"width": width, "height": height})
    sheet.insert_chart(row, 0, chart, {"object_position": 2, "description": title})
    return row + height // _ROW + 2
