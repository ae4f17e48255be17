"""Rosters from a table as an office has it: with headings of its own, short names of units, and words for groups.

What is guessed is only proposed: a page shows it, cell by cell, before anything is stored. Where a word can mean two
things, nothing is guessed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from surveys.admission.roster_file import COLUMNS, RosterFile, roster_groups, roster_of_table
from surveys.campaigns.indices import GroupIndex, UnitIndex
from surveys.campaigns.plan import SurveyPlan
from surveys.inputs.identifiers import Lookup, fold
from surveys.inputs.mapped_tables import (
    Mending,
    UnmappedTable,
    added_rows,
    apply_mapping,
    assign_columns,
    mend_rows,
    read_unmapped,
)
from surveys.inputs.problems import InputError, Problem
from surveys.inputs.short_names import ShortNames
from surveys.inputs.tables import Table
from surveys.inputs.text import clean, pick
from surveys.units.models import Unit

PATTERNS = (
    ("email", r"邮箱|邮件|e-?mail"),
    ("class", r"班级|^班$|行政班|^class"),
    ("number", r"学号|工号|学工号|学\(工\)号|教工号|人员编号|一卡通号|^(student|staff|person)?(number|no\.?|id)$"),
    ("name", r"姓名|^(full)?name"),
    ("group", r"类别|类型|身份$|群体|^(group|category)"),
    ("unit", r"(?<!团)支部"),
    ("unit", r"单位|部门|院系|系部|学院|^(unit|branch|department)"),
)
"""What headings of tables of persons contain. 身份证号 is no number: it is nothing that a survey may know."""

MEMBERS = (
    re.compile(r"学生|本科生|研究生|专科生|^students?$"),
    re.compile(r"教师|教工|教职|职工|老师|^teachers?$|^staff$|^faculty$"),
)
"""Words for kinds of people: one means the only group that one of the same kind stands for."""
_MOST_WORDS = 2_000
"""More different words of a column than this are no names of units or groups; they are not guessed one by one."""


@dataclass(frozen=True)
class UnknownWord:
    """A word for a group or unit that means none, and in how many rows it stands."""

    column: str
    word: str
    rows: int

    @property
    def key(self) -> tuple[str, str]:
        """Its place among the words of `RosterChoices`."""
        return self.column, fold(self.word)


@dataclass(frozen=True)
class RosterChoices:
    """What is said about a table beside its columns: cells, one group for everybody, and what words mean.

    `words` are codes of groups and units, by column and folded word.
    """

    mending: Mending = field(default_factory=Mending)
    group: str = ""
    words: Mapping[tuple[str, str], str] = field(default_factory=dict)


@dataclass(frozen=True)
class GuessedRoster:
    """The rows as they would be stored or why they cannot be, cell by cell.

    `guessed` are the words that stand in the file where a group or unit was proposed, by row and column.
    """

    table: Table
    file: RosterFile | None
    problems: tuple[Problem, ...]
    remarks: tuple[Problem, ...]
    guessed: Mapping[tuple[int, str], str]
    unknown: tuple[UnknownWord, ...]


def mapping_problems(mapping: Mapping[int, str]) -> list[Problem]:
    """What keeps a table from being read by this mapping: a column that must be is not assigned, or one is twice."""
    sentences = {
        "number": Problem("Say which column holds the numbers of the persons."),
        "name": Problem("Say which column holds the names of the persons."),
    }
    problems = [problem for name, problem in sentences.items() if name not in mapping.values()]
    if len(set(mapping.values())) < len(mapping):
        problems.append(Problem("Two columns of the file are assigned to the same one."))
    return problems


def meanings(plan: SurveyPlan, said: Mapping[str, str]) -> dict[tuple[str, str], str]:
    """What words mean, from a group or unit for each, by code or name. Raises InputError, naming all that are neither."""
    found: dict[tuple[str, str], str] = {}
    problems = []
    for word, meant in said.items():
        lookups: dict[str, Lookup[Any]] = {"group": roster_groups(plan), "unit": plan.unit_lookup}
        columns = [column for column, lookup in lookups.items() if lookup.find(meant) is not None]
        if not columns:
            problems.append(Problem("%(word)s: there is no group with a roster and no unit %(meant)s.", word=word[:50],
                                    meant=meant[:50]))  # fmt: skip
        found.update({(column, fold(word)): meant for column in columns})
    if problems:
        raise InputError(problems)
    return found


def read_assigned_roster(
    plan: SurveyPlan, name: str, data: bytes, said: Mapping[str, str], choices: RosterChoices, sheet: str = ""
) -> RosterFile:
    """Read a table as an office has it, with what is said of its columns (see assign_columns). Raises InputError."""
    problem = roster_groups(plan).problem(
        choices.group, "There is no group %(name)s with a roster.", name=choices.group[:50]
    )
    if choices.group and problem is not None:
        raise InputError(problem)
    table = read_unmapped(name, data, COLUMNS, PATTERNS, sheet=sheet)
    mapping = assign_columns(table, said, COLUMNS, PATTERNS)
    missing = mapping_problems(mapping)
    if missing:
        raise InputError(missing, table.remarks)
    guessed = guess_roster(plan, table, mapping, choices)
    if guessed.file is None:
        raise InputError(list(guessed.problems), guessed.remarks)
    return replace(guessed.file, remarks=guessed.remarks)


def guess_roster(
    plan: SurveyPlan, table: UnmappedTable, mapping: Mapping[int, str], choices: RosterChoices
) -> GuessedRoster:
    """The persons of a table whose columns are assigned, by a mapping that has no problems."""
    groups = roster_groups(plan)
    mapped = apply_mapping(table, mapping, COLUMNS)
    mended = mend_rows(mapped, COLUMNS, choices.mending, added_rows(table, choices.mending))
    whole = {column.name: "" for column in COLUMNS}
    rows = [(number, {**whole, **{name: clean(text) for name, text in cells.items()}}) for number, cells in mended.rows]
    if "group" not in mapped.headings and choices.group:
        for number, cells in rows:
            if (number, "group") not in choices.mending.edits:
                cells["group"] = choices.group
    guessed, unknown = _guess_words(plan, groups, rows, choices)
    headings = {name: name for name in mapped.headings}
    ready = replace(mended, headings=headings, rows=tuple(rows))
    remarks = (*mapped.remarks, *_remarks_on(guessed, rows))
    unsaid_group = "group" not in headings and not choices.group and len(groups.things) > 1
    if unsaid_group and not all((number, "group") in choices.mending.edits for number, _ in rows):
        problem = Problem("The table does not say to which group each person belongs. Choose one group for all of them, or "
                          "say which column holds the group.")  # fmt: skip
        return GuessedRoster(ready, None, (problem,), remarks, guessed, unknown)
    if not rows:
        return GuessedRoster(ready, None, (Problem("No row is left."),), remarks, guessed, unknown)
    try:
        file = roster_of_table(plan, ready, choices.mending.edits.keys())
    except InputError as error:
        return GuessedRoster(ready, None, tuple(error.problems), remarks, guessed, unknown)
    zeros = file.remarks[len(ready.remarks) :]
    return GuessedRoster(ready, file, (), (*remarks, *zeros), guessed, unknown)


def _guess_words(
    plan: SurveyPlan, groups: Lookup[GroupIndex], rows: Sequence[tuple[int, dict[str, str]]], choices: RosterChoices
) -> tuple[dict[tuple[int, str], str], tuple[UnknownWord, ...]]:
    """Put a group and a unit in the place of words that certainly mean them; also which words mean none."""
    guessed: dict[tuple[int, str], str] = {}
    unknown: Counter[tuple[str, str]] = Counter()
    lookups: dict[str, Lookup[Any]] = {"group": groups, "unit": plan.unit_lookup}
    guess = {"group": _Groups(plan, groups).meant_by, "unit": _Units(plan).meant_by}
    meanings: dict[tuple[str, str], str] = {}
    for number, cells in rows:
        for column, lookup in lookups.items():
            word = cells[column]
            if not word or lookup.find(word) is not None or (number, column) in choices.mending.edits:
                continue
            key = (column, fold(word))
            if key not in meanings and len(meanings) < _MOST_WORDS:
                meanings[key] = choices.words.get(key) or guess[column](word)
            if meaning := meanings.get(key):
                cells[column] = meaning
                guessed[number, column] = word
            else:
                unknown[column, word] += 1
    return guessed, tuple(UnknownWord(column, word, rows) for (column, word), rows in unknown.most_common())


def _remarks_on(
    guessed: Mapping[tuple[int, str], str], rows: Iterable[tuple[int, dict[str, str]]]
) -> Iterable[Problem]:
    cells = dict(rows)
    pairs = {(word, cells[number][column]): None for (number, column), word in guessed.items()}
    if pairs:
        words = "; ".join(f"{word} → {meaning}" for word, meaning in list(pairs)[:20]) + (
            " …" if len(pairs) > 20 else ""
        )
        yield Problem("These words were taken to mean: %(words)s.", words=words)


class _Groups:
    """Groups by words for kinds of people, and by short names."""

    def __init__(self, plan: SurveyPlan, groups: Lookup[GroupIndex]) -> None:
        self.plan, self.groups = plan, groups
        self.short = ShortNames({place: plan.groups[place].text.values() for place in plan.group_indices})

    def meant_by(self, word: str) -> str:
        """The name of the only group that is meant, or its code where the name leads to two; empty where there is none.

        All groups count, not only those with a roster: people who answer by code are not put among others.
        """
        if self.plan.group_lookup.find(word) is not None:
            return ""  # a group without a roster
        kinds = [kind for kind in MEMBERS if kind.search(fold(word))]
        found = [place for place in self.plan.group_indices if len(kinds) == 1 and self._is_of(place, kinds[0])]
        meant = found[0] if len(found) == 1 else self.short.meant_by(word) if not found else None
        if meant is None or meant not in self.groups.things:
            return ""
        group = self.plan.groups[meant]
        name = pick(group.text, "zh")
        return name if self.groups.find(name) == meant else group.code

    def _is_of(self, place: GroupIndex, kind: re.Pattern[str]) -> bool:
        group = self.plan.groups[place]
        return any(kind.search(fold(text)) for text in (group.code, *group.text.values()))


class _Units:
    """Units by short names. One that could also mean a unit outside this survey means none."""

    def __init__(self, plan: SurveyPlan) -> None:
        names: dict[UnitIndex | str, Iterable[str]] = {
            place: {pick(plan.units[place].name, "zh")} for place in plan.unit_indices
        }
        inside = {fold(unit.code) for unit in plan.units}
        names.update({unit.code: {unit.name} for unit in Unit.select() if fold(unit.code) not in inside})
        self.plan, self.short = plan, ShortNames(names)

    def meant_by(self, word: str) -> str:
        """The name of the unit, or its code where the name leads to two."""
        meant = self.short.meant_by(word)
        if meant is None or isinstance(meant, str):
            return ""
        unit = self.plan.units[meant]
        name = pick(unit.text, "zh")
        return name if self.plan.unit_lookup.find(name) == meant else unit.code
