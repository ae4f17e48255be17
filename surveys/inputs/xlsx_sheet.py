"""Reading a sheet of an xlsx workbook."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from typing import Any
from xml.parsers import expat

from openpyxl import load_workbook

from surveys.inputs.sheet_cells import FORMULA, MAX_AREA, MAX_COLUMNS, MAX_ROWS, RefusedError, Sheet, cell_text, choose


def read_xlsx(data: bytes, wanted: str = "") -> Sheet:
    """The first visible sheet of an xlsx workbook, or the one with the wanted name."""
    parts = _read_workbook(data)
    book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    if set(parts.names) - set(book.sheetnames):
        raise RefusedError("missing sheet")
    visible = [at for at, sheet in enumerate(book.worksheets) if sheet.sheet_state == "visible"]
    sheet = book.worksheets[choose([sheet.title for sheet in book.worksheets], visible, wanted)]
    with zipfile.ZipFile(io.BytesIO(data)) as archive, archive.open(sheet._worksheet_path) as source:
        layout = _Layout(source, {str(i) for i, text in enumerate(sheet._shared_strings) if not text.strip()},
                         waiting=parts.waiting)  # fmt: skip
    found = Sheet(sheet.title, [other.title for other in book.worksheets if other is not sheet], {})
    if not layout.rows:
        return found
    sheet.reset_dimensions()
    rows = sheet.iter_rows(max_row=max(layout.rows), max_col=layout.last_column)
    for number, row in enumerate(rows, 1):
        if number in layout.rows:
            found.rows[number] = [
                cell_text(cell.value, cell.number_format if cell.value is not None else "") for cell in row
            ]
    for row_number, column in layout.without_value:
        cells = found.rows.setdefault(row_number, [])
        cells.extend([""] * (column - len(cells)))
        cells[column - 1] = ["", FORMULA]
    found.hidden, found.hidden_columns, found.merged = layout.hidden, layout.hidden_columns, layout.merged
    return found


@dataclass
class _Workbook:
    """What the workbook says itself."""

    names: list[str]
    """Of all sheets: openpyxl passes over those whose part is missing."""
    waiting: bool = False
    """Whether all formulas are to be computed on opening: then 0 is what a program left there that computes none."""


def _read_workbook(data: bytes) -> _Workbook:
    found = _Workbook([])

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag.startswith("http://purl.oclc.org/ooxml/"):
            raise RefusedError("strict")
        if tag.endswith("}sheet"):
            found.names.append(attributes.get("name", ""))
        elif tag.endswith("}calcPr"):
            found.waiting = attributes.get("fullCalcOnLoad") in ("1", "true")

    parser = expat.ParserCreate(namespace_separator="}")
    parser.StartElementHandler = start
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parser.Parse(archive.read("xl/workbook.xml"), True)
        kinds = archive.read("[Content_Types].xml")
    if b"chartsheet+xml" in kinds and b"worksheet+xml" not in kinds:
        raise RefusedError("no table")
    return found


class _Layout:
    """What a sheet's file says beside the values, and how far they reach: known before anything is read into memory.

    `blank_texts` are the numbers of shared texts that are blank: a cell with one of them holds nothing. `waiting`: see
    `_Workbook`.
    """

    def __init__(self, source: Any, blank_texts: set[str], *, waiting: bool) -> None:
        self.rows: set[int] = set()
        self.last_column = 0
        self.hidden: set[int] = set()
        self.hidden_columns: set[int] = set()
        self.merged: list[tuple[int, int, int, int]] = []
        self.without_value: list[tuple[int, int]] = []
        self._blank_texts, self._waiting = blank_texts, waiting
        self._row = self._column = 0
        self._kind = self._text = ""
        self._formula = self._in_text = False
        parser = expat.ParserCreate(namespace_separator="}")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.EntityDeclHandler = self._entity
        parser.ParseFile(source)

    def _entity(self, *_declaration: object) -> None:
        raise RefusedError("damaged")

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition("}")[2]
        if name == "c":
            self._start_of_cell(attributes.get("r") or "")
            self._kind, self._text, self._formula = attributes.get("t", "n"), "", False
        elif name in ("v", "t"):
            self._in_text = True
        elif name == "f":
            self._formula = True
        elif name == "row":
            row = int(attributes.get("r") or self._row + 1)
            if row <= self._row:  # openpyxl would overwrite one of two, or leave out what comes late
                raise RefusedError("order", str(row))
            self._row, self._column = row, 0
            if attributes.get("hidden") in ("1", "true"):
                self.hidden.add(self._row)
        elif name == "col" and attributes.get("hidden") in ("1", "true"):
            last = min(int(attributes["max"]), MAX_COLUMNS)
            self.hidden_columns.update(range(int(attributes["min"]), last + 1))
        elif name == "mergeCell":
            self.merged.append(_area(attributes.get("ref", "")))

    def _start_of_cell(self, reference: str) -> None:
        column = _column(reference) or self._column + 1
        row = re.sub(r"\D", "", reference)
        if column <= self._column or (row and int(row) != self._row):
            raise RefusedError("order", str(self._row))
        self._column = column

    def _characters(self, text: str) -> None:
        if self._in_text:
            self._text += text

    def _end(self, tag: str) -> None:
        name = tag.rpartition("}")[2]
        if name in ("v", "t"):
            self._in_text = False
        elif name == "c":
            self._end_of_cell()

    def _end_of_cell(self) -> None:
        blank = self._text in self._blank_texts if self._kind == "s" else not self._text.strip()
        if blank and not self._formula:
            return
        empty = not self._text and self._kind != "str"
        if self._formula and (empty or (self._waiting and self._text == "0")):
            self.without_value.append((self._row, self._column))
        self.rows.add(self._row)
        self.last_column = max(self._column, self.last_column)
        if self.last_column > MAX_COLUMNS:
            raise RefusedError("columns", str(self._row))
        if len(self.rows) > MAX_ROWS:
            raise RefusedError("rows")
        if len(self.rows) * self.last_column > MAX_AREA:
            raise RefusedError("large")


def _column(reference: str | None) -> int:
    number = 0
    for letter in reference or "":
        if not letter.isalpha():
            break
        number = number * 26 + ord(letter.upper()) - 64
    return number


def _area(reference: str) -> tuple[int, int, int, int]:
    first, _, last = reference.partition(":")
    row_of = [int(re.sub(r"\D", "", part) or 0) for part in (first, last or first)]
    return row_of[0], row_of[1], _column(first), _column(last or first)
