"""Editing a stored questionnaire in small saves, by several people at once."""

from __future__ import annotations

import json
import time
from typing import Any

from surveys.inputs.problems import InputError, Problem
from surveys.questionnaires.library import QUESTIONNAIRES, free_key, is_free, require_questionnaire, title_of
from surveys.questionnaires.models import QuestionnaireEditor, StoredQuestionnaire
from surveys.questionnaires.unfinished import check_shape
from surveys.questionnaires.versions import find_version, keep_version
from surveys.storage.audit import Action, record
from surveys.storage.transactions import write
from surveys.storage.unit_of_work import Actor, unit_of_work

PRESENT = 30
"""Seconds for which somebody counts as present after their page last said so."""


class EditConflictError(InputError):
    """A questionnaire was saved by somebody else since it was read. `stored` is what it is now."""

    def __init__(self, stored: StoredQuestionnaire) -> None:
        self.stored = stored
        super().__init__(Problem("%(name)s has saved this questionnaire in the meantime.", name=stored.changed_by))


def begin_questionnaire(actor: Actor, definition: Any, *, wanted: str = "", once: str = "") -> StoredQuestionnaire:
    """Store a new questionnaire, which may lack anything, under a key that is free: `wanted`, if it is. Raises InputError."""
    check_shape(definition)

    def act() -> StoredQuestionnaire:
        title = title_of({**definition, "key": ""})
        key = wanted if is_free(wanted) else free_key(title.get("en") or title["zh"])
        text, now = check_shape({**definition, "key": key}), int(time.time())
        name = actor.name[:60]
        stored = StoredQuestionnaire.create(key=key, definition=text, changed_by=name, changed_at=now)
        keep_version(stored, actor, always=True)
        return stored

    about = lambda stored: stored.key  # noqa: E731
    return unit_of_work(actor, Action.SAVE_QUESTIONNAIRE, QUESTIONNAIRES, apply=act, about=about, once=once)


def save_edit(actor: Actor, key: str, revision: int, definition: Any) -> StoredQuestionnaire:
    """Store what was edited. `revision` is that of the questionnaire as it was read.

    Raises EditConflictError if it was saved meanwhile, InputError if the definition has not even the shape of one.
    """
    text = check_shape({**definition, "key": key} if isinstance(definition, dict) else definition)

    def act() -> StoredQuestionnaire:
        stored = require_questionnaire(key)
        if stored.definition == text:
            return stored  # sent again, because the answer was lost
        if stored.revision != revision:
            raise EditConflictError(stored)
        return put_edit(actor, stored, text)

    return unit_of_work(actor, None, QUESTIONNAIRES, apply=act)


def put_edit(actor: Actor, stored: StoredQuestionnaire, text: str, *, always: bool = False) -> StoredQuestionnaire:
    """Inside a transaction: store what a questionnaire says now, as a new revision. `always`: as a version of its own."""
    keep_version(stored, None)
    changed = {
        "definition": text,
        "revision": stored.revision + 1,
        "changed_by": actor.name[:60],
        "changed_at": int(time.time()),
    }
    StoredQuestionnaire.update(changed).where(StoredQuestionnaire.id == stored.id).execute()
    stored = StoredQuestionnaire.get_by_id(stored.id)
    if keep_version(stored, actor, always=always):
        record(actor.name, Action.SAVE_QUESTIONNAIRE, stored.key)
    return stored


def bring_back(actor: Actor, key: str, number: int) -> StoredQuestionnaire:
    """Make an old version of a questionnaire the present one, as a new version. Raises InputError."""

    def act() -> StoredQuestionnaire:
        stored = require_questionnaire(key)
        version = find_version(stored, number)
        if version is None:
            raise InputError(Problem("There is no version %(number)s.", number=number))
        return put_edit(actor, stored, check_shape({**json.loads(version.definition), "key": key}), always=True)

    return unit_of_work(actor, None, QUESTIONNAIRES, apply=act)


def note_presence(stored: StoredQuestionnaire, name: str) -> list[str]:
    """Note that somebody has a questionnaire open; returns the names of the others who do."""
    now, name = int(time.time()), name[:60]
    of_this = QuestionnaireEditor.questionnaire == stored.id

    def act() -> list[str]:
        QuestionnaireEditor.delete().where(of_this, QuestionnaireEditor.seen_at < now - PRESENT).execute()
        QuestionnaireEditor.insert(questionnaire=stored.id, account=name, seen_at=now).on_conflict(
            conflict_target=[QuestionnaireEditor.questionnaire, QuestionnaireEditor.account],
            update={QuestionnaireEditor.seen_at: now},
        ).execute()
        others = QuestionnaireEditor.select().where(of_this, QuestionnaireEditor.account != name)
        return sorted(editor.account for editor in others)

    return write(act)
