"""Which surveys use which questionnaire: drafts refer to it by its key, published ones have an edition of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from peewee import JOIN

from surveys.campaigns.models import Survey
from surveys.campaigns.states import State
from surveys.inputs.text import Text
from surveys.questionnaires.models import Edition


@dataclass(frozen=True)
class Use:
    """A survey that uses a questionnaire; `own`: a draft that brings the questionnaire along itself, from a file."""

    slug: str
    title: Text
    draft: bool
    own: bool = False


def uses_by_questionnaire() -> dict[str, list[Use]]:
    """By the key of a questionnaire, the surveys that use it: drafts first, then the newest."""
    found: dict[str, list[Use]] = {}
    newest = Survey.id.desc()  # type: ignore[attr-defined]
    for row in Survey.select(Survey, Edition).join(Edition, JOIN.LEFT_OUTER).order_by(newest):
        data = json.loads(row.plan)
        chosen = data.get("questionnaire")
        own = isinstance(chosen, Mapping)
        key = row.edition.key if row.edition else chosen.get("key") if own else chosen
        if key:
            draft = row.state == State.DRAFT.value
            found.setdefault(str(key), []).append(Use(row.slug, _title(row.slug, data), draft, own and draft))
    return {key: sorted(uses, key=lambda use: not use.draft) for key, uses in found.items()}


def drafts_with_own_scale(key: str) -> list[Use]:
    """Drafts that bring along a questionnaire of their own with a scale of this key: nothing but the draft changes it."""
    newest = Survey.id.desc()  # type: ignore[attr-defined]
    return [
        Use(row.slug, _title(row.slug, data), draft=True, own=True)
        for row in Survey.select().where(Survey.state == State.DRAFT.value).order_by(newest)
        if isinstance((data := json.loads(row.plan)).get("questionnaire"), Mapping)
        and key in (data["questionnaire"].get("scales") or {})
    ]


def _title(slug: str, data: Mapping[str, Any]) -> Text:
    title = data.get("title")
    title = {"zh": title} if isinstance(title, str) else title
    return title if title and title.get("zh") else {"zh": slug}
