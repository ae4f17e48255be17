"""Reading a table of persons, with every fault named by its row and column."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from surveys.campaigns.indices import GroupIndex, UnitIndex
from surveys.campaigns.plan import SurveyPlan
from surveys.inputs.problems import InputError, Problem
from surveys.inputs.tables import read_table
from surveys.inputs.text import clean

HEADINGS = {
    "学号": "number", "工号": "number", "学工号": "number", "编号": "number", "id": "number", "姓名": "name",
    "群体": "group", "类别": "group", "单位": "unit", "部门": "unit", "支部": "unit", "班级": "class",
    "邮箱": "email", "电子邮箱": "email", "e-mail": "email", "mail": "email",
}  # fmt: skip
_NUMBER = re.compile(r"[0-9A-Za-z_-]{1,40}")
_EMAIL = re.compile(r"[^@\s,;<>]{1,64}@[^@\s,;<>]+\.[^@\s,;<>.]+")
MAX_PROBLEMS = 100


@dataclass(frozen=True)
class PersonRow:
    """A person as they stand in a file: group and unit are positions in the plan."""

    number: str
    name: str
    group: GroupIndex
    own_unit: UnitIndex | None
    class_name: str
    email: str


def read_roster(plan: SurveyPlan, name: str, data: bytes) -> list[PersonRow]:
    """Read a table of persons: number, name, group, unit, class, email. Raises InputError with each fault's place.

    Group and unit are given by code or name; a survey with one group by roster needs no group column.
    """
    allowed = {
        word.lower(): g
        for g, group in zip(plan.group_indices, plan.groups, strict=True) if group.admission == "roster"
        for word in (group.code, *group.text.values())
    }  # fmt: skip
    if not allowed:
        raise InputError(Problem("No group of this survey is admitted by a roster.", name))
    units = {
        word.lower(): u
        for u, unit in zip(plan.unit_indices, plan.units, strict=True)
        for word in (*unit.text.values(), unit.code)
    }
    table = read_table(name, data)
    columns = {HEADINGS.get(column, column): column for column in table.columns}
    only = next(iter(allowed.values())) if len(set(allowed.values())) == 1 else None
    needed = ["number", "name"] + ([] if only is not None else ["group"])
    missing = [column for column in needed if column not in columns]
    if missing:
        raise InputError([Problem("The column %(name)s is missing.", name, 1, name=column) for column in missing])
    rows: list[PersonRow] = []
    seen: dict[str, int] = {}
    problems: list[Problem] = []
    for line, cells in table.rows:
        cell = {column: clean(cells[columns[column]]) if column in columns else ""
                for column in ("number", "name", "group", "unit", "class", "email")}  # fmt: skip
        group = only if only is not None and not cell["group"] else allowed.get(cell["group"].lower())
        unit = units.get(cell["unit"].lower())
        problems += _problems(plan, line, cell, group, unit, seen)
        seen.setdefault(cell["number"], line)
        rows.append(PersonRow(cell["number"], cell["name"], group or GroupIndex(0), unit, cell["class"], cell["email"]))
        if len(problems) >= MAX_PROBLEMS:
            break
    if problems:
        raise InputError(problems[:MAX_PROBLEMS])
    return rows


def _problems(
    plan: SurveyPlan,
    line: int,
    cell: dict[str, str],
    group: GroupIndex | None,
    unit: UnitIndex | None,
    seen: dict[str, int],
) -> Iterable[Problem]:
    if not _NUMBER.fullmatch(cell["number"]):
        yield Problem("A number is 1 to 40 letters, digits, - and _.", "number", line)
    elif cell["number"] in seen:
        yield Problem("The number %(number)s is also in row %(other)s.", "number", line,
                      number=cell["number"], other=seen[cell["number"]])  # fmt: skip
    if not 1 <= len(cell["name"]) <= 60:
        yield Problem("A name has 1 to 60 characters.", "name", line)
    if group is None:
        yield Problem("There is no group %(name)s with a roster.", "group", line, name=cell["group"][:50])
    if cell["unit"] and unit is None:
        yield Problem("There is no unit %(code)s in this survey.", "unit", line, code=cell["unit"][:50])
    if group is not None and plan.groups[group].own and not cell["unit"]:
        yield Problem("This group rates its own unit, so each person must have one.", "unit", line)
    if len(cell["class"]) > 60:
        yield Problem("The text is longer than %(limit)s characters.", "class", line, limit=60)
    if cell["email"] and (len(cell["email"]) > 200 or not _EMAIL.fullmatch(cell["email"])):
        yield Problem("This is not an e-mail address.", "email", line)
