"""What was looked at before a draft is published: nothing else is published, whoever saved something meanwhile."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from surveys.campaigns.drafts import PARTS, Draft
from surveys.inputs.problems import InputError, Problem
from surveys.inputs.text import Text
from surveys.questionnaires.canonical import canonical_json, text_digest

_LENGTH = 12


@dataclass(frozen=True)
class Changed:
    """A part of a draft that says something else by now; of the questionnaire also the texts of the items that do."""

    part: str
    items: tuple[Text, ...] = ()


class DraftChangedError(InputError):
    """A draft is another one than the one that was looked at."""

    def __init__(self, changed: list[Changed]) -> None:
        self.changed = changed
        super().__init__(Problem("The draft was changed after you looked at it. It is not published yet."))


def looked_at(draft: Draft) -> str:
    """What a complete draft says, in short: all its parts with its questionnaire and its units, and every item."""
    return canonical_json(_digests(draft))


def check_unchanged(draft: Draft, before: str) -> None:
    """Raises DraftChangedError if a draft says something else than when `looked_at` said `before`."""
    now, then = _digests(draft), _read(before)
    if now == then:
        return
    items = _items(draft)
    changed = [
        Changed(part, tuple(items[code] for code in items if part == "questionnaire" and now[f"item.{code}"] != then.get(f"item.{code}")))
        for part in PARTS
        if now[part] != then.get(part)
    ]  # fmt: skip
    raise DraftChangedError(changed)


def _read(before: str) -> Mapping[str, Any]:
    """What a form brought back; what cannot be read differs in everything."""
    try:
        said = json.loads(before)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _digests(draft: Draft) -> dict[str, str]:
    plan = json.loads(draft.require().text)
    said: dict[str, Any] = {part: {name: plan.get(name) for name in names} for part, names in PARTS.items()}
    survey = draft.survey
    said["window"] = [survey.opens_at, survey.closes_at, survey.grace_minutes]
    for section in plan["questionnaire"]["sections"]:
        said |= {f"item.{item['code']}": item for item in section["items"]}
    return {name: text_digest(canonical_json(value))[:_LENGTH] for name, value in said.items()}


def _items(draft: Draft) -> dict[str, Text]:
    return {item.code: item.text for item in draft.require().plan.questionnaire.items}
