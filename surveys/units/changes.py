"""What staff change about units."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from surveys.inputs.identifiers import alike, fold
from surveys.inputs.problems import InputError, Problem
from surveys.storage.audit import Action
from surveys.storage.locks import Kind, Subject
from surveys.storage.unit_of_work import Actor, unit_of_work
from surveys.units.importing import UnitRow
from surveys.units.models import Unit

_UNITS = Subject(Kind.UNITS)


@dataclass(frozen=True)
class UnitImport:
    """What an import did."""

    added: int
    changed: int


def store_units(actor: Actor, rows: list[UnitRow]) -> UnitImport:
    """Insert new units and update known ones by code, all or none."""
    return unit_of_work(
        actor, Action.IMPORT_UNITS, _UNITS, apply=lambda: _store(rows),
        about=lambda done: f"{done.added} new, {done.changed} changed",
    )  # fmt: skip


def save_unit(actor: Actor, read: Callable[[], UnitRow], *, new: bool) -> UnitRow:
    """Add one unit, or change one that is there; `read` says what it shall be, once nobody else can change it.

    Raises InputError: it is there already, or not any more.
    """

    def act() -> UnitRow:
        row = read()
        there = any(fold(unit.code) == fold(row.code) for unit in Unit.select())
        if there and new:
            raise InputError(Problem("There is already a unit with the code %(code)s.", "code", code=row.code))
        if not there and not new:
            raise InputError(Problem("There is no unit %(code)s.", code=row.code))
        _store([row])
        return row

    return unit_of_work(actor, Action.SAVE_UNIT, _UNITS, apply=act, about=lambda row: row.code)


def _store(rows: list[UnitRow]) -> UnitImport:
    known = {unit.code: unit for unit in Unit.select()}
    _refuse_same_codes({row.code for row in rows} | known.keys())
    added = changed = 0
    for row in rows:
        unit = known.get(row.code)
        if unit is None:
            known[row.code] = Unit.create(**{name: getattr(row, name) for name in ("code", *_OWN)})
            added += 1
        elif not _same(unit, row):
            for name in _OWN:
                setattr(unit, name, getattr(row, name))
            unit.save()
            changed += 1
    for row in rows:
        unit = known[row.code]
        if row.parent and row.parent not in known:
            raise InputError(Problem("There is no unit %(code)s.", "parent", code=row.parent))
        parent = known[row.parent].id if row.parent else None
        if unit.parent_id != parent:
            Unit.update(parent=parent).where(Unit.id == unit.id).execute()
            unit.parent_id = parent
    _refuse_cycles(known)
    return UnitImport(added, changed)


Change = Literal["new", "changed", "same"]


def compare_units(rows: list[UnitRow]) -> list[tuple[UnitRow, Change]]:
    """What storing these rows would change."""
    known = {unit.code: unit for unit in Unit.select()}
    return [(row, _change(row, known.get(row.code))) for row in rows]


def alike_codes(rows: list[UnitRow]) -> list[tuple[str, str]]:
    """New codes that differ from known ones only by zeros in front, with these: a spreadsheet may have removed them."""
    return alike((row.code for row in rows), (unit.code for unit in Unit.select()))


def _change(row: UnitRow, unit: Unit | None) -> Change:
    if unit is None:
        return "new"
    parent = unit.parent.code if unit.parent_id else ""
    return "same" if _same(unit, row) and parent == row.parent else "changed"


_OWN = ("name", "name_en", "kind", "description", "description_en")
"""What a unit says of itself, beside its code and the unit above it."""


def _same(unit: Unit, row: UnitRow) -> bool:
    return all(getattr(unit, name) == getattr(row, name) for name in _OWN)


def _refuse_same_codes(codes: set[str]) -> None:
    """Two files that were read at the same time may each bring a new code, one in capitals."""
    seen: dict[str, str] = {}
    for code in sorted(codes):
        other = seen.setdefault(fold(code), code)
        if other != code:
            raise InputError(Problem("The codes %(code)s and %(other)s are the same.", code=code, other=other))


def _refuse_cycles(known: dict[str, Unit]) -> None:
    parents = {unit.id: unit.parent_id for unit in known.values()}
    codes = {unit.id: unit.code for unit in known.values()}
    for start in parents:
        seen = {start}
        at = parents[start]
        while at is not None:
            if at in seen:
                raise InputError(Problem("The unit %(code)s would be its own parent.", "parent", code=codes[start]))
            seen.add(at)
            at = parents.get(at)


def delete_unit(actor: Actor, code: str, check: Callable[[Unit], None] | None = None) -> None:
    """Remove a unit. Published surveys keep their own copy. Raises InputError if it has units below it.

    `check` may raise InputError for what else keeps it (see campaigns/drafts.py).
    """

    def act() -> None:
        unit = next((unit for unit in Unit.select() if fold(unit.code) == fold(code)), None)
        if unit is None:
            raise InputError(Problem("There is no unit %(code)s.", code=code))
        if Unit.select().where(Unit.parent == unit).exists():
            raise InputError(Problem("The unit %(code)s has units below it; remove or move them first.", code=code))
        if check is not None:
            check(unit)
        unit.delete_instance()

    unit_of_work(actor, Action.DELETE_UNIT, _UNITS, apply=act, about=code)
