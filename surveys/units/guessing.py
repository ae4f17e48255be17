"""Units from a table as an office has it: without codes, with kinds and units above in its own words.

What is guessed is only proposed: a page shows it, cell by cell, before anything is stored.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from surveys.inputs.identifiers import fold
from surveys.inputs.mapped_tables import (
    Mending,
    Patterns,
    UnmappedTable,
    apply_mapping,
    assign_columns,
    guess_columns,
    mend_rows,
    read_unmapped,
)
from surveys.inputs.problems import InputError, Problem
from surveys.inputs.tables import Table
from surveys.inputs.text import clean
from surveys.units.guessed_codes import find_repeated, propose_codes
from surveys.units.importing import COLUMNS, KIND_WORDS, UnitFile, kind_of, units_of_table
from surveys.units.models import Unit

PATTERNS = (
    ("description_en", r"英文.*简介|english description"),
    ("description", r"简介|职能介绍|^description"),
    ("name_en", r"英文|english"),
    ("parent", r"^(所属|隶属|上级|归属|挂靠)|上级"),
    ("kind", r"类|性质|级别"),
    ("code", r"编号|编码|代码|代号|^code"),
    ("name", r"(支部|单位|组织|机构|部门|党总支|工会|团委|团支部)(全称|的名称|名称|名)?$|名称|^name"),
)
"""What headings of tables of units contain. 序号 is no code: it counts the rows of one table."""
_PERSON = re.compile(
    r"^(被?(推荐|提名|评议|测评)?(人选|候选人|对象)?(的)?姓名|(推荐|提名)?人选|候选人|被(推荐|提名)人|nominee|name of the person)$"
)
"""Headings of the names of persons, who are units where people are nominated."""
HEADING_PATTERNS = (*PATTERNS, ("name", _PERSON.pattern))
PERSON_PATTERNS = (
    ("name", _PERSON.pattern),
    *PATTERNS[:-1],
    ("parent", r"(支部|单位|组织|机构|部门|院系|系部|学院|总支)(全称|的名称|名称|名)?$"),
)

_ENDINGS = {
    "党委": "committee", "委员会": "committee", "党总支": "general_branch", "总支": "general_branch",
    "总支部": "general_branch", "党总支部": "general_branch", "党支部": "branch", "支部": "branch", "工会": "union",
    "团委": "youth_league", "团总支": "youth_league", "团支部": "youth_league", "处": "office", "办公室": "office", "办": "office",
    "科": "office", "部": "office", "中心": "office", "馆": "office", "系": "office", "学院": "office",
}  # fmt: skip
_SUM = re.compile(r"合\s*计|共\s*计|总\s*计|小\s*计|total", re.IGNORECASE)
_OPTIONAL = ("name_en", "description", "description_en")
MADE = 0
"""The row of a unit that other rows name and the file does not list."""


@dataclass(frozen=True)
class GuessedUnits:
    """The rows as they would be stored or why they cannot be, cell by cell, and what was guessed."""

    table: Table
    file: UnitFile | None
    problems: tuple[Problem, ...]
    remarks: tuple[Problem, ...]


def read_assigned_units(name: str, data: bytes, said: Mapping[str, str], sheet: str = "") -> UnitFile:
    """Read a table as an office has it, with what is said of its columns (see assign_columns). Raises InputError."""
    table = read_unmapped(name, data, COLUMNS, HEADING_PATTERNS, sheet=sheet)
    mapping = assign_columns(table, said, COLUMNS, patterns_of(table))
    if "name" not in mapping.values() and not said:
        mapping = guess_unit_columns(table)
    mapped = apply_mapping(table, mapping, COLUMNS)
    if "name" not in mapped.headings:
        raise InputError(Problem("Say which column holds the names of the units."), table.remarks)
    guessed = guess_units(mapped, Mending(), persons=names_persons(table, mapping))
    if guessed.file is None:
        raise InputError(list(guessed.problems), (*mapped.remarks, *guessed.remarks))
    return replace(guessed.file, remarks=(*guessed.file.remarks, *guessed.remarks))


def patterns_of(table: UnmappedTable) -> Patterns:
    """What headings of this table contain: it may list persons, if the names of persons stand before any unit's."""
    for column in table.columns:
        if _PERSON.match(fold(column.heading)):
            return PERSON_PATTERNS
        if re.search(PATTERNS[-1][1], fold(column.heading)):
            return PATTERNS
    return PATTERNS


def guess_unit_columns(table: UnmappedTable) -> dict[int, str]:
    """Which columns a file's columns seem to be. The only column of a list without headings holds the names."""
    if table.heading is None and len(table.columns) == 1:
        return {table.columns[0].position: "name"}
    return guess_columns(table, COLUMNS, patterns_of(table))


def names_persons(table: UnmappedTable, mapping: Mapping[int, str]) -> bool:
    """Whether the column of names holds those of persons."""
    return any(
        mapping.get(column.position) == "name" and _PERSON.match(fold(column.heading)) for column in table.columns
    )


def guess_units(table: Table, mending: Mending, added: Sequence[int] = (), *, persons: bool = False) -> GuessedUnits:
    """Fill in what a table of units leaves out. What somebody changed wins; `added` are rows below it. `persons`: its
    names are those of persons, and what they are need not be said.

    A code that the file has a column for is never made up, nor a kind or a unit above where a word stands that means none.
    """
    edits = mending.edits
    without_codes = _has_no_codes(table)
    table = mend_rows(table, COLUMNS, mending, added)
    rows = [(number, _whole(cells)) for number, cells in table.rows]
    sums = [number for number, cells in rows if _SUM.fullmatch(cells["name"]) and (number, "name") not in edits]
    rows = [row for row in rows if row[0] not in sums]
    stored = list(Unit.select())
    _guess_kinds(rows, edits, persons=persons)
    rows = [*_missing_parents(rows, stored, edits), *rows]
    remarks = [Problem("The row of a sum is passed over.", row=number) for number in sums]
    problems: list[Problem] = []
    if without_codes:
        repeated = find_repeated(rows, edits)
        rows = [row for row in rows if row[0] not in repeated.passed_over]
        problems += repeated.problems
        coded = propose_codes(rows, stored, edits)
        problems += coded.problems
        remarks += [*repeated.remarks, *coded.remarks]
        remarks.append(Problem("The file holds no codes, so codes are proposed. They stand in lists and files only."))
    names = ("code", "name", "kind", "parent", *(name for name in _OPTIONAL if name in table.headings))
    whole = replace(table, headings={name: name for name in names}, rows=tuple(rows))
    made = [cells["name"] for number, cells in rows if number == MADE]
    if made:
        said = Problem("These units are named as units above and were added: %(names)s.", names=", ".join(made))
        remarks.insert(0, said)
    if persons:
        said = Problem("The names in the table are those of persons, so the persons are the units that are rated. If their "
                       "units are meant, assign the columns differently.")  # fmt: skip
        remarks.insert(0, said)
    try:
        file = units_of_table(whole)
    except InputError as error:
        return GuessedUnits(whole, None, (*problems, *_others(error.problems, problems)), tuple(remarks))
    return GuessedUnits(whole, None if problems else file, tuple(problems), tuple(remarks))


def _others(found: Iterable[Problem], named: Iterable[Problem]) -> list[Problem]:
    """Problems of cells about which nothing was said yet."""
    places = {(problem.row, problem.where) for problem in named}
    return [problem for problem in found if (problem.row, problem.where) not in places]


def _has_no_codes(table: Table) -> bool:
    """Whether the file gives no unit a code: a code is never made for one cell alone, which may have been lost."""
    doubtful = any(doubt.where == "code" for doubt in table.doubts)
    return not doubtful and not any(cells.get("code") for _, cells in table.rows)


def _whole(cells: Mapping[str, str]) -> dict[str, str]:
    return {column.name: clean(cells.get(column.name, "")) for column in COLUMNS}


def _guess_kinds(
    rows: Iterable[tuple[int, dict[str, str]]], edits: Mapping[tuple[int, str], str], *, persons: bool
) -> None:
    for number, cells in rows:
        if kind_of(cells["kind"]) or (number, "kind") in edits:
            continue
        word = cells["kind"]
        inside = [known for known in KIND_WORDS if word and known in word]
        if inside:
            cells["kind"] = KIND_WORDS[max(inside, key=len)]
        else:
            # A word such as 教工 or 学生 says who its members are; what it is, its name says.
            cells["kind"] = "person" if persons else _kind_by_name(cells["name"]) or word


def _kind_by_name(name: str) -> str:
    bare = re.sub(r"[（(][^（）()]*[)）]$", "", name)
    found = [ending for ending in _ENDINGS if bare.endswith(ending)]
    return _ENDINGS[max(found, key=len)] if found else ""


def _missing_parents(
    rows: list[tuple[int, dict[str, str]]], stored: Iterable[Unit], edits: Mapping[tuple[int, str], str]
) -> list[tuple[int, dict[str, str]]]:
    """Rows for units that others name as the one above and that are neither in the file nor stored."""
    known = {fold(word) for unit in stored for word in (unit.code, unit.name, unit.name_en) if word}
    known |= {fold(cells[name]) for _, cells in rows for name in ("code", "name") if cells[name]}
    made: dict[str, dict[str, str]] = {}
    for number, cells in rows:
        word, kind = cells["parent"], _kind_by_name(cells["parent"])
        # Only what its name tells to be a unit, and nothing that somebody has just typed.
        if word and kind and fold(word) not in known and (number, "parent") not in edits:
            made.setdefault(fold(word), _whole({"name": word, "kind": kind}))
    return [(MADE, cells) for cells in made.values()]
