"""The table of units."""

from __future__ import annotations

from dataclasses import dataclass

import peewee

from surveys.database import Model, write
from surveys.text import InputError, Problem, Text

KINDS = ("committee", "general_branch", "branch", "union", "youth_league", "office", "person")


class Unit(Model):
    """What is rated: a node of the organisation's tree, or a person."""

    id = peewee.AutoField()
    code = peewee.CharField(max_length=40, unique=True)
    name = peewee.CharField(max_length=100)
    name_en = peewee.CharField(max_length=200, default="")
    kind = peewee.CharField(max_length=20)
    parent_id: int | None
    parent = peewee.ForeignKeyField("self", null=True, on_delete="RESTRICT")

    @property
    def text(self) -> Text:
        """The name by language."""
        return {"zh": self.name, "en": self.name_en} if self.name_en else {"zh": self.name}


@dataclass(frozen=True)
class UnitRow:
    """A unit as it stands in a file."""

    code: str
    name: str
    name_en: str
    kind: str
    parent: str


def all_units() -> list[Unit]:
    """All units, parents before their children, siblings by code."""
    units = list(Unit.select().order_by(Unit.code))
    children: dict[int | None, list[Unit]] = {}
    for unit in units:
        children.setdefault(unit.parent_id, []).append(unit)
    ordered: list[Unit] = []
    waiting = list(reversed(children.get(None, [])))
    while waiting:
        unit = waiting.pop()
        ordered.append(unit)
        waiting.extend(reversed(children.get(unit.id, [])))
    return ordered


def store_units(rows: list[UnitRow]) -> tuple[int, int]:
    """Insert new units and update known ones by code, in one transaction. Returns (added, changed)."""

    def act() -> tuple[int, int]:
        known = {unit.code: unit for unit in Unit.select()}
        added = changed = 0
        for row in rows:
            unit = known.get(row.code)
            if unit is None:
                known[row.code] = Unit.create(code=row.code, name=row.name, name_en=row.name_en, kind=row.kind)
                added += 1
            elif (unit.name, unit.name_en, unit.kind) != (row.name, row.name_en, row.kind):
                unit.name, unit.name_en, unit.kind = row.name, row.name_en, row.kind
                unit.save()
                changed += 1
        for row in rows:
            unit = known[row.code]
            parent = known[row.parent].id if row.parent else None
            if unit.parent_id != parent:
                Unit.update(parent=parent).where(Unit.id == unit.id).execute()
                unit.parent_id = parent
        _refuse_cycles(known)
        return added, changed

    return write(act)


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


def delete_unit(code: str) -> None:
    """Remove a unit. Published surveys keep their own copy. Raises InputError if it has units below it."""

    def act() -> None:
        unit = Unit.get_or_none(Unit.code == code)
        if unit is None:
            raise InputError(Problem("There is no unit %(code)s.", code=code))
        if Unit.select().where(Unit.parent == unit).exists():
            raise InputError(Problem("The unit %(code)s has units below it; remove or move them first.", code=code))
        unit.delete_instance()

    write(act)
