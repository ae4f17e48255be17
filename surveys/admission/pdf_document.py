"""A PDF document with the font that comes with the service."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
from fpdf import FPDF
from fpdf.enums import PDFResourceType

from surveys.admission.font import FONT, printable
from surveys.admission.qr_codes import BORDER, runs_of


class Document(FPDF):
    """A document with the font. It remembers how texts were wrapped, for slips say much the same."""

    def __init__(self, size: str, font: Path = FONT) -> None:
        super().__init__(unit="mm", format=size)
        self.set_auto_page_break(False)
        self.add_font("sc", fname=font)
        self.set_font("sc", size=10)
        self.set_margin(0)
        self._wrapped: dict[tuple[str, float, float], list[str]] = {}

    def normalize_text(self, text: str) -> str:
        """The text as it is printed: what the font has not is marked and does not vanish."""
        return super().normalize_text(printable(text))

    def lines(self, text: str, width: float, size: float) -> list[str]:
        """The lines that a text takes in the present font."""
        key = text, width, size
        if key not in self._wrapped:
            self._wrapped[key] = list(self.multi_cell(width, size * 0.44, text, dry_run=True, output="LINES"))  # type: ignore[arg-type]
        return self._wrapped[key]

    def written(self) -> int:
        """How much was written on this page so far."""
        return len(self._contents)

    def written_since(self, start: int) -> bytes:
        """What was written on this page since it held so much. It ends with the dashes and the font that it began with."""
        return bytes(self._contents[start:])

    def repeat(self, what: bytes, right: float, down: float) -> None:
        """Write again what was written before, so many millimetres to the right and below."""
        self._put(b"q 1 0 0 1 %.2f %.2f cm %b Q" % (right * self.k, -down * self.k, what))

    def write_code(self, text: str, x: float, y: float, size: float) -> None:
        """Write one line; a hundred times as fast as `cell`."""
        self.set_font("sc", size=size)
        font = self.current_font
        assert font is not None
        self._resource_catalog.add(
            PDFResourceType.FONT, font.i, self.page
        )  # else a page of nothing but this has no font
        height = size * 0.44
        below = (self.h - y - 0.5 * height) * self.k - 0.3 * size
        line = (
            f"BT /F{font.i} {size:.2f} Tf {(x + self.c_margin) * self.k:.2f} {below:.2f} Td {font.encode_text(text)} ET"
        )
        self._put(line.encode("latin-1"))

    def draw_modules(self, matrix: np.ndarray, x: float, y: float, side: float) -> None:
        """Draw a QR code with its border in a square."""
        modules = len(matrix)
        unit = side / (modules + 2 * BORDER) * self.k
        left, top = x * self.k + BORDER * unit, (self.h - y) * self.k - BORDER * unit
        keys = zip(*runs_of(matrix), strict=True)
        path = b"".join([_run(*key) for key in keys])
        self._put(b"q 0 g %.4f 0 0 %.4f %.2f %.2f cm %bf Q" % (unit, -unit, left, top, path))

    def _put(self, what: bytes) -> None:
        self._contents.extend(what + b"\n")

    @property
    def _contents(self) -> bytearray:
        contents = self.pages[self.page].contents
        assert isinstance(contents, bytearray)
        return contents


@lru_cache(maxsize=20_000)
def _run(row: int, begin: int, length: int) -> bytes:
    return b"%d %d %d 1 re " % (begin, row, length)
