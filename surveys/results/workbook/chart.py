"""Bars of the scores with their intervals, under the summary's table: as many on a page as can be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from surveys.results.workbook.sheet_writer import HEAD, SCORE, SheetWriter
from surveys.scoring.rounding import kept, round_half_up

if TYPE_CHECKING:
    from surveys.results.workbook.summary import SummaryCells

_BARS = 24
"""The most bars of a chart."""
_ROW = 20
"""The height of a row in pixels."""


def insert_charts(writer: SheetWriter, sheet: Worksheet, row: int, cells: SummaryCells, widths: list[float]) -> int:
    """Insert charts of up to 24 units each, on pages of their own; returns the row after them."""
    scored, breaks = len(writer.report.scored), []
    _write_error_bars(writer, sheet, cells, scored)
    # In equal parts: no chart of a single bar behind one of 24.
    charts = -(-scored // _BARS)
    size = -(-scored // charts)
    for first in range(0, scored, size):
        last = min(scored, first + size) - 1
        if scored > 6:
            breaks.append(row)
        row = _insert(writer, sheet, row, cells, (first, last), widths)
    if scored > 6:
        sheet.set_h_pagebreaks(breaks)
    return row


def _insert(
    writer: SheetWriter, sheet: Worksheet, row: int, cells: SummaryCells, part: tuple[int, int], widths: list[float]
) -> int:
    """A bar for each score of a part of the table, best on top, with its interval; returns the row after it."""
    _ = writer.gettext
    first, last = (cells.first_row + place for place in part)
    name, plus = writer.names["summary"], cells.note_column + 2
    areas = [f"='{name}'!${xl_col_to_name(c)}${first + 1}:${xl_col_to_name(c)}${last + 1}" for c in (plus, plus + 1)]
    chart = writer.book.add_chart({"type": "bar"})
    chart.add_series({
        "name": _("Score"),
        "categories": [name, first, 1, last, 1],
        "values": [name, first, cells.score_column, last, cells.score_column],
        "fill": {"color": "#B9625A"},
        "gap": 60,
        "y_error_bars": {
            "type": "custom",
            "plus_values": areas[0],
            "minus_values": areas[1],
            "line": {"color": "#4A2020", "width": 1.25},
        },
    })  # fmt: skip
    floor = writer.report.chart_floor
    title = _("Scores with 95 percent intervals")
    chart.set_title({"name": title, "name_font": {"name": HEAD, "size": 12}, "overlay": False})
    chart.show_hidden_data()
    chart.set_legend({"none": True})
    chart.set_y_axis({"reverse": True, "interval_unit": 1, "num_font": {"name": "宋体", "size": 9}})
    lines = {"visible": True, "line": {"color": "#DDDDDD"}}
    chart.set_x_axis({"min": floor, "max": 100, "major_gridlines": lines, "crossing": floor})
    height = 70 + 24 * (last - first + 1)
    chart.set_size({"width": min(1100, int(sum(7 * width + 5 for width in widths)) - 20), "height": height})
    sheet.insert_chart(row, 0, chart, {"object_position": 2, "description": title})
    return row + height // _ROW + 2


def _write_error_bars(writer: SheetWriter, sheet: Worksheet, cells: SummaryCells, scored: int) -> None:
    """Hidden columns with how far each interval goes above and below the score, for the charts."""
    decimals = writer.plan.rule.decimals
    result, columns = writer.report.result, (cells.note_column + 2, cells.note_column + 3)
    score, low, high = (xl_col_to_name(cells.score_column + i) for i in range(3))
    for position, unit in enumerate(writer.report.order[:scored]):
        line = cells.first_row + position + 1
        value = kept(result.score[unit] or 0.0, SCORE)
        bottom, top = (float(round_half_up(bound[unit] or 0.0, decimals)) for bound in (result.low, result.high))
        sheet.write_formula(line - 1, columns[0], f"={high}{line}-{score}{line}", writer.figure, top - value)
        sheet.write_formula(line - 1, columns[1], f"={score}{line}-{low}{line}", writer.figure, value - bottom)
    sheet.set_column(columns[0], columns[1], 8, None, {"hidden": True})
