"""Reading units from an uploaded table."""

from __future__ import annotations

from dataclasses import dataclass

from surveys.inputs.problems import InputError, Problem
from surveys.inputs.tables import read_table
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


COLUMNS = ("code", "name", "name_en", "kind", "parent")

# Words that clerks use, beside the codes of the kinds.
KIND_WORDS = {
    "党委": "committee", "委员会": "committee", "党总支": "general_branch", "总支": "general_branch",
    "党支部": "branch", "支部": "branch", "工会": "union", "共青团": "youth_league", "团委": "youth_league",
    "团总支": "youth_league", "团支部": "youth_league", "部门": "office", "处室": "office", "机关": "office",
    "个人": "person", "人员": "person",
}  # fmt: skip
HEADINGS = {
    "编号": "code", "代码": "code", "名称": "name", "单位名称": "name", "英文名称": "name_en", "english name": "name_en",
    "english": "name_en", "类型": "kind", "类别": "kind", "上级": "parent", "上级编号": "parent", "上级单位": "parent",
}  # fmt: skip


def read_units(name: str, data: bytes) -> list[UnitRow]:
    """Read a csv or workbook of units. Parents may be in the file or known already. Raises InputError."""
    table = read_table(name, data)
    columns = {HEADINGS.get(column, column): column for column in table.columns}
    missing = [column for column in ("code", "name", "kind") if column not in columns]
    if missing:
        raise InputError([Problem("The column %(name)s is missing.", name, 1, name=column) for column in missing])
    known = {unit.code for unit in Unit.select(Unit.code)}
    problems: list[Problem] = []
    seen: dict[str, int] = {}
    rows: list[tuple[int, UnitRow]] = []
    for number, cells in table.rows:
        values = {column: clean(cells.get(columns.get(column, ""), "")) for column in COLUMNS}
        kind = KIND_WORDS.get(values["kind"], values["kind"].lower().replace(" ", "_"))
        if not CODE.match(values["code"]):
            problems.append(Problem("A code is 1 to 40 letters, digits, - and _.", "code", number))
        elif values["code"] in seen:
            problems.append(Problem("The code %(code)s is also in row %(other)s.", "code", number,
                                    code=values["code"], other=seen[values["code"]]))  # fmt: skip
        seen.setdefault(values["code"], number)
        if not 1 <= len(values["name"]) <= 100:
            problems.append(Problem("A name has 1 to 100 characters.", "name", number))
        if len(values["name_en"]) > 200:
            problems.append(Problem("A name has 1 to 100 characters.", "name_en", number))
        if kind not in KINDS:
            problems.append(Problem("This must be one of: %(names)s.", "kind", number, names=", ".join(KINDS)))
        rows.append((number, UnitRow(values["code"], values["name"], values["name_en"], kind, values["parent"])))
    for number, row in rows:
        if row.parent and row.parent not in seen and row.parent not in known:
            problems.append(Problem("There is no unit %(code)s.", "parent", number, code=row.parent))
        if row.parent and row.parent == row.code:
            problems.append(Problem("The unit %(code)s would be its own parent.", "parent", number, code=row.code))
    if problems:
        raise InputError(sorted(problems, key=lambda problem: problem.row or 0)[:100])
    return [row for _, row in rows]
