"""Editions: what a questionnaire was when it was published."""

from __future__ import annotations

from typing import Any

import peewee

from surveys.questionnaires.canonical import canonical_json, text_digest
from surveys.questionnaires.library import load_definition
from surveys.questionnaires.models import Edition
from surveys.questionnaires.questionnaire import read_questionnaire
from surveys.storage.locks import Kind, Subject, lock


def freeze(definition: Any) -> Edition:
    """Return the edition of a definition, making the next one of its key if it is new. Inside a transaction."""
    lock(Subject(Kind.QUESTIONNAIRES))  # of two who publish at once, each gets a number of its own
    questionnaire = read_questionnaire(definition)
    text = canonical_json(definition)
    digest = text_digest(text)
    existing = Edition.get_or_none(Edition.digest == digest)
    if existing is not None:
        return existing
    last = Edition.select(peewee.fn.MAX(Edition.number)).where(Edition.key == questionnaire.key).scalar() or 0
    return Edition.create(key=questionnaire.key, number=last + 1, digest=digest, definition=text)


def key_if_same(definition: Any) -> str | None:
    """The key of a definition, if the stored questionnaire of that key says the same."""
    key = definition["key"] if isinstance(definition, dict) else definition
    stored = load_definition(key)
    same = stored is not None and (stored == definition or definition == key)
    return key if same else None
