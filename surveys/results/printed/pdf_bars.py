"""A chart of bars on pages: names left, figures right, intervals as thin lines, a scale on top of each page's part."""

from __future__ import annotations

from surveys.results.printed.blocks import TEXT_WIDTH, Bar, Bars
from surveys.results.printed.page import ACCENT, INK, LEADING, LEFT, LINE, SMALL, SOFT, TABLE, Page

_NAME, _FIGURE = 56.0, 16.0
_AREA = TEXT_WIDTH - _NAME - _FIGURE
BAR_COLOUR = (196, 122, 112)


def draw_bars(page: Page, bars: Bars) -> None:
    """Draw it from where the page is filled to."""
    page.need(24)
    if bars.title:
        page.paragraph(bars.title, SMALL, colour=SOFT, after=0.5)
    _scale(page, bars.floor)
    for bar in bars.rows:
        lines = page.wrapped(bar.label, _NAME - 3, TABLE)
        height = max(5.4, len(lines) * TABLE * LEADING + 1.4)
        if page.need(height):
            _scale(page, bars.floor)
        _bar(page, bar, lines, height, bars.floor)
        page.at += height
    page.at += 3


def _x(value: float, floor: int) -> float:
    """Where a value stands across the page."""
    return LEFT + _NAME + _AREA * (max(value, floor) - floor) / (100 - floor)


def _scale(page: Page, floor: int) -> None:
    step = 10 if 100 - floor <= 60 else 20
    page.ink(SOFT)
    for value in range(floor, 101, step):
        page.write_lines([str(value)], _x(value, floor) - 6, page.at, 12, SMALL, "C")
    page.at += SMALL * LEADING + 0.6


def _bar(page: Page, bar: Bar, lines: list[str], height: float, floor: int) -> None:
    middle = page.at + height / 2
    page.ink(INK)
    page.write_lines(lines, LEFT, middle - len(lines) * TABLE * LEADING / 2, _NAME - 3, TABLE)
    page.set_draw_color(*LINE)
    page.set_line_width(0.15)
    for value in range(floor, 101, 10 if 100 - floor <= 60 else 20):
        page.line(_x(value, floor), page.at, _x(value, floor), page.at + height)
    page.set_fill_color(*BAR_COLOUR)
    page.rect(_x(floor, floor), middle - 1.5, _x(bar.value, floor) - _x(floor, floor), 3, style="F")
    if bar.low is not None and bar.high is not None:
        page.set_draw_color(*ACCENT)
        page.set_line_width(0.4)
        page.line(_x(bar.low, floor), middle, _x(bar.high, floor), middle)
        for end in (bar.low, bar.high):
            page.line(_x(end, floor), middle - 1, _x(end, floor), middle + 1)
    page.write_lines([bar.shown], LEFT + TEXT_WIDTH - _FIGURE, middle - TABLE * LEADING / 2, _FIGURE, TABLE, "R")
