"""Tables whose columns somebody assigns: what a file calls them does not matter, and a guess is offered.

For tables as offices have them, with headings of their own. `tables.py` reads those whose headings are known.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from surveys.inputs.identifiers import fold, identifier
from surveys.inputs.lines import Cell
from surveys.inputs.problems import InputError, Problem
from surveys.inputs.tables import DOUBTS, Column, Headings, Table, doubt_of_text, is_workbook, read_lines

_HEADING_WITHIN = 20
_EXAMPLES = 3
MAX_MAPPED_COLUMNS = 60
"""More columns than anybody assigns one by one."""

Patterns = Sequence[tuple[str, str]]
"""(column, regular expression): headings that mean a column, in the order in which they are tried."""


@dataclass(frozen=True)
class FileColumn:
    """A column of a file: its position, its heading, and the first of what stands below."""

    position: int
    heading: str
    examples: tuple[str, ...]


@dataclass(frozen=True)
class UnmappedTable:
    """A file's table before its columns are assigned. `heading` is the number of the row of headings; None: it has none."""

    name: str
    heading: int | None
    columns: tuple[FileColumn, ...]
    rows: tuple[tuple[int, list[Cell]], ...]
    workbook: bool
    remarks: tuple[Problem, ...]


GUESS = -1
"""In place of the number of the row of headings: the first row that names most columns, if it names any."""


def read_unmapped(
    name: str, data: bytes, columns: Sequence[Column], patterns: Patterns, heading: int = GUESS
) -> UnmappedTable:
    """Read a file's first sheet. `heading` is the number of the row of headings, 0: there is none. Raises InputError."""
    headings = Headings(columns)
    found = read_lines(name, data, headings)
    at = _position(found.lines, heading, headings, patterns)
    number, cells = found.lines[at] if at is not None else (None, [])
    below = found.lines[at + 1 :] if at is not None else found.lines
    if not below:
        raise InputError(Problem("The file has a heading but no rows.", name), found.remarks)
    width = max(len(row) for _, row in [*below, (0, cells)])
    if width > MAX_MAPPED_COLUMNS:
        raise InputError(Problem("There are more than %(limit)s columns.", row=number, limit=MAX_MAPPED_COLUMNS))
    file_columns = []
    for position in range(width):
        title = cells[position].text if position < len(cells) else ""
        texts = [row[position].text for _, row in below if position < len(row) and row[position].text]
        if title or texts:
            file_columns.append(FileColumn(position, title, tuple(texts[:_EXAMPLES])))
    return UnmappedTable(name, number, tuple(file_columns), tuple(below), is_workbook(data), tuple(found.remarks))


def _position(
    lines: Sequence[tuple[int, list[Cell]]], heading: int, headings: Headings, patterns: Patterns
) -> int | None:
    """The position of the row of headings."""
    if heading != GUESS:
        return next((at for at, (number, _) in enumerate(lines) if number == heading), None)
    counts = [
        len(_guess([cell.text for cell in cells], headings, patterns)) for _, cells in lines[:_HEADING_WITHIN]
    ]  # fmt: skip
    return counts.index(max(counts)) if max(counts) else None


def guess_columns(table: UnmappedTable, columns: Sequence[Column], patterns: Patterns) -> dict[int, str]:
    """Which columns a file's columns seem to be, by position; those that seem to be none are left out."""
    guessed = _guess([column.heading for column in table.columns], Headings(columns), patterns)
    return {table.columns[place].position: name for place, name in guessed.items()}


def _guess(texts: Sequence[str], headings: Headings, patterns: Patterns) -> dict[int, str]:
    """By known headings first, then by what headings contain; each column once."""
    found: dict[int, str] = {}
    for place, text in enumerate(texts):
        column = headings.column_of(text)
        if column is not None and column.name not in found.values():
            found[place] = column.name
    for name, pattern in patterns:
        for place, text in enumerate(texts):
            if place not in found and name not in found.values() and re.search(pattern, fold(text)):
                found[place] = name
    return found


def apply_mapping(table: UnmappedTable, mapping: Mapping[int, str], columns: Sequence[Column]) -> Table:
    """The table with its columns assigned, by position. A doubtful cell is left empty, and named among the doubts.

    Raises InputError where two of the file's columns are assigned to one.
    """
    if len(set(mapping.values())) < len(mapping):
        raise InputError(Problem("Two columns of the file are assigned to the same one.", row=table.heading))
    by_name = {column.name: column for column in columns}
    doubts, rows = [], []
    for number, cells in table.rows:
        row = {}
        for position, name in mapping.items():
            cell = cells[position] if position < len(cells) else Cell("")
            column = by_name[name]
            doubt = cell.doubt if cell.doubt in column.doubts else ""
            if (column.identifier or column.named) and not doubt:
                doubt = doubt_of_text(cell.text)
            if doubt:
                doubts.append(Problem(DOUBTS[doubt], name, number))
            row[name] = "" if doubt else identifier(cell.text) if column.identifier else cell.text
        if any(row.values()) or any(doubt.row == number for doubt in doubts[-len(mapping) :]):
            rows.append((number, row))
    headings = {name: name for name in mapping.values()}
    return Table(headings, tuple(rows), table.remarks, tuple(doubts))
