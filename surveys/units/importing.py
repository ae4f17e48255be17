"""Reading units from an uploaded table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from surveys.inputs.identifiers import Lookup, differ_by_zeros, fold
from surveys.inputs.problems import Problem
from surveys.inputs.tables import Column, Table, read_table
from surveys.inputs.text import clean
from surveys.inputs.values import CODE
from surveys.units.models import KINDS, Unit


@dataclass(frozen=True)
class UnitRow:
    """A unit as it stands in a file."""

    code: str
    name: str
    name_en: str
    kind: str
    parent: str
    description: str = ""
    description_en: str = ""


COLUMNS = (
    Column("code", ("编号", "代码", "单位编号", "单位代码", "unit code"), required=True, identifier=True),
    Column("name", ("名称", "单位名称", "name of the unit"), required=True, named=True),
    Column("name_en", ("英文名称", "english name", "english")),
    Column("kind", ("类型", "类别"), required=True),
    Column("parent", ("上级", "上级编号", "上级单位", "unit above"), identifier=True),
    Column("description", ("简介", "单位简介")),
    Column("description_en", ("英文简介", "english description")),
)

# Words that clerks use, beside the codes of the kinds.
KIND_WORDS = {
    "党委": "committee", "委员会": "committee", "党总支": "general_branch", "总支": "general_branch",
    "党支部": "branch", "支部": "branch", "工会": "union", "共青团": "youth_league", "团委": "youth_league",
    "团总支": "youth_league", "团支部": "youth_league", "部门": "office", "处室": "office", "机关": "office",
    "个人": "person", "人员": "person",
}  # fmt: skip


def _kind_key(word: str) -> str:
    """What kinds are compared by: "general branch" is "general_branch"."""
    return fold(word).replace("_", "").replace(" ", "")


_FOLDED_KINDS = {_kind_key(word): kind for word, kind in (*KIND_WORDS.items(), *((kind, kind) for kind in KINDS))}


_DEEPEST_NAME = 3


@dataclass(frozen=True)
class UnitFile:
    """The units of a file, and what whoever imports it should see before."""

    rows: list[UnitRow]
    remarks: tuple[Problem, ...] = ()


def read_units(name: str, data: bytes) -> UnitFile:
    """Read a csv or workbook of units. A parent is given by code or name, and may be in the file or known already.

    A code that is known with other capitals is that unit's. Raises InputError with each fault's place.
    """
    return units_of_table(read_table(name, data, COLUMNS))


def kind_of(word: str) -> str:
    """The kind that a word means; empty where it means none."""
    return _FOLDED_KINDS.get(_kind_key(word), "")


def units_of_table(table: Table) -> UnitFile:
    """The units of a table whose columns were found. Raises InputError with each fault's place."""
    stored = {fold(unit.code): unit for unit in Unit.select()}
    problems: list[Problem] = []
    seen: dict[str, int] = {}
    rows: list[tuple[int, UnitRow]] = []
    for number, cells in table.rows:
        values = {column.name: clean(cells.get(column.name, "")) for column in COLUMNS}
        key = fold(values["code"])
        kind = kind_of(values["kind"])
        problems += _problems(table, number, values, kind, seen)
        seen.setdefault(key, number)
        row = UnitRow(**{**values, "kind": kind})
        rows.append((number, _as_stored(row, stored.get(key), table)))
    parents = _parents(stored, rows)
    found = [(number, _with_parent(table, number, row, parents)) for number, row in rows]
    problems += [each for _, each in found if isinstance(each, Problem)]
    read = [(number, row) for number, row in found if isinstance(row, UnitRow)]
    problems += _circles(table, stored, read)
    table.check(problems)
    zeros = differ_by_zeros(row.code for _, row in read)
    return UnitFile([row for _, row in read], (*table.remarks, *zeros, *_second_codes(stored.values(), read)))


def _second_codes(stored: Iterable[Unit], rows: list[tuple[int, UnitRow]]) -> Iterable[Problem]:
    """Remarks on rows that add a unit with the name of a stored one, below the same unit, under another code."""
    known: dict[tuple[str, str], str] = {}
    codes = set()
    for unit in stored:
        codes.add(fold(unit.code))
        known[fold(unit.name), fold(unit.parent.code) if unit.parent_id else ""] = unit.code
    for number, row in rows:
        code = known.get((fold(row.name), fold(row.parent)))
        if code is not None and fold(code) != fold(row.code) and fold(row.code) not in codes:
            yield Problem("“%(name)s” is stored with the code %(code)s already; this row adds a second one of this name.",
                          row=number, name=row.name[:50], code=code)  # fmt: skip


def _as_stored(row: UnitRow, unit: Unit | None, table: Table) -> UnitRow:
    """A row of a known unit, with its code as it is stored, and with what the file has no column for."""
    if unit is None:
        return row
    kept = {"name_en": unit.name_en, "parent": unit.parent.code if unit.parent_id else "",
            "description": unit.description, "description_en": unit.description_en}  # fmt: skip
    return replace(row, code=unit.code, **{name: value for name, value in kept.items() if name not in table.headings})


def _parents(stored: dict[str, Unit], rows: list[tuple[int, UnitRow]]) -> Lookup[str]:
    """Units by code and name, as they will be when the file is stored; also by the name with the unit above or the code
    in brackets, as pages show those of one name."""
    code_of = {unit.id: unit.code for unit in stored.values()}
    units = {
        unit.code: UnitRow(unit.code, unit.name, unit.name_en, unit.kind, code_of.get(unit.parent_id or 0, ""))
        for unit in stored.values()
    }
    units.update({row.code: row for _, row in rows})
    parents: Lookup[str] = Lookup()
    for row in units.values():
        parents.add(row.code, row.code, (row.code, row.name, row.name_en, f"{row.name}({row.code})"))
    for _ in range(_DEEPEST_NAME):  # a unit above may itself be named with the one above it
        above = {row.code: units[code] for row in units.values() if (code := parents.find(row.parent)) in units}
        for code, parent in above.items():
            names = (f"{units[code].name}({parent.name})", f"{units[code].name_en}({parent.name_en or parent.name})")
            parents.add(code, code, names if units[code].name_en else names[:1])
    return parents


def _circles(table: Table, stored: dict[str, Unit], rows: list[tuple[int, UnitRow]]) -> Iterable[Problem]:
    """Problems with rows whose unit would stand below itself, perhaps through units that are stored already."""
    code_of = {unit.id: unit.code for unit in stored.values()}
    above = {unit.code: code_of.get(unit.parent_id or 0, "") for unit in stored.values()}
    above.update({row.code: row.parent for _, row in rows})
    number_of = {row.code: number for number, row in rows}
    done: set[str] = set()
    for start in above:
        path: dict[str, None] = {}
        at = start
        while at and at not in done and at not in path:
            path[at] = None
            at = above.get(at, "")
        done |= path.keys()
        if at in path:
            circle = list(path)[list(path).index(at) :]
            way = " → ".join([*circle[:10], *(["…"] if len(circle) > 10 else []), at])
            for code in circle:
                if code in number_of:
                    yield Problem("The unit %(code)s would be below itself: %(way)s.", table.at("parent"),
                                  number_of[code], code=code, way=way)  # fmt: skip


def _with_parent(table: Table, number: int, row: UnitRow, parents: Lookup[str]) -> UnitRow | Problem:
    if not row.parent:
        return row
    problem = parents.problem(row.parent, "There is no unit %(code)s.", code=row.parent[:50])
    if problem is not None:
        return problem.at(table.at("parent"), number)
    parent = parents.find(row.parent) or ""
    if parent == row.code:
        return Problem("The unit %(code)s would be its own parent.", table.at("parent"), number, code=row.code)
    return replace(row, parent=parent)


def _problems(table: Table, number: int, values: dict[str, str], kind: str, seen: dict[str, int]) -> Iterable[Problem]:
    key = fold(values["code"])
    if not CODE.match(values["code"]):
        yield Problem("A code is 1 to 40 letters, digits, - and _.", table.at("code"), number)
    elif key in seen:
        yield Problem("The code %(code)s is also in row %(other)s.", table.at("code"), number,
                      code=values["code"], other=seen[key])  # fmt: skip
    if not 1 <= len(values["name"]) <= 100:
        yield Problem("A name has 1 to 100 characters.", table.at("name"), number)
    for name in ("name_en", "description", "description_en"):
        if len(values[name]) > 200:
            yield Problem("The text is longer than %(limit)s characters.", table.at(name), number, limit=200)
    if values["description_en"] and not values["description"]:
        yield Problem("A description in English needs one in Chinese, too.", table.at("description_en"), number)
    if not kind:
        yield Problem("This must be one of: %(names)s.", table.at("kind"), number,
                      names=KINDS)  # fmt: skip
