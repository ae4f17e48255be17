"""The A4 page of printed documents: one scale of type, margins, head and foot."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Literal

from surveys.admission.font import FONT
from surveys.admission.pdf_document import Document
from surveys.results.printed.blocks import TEXT_WIDTH
from surveys.results.printed.breaking import break_lines
from surveys.results.printed.letterhead import PrintedHead

INK, SOFT, LINE, TINT, ACCENT = (33, 29, 26), (105, 97, 91), (201, 193, 186), (246, 240, 238), (155, 28, 28)
TITLE, CHAPTER, SECTION, BODY, TABLE, SMALL = 20.0, 15.0, 11.5, 9.5, 8.5, 7.5
"""The sizes of type, in points; there are no others."""
LEFT, TOP, BOTTOM = 22.0, 22.0, 24.0
LEADING = 0.53
"""Millimetres from line to line for each point of size."""


class Page(Document):
    """A document of pages with a foot, on which texts are set one below the other. `at` is how far the page is filled."""

    def __init__(self, footer: str, font: Path = FONT) -> None:
        super().__init__("A4", font)
        self.footer_text = footer
        self.set_left_margin(LEFT)
        self.alias_nb_pages("{nb}")
        self.c_margin = 0
        self.at = TOP
        self._ink = INK
        self._broken: dict[tuple[str, float, float], list[str]] = {}

    @property
    def end(self) -> float:
        """Where a page ends for what is set on it."""
        return float(self.h - BOTTOM)

    def new_page(self) -> None:
        """Begin a page."""
        self.add_page()
        self.at = TOP

    def need(self, height: float) -> bool:
        """Begin a page unless so much is left on this one; returns whether it did."""
        if self.at + height <= self.end:
            return False
        self.new_page()
        return True

    def footer(self) -> None:
        """What the document is, and the number of the page, as fpdf calls for it at the end of each."""
        self.ink(SOFT)
        self.set_font("sc", size=SMALL)
        self.set_draw_color(*LINE)
        self.set_line_width(0.2)
        self.line(LEFT, self.h - 17, self.w - LEFT, self.h - 17)
        self.set_xy(LEFT, self.h - 15.5)
        self.cell(TEXT_WIDTH - 30, 4, self.fitting(self.footer_text, TEXT_WIDTH - 32))
        self.set_xy(self.w - LEFT - 30, self.h - 15.5)
        self.cell(30, 4, f"{self.page_no()} / {{nb}}", align="R")

    def ink(self, colour: tuple[int, int, int]) -> None:
        """Write in a colour from now on."""
        self.set_text_color(*colour)
        self._ink = colour

    def fitting(self, text: str, width: float) -> str:
        """A text cut so that it goes on one line, in the present font."""
        while text and self.get_string_width(text) > width:
            text = text[:-2] + "…" if text.endswith("…") else text[:-1] + "…"
        return text

    def wrapped(self, text: str, width: float, size: float) -> list[str]:
        """The lines that a text takes at a size."""
        self.set_font("sc", size=size)
        key = text, width, size
        if key not in self._broken:
            self._broken[key] = break_lines(text, width - 0.2, self.get_string_width)
        return self._broken[key]

    def write_lines(
        self, lines: list[str], x: float, y: float, width: float, size: float,
        align: Literal["L", "C", "R"] = "L", *, bold: bool = False,
    ) -> None:  # fmt: skip
        """Set lines, one below the other. There is one weight of the font; bold is drawn with an outline."""
        self.set_font("sc", size=size)
        if bold:
            self.set_draw_color(*self._ink)
            self.set_line_width(size * 0.011)
        with self.local_context(text_mode="FILL_STROKE" if bold else "FILL"):
            for number, line in enumerate(lines):
                self.set_xy(x, y + number * size * LEADING)
                self.cell(width, size * LEADING, line, align=align)

    def paragraph(
        self, text: str, size: float = BODY, *, after: float = 1.6, colour: tuple[int, int, int] = INK, bold: bool = False,
        align: Literal["L", "C", "R"] = "L",
    ) -> None:  # fmt: skip
        """Set a text across the page, going on on the next one where it must."""
        self.ink(colour)
        for line in self.wrapped(text, TEXT_WIDTH, size):
            self.need(size * LEADING)
            self.ink(colour)
            self.write_lines([line], LEFT, self.at, TEXT_WIDTH, size, align, bold=bold)
            self.at += size * LEADING
        self.at += after

    def letterhead(self, head: PrintedHead) -> None:
        """Logo and organisation over a line, the number of the document below it."""
        if head.organisation or head.logo:
            logo = _Logo(head.logo) if head.logo else None
            if logo:
                width, height = logo.size(30, 16)
                place = LEFT if head.organisation else LEFT + (TEXT_WIDTH - width) / 2
                self.image(io.BytesIO(logo.data), place, self.at, width, height)
            lines = (
                self.wrapped(head.organisation, TEXT_WIDTH - (70 if logo else 0), TITLE) if head.organisation else []
            )
            self.ink(ACCENT)
            room = TITLE * LEADING * len(lines)
            self.write_lines(
                lines, LEFT, self.at + max(0, (16 - room) / 2 if logo else 2), TEXT_WIDTH, TITLE, "C", bold=True
            )
            self.at += max(16.0 if logo else 0.0, room + (0 if logo else 4)) + 3
            self.set_draw_color(*ACCENT)
            self.set_line_width(0.7)
            self.line(LEFT, self.at, LEFT + TEXT_WIDTH, self.at)
            self.at += 3
        if head.number:
            self.paragraph(head.number, BODY, align="C", after=2)


class _Logo:
    """A logo with its size on paper."""

    def __init__(self, data: bytes) -> None:
        from PIL import Image

        self.data = data
        with Image.open(io.BytesIO(data)) as image:
            self._pixels = image.size

    def size(self, width: float, height: float) -> tuple[float, float]:
        """Millimetres inside a box of these."""
        across, down = self._pixels
        scale = min(width / across, height / down)
        return across * scale, down * scale
