"""Units from a table as an office has it: without codes, with kinds and units above in its own words.

What is guessed is only proposed: a page shows it, cell by cell, before anything is stored.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count

from surveys.inputs.identifiers import fold
from surveys.inputs.mapped_tables import Mending, apply_mapping, assign_columns, mend_rows, read_unmapped
from surveys.inputs.problems import InputError, Problem
from surveys.inputs.tables import Table
from surveys.inputs.text import clean
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

_PREFIXES = {
    "committee": "P", "general_branch": "Z", "branch": "B", "union": "G", "youth_league": "T", "office": "D", "person": "R",
}  # fmt: skip
_ENDINGS = {
    "党委": "committee", "委员会": "committee", "党总支": "general_branch", "总支": "general_branch",
    "总支部": "general_branch", "党总支部": "general_branch", "党支部": "branch", "支部": "branch", "工会": "union",
    "团委": "youth_league", "团总支": "youth_league", "团支部": "youth_league", "处": "office", "办公室": "office",
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
    table = read_unmapped(name, data, COLUMNS, PATTERNS, sheet=sheet)
    mapped = apply_mapping(table, assign_columns(table, said, COLUMNS, PATTERNS), COLUMNS)
    if "name" not in mapped.headings:
        raise InputError(Problem("Say which column holds the names of the units."), table.remarks)
    guessed = guess_units(mapped, Mending())
    if guessed.file is None:
        raise InputError(list(guessed.problems), (*mapped.remarks, *guessed.remarks))
    return replace(guessed.file, remarks=(*guessed.file.remarks, *guessed.remarks))


def guess_units(table: Table, mending: Mending, added: Sequence[int] = ()) -> GuessedUnits:
    """Fill in what a table of units leaves out. What somebody changed wins; `added` are rows below it.

    A code that the file has a column for is never made up, nor a kind or a unit above where a word stands that means none.
    """
    edits = mending.edits
    without_codes = _has_no_codes(table)
    table = mend_rows(table, COLUMNS, mending, added)
    rows = [(number, _whole(cells)) for number, cells in table.rows]
    sums = [number for number, cells in rows if _SUM.fullmatch(cells["name"]) and (number, "name") not in edits]
    rows = [row for row in rows if row[0] not in sums]
    stored = list(Unit.select())
    _guess_kinds(rows, edits)
    rows = [*_missing_parents(rows, stored, edits), *rows]
    if without_codes:
        _make_codes(rows, stored, edits)
    names = ("code", "name", "kind", "parent", *(name for name in _OPTIONAL if name in table.headings))
    whole = replace(table, headings={name: name for name in names}, rows=tuple(rows))
    made = [cells["name"] for number, cells in rows if number == MADE]
    remarks = (
        [Problem("These units are named as units above and were added: %(names)s.", names=", ".join(made))]
        if made
        else []
    )
    remarks += [Problem("The row of a sum is passed over.", row=number) for number in sums]
    if without_codes:
        remarks.append(Problem("The file holds no codes, so codes are proposed. They stand in lists and files only."))
    try:
        return GuessedUnits(whole, units_of_table(whole), (), tuple(remarks))
    except InputError as error:
        return GuessedUnits(whole, None, tuple(error.problems), tuple(remarks))


def _has_no_codes(table: Table) -> bool:
    """Whether the file gives no unit a code: a code is never made for one cell alone, which may have been lost."""
    doubtful = any(doubt.where == "code" for doubt in table.doubts)
    return not doubtful and not any(cells.get("code") for _, cells in table.rows)


def _whole(cells: Mapping[str, str]) -> dict[str, str]:
    return {column.name: clean(cells.get(column.name, "")) for column in COLUMNS}


def _guess_kinds(rows: Iterable[tuple[int, dict[str, str]]], edits: Mapping[tuple[int, str], str]) -> None:
    for number, cells in rows:
        if kind_of(cells["kind"]) or (number, "kind") in edits:
            continue
        word = cells["kind"]
        inside = [known for known in KIND_WORDS if word and known in word]
        if inside:
            cells["kind"] = KIND_WORDS[max(inside, key=len)]
        else:
            # A word such as 教工 or 学生 says who its members are; what it is, its name says.
            cells["kind"] = _kind_by_name(cells["name"]) or word


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


def _make_codes(
    rows: list[tuple[int, dict[str, str]]], stored: list[Unit], edits: Mapping[tuple[int, str], str]
) -> None:
    """Codes for rows without one: that of the stored unit of the same name if there is just one, or a new one."""
    by_name: dict[str, list[str]] = {}
    for unit in stored:
        by_name.setdefault(fold(unit.name), []).append(unit.code)
    taken = {fold(unit.code) for unit in stored} | {fold(cells["code"]) for _, cells in rows if cells["code"]}
    same_names = [fold(cells["name"]) for _, cells in rows]
    makers: dict[str, Iterator[str]] = {}
    for number, cells in rows:
        if cells["code"] or (number, "code") in edits or not cells["name"]:
            continue
        known = by_name.get(fold(cells["name"]), [])
        if len(known) == 1 and same_names.count(fold(cells["name"])) == 1:
            cells["code"] = known[0]
            continue
        kind = kind_of(cells["kind"])
        cells["code"] = next(makers.setdefault(kind, free_codes(kind, taken)))


def free_codes(kind: str, taken: Container[str]) -> Iterator[str]:
    """Codes for new units of a kind, one after the other. `taken` are the codes that there are, folded."""
    prefix = _PREFIXES.get(kind, "U")
    return (code for number in count(1) if fold(code := f"{prefix}{number:03}") not in taken)
