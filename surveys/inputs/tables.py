"""Reading tables that people upload: csv, xlsx, xls and ods, with their columns found by heading, all bounded."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from surveys.inputs.csv_reading import read_csv
from surveys.inputs.identifiers import fold, identifier
from surveys.inputs.lines import Cell, Lines
from surveys.inputs.problems import InputError, Problem
from surveys.inputs.sheets import OLE, read_sheet
from surveys.inputs.text import clean
from surveys.inputs.translations import message_id

MAX_FILE = 32 * 1024 * 1024
MAX_COLUMNS = 2_000
MAX_CELL = 10_000
MAX_PROBLEMS = 100
_HEADING_WITHIN = 20
"""The heading is looked for in so many rows: above it may be a title."""

_MERGED = message_id("This cell is merged over several columns. Undo the merging and fill each cell.")
_DOUBTS = {
    "date": message_id("This has become a date. Format the column as text and type it again as it should be."),
    "digits": message_id("This has become a number of which digits are lost. Format the column as text and type it again."),
    "format": message_id("This number is shown otherwise than it is stored. Format the column as text and type it again."),
    "formula": message_id("This formula has no value yet. Open the file in Excel or WPS, save it and choose it again."),
    "error": message_id("This cell holds the error of a formula. Correct it."),
    "merged": _MERGED,
}  # fmt: skip
_ALWAYS = ("formula", "error", "merged")
"""Doubts about any cell; the others matter only to identifiers."""

_SCIENTIFIC = re.compile(r"[0-9](\.[0-9]+)?[Ee]\+[0-9]+|[0-9]+\.0+|[0-9]{1,3}(,[0-9]{3})+")
_ERROR = re.compile(r"#(N/A|REF!|VALUE!|NAME\?|DIV/0!|NUM!|NULL!|SPILL!|CALC!)|#{3,}|Err:[0-9]+")
_CHANGED = re.compile(r"TRUE|FALSE|[0-9.]+%", re.IGNORECASE)
_MONTH = "(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_DATE = re.compile(
    rf"([0-9]{{4}}[-/年][0-9]{{1,2}}[-/月][0-9]{{1,2}}日?|[0-9]{{1,2}}/[0-9]{{1,2}}/[0-9]{{2,4}}|[0-9]{{1,2}}月[0-9]{{1,2}}日|"
    rf"[0-9]{{1,2}}-{_MONTH}|{_MONTH}-[0-9]{{2}})([ T][0-9]{{1,2}}:[0-9:]+)?"
)


@dataclass(frozen=True)
class Column:
    """A column that is looked for: its name, which is a heading of its own, and the other headings it may have."""

    name: str
    headings: tuple[str, ...] = ()
    required: bool = False
    identifier: bool = False
    """Whether it tells things apart: then a value that a spreadsheet may have changed is refused, and width does not matter."""
    named: bool = False
    """Whether it holds names, which dates and fractions are not."""

    @property
    def words(self) -> tuple[str, ...]:
        """All its headings."""
        return (self.name, *self.headings)


@dataclass(frozen=True)
class Table:
    """The columns that were found, by name, with the headings as they stand; rows with their numbers in the file.

    `remarks` are what whoever imports the table should see before: the sheet, rows above the heading, other columns.
    """

    headings: dict[str, str]
    rows: tuple[tuple[int, dict[str, str]], ...]
    remarks: tuple[Problem, ...] = ()
    doubts: tuple[Problem, ...] = ()
    """What is wrong with single cells. Whoever reads the rows adds what is wrong with those, and refuses all (see `faults`)."""

    def faults(self, problems: Iterable[Problem]) -> list[Problem]:
        """The doubts and further problems of rows, by row; of a doubtful cell nothing else is said."""
        doubtful = {(doubt.row, doubt.where) for doubt in self.doubts}
        others = [problem for problem in problems if (problem.row, problem.where) not in doubtful]
        return sorted([*self.doubts, *others], key=lambda problem: problem.row or 0)[:MAX_PROBLEMS]

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns that were found."""
        return tuple(self.headings)

    def at(self, column: str) -> str:
        """How the file calls a column, for problems."""
        return self.headings.get(column, column)


def read_table(name: str, data: bytes, columns: Sequence[Column], *, only: bool = False) -> Table:
    """Read the first visible sheet of a file. Rows without content are left out.

    `only`: a column with another heading is an error, where otherwise it is remarked. Raises InputError with all
    faults: not a table, too large, a required column missing, two columns of one meaning.
    """
    if not data:
        raise InputError(Problem("The file is empty.", name))
    if len(data) > MAX_FILE:
        raise InputError(Problem("The file is larger than %(limit)s MB.", name, limit=MAX_FILE >> 20))
    # The content decides, not the name: clerks rename files.
    is_workbook = data[:2] == b"PK" or data[:8] == OLE
    found = read_sheet(name, data) if is_workbook else read_csv(name, data)
    lines = _cleaned(found)
    if not lines:
        raise InputError(Problem("The file holds no rows.", name))
    return _Reader(name, lines, columns, only, is_workbook).table(found.remarks)


def _cleaned(found: Lines) -> list[tuple[int, list[Cell]]]:
    lines = []
    for number, cells in found.lines:
        cleaned = [Cell(clean(cell.text, lines=True), cell.doubt) for cell in cells]
        while cleaned and not (cleaned[-1].text or cleaned[-1].doubt):
            cleaned.pop()
        if len(cleaned) > MAX_COLUMNS:
            raise InputError(Problem("There are more than %(limit)s columns.", row=number, limit=MAX_COLUMNS))
        if any(len(cell.text) > MAX_CELL for cell in cleaned):
            raise InputError(Problem("A cell is longer than %(limit)s characters.", row=number, limit=MAX_CELL))
        if cleaned:
            lines.append((number, cleaned))
    return lines


class _Reader:
    def __init__(
        self, name: str, lines: list[tuple[int, list[Cell]]], columns: Sequence[Column], only: bool, workbook: bool
    ) -> None:
        self.name, self.lines, self.columns, self.only, self.workbook = name, lines, columns, only, workbook
        self.known = {fold(word): column for column in columns for word in column.words}
        self.heading = self._find_heading()
        self.number, self.cells = lines[self.heading]

    def _column_of(self, heading: str) -> Column | None:
        """Which column a heading names; marks such as "*" and "(required)" around it do not matter."""
        bare = re.sub(r"[(\[（【](必填|选填|required|optional)[)\]）】]|[*＊:：]", "", heading, flags=re.IGNORECASE)
        return self.known.get(fold(heading)) or self.known.get(fold(bare))

    def _find_heading(self) -> int:
        """The position of the line that names most columns, if it names two; otherwise the first line."""
        counts = [
            len({column.name for cell in cells if (column := self._column_of(cell.text))})
            for _, cells in self.lines[:_HEADING_WITHIN]
        ]
        return counts.index(max(counts)) if max(counts) >= 2 else 0

    def table(self, remarks: list[Problem]) -> Table:
        places: dict[int, Column] = {}
        problems, others = [], []
        for position, cell in enumerate(self.cells):
            column = self._column_of(cell.text)
            same = [self.cells[at].text for at, other in places.items() if other is column]
            if column is None:
                others.append((position, cell.text))
            elif cell.doubt == "merged":
                problems.append(Problem(_MERGED, cell.text, self.number))
            elif same:
                problems.append(self._two(same[0], cell.text))
            else:
                places[position] = column
        problems += self._missing({column.name for column in places.values()})
        if self.only:
            problems += [
                Problem("There is no rating or question %(name)s in this survey.", row=self.number, name=text[:100])
                for _, text in others if text
            ]  # fmt: skip
        if not problems and self.heading == len(self.lines) - 1:
            problems.append(Problem("The file has a heading but no rows.", self.name))
        doubts = [doubt for position, column in places.items() for doubt in self._doubts(position, column)]
        if problems:
            raise InputError(sorted([*problems, *doubts], key=lambda problem: problem.row or 0)[:MAX_PROBLEMS])
        headings = {column.name: self.cells[position].text for position, column in places.items()}
        rows = tuple(
            (number, {column.name: self._text(cells, position, column) for position, column in places.items()})
            for number, cells in self.lines[self.heading + 1 :]
        )
        return Table(headings, rows, (*remarks, *self._remarks(others)), tuple(doubts))

    def _two(self, first: str, second: str) -> Problem:
        if fold(first) == fold(second):
            return Problem("There are two columns %(name)s.", row=self.number, name=first)
        return Problem("The columns %(first)s and %(second)s mean the same. Remove one of them.", row=self.number,
                       first=first, second=second)  # fmt: skip

    def _missing(self, found: set[str]) -> Iterable[Problem]:
        headings = ", ".join(cell.text[:30] for cell in self.cells[:12] if cell.text)
        for column in self.columns:
            if column.required and column.name not in found:
                yield Problem("The column %(name)s is missing. The headings that were found are: %(found)s.",
                              row=self.number, name=" / ".join(column.words), found=headings)  # fmt: skip

    def _doubts(self, position: int, column: Column) -> Iterable[Problem]:
        """Problems with the cells of a column."""
        below = [(number, cells[position]) for number, cells in self.lines[self.heading + 1 :] if len(cells) > position]
        rounded = column.identifier and not self.workbook and _all_rounded([cell.text for _, cell in below])
        for number, cell in below:
            doubt = cell.doubt if column.identifier or column.named or cell.doubt in _ALWAYS else ""
            if (column.identifier or column.named) and not doubt:
                doubt = _doubt_of_text(cell.text)
            if rounded and len(cell.text) > 15:
                doubt = "digits"
            if doubt:
                yield Problem(_DOUBTS[doubt], self.cells[position].text, number)

    @staticmethod
    def _text(cells: list[Cell], position: int, column: Column) -> str:
        text = cells[position].text if position < len(cells) else ""
        return identifier(text) if column.identifier else text

    def _remarks(self, others: list[tuple[int, str]]) -> Iterable[Problem]:
        if self.heading:
            yield Problem("The heading is in row %(number)s; what is above it is left out.", number=self.number)
        unread = [text for _, text in others if text]
        if unread:
            yield Problem("These columns are not read: %(names)s.", names=", ".join(unread[:20]))
        named = len(self.cells)
        bare = {position for position, text in others if not text}
        nameless = any(
            cell.text and (position >= named or position in bare)
            for _, cells in self.lines[self.heading + 1 :] for position, cell in enumerate(cells)
        )  # fmt: skip
        if nameless:
            yield Problem("Columns without a heading are not read.")


def _doubt_of_text(text: str) -> str:
    """What a text in a column of identifiers or names shows to be left of something else."""
    patterns = (("error", _ERROR), ("date", _DATE), ("digits", _SCIENTIFIC), ("format", _CHANGED))
    return next((doubt for doubt, pattern in patterns if pattern.fullmatch(text)), "")


def _all_rounded(texts: list[str]) -> bool:
    """Whether all numbers of more than 15 digits end in zeros behind the 15th: what a spreadsheet leaves of them."""
    long = [text for text in texts if text.isdecimal() and len(text) > 15]
    return len(long) > 1 and all(not text[15:].strip("0") for text in long)
