"""A free text. It is not packed into the ballot: it becomes a remark, stored apart under its own random number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from surveys.inputs.problems import Faults, Problem
from surveys.inputs.text import clean
from surveys.inputs.values import as_whole
from surveys.questionnaires.items.base import ROOM, Fields, Item, Keys, Reading


@dataclass(frozen=True, kw_only=True)
class TextItem(Item):
    """A text of at most `limit` characters."""

    type: ClassVar[str] = "text"
    names: ClassVar[tuple[str, ...]] = ("limit",)
    remarkable: ClassVar[bool] = True

    limit: int = 500

    @classmethod
    def read(cls, row: Mapping[str, Any], where: str, scales: Mapping[str, Any]) -> Self:
        faults = Faults()
        limit = faults.take(lambda: as_whole(row.get("limit", 500), 1, 5000, f"{where}.limit"))
        common = faults.take(lambda: cls.read_common(row, where))
        faults.check()
        return cls(**common, limit=limit)

    @property
    def seconds(self) -> float:
        return 20.0 if self.required else 0.0

    @property
    def most_characters(self) -> int:
        return self.limit

    def read_form(self, fields: Fields, name: str) -> Reading:
        typed = (fields.get(name) or [""])[0]
        body = typed if len(typed) > ROOM * self.limit else clean(typed, lines=True)
        if len(body) > self.limit:
            problem = Problem("The text is longer than %(limit)s characters.", limit=self.limit)
            return Reading(b"", False, problem=problem)
        return Reading(b"", not body, remark=body)

    def describe(self, packed: bytes) -> str:
        return ""

    def read_cell(self, cell: str, name: str) -> dict[str, list[str]]:
        return {name: [cell]}

    def keys(self) -> Keys:
        return Keys(False, self.limit, twice=False)

    def canonical(self, typed: str) -> str:
        return typed

    def typed_fields(self, typed: str, name: str) -> dict[str, list[str]]:
        return {name: [typed]}
