"""The stored questionnaires: the ready-made ones and the college's own."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from surveys.inputs.problems import InputError, Problem
from surveys.inputs.text import Text
from surveys.inputs.values import CODE as KEY
from surveys.inputs.values import as_code
from surveys.questionnaires.canonical import canonical_json
from surveys.questionnaires.models import StoredQuestionnaire
from surveys.questionnaires.questionnaire import Questionnaire, read_questionnaire
from surveys.questionnaires.unfinished import problems_of
from surveys.questionnaires.versions import keep_version
from surveys.storage.audit import Action
from surveys.storage.locks import Kind, Subject
from surveys.storage.transactions import write
from surveys.storage.unit_of_work import Actor, unit_of_work

READY_MADE = Path(__file__).parent / "ready_made"
_ORDER = ("public-response", "five-goods", "five-leads", "suggestions")
QUESTIONNAIRES = Subject(Kind.QUESTIONNAIRES)


@dataclass(frozen=True)
class Listed:
    """A stored questionnaire as lists show it. `problems`: how many things are missing or wrong in it."""

    stored: StoredQuestionnaire
    title: Text
    items: int
    problems: int


def save_questionnaire(actor: Actor, definition: Any) -> Questionnaire:
    """Store a complete questionnaire, replacing the one of the same key. Raises InputError."""
    questionnaire = read_questionnaire(definition)

    def act() -> Questionnaire:
        stored = _put(questionnaire.key, canonical_json(definition), actor.name)
        keep_version(stored, actor, always=True)
        return questionnaire

    return unit_of_work(actor, Action.SAVE_QUESTIONNAIRE, QUESTIONNAIRES, apply=act, about=questionnaire.key)


def _put(key: str, text: str, name: str) -> StoredQuestionnaire:
    now = int(time.time())
    columns = {"definition": text, "changed_by": name[:60], "changed_at": now}
    stored = StoredQuestionnaire.get_or_none(StoredQuestionnaire.key == key)
    if stored is None:
        return StoredQuestionnaire.create(key=key, **columns)
    keep_version(stored, None)
    columns |= {"revision": stored.revision + 1, "archived": False}
    StoredQuestionnaire.update(columns).where(StoredQuestionnaire.id == stored.id).execute()
    return StoredQuestionnaire.get_by_id(stored.id)


def install_ready_made() -> None:
    """Store the ready-made questionnaires that are not there yet; what staff changed stays."""

    def act() -> None:
        for path in sorted(READY_MADE.glob("*.json")):
            definition = json.loads(path.read_text("utf-8"))
            if find_questionnaire(definition["key"]) is None:
                _put(read_questionnaire(definition).key, canonical_json(definition), "")

    write(act)


def find_questionnaire(key: str) -> StoredQuestionnaire | None:
    """The stored questionnaire of a key, or None."""
    return StoredQuestionnaire.get_or_none(StoredQuestionnaire.key == key)


def find_renamed(key: str) -> StoredQuestionnaire | None:
    """The questionnaire that was called so before, the last one that was saved if there are several; or None."""
    if not KEY.fullmatch(key):
        return None
    renamed = StoredQuestionnaire.select().where(StoredQuestionnaire.former_keys.contains(f'"{key}"'))
    same = [stored for stored in renamed if key in json.loads(stored.former_keys or "[]")]
    return max(same, key=lambda stored: stored.changed_at, default=None)


def require_questionnaire(key: str) -> StoredQuestionnaire:
    """The stored questionnaire of a key. Raises InputError."""
    stored = find_questionnaire(key)
    if stored is None:
        raise InputError(Problem("There is no questionnaire %(name)s.", name=key[:50]))
    return stored


def load_definition(key: str) -> Any:
    """The definition of a stored questionnaire as plain data, or None."""
    stored = find_questionnaire(key)
    return None if stored is None else json.loads(stored.definition)


def all_questionnaires() -> list[Questionnaire]:
    """The questionnaires that surveys can use (complete and not archived), ready-made ones first."""
    rows = StoredQuestionnaire.select().where(~StoredQuestionnaire.archived)
    definitions = [json.loads(row.definition) for row in rows]
    complete = [read_questionnaire(definition) for definition in definitions if not problems_of(definition)]
    return sorted(complete, key=lambda questionnaire: _place(questionnaire.key))


def list_questionnaires() -> list[Listed]:
    """All stored questionnaires, also those that are not complete or archived, ready-made ones first."""
    listed = [_listed(row) for row in StoredQuestionnaire.select()]
    return sorted(listed, key=lambda one: (one.stored.archived, _place(one.stored.key)))


def _listed(row: StoredQuestionnaire) -> Listed:
    definition = json.loads(row.definition)
    items = sum(len(section.get("items") or []) for section in definition.get("sections") or [])
    return Listed(row, title_of(definition), items, len(problems_of(definition)))


def title_of(definition: Any) -> Text:
    """The title of a definition, which may have none: then its key."""
    title = definition.get("title")
    title = {"zh": title} if isinstance(title, str) else title or {}
    texts = {language: text for language, text in title.items() if text.strip()}
    return {"zh": texts.get("en") or str(definition.get("key", "")), **texts}


def _place(key: str) -> tuple[int, str]:
    return (_ORDER.index(key) if key in _ORDER else len(_ORDER), key)


def is_free(key: str) -> bool:
    """Whether a new questionnaire can have this key: no other has it, in whatever case."""
    taken = {row.key.lower() for row in StoredQuestionnaire.select(StoredQuestionnaire.key)}
    return bool(key) and key.lower() not in (*taken, "new")


def free_key(wanted: str = "") -> str:
    """A key that no questionnaire has: of the ASCII words of a title, else q-1, q-2 …"""
    words = re.sub(r"[^a-z0-9]+", "-", wanted.lower()).strip("-")[:32].strip("-")
    base = words if len(words) >= 3 and not words.isdigit() else ""
    taken = {row.key.lower() for row in StoredQuestionnaire.select(StoredQuestionnaire.key)}
    if base and base not in (*taken, "new"):
        return base
    number = 2 if base else 1
    while f"{base or 'q'}-{number}" in taken:
        number += 1
    return f"{base or 'q'}-{number}"


def archive_questionnaire(actor: Actor, key: str, archived: bool) -> None:
    """Take a questionnaire out of what new surveys can use, or back into it. Raises InputError."""

    def act() -> None:
        stored = require_questionnaire(key)
        StoredQuestionnaire.update(archived=archived).where(StoredQuestionnaire.id == stored.id).execute()

    action = Action.ARCHIVE_QUESTIONNAIRE if archived else Action.UNARCHIVE_QUESTIONNAIRE
    unit_of_work(actor, action, QUESTIONNAIRES, apply=act, about=key)


def rename_questionnaire(actor: Actor, key: str, new: str, *, check: Callable[[], None]) -> StoredQuestionnaire:
    """Give a questionnaire another key. `check` raises InputError where its old one is needed.

    Raises InputError: it is no key, or taken.
    """

    def act() -> StoredQuestionnaire:
        check()
        stored = require_questionnaire(key)
        code = as_code(new, "key")
        if code != key and (find_questionnaire(code) is not None or code == "new"):
            raise InputError(Problem("There is a questionnaire %(name)s already.", "key", name=code))
        definition = {**json.loads(stored.definition), "key": code}
        former = {*json.loads(stored.former_keys or "[]"), stored.key} - {code}
        columns = {
            "key": code, "definition": canonical_json(definition), "revision": stored.revision + 1,
            "former_keys": json.dumps(sorted(former)),
        }  # fmt: skip
        StoredQuestionnaire.update(columns).where(StoredQuestionnaire.id == stored.id).execute()
        return StoredQuestionnaire.get_by_id(stored.id)

    return unit_of_work(actor, Action.SAVE_QUESTIONNAIRE, QUESTIONNAIRES, apply=act, about=f"{key} → {new[:40]}")
