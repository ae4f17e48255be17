"""The versions of a questionnaire: one for each stretch in which somebody edited it, so that it can be seen who changed what.

A stretch ends when another person saves, or ten minutes after it began. While it lasts, its version is overwritten.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from surveys.questionnaires.models import QuestionnaireVersion, StoredQuestionnaire
from surveys.storage.unit_of_work import Actor

STRETCH = 600
"""Seconds after which a new version begins."""
MOST_VERSIONS = 300
"""So many are kept of one questionnaire."""


def keep_version(stored: StoredQuestionnaire, actor: Actor | None, *, always: bool = False) -> bool:
    """Inside a transaction: keep what is stored now; whether that began a new version.

    Without an actor it is kept only if nothing is yet: before it is overwritten for the first time.
    """
    now = int(time.time())
    last = _of(stored.id).first()
    if actor is None:
        if last is None:
            _create(stored, stored.changed_at)
        return False
    name = actor.name[:60]
    if not always and last is not None and last.saved_by == name and 0 <= now - last.begun_at < STRETCH:
        changed = {"definition": stored.definition, "saved_at": now}
        QuestionnaireVersion.update(changed).where(QuestionnaireVersion.id == last.id).execute()
        return False
    _create(stored, now)
    old = [version.id for version in _of(stored.id).offset(MOST_VERSIONS).limit(10)]
    if old:
        QuestionnaireVersion.delete().where(QuestionnaireVersion.id.in_(old)).execute()
    return True


def _of(questionnaire_id: int) -> Any:
    newest = QuestionnaireVersion.id.desc()
    return QuestionnaireVersion.select().where(QuestionnaireVersion.questionnaire == questionnaire_id).order_by(newest)


def _create(stored: StoredQuestionnaire, now: int) -> None:
    QuestionnaireVersion.create(
        questionnaire=stored.id, begun_at=now, saved_at=now, saved_by=stored.changed_by, definition=stored.definition
    )


@dataclass(frozen=True)
class Difference:
    """What differs between two definitions: texts of the items that were added, removed and changed; other things."""

    added: tuple[Any, ...]
    removed: tuple[Any, ...]
    changed: tuple[Any, ...]
    order: bool
    rest: bool


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> Difference:
    """What differs between two definitions."""
    old, new = _items(before), _items(after)
    return Difference(
        tuple(item.get("text") for code, item in new.items() if code not in old),
        tuple(item.get("text") for code, item in old.items() if code not in new),
        tuple(item.get("text") for code, item in new.items() if code in old and old[code] != item),
        [code for code in old if code in new] != [code for code in new if code in old],
        _rest(before) != _rest(after),
    )


def _items(definition: Mapping[str, Any]) -> dict[str, Any]:
    return {
        str(item.get("code", "")): item
        for section in definition.get("sections") or []
        for item in section.get("items") or []
    }


def _rest(definition: Mapping[str, Any]) -> Any:
    sections = [{**section, "items": None} for section in definition.get("sections") or []]
    return {**definition, "sections": sections}


def versions_of(stored: StoredQuestionnaire) -> list[tuple[QuestionnaireVersion, Difference | None]]:
    """The versions of a questionnaire, newest first, each with what it changed; the first one changed nothing."""
    rows = list(_of(stored.id))
    definitions = [json.loads(row.definition) for row in rows]
    before: list[Any] = [*definitions, None][1:]
    return [
        (row, None if earlier is None else difference(earlier, now))
        for row, now, earlier in zip(rows, definitions, before, strict=True)
    ]


def find_version(stored: StoredQuestionnaire, number: int) -> QuestionnaireVersion | None:
    """A version of a questionnaire by its number, or None."""
    return _of(stored.id).where(QuestionnaireVersion.id == number).first()
