"""The scores of groups side by side as bars, under the table of groups: as many on a page as can be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlsxwriter.worksheet import Worksheet

from surveys.results.workbook.sheet_writer import HEAD, SheetWriter

if TYPE_CHECKING:
    from surveys.results.workbook.summary import SummaryCells

_BARS = 48
"""The most bars of a chart."""
_ROW = 20
"""The height of a row in pixels."""
_COLOURS = ("#B9625A", "#4F7CAC", "#7A9E5F", "#C79A3B", "#7B6A9C", "#5F8F8F")
MOST_GROUPS = len(_COLOURS)


def insert_group_charts(writer: SheetWriter, sheet: Worksheet, row: int, summary: SummaryCells) -> None:
    """Insert charts with a bar for each group of a unit, in rank order, from the summary."""
    groups = len(writer.plan.groups)
    scored = len(writer.report.scored)
    charts = -(-scored // max(1, _BARS // groups))
    size = -(-scored // charts)
    breaks = []
    for first in range(0, scored, size):
        breaks.append(row)
        row = _insert(writer, sheet, row, summary, (first, min(scored, first + size) - 1))
    sheet.set_h_pagebreaks(breaks)


def _insert(
    writer: SheetWriter, sheet: Worksheet, row: int, summary: SummaryCells, part: tuple[int, int]
) -> int:  # fmt: skip
    """The chart of a part of the units; returns the row after it."""
    name, title = writer.names["summary"], writer.gettext("Scores by group")
    first, last = (summary.first_row + place for place in part)
    chart = writer.book.add_chart({"type": "bar"})
    for number, group in enumerate(writer.plan.groups):
        column = summary.group_column(number)
        chart.add_series({
            "name": writer.group(group),
            "categories": [name, first, 1, last, 1],
            "values": [name, first, column, last, column],
            "fill": {"color": _COLOURS[number]},
            "gap": 50,
        })  # fmt: skip
    chart.set_title({"name": title, "name_font": {"name": HEAD, "size": 12}, "overlay": False})
    chart.set_legend({"position": "top", "font": {"name": "宋体", "size": 9}})
    chart.set_y_axis({"reverse": True, "interval_unit": 1, "num_font": {"name": "宋体", "size": 9}})
    lines = {"visible": True, "line": {"color": "#DDDDDD"}}
    floor = _floor(writer)
    chart.set_x_axis({"min": floor, "max": 100, "major_gridlines": lines, "crossing": floor})
    height = 100 + (last - first + 1) * (10 + 12 * len(writer.plan.groups))
    chart.set_size({"width": 760, "height": height})
    sheet.insert_chart(row, 0, chart, {"object_position": 2, "description": title})
    return row + height // _ROW + 2


def _floor(writer: SheetWriter) -> int:
    """Where the axis begins: a ten under the lowest score of a group that is shown."""
    scores = [
        score
        for of_group in writer.report.result.group_score
        for unit in writer.report.order
        if (score := of_group[unit]) is not None
    ]
    return max(0, min(90, int(min(scores) // 10) * 10)) if scores else 0
