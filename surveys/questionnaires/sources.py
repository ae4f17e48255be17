"""What questions can be taken from: stored questionnaires, and editions that say something else than those."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from surveys.inputs.text import Text
from surveys.questionnaires.library import find_questionnaire, title_of
from surveys.questionnaires.models import Edition, StoredQuestionnaire
from surveys.questionnaires.search import READY_MADE_KEYS, has_words, items_of, matching_items

MOST = 30
"""So many are named at once."""
MOST_EDITIONS = 300
"""So many editions are looked through, the newest ones."""


@dataclass(frozen=True)
class ItemSource:
    """A questionnaire or, with its number, an edition. `of` names it: "stored:KEY" or "edition:ID"."""

    of: str
    title: Text
    items: int
    matches: tuple[Text, ...]
    edition: int | None = None
    ready_made: bool = False
    archived: bool = False


def item_sources(words: str, *, leave_out: str = "") -> tuple[list[ItemSource], bool]:
    """Those with these words in titles or items, stored questionnaires first; and whether there are more."""
    found: list[ItemSource] = []
    for source in _all_sources(words, leave_out):
        if len(found) == MOST:
            return found, True
        found.append(source)
    return found, False


def _all_sources(words: str, leave_out: str) -> Iterator[ItemSource]:
    rows = list(StoredQuestionnaire.select())
    for row in sorted(rows, key=lambda row: (row.archived, -row.changed_at, row.key)):
        definition = json.loads(row.definition)
        if row.key != leave_out and any(True for _item in items_of(definition)) and has_words(definition, words):
            yield ItemSource(
                f"stored:{row.key}", title_of(definition), len(list(items_of(definition))),
                matching_items(definition, words), None, row.key in READY_MADE_KEYS, bool(row.archived),
            )  # fmt: skip
    stored = {row.definition for row in rows}
    newer = set()  # a correction makes an edition that asks the same: of those the last one is named
    for edition in Edition.select().order_by(Edition.id.desc()).limit(MOST_EDITIONS):
        definition = json.loads(edition.definition)
        asked = (edition.key, tuple(str(item.get("code")) for item in items_of(definition)))
        if edition.definition not in stored and asked not in newer and has_words(definition, words):
            newer.add(asked)
            yield ItemSource(
                f"edition:{edition.id}", title_of(definition), len(list(items_of(definition))),
                matching_items(definition, words), edition.number,
            )  # fmt: skip


def find_source(of: str) -> Any:
    """The definition of a questionnaire or an edition by what names it, or None."""
    kind, _colon, name = of.partition(":")
    if kind == "stored":
        row = find_questionnaire(name)
        return None if row is None else json.loads(row.definition)
    if kind == "edition" and name.isascii() and name.isdigit() and len(name) < 10:
        edition = Edition.get_or_none(Edition.id == int(name))
        return None if edition is None else json.loads(edition.definition)
    return None
