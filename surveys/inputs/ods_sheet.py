"""Reading a sheet of an ods file: what its cells hold, and what they show."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from typing import Any
from xml.parsers import expat

from surveys.inputs.sheet_cells import (
    DATE,
    DIGITS,
    ERROR,
    FORMAT,
    FORMULA,
    MAX_AREA,
    MAX_COLUMNS,
    MAX_ROWS,
    VALUE,
    Cell,
    RefusedError,
    Sheet,
    cell_text,
)

_APART = ("draw:", "dr3d:", "office:annotation", "text:ruby-text", "text:note", "table:shapes")
"""How elements begin that lie in or over a cell and are no part of its text: pictures, comments, readings, notes."""

_UNSEEN = ("collapse", "filter")
_NUMBERS = ("float", "percentage", "currency")


def read_ods(data: bytes) -> Sheet:
    """The first visible sheet of an ods file."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive, archive.open("content.xml") as source:
        content = _Content()
        content.read(source)
    if not content.names:
        raise RefusedError("no table")
    if content.sheet is None:
        raise RefusedError("no visible sheet")
    content.sheet.other_sheets = [name for name in content.names if name != content.sheet.name]
    return content.sheet


@dataclass
class _Cell:
    """A cell that is being read: its attributes, and the paragraphs of its text."""

    attributes: dict[str, str]
    paragraphs: list[str]
    covered: bool

    def value(self) -> Cell:
        """What the cell holds."""
        shown = "\n".join(re.sub("(?<![ \t\r\n])[ \t\r\n]*\n[ \t\r\n]*", "\n", text) for text in self.paragraphs)
        kind, given = self.attributes.get("office:value-type", ""), self.attributes
        if self.covered:
            return ""
        if kind in _NUMBERS:
            number = given.get("office:value")
            return ["", FORMULA] if number is None else _number(float(number), shown, kind)
        if kind in ("date", "time"):
            return [given.get(f"office:{kind}-value") or shown, DATE]
        if kind == "boolean":
            return [given.get("office:boolean-value", shown).upper(), FORMAT]
        if given.get("calcext:value-type") == "error":
            return [shown or "#ERROR", ERROR]
        if not kind and not shown and "table:formula" in given:
            return ["", FORMULA]
        return cell_text(shown or given.get("office:string-value", ""), "")


def _number(value: float, shown: str, kind: str) -> Cell:
    """A number as its cell shows it, where what it shows are its digits, perhaps with zeros in front."""
    whole = int(value) if value.is_integer() else None
    if whole is not None and abs(whole) >= 10**15:
        return [str(whole), DIGITS]
    text = repr(value) if whole is None else str(whole)
    if text == shown:
        return text if whole is not None else [text, VALUE]
    if shown.isascii() and shown.isdecimal() and int(shown) == value:
        return shown
    try:
        same = kind == "float" and (not shown or float(shown.replace(",", "")) == value)
    except ValueError:
        same = False
    return [text, VALUE if same else FORMAT]


class _Content:
    """Reads content.xml: the names of all sheets, and the rows of the first visible one."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.sheet: Sheet | None = None
        self._hidden_styles: set[str] = set()
        self._style = ""
        self._path: list[str] = []
        self._apart = 0
        """How many elements are open that are no part of a cell's text."""
        self._reading = False
        self._row = self._column = self._columns = 0
        self._repeat = 1
        self._hidden = False
        self._cells: list[Cell] = []
        self._cell: _Cell | None = None
        self._in_paragraph = 0
        self._area = 0

    def read(self, source: Any) -> None:
        """Read the file. Raises RefusedError where it is larger than any table of people, or damaged."""
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.EntityDeclHandler = self._entity
        parser.ParseFile(source)

    def _entity(self, *_declaration: object) -> None:
        raise RefusedError("damaged")

    def _start(self, tag: str, given: dict[str, str]) -> None:
        parent = self._path[-1] if self._path else ""
        self._path.append(tag)
        if self._apart or tag.startswith(_APART):
            self._apart += 1
        elif tag == "style:style":
            self._style = given.get("style:name", "")
        elif tag == "style:table-properties" and given.get("table:display") == "false":
            self._hidden_styles.add(self._style)
        elif tag == "table:table":
            self._start_table(parent, given)
        elif self._reading:
            self._start_in_table(tag, given)

    def _start_table(self, parent: str, given: dict[str, str]) -> None:
        if self._reading:
            raise RefusedError("table in a cell")
        if parent != "office:spreadsheet":
            return
        self.names.append(given.get("table:name", ""))
        hidden = given.get("table:style-name") in self._hidden_styles or given.get("table:display") == "false"
        if self.sheet is None and not hidden:
            self.sheet, self._reading = Sheet(self.names[-1], [], {}), True

    def _start_in_table(self, tag: str, given: dict[str, str]) -> None:
        if tag == "table:table-column":
            first = self._columns + 1
            self._columns += int(given.get("table:number-columns-repeated", 1))
            if given.get("table:visibility") in _UNSEEN and self.sheet is not None:
                self.sheet.hidden_columns.update(range(first, min(self._columns, MAX_COLUMNS) + 1))
        elif tag == "table:table-row":
            self._cells, self._column = [], 0
            self._repeat = int(given.get("table:number-rows-repeated", 1))
            self._hidden = given.get("table:visibility") in _UNSEEN
        elif tag in ("table:table-cell", "table:covered-table-cell"):
            self._cell = _Cell(given, [], tag == "table:covered-table-cell")
        elif self._cell is not None:
            if tag in ("text:p", "text:h"):
                self._cell.paragraphs.append("")
                self._in_paragraph += 1
            elif tag == "text:s":
                self._add(" " * min(int(given.get("text:c", 1)), 1000))
            elif tag in ("text:tab", "text:line-break"):
                self._add("\t" if tag == "text:tab" else "\n")

    def _add(self, text: str) -> None:
        if self._cell is not None and self._in_paragraph:
            self._cell.paragraphs[-1] += text

    def _characters(self, text: str) -> None:
        if self._in_paragraph and not self._apart:
            self._add(re.sub("[ \t\r\n]+", " ", text))

    def _end(self, tag: str) -> None:
        self._path.pop()
        if self._apart:
            self._apart -= 1
        elif not self._reading:
            return
        elif tag in ("text:p", "text:h") and self._in_paragraph:
            self._in_paragraph -= 1
        elif tag in ("table:table-cell", "table:covered-table-cell"):
            self._end_of_cell()
        elif tag == "table:table-row":
            self._end_of_row()
        elif tag == "table:table":
            self._reading = False

    def _end_of_cell(self) -> None:
        if self._cell is None or self.sheet is None:
            return
        given, value = self._cell.attributes, self._cell.value()
        repeat = int(given.get("table:number-columns-repeated", 1))
        columns = int(given.get("table:number-columns-spanned", 1))
        rows = int(given.get("table:number-rows-spanned", 1))
        if columns > 1 or rows > 1:
            top, left = self._row + 1, self._column + 1
            self.sheet.merged.append((top, top + rows - 1, left, left + columns - 1))
        if isinstance(value, list) or value.strip():
            if self._column + repeat > MAX_COLUMNS:
                raise RefusedError("columns", str(self._row + 1))
            self._cells += [""] * (self._column - len(self._cells)) + [value] * repeat
        self._column += repeat
        self._cell = None

    def _end_of_row(self) -> None:
        if self._cells and self.sheet is not None:
            if len(self.sheet.rows) + self._repeat > MAX_ROWS:
                raise RefusedError("rows")
            self._area += len(self._cells) * self._repeat
            if self._area > MAX_AREA:
                raise RefusedError("large")
            for number in range(self._row + 1, self._row + self._repeat + 1):
                self.sheet.rows[number] = list(self._cells)
                if self._hidden:
                    self.sheet.hidden.add(number)
        self._row += self._repeat
