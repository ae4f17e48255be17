"""Tables that are mended on a page: what the page's form says, and its rows cell by cell. Units and rosters share it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from flask import request
from werkzeug.datastructures import MultiDict

from surveys.inputs.identifiers import fold
from surveys.inputs.mapped_tables import GUESS, Mending
from surveys.inputs.problems import Problem
from surveys.web.messages import localised, localised_place, sentence

MOST_ADDED = 50
_COLUMN = re.compile(r"m-([0-9]{1,2})")
_EDIT = re.compile(r"e-([0-9]{1,6})-([a-z_]+)")
_WITHOUT = re.compile(r"x-([0-9]{1,6})")
_WORD = re.compile(r"w-([a-z_]+)-(.{1,200})", re.DOTALL)
_OTHERS = ("heading", "added", "group", "sheet")
_LISTED = 20


@dataclass(frozen=True)
class Chosen:
    """What is said on the page: which column is which, where the headings are, and how the table is mended.

    `mapping` is None until the columns were shown: then they are guessed. `group` is one for all rows, and `words` are
    meanings by column and folded word, for rosters. `fields` is all of this as it was sent, for another page to send on.
    """

    mapping: dict[int, str] | None = None
    sheet: str = ""
    heading: int = GUESS
    mending: Mending = field(default_factory=Mending)
    group: str = ""
    words: Mapping[tuple[str, str], str] = field(default_factory=dict)
    fields: tuple[tuple[str, str], ...] = ()


def read_chosen(columns: Collection[str]) -> Chosen:
    """What the form of this request says about a table with these columns."""
    form = request.form
    if "heading" not in form:
        return Chosen()
    sheet = form.get("sheet", "")
    if sheet != form.get("sheet-was", sheet):
        return Chosen(sheet=sheet)  # what was said of another sheet means nothing here
    mapping = {
        int(found[1]): value for name, value in form.items() if (found := _COLUMN.fullmatch(name)) and value in columns
    }
    edits = {
        (int(found[1]), found[2]): value
        for name, value in form.items()
        if (found := _EDIT.fullmatch(name)) and found[2] in columns
    }
    words = {
        (found[1], fold(found[2])): value
        for name, value in form.items()
        if (found := _WORD.fullmatch(name)) and found[1] in columns and value
    }
    without = frozenset(int(found[1]) for name in form if (found := _WITHOUT.fullmatch(name)))
    added = form.get("added", 0, int) + ("add" in form)
    mending = Mending(edits, without, max(0, min(added, MOST_ADDED)))
    return Chosen(
        mapping, sheet, form.get("heading", GUESS, int), mending, form.get("group", ""), words, _fields(form, mending)
    )


def _fields(form: MultiDict[str, str], mending: Mending) -> tuple[tuple[str, str], ...]:
    patterns = (_COLUMN, _EDIT, _WITHOUT, _WORD)
    sent = [
        (name, value) for name, value in form.items()
        if name in _OTHERS or any(pattern.fullmatch(name) for pattern in patterns)
    ]  # fmt: skip
    return (*(pair for pair in sent if pair[0] != "added"), ("added", str(mending.added)))


@dataclass(frozen=True)
class GridColumn:
    """A column of cells that can be mended: with choices, as (value, name), or with suggestions from a list."""

    name: str
    label: str
    choices: Sequence[tuple[str, str]] | None = None
    suggested: bool = False


@dataclass(frozen=True)
class GridRow:
    """A row with its faults by column, what the file says where something else was proposed, and what would change."""

    number: int
    cells: Mapping[str, str]
    faults: Mapping[str, str]
    notes: Mapping[str, str]
    change: str
    left_out: bool = False
    added: bool = False


@dataclass(frozen=True)
class Faults:
    """What is wrong: by row and column, links to the first of these cells, and what is in no cell."""

    cells: Mapping[int, Mapping[str, str]]
    places: Sequence[tuple[str, str]]
    others: Sequence[tuple[str, str]]


def faults_of(problems: Iterable[Problem], labels: Mapping[str, object], shown: Collection[str]) -> Faults:
    """Problems as the page shows them; `shown` are the columns whose cells are on it."""
    cells: dict[int, dict[str, str]] = {}
    places, others = [], []
    for problem in problems:
        if problem.row is not None and problem.where in shown:
            cells.setdefault(problem.row, {}).setdefault(problem.where, sentence(problem))
            place = problem.at(str(labels[problem.where]), problem.row)
            places.append((f"e-{problem.row}-{problem.where}", localised(place)))
        else:
            named = problem.at(str(labels.get(problem.where, problem.where)), problem.row)
            others.append((localised_place(named), sentence(problem)))
    return Faults(cells, places[:_LISTED], others)


def rows_to_show(
    rows: Iterable[tuple[int, Mapping[str, str]]], mending: Mending, faults: Faults, most: int
) -> list[tuple[int, Mapping[str, str]]]:
    """The rows that a page shows: all of a short table; of a long one those with a fault, and those that were mended,
    whose cells the page must send again."""
    every = list(rows)
    if len(every) <= most:
        return every
    mended = {number for number, _ in mending.edits} | faults.cells.keys()
    return [row for row in every if row[0] in mended]
