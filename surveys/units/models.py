"""The table of units, and reading its tree."""

from __future__ import annotations

import peewee

from surveys.inputs.ordering import natural_key
from surveys.inputs.text import Text
from surveys.inputs.translations import message_id
from surveys.storage.database import Model

KINDS = (
    message_id("committee"),
    message_id("general_branch"),
    message_id("branch"),
    message_id("union"),
    message_id("youth_league"),
    message_id("office"),
    message_id("person"),
)


class Unit(Model):
    """What is rated: a node of the organisation's tree, or a person."""

    id = peewee.AutoField()
    code = peewee.CharField(max_length=40, unique=True)
    name = peewee.CharField(max_length=100)
    name_en = peewee.CharField(max_length=200, default="")
    description = peewee.CharField(max_length=200, default="")
    description_en = peewee.CharField(max_length=200, default="")
    kind = peewee.CharField(max_length=20)
    parent_id: int | None
    parent = peewee.ForeignKeyField("self", null=True, on_delete="RESTRICT")

    @property
    def text(self) -> Text:
        """The name by language."""
        return {"zh": self.name, "en": self.name_en} if self.name_en else {"zh": self.name}

    @property
    def about(self) -> Text | None:
        """A few words on what it does, by language, for people who may not know it; None where there are none."""
        words = {"zh": self.description, "en": self.description_en}
        return {language: text for language, text in words.items() if text} or None


def all_units() -> list[Unit]:
    """All units, parents before their children, siblings by code."""
    units = sorted(Unit.select(), key=lambda unit: natural_key(unit.code))
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


def units_with_depth() -> list[tuple[Unit, int]]:
    """All units in the same order, each with its depth in the tree."""
    depth: dict[int, int] = {}
    tree = []
    for unit in all_units():
        depth[unit.id] = depth.get(unit.parent_id or 0, -1) + 1
        tree.append((unit, depth[unit.id]))
    return tree
