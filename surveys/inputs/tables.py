"""Reading tables that people upload: csv, xlsx, xls and ods, with their columns found by heading, all bounded."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from surveys.inputs.csv_reading import read_csv
from surveys.inputs.identifiers import fold, identifier
from surveys.inputs.lines import Cell, Lines
from surveys.inputs.problems import InputError, Problem, at_most, shortened
from surveys.inputs.sheets import OLE, read_sheet
from surveys.inputs.text import clean
from surveys.inputs.translations import message_id

MAX_FILE = 32 * 1024 * 1024
MAX_COLUMNS = 2_000
MAX_CELL = 10_000
_HEADING_WITHIN = 20
"""The heading is looked for in so many rows: above it may be a title."""
_MOST_ABOVE, _MOST_WIDE = 5, 2
"""So many rows above the heading, and so many with two cells or more, may be titles and notes."""
_MUCH_ALIKE = 0.65
"""As alike as 邮件箱 and 邮箱, or emial and email."""

_OTHERWISE = message_id(
    "This number is shown otherwise than it is stored. Format the column as text and type it again."
)
_MERGED = message_id("This cell is merged over several columns. Undo the merging and fill each cell.")
DOUBTS = {
    "date": message_id("This has become a date. Format the column as text and type it again as it should be."),
    "digits": message_id("This has become a number of which digits are lost. Format the column as text and type it again."),
    "format": _OTHERWISE,
    "value": _OTHERWISE,
    "shown": _OTHERWISE,
    "formula": message_id("This formula has no value yet. Open the file in Excel or WPS, save it and choose it again."),
    "error": message_id("This cell holds the error of a formula. Correct it."),
    "merged": _MERGED,
}  # fmt: skip
_ALWAYS = frozenset({"formula", "error", "merged"})
"""Doubts about any cell."""
_OF_IDENTIFIERS = _ALWAYS | {"date", "digits", "format", "value"}
_OF_ANSWERS = _ALWAYS | {"digits", "format", "shown"}

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
    answer: bool = False
    """Whether it holds answers, which may be numbers: then what a cell shows must be the number that it holds."""

    @property
    def words(self) -> tuple[str, ...]:
        """All its headings."""
        return (self.name, *self.headings)

    @property
    def doubts(self) -> frozenset[str]:
        """The doubts for which one of its cells is refused."""
        if self.identifier or self.named:
            return _OF_IDENTIFIERS
        return _OF_ANSWERS if self.answer else _ALWAYS


@dataclass(frozen=True)
class Table:
    """The columns that were found, by name, with the headings as they stand; rows with their numbers in the file.

    `remarks` are what whoever imports the table should see before: the sheet, rows above the heading, other columns.
    """

    headings: dict[str, str]
    rows: tuple[tuple[int, dict[str, str]], ...]
    remarks: tuple[Problem, ...] = ()
    doubts: tuple[Problem, ...] = ()
    """What is wrong with the heading and single cells. Whoever reads the rows adds what is wrong with those (see `check`)."""
    missing: frozenset[str] = frozenset()
    """The required columns that are missing, which is one of the doubts."""

    def check(self, problems: Iterable[Problem]) -> None:
        """Raise InputError if there are doubts or further problems of rows, with all of them, by row.

        Of a doubtful cell and of a missing column nothing else is said.
        """
        doubtful = {(doubt.row, doubt.where) for doubt in self.doubts}
        others = [
            problem for problem in problems
            if (problem.row, problem.where) not in doubtful and problem.where not in self.missing
        ]  # fmt: skip
        faults = at_most(sorted([*self.doubts, *others], key=lambda problem: problem.row or 0))
        if faults:
            raise InputError(faults, self.remarks)

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns that were found."""
        return tuple(self.headings)

    def at(self, column: str) -> str:
        """How the file calls a column, for problems."""
        return self.headings.get(column, column)


def read_table(name: str, data: bytes, columns: Sequence[Column], *, only: bool = False) -> Table:
    """Read the first visible sheet of a file. Rows without content are left out.

    `only`: a column with another heading is an error, where otherwise it is remarked. What is wrong with headings and
    cells is in the table's doubts. Raises InputError for what is no table, or too large.
    """
    headings = Headings(columns)
    found = read_lines(name, data, headings)
    return _Reader(name, found.lines, headings, only, is_workbook(data)).table(found.remarks)


def is_workbook(data: bytes) -> bool:
    """Whether a file is a workbook. The content decides, not the name: clerks rename files."""
    return data[:2] == b"PK" or data[:8] == OLE


def read_lines(name: str, data: bytes, headings: Headings, sheet: str = "") -> Lines:
    """The lines of a file that hold anything, cleaned: of its first visible sheet, or of the one that is named.

    Raises InputError for what is no table, or too large.
    """
    if not data:
        raise InputError(Problem("The file is empty.", name))
    if len(data) > MAX_FILE:
        raise InputError(Problem("The file is larger than %(limit)s MB.", name, limit=MAX_FILE >> 20))
    found = read_sheet(name, data, sheet) if is_workbook(data) else read_csv(name, data, headings.named)
    lines = _cleaned(found)
    if not lines:
        raise InputError(Problem("The file holds no rows.", name), found.remarks)
    return replace(found, lines=lines)


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


class Headings:
    """Which columns headings name."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self.columns = columns
        self._known = {fold(word): column for column in columns for word in column.words}

    def column_of(self, heading: str) -> Column | None:
        """Which column a heading names; marks such as "*" and "(required)" around it do not matter."""
        bare = re.sub(r"[(\[（【](必填|选填|required|optional)[)\]）】]|[*＊:：]", "", heading, flags=re.IGNORECASE)
        return self._known.get(fold(heading)) or (self._known.get(fold(bare)) if bare != heading else None)

    def names(self, texts: Iterable[str]) -> set[str]:
        """The columns that a row names."""
        return {column.name for text in texts if (column := self.column_of(text))}

    def named(self, texts: list[str]) -> int:
        """How many columns a row names."""
        return len(self.names(texts))

    def near(self, heading: str, taken: Iterable[str]) -> str:
        """The heading of a column that is not taken which is much like this one; empty where none is."""
        free = {fold(word): word for column in self.columns if column.name not in set(taken) for word in column.words}
        found = difflib.get_close_matches(fold(heading), free, 1, _MUCH_ALIKE)
        return free[found[0]] if found else ""


class _Reader:
    def __init__(
        self, name: str, lines: list[tuple[int, list[Cell]]], headings: Headings, only: bool, workbook: bool
    ) -> None:
        self.name, self.lines, self.headings, self.only, self.workbook = name, lines, headings, only, workbook
        self.heading = self._find_heading()
        self.number, self.cells = lines[self.heading]
        self.again = [number for number, cells in lines[self.heading + 1 :] if self._is_heading(cells)]
        self.below = [line for line in lines[self.heading + 1 :] if line[0] not in set(self.again)]

    def _find_heading(self) -> int:
        """The position of the line that names most columns, if it names two; otherwise the first line."""
        counts = [self.headings.named([cell.text for cell in cells]) for _, cells in self.lines[:_HEADING_WITHIN]]
        return counts.index(max(counts)) if max(counts) >= 2 else 0

    def _is_heading(self, cells: list[Cell]) -> bool:
        """Whether a row below names all columns that must be there, and no less of its cells than it leaves."""
        names = self.headings.names(cell.text for cell in cells)
        required = {column.name for column in self.headings.columns if column.required}
        return len(names) >= 2 and names >= required and 2 * len(names) >= _filled(cells)

    def table(self, remarks: list[Problem]) -> Table:
        places: dict[int, Column] = {}
        problems, others = list(self._two_tables()), []
        for position, cell in enumerate(self.cells):
            column = self.headings.column_of(cell.text)
            same = [self.cells[at].text for at, other in places.items() if other is column]
            if column is None:
                others.append((position, cell.text))
            elif cell.doubt == "merged":
                problems.append(Problem(_MERGED, cell.text, self.number))
            elif same:
                problems.append(self._two(same[0], cell.text))
            else:
                places[position] = column
        headings = {column.name: self.cells[position].text for position, column in places.items()}
        missing = [column for column in self.headings.columns if column.required and column.name not in headings]
        problems += [self._missing(column) for column in missing]
        if self.only:
            problems += [
                Problem("There is no rating or question %(name)s in this survey.", row=self.number, name=text[:100])
                for _, text in others if text
            ]  # fmt: skip
        if not problems and not self.below:
            problems.append(Problem("The file has a heading but no rows.", self.name))
        problems += [doubt for position, column in places.items() for doubt in self._doubts(position, column)]
        rows = tuple(
            (number, {column.name: self._text(cells, position, column) for position, column in places.items()})
            for number, cells in self.below
        )
        return Table(
            headings, rows, (*remarks, *self._remarks(others, headings)), tuple(problems),
            frozenset(column.name for column in missing),
        )  # fmt: skip

    def _two_tables(self) -> Iterable[Problem]:
        """Problems where the sheet seems to hold two tables, of which one would be lost or taken for data of the other."""
        above = [cells for _, cells in self.lines[: self.heading]]
        wide = [cells for cells in above if _filled(cells) >= 2]
        as_wide = any(_filled(cells) >= _filled(self.cells) for cells in wide)
        named = any(self.headings.named([cell.text for cell in cells]) >= 2 for cells in wide)
        if as_wide or named or len(wide) > _MOST_WIDE or len(above) > _MOST_ABOVE:
            yield Problem("The heading seems to be in row %(number)s, but the rows above it look like a table, too. Keep one "
                          "table on the sheet.", row=self.number, number=self.number)  # fmt: skip
        for number in self.again:
            yield Problem("This row is a heading again. Keep one table with one heading on the sheet.", row=number)

    def _two(self, first: str, second: str) -> Problem:
        if fold(first) == fold(second):
            return Problem("There are two columns %(name)s.", row=self.number, name=first)
        return Problem("The columns %(first)s and %(second)s mean the same. Remove one of them.", row=self.number,
                       first=first, second=second)  # fmt: skip

    def _missing(self, column: Column) -> Problem:
        headings = shortened((cell.text[:30] for cell in self.cells if cell.text), 12)
        return Problem("The column %(name)s is missing. The headings that were found are: %(found)s.",
                       row=self.number, name=" / ".join(column.words), found=headings)  # fmt: skip

    def _doubts(self, position: int, column: Column) -> Iterable[Problem]:
        """Problems with the cells of a column."""
        below = [(number, cells[position]) for number, cells in self.below if len(cells) > position]
        rounded = column.identifier and not self.workbook and _all_rounded([cell.text for _, cell in below])
        for number, cell in below:
            doubt = cell.doubt if cell.doubt in column.doubts else ""
            if (column.identifier or column.named) and not doubt:
                doubt = doubt_of_text(cell.text)
            if rounded and len(cell.text) > 15:
                doubt = "digits"
            if doubt:
                yield Problem(DOUBTS[doubt], self.cells[position].text, number)

    @staticmethod
    def _text(cells: list[Cell], position: int, column: Column) -> str:
        text = cells[position].text if position < len(cells) else ""
        return identifier(text) if column.identifier else text

    def _remarks(self, others: list[tuple[int, str]], found: Iterable[str]) -> Iterable[Problem]:
        if self.heading:
            yield Problem("The heading is in row %(number)s; what is above it is left out.", number=self.number)
        near = {} if self.only else {text: self.headings.near(text, found) for _, text in others if text}
        for text, word in near.items():
            if word:
                yield Problem("The column %(name)s is not read. Is it meant to be %(near)s? Then name it so and choose the file "
                              "again.", name=text[:100], near=word)  # fmt: skip
        unread = [text for text, word in near.items() if not word]
        if unread:
            yield Problem("These columns are not read: %(names)s.", names=shortened(unread, 20))
        named = len(self.cells)
        bare = {position for position, text in others if not text}
        nameless = any(
            cell.text and (position >= named or position in bare)
            for _, cells in self.below for position, cell in enumerate(cells)
        )  # fmt: skip
        if nameless:
            yield Problem("Columns without a heading are not read.")


def _filled(cells: list[Cell]) -> int:
    return sum(1 for cell in cells if cell.text or cell.doubt)


def doubt_of_text(text: str) -> str:
    """What a text in a column of identifiers or names shows to be left of something else."""
    patterns = (("error", _ERROR), ("date", _DATE), ("digits", _SCIENTIFIC), ("format", _CHANGED))
    return next((doubt for doubt, pattern in patterns if pattern.fullmatch(text)), "")


def _all_rounded(texts: list[str]) -> bool:
    """Whether all numbers of more than 15 digits end in zeros behind the 15th: what a spreadsheet leaves of them."""
    long = [text for text in texts if text.isdecimal() and len(text) > 15]
    return bool(long) and all(not text[15:].strip("0") for text in long)
