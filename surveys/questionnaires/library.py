"""The stored questionnaires: the ready-made ones and the college's own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from surveys.questionnaires.canonical import canonical_json
from surveys.questionnaires.models import StoredQuestionnaire
from surveys.questionnaires.questionnaire import Questionnaire, read_questionnaire
from surveys.storage.audit import Action
from surveys.storage.locks import Kind, Subject
from surveys.storage.transactions import write
from surveys.storage.unit_of_work import Actor, unit_of_work

READY_MADE = Path(__file__).parent / "ready_made"
_ORDER = ("public-response", "five-goods", "five-leads", "suggestions")


def save_questionnaire(actor: Actor, definition: Any) -> Questionnaire:
    """Store a questionnaire, replacing the one of the same key. Raises InputError."""
    questionnaire = read_questionnaire(definition)
    return unit_of_work(
        actor,
        Action.SAVE_QUESTIONNAIRE,
        Subject(Kind.QUESTIONNAIRES),
        apply=lambda: _store(questionnaire, definition),
        about=questionnaire.key,
    )


def _store(questionnaire: Questionnaire, definition: Any) -> Questionnaire:
    text = canonical_json(definition)
    StoredQuestionnaire.insert(key=questionnaire.key, definition=text).on_conflict(
        conflict_target=[StoredQuestionnaire.key], update={StoredQuestionnaire.definition: text}
    ).execute()
    return questionnaire


def install_ready_made() -> None:
    """Store the ready-made questionnaires that are not there yet; what staff changed stays."""

    def act() -> None:
        for path in sorted(READY_MADE.glob("*.json")):
            definition = json.loads(path.read_text("utf-8"))
            if StoredQuestionnaire.get_or_none(StoredQuestionnaire.key == definition["key"]) is None:
                _store(read_questionnaire(definition), definition)

    write(act)


def load_definition(key: str) -> Any:
    """The definition of a stored questionnaire as plain data, or None."""
    stored = StoredQuestionnaire.get_or_none(StoredQuestionnaire.key == key)
    return None if stored is None else json.loads(stored.definition)


def all_questionnaires() -> list[Questionnaire]:
    """All stored questionnaires, ready-made ones first."""
    stored = [read_questionnaire(json.loads(row.definition)) for row in StoredQuestionnaire.select()]
    return sorted(stored, key=lambda q: (_ORDER.index(q.key) if q.key in _ORDER else len(_ORDER), q.key))
