"""The list of units as a page shows it: searched, and folded so that it stays short until somebody opens a part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from surveys.inputs.identifiers import fold
from surveys.units.models import KINDS, Unit

MOST_LINES = 36
"""So many lines are shown before somebody opens a part."""


@dataclass
class Node:
    """A unit with those below it that are shown. `found` is whether it was looked for itself: others lead to such."""

    unit: Unit
    found: bool
    below: list[Node]
    open: bool = False

    @property
    def count(self) -> int:
        """How many of those below it were found."""
        return sum(node.found + node.count for node in self.below)


@dataclass(frozen=True)
class Part:
    """Units that stand together: all, or, where too many are at the top, those of one kind, folded."""

    kind: str | None
    nodes: Sequence[Node]

    @property
    def count(self) -> int:
        """How many of them, and of those below them, were found."""
        return sum(node.found + node.count for node in self.nodes)


def find_units(units: Sequence[Unit], text: str = "", kind: str = "", parent: str = "") -> list[Part]:
    """Units whose names or code hold a text, of a kind, and below another one, with what is above them.

    `units` are all, parents before their children. `parent` is a code.
    """
    wanted, above = fold(text), fold(parent)
    nodes: dict[int, Node] = {}
    inside: set[int] = set()
    for unit in units:
        is_below = not above or unit.parent_id in inside
        if above and (is_below or fold(unit.code) == above):
            inside.add(unit.id)
        found = (
            is_below
            and (not kind or unit.kind == kind)
            and any(wanted in fold(word) for word in (unit.code, unit.name, unit.name_en))
        )
        nodes[unit.id] = Node(unit, found, [])
    for unit in reversed(units):  # children before their parents
        node = nodes[unit.id]
        if unit.parent_id in nodes and (node.found or node.below):
            nodes[unit.parent_id].below.insert(0, node)
    top = [node for node in nodes.values() if node.unit.parent_id not in nodes and (node.found or node.below)]
    _open(top)
    if len(top) <= MOST_LINES:
        return [Part(None, top)] if top else []
    return [Part(name, same) for name in KINDS if (same := [node for node in top if node.unit.kind == name])]


def _open(top: Sequence[Node]) -> None:
    """Open level after level from the top, each whole or not at all, as long as few lines are shown."""
    lines, level = len(top), list(top)
    while level and lines + sum(len(node.below) for node in level) <= MOST_LINES:
        for node in level:
            node.open = True
        level = [below for node in level for below in node.below]
        lines += len(level)


def is_below(unit: Unit, other: Unit, units: Sequence[Unit]) -> bool:
    """Whether a unit is another one or stands below it."""
    parents = {each.id: each.parent_id for each in units}
    at: int | None = unit.id
    while at is not None and at != other.id:
        at = parents.get(at)
    return at is not None
