"""A note: text to read, with nothing to answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from surveys.questionnaires.items.base import Fields, Item, Reading


@dataclass(frozen=True, kw_only=True)
class NoteItem(Item):
    """A note."""

    type: ClassVar[str] = "note"
    asks: ClassVar[bool] = False

    def read_form(self, fields: Fields, name: str) -> Reading:
        return Reading(b"", False)
