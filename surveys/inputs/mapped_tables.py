"""Tables whose columns somebody assigns: what a file calls them does not matter, and a guess is offered.

For tables as offices have them, with headings of their own. `tables.py` reads those whose headings are known.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from surveys.inputs.identifiers import fold, identifier
from surveys.inputs.lines import Cell, Lines
from surveys.inputs.problems import InputError, Problem, shortened
from surveys.inputs.sheets import read_sheet
from surveys.inputs.tables import DOUBTS, Column, Headings, Table, doubt_of_text, is_workbook, read_lines
from surveys.inputs.text import clean

_HEADING_WITHIN = 20
_UNIT = re.compile(r"(支部|总支|党委|委员会|工会|团委|学院|院系|系部|[系部处室科馆]|中心)$")
_BARE = re.compile(
    r"^(所在|所属|隶属|上级|归属|挂靠)|^(各|基层|二级|参评|被评|受评)?(党|党的)?(支部|组织|院系|系部|学院|部门|机构)$"
)
"""What only headings are, though names of units end like that."""
_SHEETS_TRIED = 5
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
    sheet: str = ""
    other_sheets: tuple[str, ...] = ()


@dataclass(frozen=True)
class Mending:
    """What somebody changes in a table: cells by row and column, rows that are left out, and how many are added below."""

    edits: Mapping[tuple[int, str], str] = field(default_factory=dict)
    without: frozenset[int] = frozenset()
    added: int = 0


GUESS = -1
"""In place of the number of the row of headings: the first row that names most columns, if it names any."""


def read_unmapped(
    name: str, data: bytes, columns: Sequence[Column], patterns: Patterns, heading: int = GUESS, sheet: str = ""
) -> UnmappedTable:
    """Read a file's first visible sheet, or the one that is named; where the first one names no two columns, as a cover or
    an empty sheet does, the first one that does. `heading` is the number of the row of headings, 0: there is none.
    Raises InputError."""
    headings = Headings(columns)
    sheet = sheet or _sheet_with_headings(name, data, headings, patterns)
    found = read_lines(name, data, headings, sheet)
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
    remarks = [*found.remarks, *_above(found.lines[: at or 0])]
    if number is None:
        remarks.append(Problem("No headings were found, so the first row is read like those below it."))
    return UnmappedTable(
        name, number, tuple(file_columns), tuple(below), is_workbook(data), tuple(remarks), found.sheet,
        found.other_sheets,
    )  # fmt: skip


def _above(lines: Sequence[tuple[int, list[Cell]]]) -> list[Problem]:
    """What stands above the headings is not read, which is said: it might be part of the list."""
    said = [text for _, cells in lines if (text := " ".join(cell.text for cell in cells if cell.text))]
    if not said:
        return []
    return [
        Problem(
            "What stands above the headings is not read: %(names)s.", names=shortened([text[:60] for text in said], 5)
        )
    ]


def _sheet_with_headings(name: str, data: bytes, headings: Headings, patterns: Patterns) -> str:
    """The first of the first few sheets that names two columns; empty where the first visible one does, or none."""
    if not data or not is_workbook(data):
        return ""
    first = read_sheet(name, data, "")

    def names_columns(found: Lines) -> bool:
        rows = ([cell.text for cell in cells] for _, cells in found.lines[:_HEADING_WITHIN])
        return any(len(_guess(texts, headings, patterns)) > 1 for texts in rows)

    if names_columns(first):
        return ""
    for other in first.other_sheets[:_SHEETS_TRIED]:
        try:
            if names_columns(read_sheet(name, data, other)):
                return other
        except InputError:  # ods data cannot be asked for another sheet
            return ""
    return ""


def _position(
    lines: Sequence[tuple[int, list[Cell]]], heading: int, headings: Headings, patterns: Patterns
) -> int | None:
    """The position of the row of headings."""
    if heading != GUESS:
        return next((at for at, (number, _) in enumerate(lines) if number == heading), None)
    counts = [
        _headings_in([cell.text for cell in cells], headings, patterns) for _, cells in lines[:_HEADING_WITHIN]
    ]  # fmt: skip
    return counts.index(max(counts)) if max(counts) else None


def _headings_in(texts: Sequence[str], headings: Headings, patterns: Patterns) -> int:
    """How many of a row's cells are headings: not the names of units, which contain what their headings do."""
    return len([
        name for place, name in _guess(texts, headings, patterns).items()
        if headings.column_of(texts[place]) is not None or not _names_a_unit(texts[place])
    ])  # fmt: skip


def _names_a_unit(text: str) -> bool:
    return bool(_UNIT.search(fold(text))) and not _BARE.search(fold(text))


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


def assign_columns(
    table: UnmappedTable, said: Mapping[str, str], columns: Sequence[Column], patterns: Patterns
) -> dict[int, str]:
    """The guess, and what is said of some columns: their heading, or their number, with the column that they are.

    An empty column: it is not read. Raises InputError, naming every heading and column that there is not.
    """
    problems: list[Problem] = []
    mapping: dict[int, str] = {}
    unread = set()
    names = [column.name for column in columns]
    for heading, name in said.items():
        position = _position_of(table, heading, problems)
        if name and name not in names:
            problems.append(Problem("There is no column %(name)s. Columns are: %(names)s.", name=name[:50],
                                    names=", ".join(names)))  # fmt: skip
        elif position is not None and name:
            mapping[position] = name
        elif position is not None:
            unread.add(position)
    if problems:
        raise InputError(problems, table.remarks)
    for position, name in guess_columns(table, columns, patterns).items():
        if position not in mapping and position not in unread and name not in mapping.values():
            mapping[position] = name
    return mapping


def _position_of(table: UnmappedTable, heading: str, problems: list[Problem]) -> int | None:
    positions = [column.position for column in table.columns if fold(column.heading) == fold(heading)]
    if not positions and heading.isascii() and heading.isdigit():
        positions = [column.position for column in table.columns if column.position == int(heading) - 1]
    if len(positions) == 1:
        return positions[0]
    if positions:
        problems.append(Problem("There are two columns %(name)s.", row=table.heading, name=heading[:50]))
    else:
        found = shortened((column.heading[:30] for column in table.columns if column.heading), 12)
        problems.append(Problem("The file has no column %(name)s. The headings that were found are: %(found)s.",
                                row=table.heading, name=heading[:50], found=found))  # fmt: skip
    return None


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
    others = [column.heading for column in table.columns if column.heading and column.position not in mapping]
    unread = [Problem("These columns are not read: %(names)s.", names=shortened(others, 20))] if others else []
    return Table(headings, tuple(rows), (*table.remarks, *unread), tuple(doubts))


def added_rows(table: UnmappedTable, mending: Mending) -> list[int]:
    """The numbers of the rows that are added: they follow the last one of the file."""
    last = table.rows[-1][0]
    return list(range(last + 1, last + 1 + mending.added))


def mend_rows(table: Table, columns: Sequence[Column], mending: Mending, added: Sequence[int] = ()) -> Table:
    """The table with its cells changed, without the rows that are left out, and with those that are added and filled in."""
    identifiers = {column.name for column in columns if column.identifier}
    rows = []
    for number, cells in (*table.rows, *((number, {}) for number in added)):
        mended = dict(cells)
        for column in columns:
            if (number, column.name) in mending.edits:
                typed = mending.edits[number, column.name]
                mended[column.name] = identifier(typed) if column.name in identifiers else clean(typed)
        if number not in mending.without and (number not in added or any(mended.values())):
            rows.append((number, mended))
    doubts = tuple(
        doubt
        for doubt in table.doubts
        if (doubt.row, doubt.where) not in mending.edits and doubt.row not in mending.without
    )
    return replace(table, rows=tuple(rows), doubts=doubts)
