"""Reading tables that people upload: csv (UTF-8 or GB18030), xlsx, xls and ods, all bounded."""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import dataclass
from datetime import date, datetime, time

from python_calamine import CalamineError, CalamineWorkbook

from surveys.inputs.problems import InputError, Problem
from surveys.inputs.text import clean

MAX_UNPACKED = 200 * 1024 * 1024
MAX_ROWS = 100_000
MAX_COLUMNS = 2_000
MAX_CELL = 10_000


@dataclass(frozen=True)
class Table:
    """A table with a heading: column names, and the rows with their numbers in the file."""

    columns: tuple[str, ...]
    rows: tuple[tuple[int, dict[str, str]], ...]


def read_table(name: str, data: bytes, *, required: tuple[str, ...] = ()) -> Table:
    """Read the first sheet of a file. Empty rows are left out; names of columns are in lower case.

    Raises InputError: not a table, too large, a required column missing, a column twice.
    """
    if not data:
        raise InputError(Problem("The file is empty.", name))
    # The content decides, not the name: clerks rename files.
    if data[:4] == b"PK\x03\x04" or data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        lines = _sheet_lines(name, data)
    else:
        lines = _csv_lines(name, data)
    if not lines:
        raise InputError(Problem("The file holds no rows.", name))
    return _with_heading(name, lines, required)


def _with_heading(name: str, lines: list[tuple[int, list[str]]], required: tuple[str, ...]) -> Table:
    heading_row, heading = lines[0]
    columns = [cell.lower() for cell in heading]
    while columns and not columns[-1]:
        columns.pop()
    problems = []
    for column in required:
        if column not in columns:
            problems.append(Problem("The column %(name)s is missing.", name, heading_row, name=column))
    for index, column in enumerate(columns):
        if column and column in columns[:index]:
            problems.append(Problem("There are two columns %(name)s.", name, heading_row, name=column))
    if len(lines) == 1 and not problems:
        problems.append(Problem("The file has a heading but no rows.", name))
    if problems:
        raise InputError(problems)
    rows = []
    for number, cells in lines[1:]:
        rows.append(
            (number, {column: cells[i] if i < len(cells) else "" for i, column in enumerate(columns) if column})
        )
    return Table(tuple(column for column in columns if column), tuple(rows))


def _csv_lines(name: str, data: bytes) -> list[tuple[int, list[str]]]:
    if b"\x00" in data:
        raise InputError(Problem("This is neither a table in csv nor in xlsx.", name))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = data.decode("gb18030")
        except UnicodeDecodeError:
            raise InputError(
                Problem("The csv file is neither UTF-8 nor GB18030. Save it again as “CSV UTF-8”, or as xlsx.", name)
            ) from None
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    csv.field_size_limit(MAX_CELL * 4)
    lines = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for cells in reader:
            lines.append(
                (reader.line_num, _bounded(name, reader.line_num, [clean(cell, lines=True) for cell in cells]))
            )
            if len(lines) > MAX_ROWS:
                raise InputError(Problem("The file has more than %(limit)s rows.", name, limit=MAX_ROWS))
    except csv.Error:
        raise InputError(
            Problem("The row cannot be read as csv: a quotation mark may be open.", name, reader.line_num)
        ) from None
    return [(number, cells) for number, cells in lines if any(cells)]


def _sheet_lines(name: str, data: bytes) -> list[tuple[int, list[str]]]:
    if data[:2] == b"PK":
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                unpacked = sum(entry.file_size for entry in archive.infolist())
        except zipfile.BadZipFile:
            raise InputError(Problem("The workbook is damaged. Open it, save it again and retry.", name)) from None
        if unpacked > MAX_UNPACKED:
            raise InputError(Problem("The workbook is too large when unpacked.", name))
    try:
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0)
        if sheet.total_height > MAX_ROWS:
            raise InputError(Problem("The file has more than %(limit)s rows.", name, limit=MAX_ROWS))
        rows = sheet.to_python(skip_empty_area=False, nrows=MAX_ROWS + 1)
    except (CalamineError, OSError, ValueError, IndexError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(Problem("The workbook is damaged. Open it, save it again and retry.", name)) from None
    lines = []
    for index, row in enumerate(rows):
        cells = _bounded(name, index + 1, [_cell_text(cell) for cell in row])
        if any(cells):
            lines.append((index + 1, cells))
    return lines


def _bounded(name: str, row: int, cells: list[str]) -> list[str]:
    if len(cells) > MAX_COLUMNS:
        raise InputError(Problem("There are more than %(limit)s columns.", name, row, limit=MAX_COLUMNS))
    for cell in cells:
        if len(cell) > MAX_CELL:
            raise InputError(Problem("A cell is longer than %(limit)s characters.", name, row, limit=MAX_CELL))
    return cells


def _cell_text(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))  # a code typed as a number: 1024, not 1024.0
    if isinstance(cell, datetime | date | time):
        return cell.isoformat()
    return clean(cell, lines=True)
