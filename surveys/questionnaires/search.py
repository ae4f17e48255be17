"""Finding stored questionnaires by their words: titles and the texts of items, in both languages, in whatever case and width."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from surveys.inputs.identifiers import fold
from surveys.inputs.text import Text, clean
from surveys.questionnaires.library import READY_MADE, title_of
from surveys.questionnaires.models import StoredQuestionnaire
from surveys.questionnaires.unfinished import ReadablePart, problems_of

PAGE = 25
"""So many questionnaires stand on one page of the library."""
READY_MADE_KEYS = frozenset(path.stem for path in READY_MADE.glob("*.json"))
SHOWN = ("", "ready-made", "own", "archived")
"""What a search can be narrowed to; "": all but the archived ones."""
ORDERS = ("changed", "title")


@dataclass(frozen=True)
class FoundQuestionnaire:
    """A stored questionnaire as the library shows it.

    `problems`: how many things are missing or wrong; `seconds`: to answer it once, and for each unit; `matches`: texts of
    items that have the words.
    """

    stored: StoredQuestionnaire
    title: Text
    items: int
    problems: int
    seconds: tuple[float, float]
    matches: tuple[Text, ...]

    @property
    def ready_made(self) -> bool:
        """Whether it came with the service."""
        return self.stored.key in READY_MADE_KEYS

    def minutes(self, units: int) -> int:
        """The expected minutes with so many units."""
        once, each = self.seconds
        return max(1, -int(-(once + each * units) // 60))


@dataclass(frozen=True)
class Search:
    """What was found: one page of it, how many there are in all, and how many more in the archive."""

    found: tuple[FoundQuestionnaire, ...]
    total: int
    page: int
    archived: int

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-self.total // PAGE))


def search_questionnaires(words: str = "", shown: str = "", order: str = "changed", page: int = 1) -> Search:
    """One page of the stored questionnaires that have these words, the last changed first or by title."""
    hits: list[tuple[StoredQuestionnaire, Any]] = []
    archived = 0
    for row in StoredQuestionnaire.select():
        definition = json.loads(row.definition)
        if not has_words(definition, words):
            continue
        archived += row.archived
        if _is_shown(row, shown):
            hits.append((row, definition))
    if order == "title":
        hits.sort(key=lambda hit: (title_of(hit[1])["zh"], hit[0].key))
    else:
        hits.sort(key=lambda hit: (-hit[0].changed_at, hit[0].key))
    page = min(max(1, page), max(1, -(-len(hits) // PAGE)))
    part = hits[(page - 1) * PAGE : page * PAGE]
    found = tuple(_found(row, definition, words) for row, definition in part)
    return Search(found, len(hits), page, archived if shown != "archived" else 0)


def _is_shown(row: StoredQuestionnaire, shown: str) -> bool:
    if shown == "archived":
        return bool(row.archived)
    if row.archived:
        return False
    return not shown or (row.key in READY_MADE_KEYS) == (shown == "ready-made")


def _found(row: StoredQuestionnaire, definition: Any, words: str) -> FoundQuestionnaire:
    readable = ReadablePart(definition).questionnaire
    return FoundQuestionnaire(
        row, title_of(definition), len(list(items_of(definition))), len(problems_of(definition)),
        readable.seconds() if readable else (0.0, 0.0), matching_items(definition, words),
    )  # fmt: skip


def items_of(definition: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The items of a definition, which may lack anything."""
    for section in definition.get("sections") or []:
        yield from section.get("items") or []


def has_words(definition: Mapping[str, Any], words: str) -> bool:
    """Whether the key, the title or an item has these words."""
    wanted = fold(clean(words))
    texts = [definition.get("title"), *(item.get("text") for item in items_of(definition))]
    return not wanted or wanted in fold(str(definition.get("key", ""))) or any(_says(text, wanted) for text in texts)


def matching_items(definition: Mapping[str, Any], words: str, most: int = 2) -> tuple[Text, ...]:
    """The texts of the first items that have these words."""
    wanted = fold(clean(words))
    if not wanted:
        return ()
    texts = [item["text"] for item in items_of(definition) if _says(item.get("text"), wanted)]
    return tuple({"zh": text} if isinstance(text, str) else text for text in texts[:most])


def _says(text: object, wanted: str) -> bool:
    if isinstance(text, Mapping):
        return any(wanted in fold(said) for said in text.values())
    return isinstance(text, str) and wanted in fold(text)
