"""A PDF document with the font that comes with the service."""

from __future__ import annotations

from pathlib import Path

from fpdf import FPDF

from surveys.admission.printing import FONT


class Document(FPDF):
    """A document with the font. It remembers how texts were wrapped, for slips say much the same."""

    def __init__(self, size: str, font: Path = FONT) -> None:
        super().__init__(unit="mm", format=size)
        self.set_auto_page_break(False)
        self.add_font("sc", fname=font)
        self.set_font("sc", size=10)
        self.set_margin(0)
        self._wrapped: dict[tuple[str, float, float], list[str]] = {}

    def lines(self, text: str, width: float, size: float) -> list[str]:
        """The lines that a text takes in the present font."""
        key = text, width, size
        if key not in self._wrapped:
            self._wrapped[key] = list(self.multi_cell(width, size * 0.44, text, dry_run=True, output="LINES"))  # type: ignore[arg-type]
        return self._wrapped[key]
