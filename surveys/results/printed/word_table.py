"""Tables of documents for Word: headings repeated on each page, brackets as borders of narrow columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from docx.document import Document as WordDocument
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.table import Table as WordTable
from docx.table import _Cell, _Row

from surveys.results.printed.blocks import LANE, Table
from surveys.results.printed.word_styles import ACCENT, SOFT, border, style_run

_ALIGN = {"L": WD_ALIGN_PARAGRAPH.LEFT, "C": WD_ALIGN_PARAGRAPH.CENTER, "R": WD_ALIGN_PARAGRAPH.RIGHT}


def plain_table(word: WordDocument, widths: Sequence[float]) -> WordTable:
    """A table without lines and rows, with columns of these widths in millimetres."""
    table = word.add_table(0, len(widths))
    table.autofit = False
    table.alignment = WD_TABLE_ALIGNMENT.LEFT
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    return table


def new_row(table: WordTable) -> _Row:
    """One more row."""
    return table.add_row()  # type: ignore[no-untyped-call]


def write(
    cell: _Cell, text: str, *, align: str = "L", size: float = 9.5, colour: str = "", heading: bool = False
) -> None:
    """Put a text into a cell."""
    line = cell.paragraphs[0]
    line.alignment = _ALIGN[align]
    line.paragraph_format.space_before = line.paragraph_format.space_after = Pt(1.5)
    style_run(line.add_run(text), size, colour, heading=heading)


def add_table(word: WordDocument, table: Table) -> None:
    """Add a table with its headings, rows, brackets and cuts."""
    widths = [*(column.width for column in table.columns), *[LANE] * len(table.lanes)]
    made = plain_table(word, widths)
    head = new_row(made)
    _mark(head, "w:tblHeader")
    for column, cell in zip(table.columns, head.cells, strict=False):
        write(cell, column.heading, align=column.align, size=8, colour=SOFT)
        border(cell, "bottom", "69615B", 6)
    for number, texts in enumerate(table.rows):
        row = new_row(made)
        cells = row.cells
        for column, cell, text in zip(table.columns, cells, texts, strict=False):
            write(cell, text, align=column.align, size=8.5)
            border(cell, "bottom", "C9C1BA", 2)
        for lane, cell in zip(table.lanes, cells[len(table.columns) :], strict=True):
            _bracket(cell, lane, number)
        if number in table.cuts:
            _cut(new_row(made), table.cuts[number])
    for row in made.rows:
        _mark(row, "w:cantSplit")
    word.add_paragraph().paragraph_format.space_after = Pt(0)


def _bracket(cell: _Cell, lane: Sequence[tuple[int, int]], row: int) -> None:
    for first, last in lane:
        if first <= row <= last:
            border(cell, "right", "211D1A", 6)
            if row == first:
                border(cell, "top", "211D1A", 6)
            if row == last:
                border(cell, "bottom", "211D1A", 6)


def _cut(row: _Row, words: str) -> None:
    cells = row.cells
    whole = cells[0].merge(cells[-1])
    border(whole, "top", ACCENT, 12)
    write(whole, words, align="R", size=8, colour=ACCENT)


def _mark(row: _Row, name: str) -> None:
    properties: Any = row._tr.get_or_add_trPr()
    if properties.find(qn(name)) is None:
        properties.append(OxmlElement(name))
