"""A table on pages: rows as high as their texts, headings on each page, brackets beside it, and cuts across it."""

from __future__ import annotations

from dataclasses import dataclass, field

from surveys.results.printed.blocks import LANE, Table
from surveys.results.printed.page import ACCENT, INK, LEADING, LEFT, LINE, SMALL, SOFT, TABLE, TINT, Page

_PAD = 0.9


@dataclass
class _Part:
    """The rows of a table that stand on one page: by row its top and bottom."""

    rows: dict[int, tuple[float, float]] = field(default_factory=dict)


def draw_table(page: Page, table: Table) -> None:
    """Draw it from where the page is filled to."""
    head = [page.wrapped(column.heading, column.width - 2 * _PAD, SMALL) for column in table.columns]
    head_height = max(map(len, head)) * SMALL * LEADING + 2 * _PAD
    rows = [
        [page.wrapped(text, column.width - 2 * _PAD, TABLE) for text, column in zip(row, table.columns, strict=True)]
        for row in table.rows
    ]
    page.need(head_height + (_height(rows[0]) if rows else 0))
    _draw_head(page, table, head, head_height)
    part = _Part()
    for number, cells in enumerate(rows):
        height = _height(cells) + (SMALL * LEADING if number in table.cuts else 0)
        if page.at + height > page.end:
            _draw_brackets(page, table, part)
            page.new_page()
            _draw_head(page, table, head, head_height)
            part = _Part()
        _draw_row(page, table, number, cells)
        part.rows[number] = (page.at - _height(cells), page.at)
        if number in table.cuts:
            _draw_cut(page, table.cuts[number], _width(table))
    _draw_brackets(page, table, part)
    page.at += 3


def _height(cells: list[list[str]]) -> float:
    return max(map(len, cells)) * TABLE * LEADING + 2 * _PAD


def _width(table: Table) -> float:
    return sum(column.width for column in table.columns)


def _draw_head(page: Page, table: Table, head: list[list[str]], height: float) -> None:
    page.set_fill_color(*TINT)
    page.rect(LEFT, page.at, _width(table), height, style="F")
    page.ink(SOFT)
    x = LEFT
    for column, lines in zip(table.columns, head, strict=True):
        top = page.at + (height - len(lines) * SMALL * LEADING) / 2
        page.write_lines(lines, x + _PAD, top, column.width - 2 * _PAD, SMALL, column.align)
        x += column.width
    page.at += height


def _draw_row(page: Page, table: Table, number: int, cells: list[list[str]]) -> None:
    height, x = _height(cells), LEFT
    for column, lines in zip(table.columns, cells, strict=True):
        page.ink(INK)
        top = page.at + (height - len(lines) * TABLE * LEADING) / 2
        page.write_lines(lines, x + _PAD, top, column.width - 2 * _PAD, TABLE, column.align)
        x += column.width
    page.at += height
    page.set_draw_color(*LINE)
    page.set_line_width(0.15)
    page.line(LEFT, page.at, LEFT + _width(table), page.at)


def _draw_cut(page: Page, words: str, width: float) -> None:
    """A line below the last row, with what it says."""
    page.set_draw_color(*ACCENT)
    page.set_line_width(0.5)
    page.line(LEFT, page.at, LEFT + width, page.at)
    page.ink(ACCENT)
    page.write_lines([words], LEFT, page.at + 0.2, width, SMALL, "R")
    page.at += SMALL * LEADING


def _draw_brackets(page: Page, table: Table, part: _Part) -> None:
    """Square brackets right of the rows; one that goes on on another page is open there."""
    page.set_draw_color(*INK)
    page.set_line_width(0.3)
    for number, lane in enumerate(table.lanes):
        x = LEFT + _width(table) + (number + 0.65) * LANE
        for first, last in lane:
            here = [row for row in part.rows if first <= row <= last]
            if not here:
                continue
            top, bottom = part.rows[here[0]][0] + 1, part.rows[here[-1]][1] - 1
            page.line(x, top, x, bottom)
            if here[0] == first:
                page.line(x - 1.1, top, x, top)
            if here[-1] == last:
                page.line(x - 1.1, bottom, x, bottom)
