"""Tables of questionnaires (drafts that can change) and editions (frozen)."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import peewee

from surveys.authoring.questionnaire import Questionnaire, read_questionnaire
from surveys.database import Model, write

TEMPLATES = Path(__file__).parent / "templates"


class StoredQuestionnaire(Model):
    """A questionnaire as staff write it, as JSON."""

    id = peewee.AutoField()
    key = peewee.CharField(max_length=40, unique=True)
    definition = peewee.TextField()

    class Meta:
        table_name = "questionnaire"


class Edition(Model):
    """A questionnaire frozen at publication, known by the digest of its text. Rows are never updated."""

    id = peewee.AutoField()
    key = peewee.CharField(max_length=40, index=True)
    number = peewee.IntegerField()
    digest = peewee.CharField(max_length=64, unique=True)
    definition = peewee.TextField()

    class Meta:
        indexes = ((("key", "number"), True),)

    def questionnaire(self) -> Questionnaire:
        """The frozen questionnaire."""
        return read_questionnaire(json.loads(self.definition))


def canonical(data: Any) -> str:
    """JSON with one spelling, so that equal data has equal digests."""
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def freeze(definition: Any) -> Edition:
    """Return the edition of a definition, making the next one of its key if it is new. Inside a transaction."""
    questionnaire = read_questionnaire(definition)
    text = canonical(definition)
    digest = hashlib.sha256(text.encode()).hexdigest()
    existing = Edition.get_or_none(Edition.digest == digest)
    if existing is not None:
        return existing
    last = Edition.select(peewee.fn.MAX(Edition.number)).where(Edition.key == questionnaire.key).scalar() or 0
    return Edition.create(key=questionnaire.key, number=last + 1, digest=digest, definition=text)


def save_questionnaire(definition: Any) -> Questionnaire:
    """Store a questionnaire, replacing the draft of the same key. Raises InputError."""
    questionnaire = read_questionnaire(definition)
    text = canonical(definition)

    def act() -> None:
        StoredQuestionnaire.insert(key=questionnaire.key, definition=text).on_conflict(
            conflict_target=[StoredQuestionnaire.key], update={StoredQuestionnaire.definition: text}
        ).execute()

    write(act)
    return questionnaire


def install_templates() -> None:
    """Store the ready-made questionnaires that are not there yet; what staff changed stays."""
    for path in sorted(TEMPLATES.glob("*.json")):
        definition = json.loads(path.read_text("utf-8"))
        if StoredQuestionnaire.get_or_none(StoredQuestionnaire.key == definition["key"]) is None:
            save_questionnaire(definition)


def load_definition(key: str) -> Any:
    """The definition of a stored questionnaire as plain data, or None."""
    stored = StoredQuestionnaire.get_or_none(StoredQuestionnaire.key == key)
    return None if stored is None else json.loads(stored.definition)


def all_questionnaires() -> list[Questionnaire]:
    """All stored questionnaires, ready-made ones first."""
    shipped = [path.stem for path in TEMPLATES.glob("*.json")]
    order = ["public-response", "five-goods", "five-leads", "suggestions"]
    stored = [read_questionnaire(json.loads(row.definition)) for row in StoredQuestionnaire.select()]
    return sorted(stored, key=lambda q: (q.key not in shipped, order.index(q.key) if q.key in order else 99, q.key))
