"""The scales of the college: stored once, copied into the questionnaires that use them.

A questionnaire is complete in itself, so changing a stored scale changes no questionnaire unless whoever saves it says which
ones take the change (docs/decisions/0014-copies-of-scales.md).
"""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from surveys.inputs.identifiers import fold
from surveys.inputs.problems import Faults, InputError, Problem
from surveys.inputs.text import Text
from surveys.inputs.values import as_code, as_table, read_text
from surveys.questionnaires.canonical import canonical_json, text_digest
from surveys.questionnaires.editing import put_edit
from surveys.questionnaires.library import QUESTIONNAIRES, title_of
from surveys.questionnaires.models import StoredQuestionnaire, StoredScale
from surveys.questionnaires.scales import PRESETS, Scale, read_scale, scale_data
from surveys.questionnaires.unfinished import check_shape, problems_of
from surveys.storage.audit import Action
from surveys.storage.unit_of_work import Actor, unit_of_work

PRESET_NAMES: dict[str, Text] = {
    "satisfaction4": {"zh": "满意度（四级）", "en": "Satisfaction, four levels"},
    "quality4": {"zh": "评价等次（四级）", "en": "Quality, four levels"},
    "likert5": {"zh": "同意程度（五级）", "en": "Agreement, five levels"},
}


class ScaleConflictError(InputError):
    """A scale was saved by somebody else since it was read. `stored` is what it is now."""

    def __init__(self, stored: StoredScale) -> None:
        self.stored = stored
        super().__init__(Problem("%(name)s has saved this scale in the meantime.", name=stored.changed_by))


@dataclass(frozen=True)
class NamedScale:
    """A preset or a stored scale: its name, and what a questionnaire that uses it copies. `stored` is None for a preset."""

    key: str
    name: Text
    data: Mapping[str, Any]
    stored: StoredScale | None = None

    @property
    def scale(self) -> Scale:
        """The scale to work with."""
        return read_scale(self.key, self.data, "scale")

    @property
    def archived(self) -> bool:
        """Whether it is no longer offered."""
        return self.stored is not None and bool(self.stored.archived)


@dataclass(frozen=True)
class ScaleUse:
    """A questionnaire with a copy of a stored scale. `altered`: the copy was changed by hand; `digest` is of the copy."""

    stored: StoredQuestionnaire
    title: Text
    altered: bool
    digest: str


@dataclass(frozen=True)
class SavedScale:
    """What saving a scale did: the keys of the questionnaires that took it, and of those that are no longer complete."""

    stored: StoredScale
    taken: tuple[str, ...] = ()
    unfinished: tuple[str, ...] = ()


def read_named(data: object) -> tuple[Text, dict[str, Any]]:
    """Name and plain data of a scale from plain data. Raises InputError with all faults."""
    row, faults = as_table(data, "scale"), Faults()
    name = faults.take(lambda: read_text(row.get("name"), "name", limit=60))
    rest = {key: value for key, value in row.items() if key not in ("key", "name", "revision")}
    scale = faults.take(lambda: read_scale("scale", rest, "scale"))
    faults.check()
    return name, scale_data(scale)


def named_of(stored: StoredScale) -> NamedScale:
    """A stored scale with its name."""
    definition = json.loads(stored.definition)
    return NamedScale(stored.key, definition.pop("name"), definition, stored)


def preset_scales() -> list[NamedScale]:
    """The presets, which nobody can change."""
    return [NamedScale(key, PRESET_NAMES[key], data) for key, data in PRESETS.items()]


def stored_scales(words: str = "", *, archived: bool = False) -> list[NamedScale]:
    """The college's own scales by name, those with these words in their name or answers; archived ones at the end."""
    rows = StoredScale.select() if archived else StoredScale.select().where(~StoredScale.archived)
    found = [one for one in map(named_of, rows) if says(one, words)]
    return sorted(found, key=lambda one: (one.archived, one.name.get("zh", ""), one.key))


def says(one: NamedScale, words: str) -> bool:
    """Whether a scale's key, name or answers have these words, in whatever case and width."""
    texts = [one.name, *(level["text"] for level in one.data.get("levels", []))]
    return fold(words) in fold(" ".join([one.key, *(said for text in texts for said in text.values())]))


def find_scale(key: str) -> StoredScale | None:
    """The stored scale of a key, or None."""
    return StoredScale.get_or_none(StoredScale.key == key)


def require_scale(key: str) -> StoredScale:
    """The stored scale of a key. Raises InputError."""
    stored = find_scale(key)
    if stored is None:
        raise InputError(Problem("There is no scale %(name)s.", name=key[:50]))
    return stored


def begin_scale(actor: Actor, data: Any, *, key: str = "", once: str = "") -> StoredScale:
    """Store a new scale, under a key that is free unless one is given. Raises InputError."""
    name, scale = read_named(data)

    def act() -> StoredScale:
        _check_name(name)
        code = as_code(key, "key") if key else _free_key(name.get("en", ""))
        if code in PRESETS or find_scale(code) is not None:
            raise InputError(Problem("There is a scale %(name)s already.", "key", name=code))
        text = canonical_json({"name": name, **scale})
        return StoredScale.create(key=code, definition=text, changed_by=actor.name[:60], changed_at=int(time.time()))

    about = lambda stored: stored.key  # noqa: E731
    return unit_of_work(actor, Action.SAVE_SCALE, QUESTIONNAIRES, apply=act, about=about, once=once)


def _check_name(name: Text, key: str = "") -> None:
    for other in map(named_of, StoredScale.select().where(~StoredScale.archived)):
        if other.key != key and fold(other.name.get("zh", "")) == fold(name.get("zh", "")):
            raise InputError(Problem("There is a scale %(name)s already.", "name", name=name.get("zh", "")))


def _free_key(words: str) -> str:
    """A key that neither a scale nor a questionnaire's own scale has: of ASCII words, else college-1, college-2 …"""
    base = re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")[:30].strip("-")
    taken = {row.key.lower() for row in StoredScale.select(StoredScale.key)} | {name.lower() for name in PRESETS}
    for row in StoredQuestionnaire.select(StoredQuestionnaire.definition):
        taken |= {name.lower() for name in json.loads(row.definition).get("scales") or {}}
    if len(base) >= 3 and base not in taken:
        return base
    base, number = (f"{base}-", 2) if len(base) >= 3 else ("college-", 1)
    while f"{base}{number}" in taken:
        number += 1
    return f"{base}{number}"


def save_scale(
    actor: Actor, key: str, revision: int | None, data: Any, take: Mapping[str, str | None] | None = None
) -> SavedScale:
    """Store what a scale says now, and put it into the questionnaires in `take` in the same transaction.

    `revision` is that of the scale as it was read, None for whatever is stored. `take` has the keys of questionnaires,
    each with the digest of its copy as it was read, or None. Raises ScaleConflictError if the scale was saved meanwhile,
    and InputError if a copy was changed meanwhile or is no longer there.
    """
    name, scale = read_named(data)
    text = canonical_json({"name": name, **scale})

    def act() -> SavedScale:
        stored = require_scale(key)
        _check_name(name, key)
        if revision is not None and stored.revision != revision and stored.definition != text:
            raise ScaleConflictError(stored)
        uses = _uses_to_take(stored, take or {})
        if stored.definition != text:
            changed = {"definition": text, "revision": stored.revision + 1, "changed_by": actor.name[:60],
                       "changed_at": int(time.time())}  # fmt: skip
            StoredScale.update(changed).where(StoredScale.id == stored.id).execute()
        broken = [use.stored.key for use in uses if _put_copy(actor, use.stored, key, scale)]
        return SavedScale(require_scale(key), tuple(use.stored.key for use in uses), tuple(broken))

    return unit_of_work(actor, Action.SAVE_SCALE, QUESTIONNAIRES, apply=act, about=key)


def _uses_to_take(stored: StoredScale, take: Mapping[str, str | None]) -> list[ScaleUse]:
    uses, faults = {use.stored.key: use for use in uses_of(stored)}, Faults()
    for name, digest in take.items():
        if name not in uses:
            faults.note("The questionnaire %(name)s does not use this scale.", "", name=name[:50])
        elif digest not in (None, uses[name].digest):
            faults.note(
                "The scale in the questionnaire %(name)s was changed meanwhile. Look at it again.", "", name=name
            )
    faults.check()
    return [uses[name] for name in take]


def _put_copy(actor: Actor, stored: StoredQuestionnaire, key: str, scale: Mapping[str, Any]) -> bool:
    """Give a questionnaire the new copy; whether that leaves something to finish in one that was complete."""
    before = json.loads(stored.definition)
    after = {**before, "scales": {**before["scales"], key: scale}}
    text = check_shape(after)
    if text != stored.definition:
        put_edit(actor, stored, text, always=True)
    return not problems_of(before) and bool(problems_of(after))


def uses_of(stored: StoredScale) -> list[ScaleUse]:
    """The stored questionnaires that have a copy of a scale, archived ones too."""
    now = named_of(stored).scale
    found = []
    for row in StoredQuestionnaire.select().order_by(StoredQuestionnaire.key):
        definition = json.loads(row.definition)
        copy = (definition.get("scales") or {}).get(stored.key)
        if copy is not None:
            digest = text_digest(canonical_json(copy))[:16]
            found.append(ScaleUse(row, title_of(definition), not same_scale(copy, now), digest))
    return found


def count_uses() -> Counter[str]:
    """How many questionnaires have a scale of their own under each key."""
    rows = StoredQuestionnaire.select(StoredQuestionnaire.definition)
    return Counter(name for row in rows for name in json.loads(row.definition).get("scales") or {})


def same_scale(data: Any, scale: Scale) -> bool:
    """Whether plain data says the same as a scale."""
    try:
        return read_scale(scale.key, data, "scale") == scale
    except InputError:
        return False


def archive_scale(actor: Actor, key: str, archived: bool) -> None:
    """Offer a scale no longer, or again; questionnaires keep their copies. Raises InputError."""

    def act() -> None:
        stored = require_scale(key)
        if not archived:
            _check_name(named_of(stored).name, key)
        StoredScale.update(archived=archived).where(StoredScale.id == stored.id).execute()

    unit_of_work(
        actor, Action.ARCHIVE_SCALE if archived else Action.UNARCHIVE_SCALE, QUESTIONNAIRES, apply=act, about=key
    )
