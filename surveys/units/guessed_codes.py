"""Codes for units of a table that has none: those of the stored units that are meant, or new ones.

Which unit is meant is told by its name and the unit above it: branches of two colleges often have one name.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count

from surveys.inputs.identifiers import fold
from surveys.inputs.problems import Problem, shortened
from surveys.units.importing import kind_of
from surveys.units.models import Unit

_PREFIXES = {
    "committee": "P", "general_branch": "Z", "branch": "B", "union": "G", "youth_league": "T", "office": "D", "person": "R",
}  # fmt: skip

Rows = Sequence[tuple[int, dict[str, str]]]
Edits = Mapping[tuple[int, str], str]


@dataclass
class Repeated:
    """Rows that say what an earlier one says and are passed over, and rows of which nobody can tell whether they do."""

    passed_over: set[int] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)
    remarks: list[Problem] = field(default_factory=list)


def find_repeated(rows: Rows, edits: Edits) -> Repeated:
    """Rows of one unit: all but the first are passed over if they are the same in everything, else they are faults.

    A row with a code that somebody typed is a unit of its own.
    """
    found = Repeated()
    first: dict[tuple[str, str], tuple[int, dict[str, str]]] = {}
    for number, cells in rows:
        if not cells["name"] or (number, "code") in edits:
            continue
        key = (fold(cells["name"]), fold(cells["parent"]))
        if key not in first:
            first[key] = (number, cells)
            continue
        other, said = first[key]
        if not cells["parent"]:
            found.problems.append(_repeated(number, cells, other))
        elif {name: fold(text) for name, text in cells.items()} == {name: fold(text) for name, text in said.items()}:
            found.passed_over.add(number)
            found.remarks.append(
                Problem("It says the same as row %(other)s, and is passed over.", row=number, other=other)
            )
        else:
            found.problems.append(
                Problem("“%(name)s” is also in row %(other)s, below the same unit, with something else beside it. Leave one of "
                        "the rows out, or give each a code.", "name", number, name=cells["name"][:50], other=other)
            )  # fmt: skip
    return found


def _repeated(number: int, cells: Mapping[str, str], other: int) -> Problem:
    return Problem("“%(name)s” is also in row %(other)s. Say which unit each is below, or leave this row out.", "name", number,
                   name=cells["name"][:50], other=other)  # fmt: skip


@dataclass
class Coded:
    """What was found while codes were proposed."""

    problems: list[Problem] = field(default_factory=list)
    remarks: list[Problem] = field(default_factory=list)


def propose_codes(rows: Rows, stored: Iterable[Unit], edits: Edits) -> Coded:
    """Give rows without a code that of the stored unit that is meant, or a new one."""
    known = list(stored)
    by_name: dict[str, list[Unit]] = {}
    for unit in known:
        by_name.setdefault(fold(unit.name), []).append(unit)
    taken = {fold(unit.code) for unit in known} | {fold(cells["code"]) for _, cells in rows if cells["code"]}
    names = [fold(cells["name"]) for _, cells in rows]
    makers: dict[str, Iterator[str]] = {}
    coded = Coded()
    used: dict[str, int] = {}
    for number, cells in rows:
        if cells["code"] or (number, "code") in edits or not cells["name"]:
            continue
        same = by_name.get(fold(cells["name"]), [])
        meant = _meant(cells["parent"], same, alone=names.count(fold(cells["name"])) == 1)
        if len(meant) == 1 and meant[0].code in used:
            coded.problems.append(_repeated(number, cells, used[meant[0].code]))
            continue
        if len(meant) == 1:
            cells["code"] = meant[0].code
            used[meant[0].code] = number
            continue
        if len(meant) > 1:
            coded.problems.append(
                Problem("There are several units called “%(name)s”: %(names)s. Say which one is meant by its code, or give this "
                        "one a new code.", "code", number, name=cells["name"][:50],
                        names=shortened([_shown(unit) for unit in meant], 5))
            )  # fmt: skip
            continue
        if same:
            coded.remarks.append(
                Problem("“%(name)s” is stored as %(names)s already. Here it is below another unit, so it is added as another "
                        "one. If it has moved, enter its code.", row=number or None, name=cells["name"][:50],
                        names=shortened([_shown(unit) for unit in same], 5))
            )  # fmt: skip
        kind = kind_of(cells["kind"])
        cells["code"] = next(makers.setdefault(kind, free_codes(kind, taken)))
    return coded


def _meant(parent: str, same: Sequence[Unit], *, alone: bool) -> list[Unit]:
    """Which of the stored units of a name is meant by a row with this unit above. `alone`: no other row has the name."""
    if not parent:
        return list(same) if alone or len(same) > 1 else [unit for unit in same if not unit.parent_id]
    below = [unit for unit in same if unit.parent_id and fold(parent) in _words(unit.parent)]
    if below:
        return below
    # One that is stored without a unit above it is the one that is put below it now.
    return [unit for unit in same if not unit.parent_id] if alone else []


def _words(unit: Unit) -> set[str]:
    """What a unit may be called where it is named as the one above."""
    words = {unit.code, unit.name, unit.name_en, f"{unit.name}({unit.code})"}
    if unit.parent_id:
        words |= {f"{unit.name}({unit.parent.name})", f"{unit.name_en}({unit.parent.name_en or unit.parent.name})"}
    return {fold(word) for word in words if word}


def _shown(unit: Unit) -> str:
    return f"{unit.code} ({unit.parent.name})" if unit.parent_id else unit.code


def free_codes(kind: str, taken: Container[str]) -> Iterator[str]:
    """Codes for new units of a kind, one after the other. `taken` are the codes that there are, folded."""
    prefix = _PREFIXES.get(kind, "U")
    return (code for number in count(1) if fold(code := f"{prefix}{number:03}") not in taken)
