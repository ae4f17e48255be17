"""Reads a workbook in a process of its own, whose memory and time are limited: `python sheet_process.py < file`.

It imports nothing of this package, so that it starts fast. It prints JSON: {"sheet": name, "other_sheets": [names],
"hidden_rows": count, "rows": [[number, cells]]}, or {"problem": code, "at": place}. A cell is its text, or [text,
doubt] where the text may not be what was typed. Rows and columns count from 1; rows without content are left out.
"""

from __future__ import annotations

import io
import json
import re
import resource
import sys
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from xml.parsers import expat

MEMORY = 1536 * 1024 * 1024
SECONDS = 120
MAX_COLUMNS = 2_000
MAX_ROWS = 100_000
MAX_AREA = 2_000_000
"""Rows × columns of the area that holds something."""

DATE, DIGITS, FORMAT, FORMULA, ERROR = "date", "digits", "format", "formula", "error"
"""Doubts: a date; more digits than a spreadsheet keeps; shown otherwise than stored; no value yet; an error value."""

Cell = Any
"""A text, or [text, doubt]."""


class RefusedError(Exception):
    """The workbook cannot be read: a code that `sheets.py` puts into words, and a place."""

    def __init__(self, problem: str, at: str = "") -> None:
        self.problem, self.at = problem, at
        super().__init__(problem)


@dataclass
class Sheet:
    """What was read of a sheet."""

    name: str
    other_sheets: list[str]
    rows: dict[int, list[Cell]]
    hidden: set[int] = field(default_factory=set)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    """First row, last row, first column, last column."""

    def as_json(self) -> dict[str, Any]:
        """What the process prints."""
        fill_merged(self.rows, self.merged)
        rows = [[number, cells] for number, cells in sorted(self.rows.items()) if any(cells)]
        hidden = len(self.hidden & {number for number, _ in rows})
        return {"sheet": self.name, "other_sheets": self.other_sheets, "hidden_rows": hidden, "rows": rows}


def fill_merged(rows: dict[int, list[Cell]], merged: Iterable[tuple[int, int, int, int]]) -> None:
    """Repeat the value of cells that are merged downwards: a class beside ten students is that of all ten."""
    for first_row, last_row, first, last in merged:
        top = rows.get(first_row, [])
        value = top[first - 1] if len(top) >= first else ""
        if not value:
            continue
        if first != last:
            value = top[first - 1] = [value[0] if isinstance(value, list) else value, "merged"]
        for number in range(first_row + 1, last_row + 1):
            cells = rows.get(number)
            if cells is not None and any(cells):
                cells.extend([""] * (first - len(cells)))
                cells[first - 1] = value


def number_text(value: float, number_format: str) -> Cell:
    """A number as its cell shows it, where that is certain: whole, and with a format of zeros and fixed text."""
    if not float(value).is_integer():
        return [repr(float(value)), FORMAT]
    whole = int(value)
    if abs(whole) >= 10**15:
        return [str(whole), DIGITS]
    if number_format in ("General", "@", "", "G/通用格式"):
        return str(whole)
    parts = _first_section(number_format)
    zeros = [part for part in parts if set(part) == {"0"}]
    if whole < 0 or parts == ["#"] or len(zeros) != 1 or any(part[0] not in '"\\-0' for part in parts):
        return str(whole) if parts == ["#"] and whole > 0 else [str(whole), FORMAT]
    return "".join(str(whole).zfill(len(p)) if p in zeros else p.strip('"').removeprefix("\\") for p in parts)


def _first_section(number_format: str) -> list[str]:
    """The parts of a number format that holds for positive numbers, without padding and colours."""
    parts = []
    for part in re.findall(r'"[^"]*"|\\.|[_*].|\[[^\]]*\]|0+|.', number_format):
        if part == ";":
            break
        colour = re.fullmatch(
            r"\[(Black|Blue|Cyan|Green|Magenta|Red|White|Yellow|Color ?[0-9]+|\$-[0-9A-F]+)\]", part, re.I
        )
        if not colour and part[0] not in "_*":
            parts.append(part)
    return parts


def cell_text(value: object, number_format: str) -> Cell:
    """Any value of a cell."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return [str(value).upper(), FORMAT]
    if isinstance(value, int | float):
        return number_text(value, number_format)
    if isinstance(value, datetime | date | time):
        return [value.isoformat(), DATE]
    if isinstance(value, timedelta):
        return [str(value), DATE]
    text = re.sub(
        "_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found[1], 16)), str(value)
    )  # as the format writes controls
    return [text, ERROR] if re.fullmatch(r"#(N/A|REF!|VALUE!|NAME\?|DIV/0!|NUM!|NULL!|SPILL!|CALC!)", text) else text


# xlsx


def read_xlsx(data: bytes) -> Sheet:
    """The first visible sheet of an xlsx workbook."""
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    visible = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    if not visible:
        raise RefusedError("no visible sheet")
    sheet = visible[0]
    with zipfile.ZipFile(io.BytesIO(data)) as archive, archive.open(sheet._worksheet_path) as source:
        layout = _Layout(source, {str(i) for i, text in enumerate(sheet._shared_strings) if not text.strip()})
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
    found.hidden, found.merged = layout.hidden, layout.merged
    return found


class _Layout:
    """What a sheet's file says beside the values, and how far they reach: known before anything is read into memory.

    `blank_texts` are the numbers of shared texts that are blank: a cell with one of them holds nothing.
    """

    def __init__(self, source: Any, blank_texts: set[str]) -> None:
        self.rows: set[int] = set()
        self.last_column = 0
        self.hidden: set[int] = set()
        self.merged: list[tuple[int, int, int, int]] = []
        self.without_value: list[tuple[int, int]] = []
        self._blank_texts = blank_texts
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
            self._column = _column(attributes.get("r")) or self._column + 1
            self._kind, self._text, self._formula = attributes.get("t", "n"), "", False
        elif name in ("v", "t"):
            self._in_text = True
        elif name == "f":
            self._formula = True
        elif name == "row":
            self._row, self._column = int(attributes.get("r") or self._row + 1), 0
            if attributes.get("hidden") in ("1", "true"):
                self.hidden.add(self._row)
        elif name == "mergeCell":
            self.merged.append(_area(attributes.get("ref", "")))

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
        if self._formula and not self._text and self._kind != "str":
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


# xls


def read_xls(data: bytes) -> Sheet:
    """The first visible sheet of an old xls workbook."""
    import xlrd

    try:
        book = xlrd.open_workbook(file_contents=data, formatting_info=True, logfile=io.StringIO())
    except xlrd.XLRDError as error:
        raise RefusedError("encrypted" if "encrypted" in str(error).lower() else "damaged") from None
    visible = [sheet for sheet in book.sheets() if sheet.visibility == 0]
    if not visible:
        raise RefusedError("no visible sheet")
    sheet = visible[0]
    found = Sheet(sheet.name, [other.name for other in book.sheets() if other is not sheet], {})
    for number in range(sheet.nrows):
        cells = [_xls_text(book, cell) for cell in sheet.row(number)]
        if any(cells):
            found.rows[number + 1] = cells
    found.hidden = {number + 1 for number, info in sheet.rowinfo_map.items() if info.hidden}
    found.merged = [(top + 1, bottom, left + 1, right) for top, bottom, left, right in sheet.merged_cells]
    return found


def _xls_text(book: Any, cell: Any) -> Cell:
    import xlrd

    if cell.ctype == xlrd.XL_CELL_NUMBER:
        return number_text(cell.value, book.format_map[book.xf_list[cell.xf_index].format_key].format_str)
    if cell.ctype == xlrd.XL_CELL_DATE:
        try:
            return cell_text(xlrd.xldate_as_datetime(cell.value, book.datemode), "")
        except (ValueError, OverflowError):
            return [str(cell.value), DATE]
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return cell_text(bool(cell.value), "")
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return [xlrd.error_text_from_code.get(cell.value, "#ERROR"), ERROR]
    return str(cell.value)


# ods


def read_ods(data: bytes) -> Sheet:
    """The first visible sheet of an ods file. How its numbers are shown is not known here."""
    from python_calamine import CalamineWorkbook, SheetVisibleEnum

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if b"covered-table-cell" in archive.read("content.xml"):
            raise RefusedError("merged in ods")
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    visible = [one.name for one in book.sheets_metadata if one.visible == SheetVisibleEnum.Visible]
    if not visible:
        raise RefusedError("no visible sheet")
    found = Sheet(visible[0], [name for name in book.sheet_names if name != visible[0]], {})
    for number, row in enumerate(book.get_sheet_by_name(visible[0]).to_python(skip_empty_area=False), 1):
        cells = [_ods_text(value) for value in row]
        if any(cells):
            found.rows[number] = cells
    return found


def _ods_text(value: object) -> Cell:
    text = cell_text(value, "General")
    return [text, FORMAT] if isinstance(value, int | float) and isinstance(text, str) and text else text


# The process


def check_area(sheet: Sheet) -> Sheet:
    """Take empty cells off the ends of rows. Raises RefusedError where more is left than any table of people has."""
    widest = 0
    for number, cells in sheet.rows.items():
        while cells and not isinstance(cells[-1], list) and not cells[-1].strip():
            cells.pop()
        widest = max(widest, len(cells))
        if widest > MAX_COLUMNS:
            raise RefusedError("columns", str(number))
    filled = sum(1 for cells in sheet.rows.values() if cells)
    if filled > MAX_ROWS:
        raise RefusedError("rows")
    if filled * widest > MAX_AREA:
        raise RefusedError("large")
    return sheet


def read(data: bytes) -> Sheet:
    """The first visible sheet of a workbook in any of the three formats."""
    if data[:2] != b"PK":
        return read_xls(data)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = set(archive.namelist())
    return read_xlsx(data) if "[Content_Types].xml" in names else read_ods(data)


def _answer(data: bytes) -> Iterator[str]:
    try:
        yield from json.JSONEncoder(ensure_ascii=True).iterencode(check_area(read(data)).as_json())
    except RefusedError as error:
        yield json.dumps({"problem": error.problem, "at": error.at})
    except MemoryError:
        yield json.dumps({"problem": "large", "at": ""})
    except Exception as error:  # whatever the libraries raise for a file that is none of theirs
        yield json.dumps({"problem": "damaged", "at": type(error).__name__})


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    sys.stdout.writelines(_answer(sys.stdin.buffer.read()))
