"""Reading a table of persons, with every fault named by its row and column."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from surveys.campaigns.indices import GroupIndex, UnitIndex
from surveys.campaigns.plan import SurveyPlan
from surveys.inputs.addresses import read_address
from surveys.inputs.identifiers import Lookup, differ_by_zeros, fold
from surveys.inputs.problems import InputError, Problem
from surveys.inputs.tables import Column, Table, read_table
from surveys.inputs.text import clean

COLUMNS = (
    Column("number", ("学号", "工号", "学工号", "学号/工号", "student or staff number", "编号", "id"), required=True,
           identifier=True),
    Column("name", ("姓名",), required=True, named=True),
    Column("group", ("群体", "类别")),
    Column("unit", ("单位", "部门", "支部"), identifier=True),
    Column("class", ("班级",), identifier=True),
    Column("email", ("邮箱", "电子邮箱", "电子邮件", "e-mail", "mail")),
)  # fmt: skip
_NUMBER = re.compile(r"[0-9A-Za-z_-]{1,40}")


@dataclass(frozen=True)
class PersonRow:
    """A person as they stand in a file: group and unit are positions in the plan."""

    number: str
    name: str
    group: GroupIndex
    own_unit: UnitIndex | None
    class_name: str
    email: str
    unsaid: frozenset[str] = frozenset()
    """The fields for which the file has no column: what is stored of a known person stays."""

    def over(self, stored: PersonRow) -> PersonRow:
        """The row of a known person: as it is stored, with what the file says."""
        kept = {name: getattr(stored, name) for name in self.unsaid}
        return replace(self, number=stored.number, unsaid=frozenset(), **kept)


@dataclass(frozen=True)
class RosterFile:
    """The persons of a file, and what whoever imports it should see before."""

    rows: list[PersonRow]
    remarks: tuple[Problem, ...] = ()


_FIELDS = {"unit": "own_unit", "class": "class_name", "email": "email"}


def roster_groups(plan: SurveyPlan) -> Lookup[GroupIndex]:
    """The groups that are admitted by a roster, by code and name. Raises InputError if there are none."""
    groups: Lookup[GroupIndex] = Lookup()
    for position, group in zip(plan.group_indices, plan.groups, strict=True):
        if group.admission == "roster":
            groups.add(position, group.code, (group.code, *group.text.values()))
    if not groups.things:
        raise InputError(Problem("No group of this survey is admitted by a roster."))
    return groups


def read_roster(plan: SurveyPlan, name: str, data: bytes) -> RosterFile:
    """Read a table of persons: number, name, group, unit, class, email. Raises InputError with each fault's place.

    Group and unit are given by code or name; a survey with one group by roster needs no group column.
    """
    several = len(roster_groups(plan).things) > 1
    columns = [replace(column, required=column.required or (column.name == "group" and several)) for column in COLUMNS]
    return roster_of_table(plan, read_table(name, data, columns))


def roster_of_table(plan: SurveyPlan, table: Table, said: Collection[tuple[int, str]] = ()) -> RosterFile:
    """The persons of a table whose columns were found. `said` are cells, by row and column, that count as said although
    the table has no such column. Raises InputError with each fault's place."""
    groups = roster_groups(plan)
    only = next(iter(groups.things)) if len(groups.things) == 1 else None
    rows: list[PersonRow] = []
    seen: dict[str, int] = {}
    problems: list[Problem] = []
    for line, cells in table.rows:
        cell = {column.name: clean(cells.get(column.name, "")) for column in COLUMNS}
        found = only if only is not None and not cell["group"] else groups.find(cell["group"])
        unit = plan.unit_lookup.find(cell["unit"])
        email = read_address(cell["email"])
        problems += _problems(plan, table, line, cell, found, seen)
        if found is None:
            problems += [problem.at(table.at("group"), line) for problem in _group_problems(groups, cell["group"])]
        if cell["email"] and email is None:
            problems.append(Problem("This is not an e-mail address.", table.at("email"), line))
        seen.setdefault(fold(cell["number"]), line)
        unsaid = frozenset(
            field for column, field in _FIELDS.items() if column not in table.headings and (line, column) not in said
        )
        rows.append(
            PersonRow(cell["number"], cell["name"], found or GroupIndex(0), unit, cell["class"], email or "", unsaid)
        )
    table.check(problems)
    return RosterFile(rows, (*table.remarks, *differ_by_zeros(row.number for row in rows)))


def _group_problems(groups: Lookup[GroupIndex], word: str) -> Iterable[Problem]:
    if not word:
        yield Problem("Say which group this person belongs to.")
        return
    problem = groups.problem(word, "There is no group %(name)s with a roster.", name=word[:50])
    if problem is not None:
        yield problem


def _problems(
    plan: SurveyPlan, table: Table, line: int, cell: dict[str, str], group: GroupIndex | None, seen: dict[str, int]
) -> Iterable[Problem]:
    number = fold(cell["number"])
    if not _NUMBER.fullmatch(cell["number"]):
        yield Problem("A number is 1 to 40 letters, digits, - and _.", table.at("number"), line)
    elif number in seen:
        yield Problem("The number %(number)s is also in row %(other)s.", table.at("number"), line,
                      number=cell["number"], other=seen[number])  # fmt: skip
    if not 1 <= len(cell["name"]) <= 60:
        yield Problem("A name has 1 to 60 characters.", table.at("name"), line)
    if cell["unit"]:
        problem = plan.unit_lookup.problem(
            cell["unit"], "There is no unit %(code)s in this survey.", code=cell["unit"][:50]
        )
        if problem is not None:
            yield problem.at(table.at("unit"), line)
    elif group is not None and plan.groups[group].own:
        yield Problem("This group rates its own unit, so each person must have one.", table.at("unit"), line)
    if len(cell["class"]) > 60:
        yield Problem("The text is longer than %(limit)s characters.", table.at("class"), line, limit=60)
