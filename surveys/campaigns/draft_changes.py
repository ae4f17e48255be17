"""Writing drafts: from a survey file at once, or part by part."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from surveys.campaigns.campaigns import add_survey, place_of
from surveys.campaigns.drafts import (
    PARTS,
    draft_columns,
    part_digest,
    proposed_address,
    survey_data,
)
from surveys.campaigns.models import Survey
from surveys.campaigns.states import Move, State
from surveys.campaigns.survey_file import Window, read_survey_file, read_window, with_references
from surveys.campaigns.surveys import change_survey, get_survey, move_survey
from surveys.inputs.identifiers import fold
from surveys.inputs.problems import InputError, Problem
from surveys.inputs.values import as_address
from surveys.questionnaires.editions import key_if_same
from surveys.storage.audit import Action
from surveys.storage.locks import Kind, Subject
from surveys.storage.transactions import write
from surveys.storage.unit_of_work import Actor, unit_of_work
from surveys.units.models import all_units

_ADDRESSES = Subject(Kind.SURVEYS)


class DraftConflictError(InputError):
    """A draft was saved by somebody else since it was read. `stored` is what it is now."""

    def __init__(self, stored: Survey) -> None:
        self.stored = stored
        super().__init__(Problem("%(name)s has saved this draft in the meantime.", name=stored.changed_by))


def create_draft(actor: Actor, data: Mapping[str, Any], timezone: str) -> Survey:
    """Store a new draft from a whole survey file. Raises InputError: a fault in the data, or the address is taken."""
    file = read_survey_file(data, timezone)
    kept = {**with_references(data), "slug": file.plan.slug}
    return _insert(actor, file.plan.slug, kept, file.window)


def begin_draft(actor: Actor, data: Mapping[str, Any], timezone: str, now: float) -> Survey:
    """Store a new draft that may lack anything; its window is proposed where it says none. Raises InputError."""
    zone = ZoneInfo(timezone)
    data = {**proposed_window(now, zone), **data}
    slug = as_address(data.get("slug"), "slug")
    return _insert(actor, slug, {**with_references(data), "slug": slug}, read_window(data, timezone))


def _insert(actor: Actor, slug: str, kept: Mapping[str, Any], window: Window) -> Survey:
    columns = draft_columns(kept, actor) | _window_columns(window)

    def act() -> Survey:
        _check_address(slug)
        # Begun at random: a form of a draft that was removed is not taken for one of its successor at the address.
        return Survey.create(slug=slug, revision=secrets.randbelow(1 << 30), **columns)

    return unit_of_work(actor, Action.SAVE_DRAFT, _ADDRESSES, apply=act, about=slug)


def proposed_window(now: float, zone: ZoneInfo) -> dict[str, str]:
    """From the next Monday at eight in the morning until the Friday after it at ten in the evening."""
    today = datetime.fromtimestamp(now, zone).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    monday = today + timedelta(days=7 - today.weekday())
    opens, closes = monday + timedelta(hours=8), monday + timedelta(days=4, hours=22)
    return {"opens": opens.isoformat(), "closes": closes.isoformat()}


def begin_next_round(actor: Actor, slug: str, timezone: str, now: float) -> tuple[Survey, list[str]]:
    """A new draft that asks what an earlier survey asked, in a window as long; also the units that are gone by now.

    It is in the same campaign and stage.
    """
    last = get_survey(slug)
    data = survey_data(last, timezone)
    # Where the stored one says something else by now, the draft keeps what was asked.
    data["questionnaire"] = key_if_same(data["questionnaire"]) or data["questionnaire"]
    stored = {fold(unit.code): unit.code for unit in all_units()}
    codes = [(entry if isinstance(entry, str) else entry["code"]) for entry in data["units"]]
    gone = [code for code in codes if fold(code) not in stored]
    data["units"] = [stored[fold(code)] for code in codes if fold(code) in stored]
    for group in data["groups"]:
        for name in ("units", "draw_from"):
            if name in group:
                group[name] = [stored[fold(code)] for code in group[name] if fold(code) in stored]
    zone = ZoneInfo(timezone)
    data |= proposed_window(now, zone)
    if (
        last.opens_at % 60 == last.closes_at % 60 == 0
    ):  # else it was opened or closed by hand, which says nothing of a plan
        opens = datetime.fromisoformat(data["opens"])
        data["closes"] = (opens + timedelta(seconds=last.closes_at - last.opens_at)).isoformat()
    data["slug"] = proposed_address(slug)
    draft = begin_draft(actor, data, timezone, now)
    place = place_of(last.id)
    if place is not None:
        add_survey(actor, place.campaign.code, draft.slug, place.stage)
    return draft, gone


def save_part(actor: Actor, slug: str, part: str, values: Mapping[str, Any], seen: str, timezone: str) -> Survey:
    """Store one part of a draft. `values` are by their names in a survey file; `seen` is its digest as it was read.

    Raises DraftConflictError if somebody saved this part meanwhile, InputError if it is published, the address is taken or
    no address, or the window cannot be read. Other faults are stored: they are named until they are mended.
    """
    assert set(values) <= set(PARTS[part])
    address = as_address(values["slug"], "slug") if "slug" in values else slug
    window = read_window(values, timezone) if part == "window" else None

    def act(survey: Survey) -> Survey:
        _check_is_draft(survey)
        if part_digest(survey, part) != seen:
            raise DraftConflictError(survey)
        if address != slug:
            _check_address(address)
        if window is not None:
            changed: dict[str, Any] = {**_window_columns(window), "changed_by": actor.name[:60]}
        else:
            kept = {**json.loads(survey.plan), **values, "slug": address}
            changed = draft_columns({name: value for name, value in kept.items() if value is not None}, actor)
        changed |= {"slug": address, "revision": survey.revision + 1}
        Survey.update(changed).where(Survey.id == survey.id).execute()
        return Survey.get_by_id(survey.id)

    about = part if address == slug else f"{part} → {address}"
    return change_survey(actor, Action.SAVE_DRAFT, slug, act, about=about, also=(_ADDRESSES,))


def update_draft(actor: Actor, slug: str, revision: int, data: Mapping[str, Any], timezone: str) -> Survey:
    """Store a draft again from a whole survey file, at another address if it says so. `revision` is that of the draft as read.

    Raises DraftConflictError if somebody saved it meanwhile, InputError if it is published or the address is taken.
    """
    file = read_survey_file(data, timezone)
    columns = draft_columns({**with_references(data), "slug": file.plan.slug}, actor) | _window_columns(file.window)

    def act(survey: Survey) -> Survey:
        _check_is_draft(survey)
        if survey.revision != revision:
            raise DraftConflictError(survey)
        if file.plan.slug != slug:
            _check_address(file.plan.slug)
        Survey.update({"slug": file.plan.slug, **columns, "revision": revision + 1}).where(
            Survey.id == survey.id
        ).execute()
        return Survey.get_by_id(survey.id)

    moved = "" if file.plan.slug == slug else f"→ {file.plan.slug}"
    return change_survey(actor, Action.SAVE_DRAFT, slug, act, about=moved, also=(_ADDRESSES,))


def replace_draft(actor: Actor, data: Mapping[str, Any], timezone: str) -> Survey:
    """Store a draft whether or not there is one at its address. Raises InputError."""
    stored = Survey.get_or_none(Survey.slug == str(data.get("slug")).lower())
    if stored is None:
        return create_draft(actor, data, timezone)
    return update_draft(actor, stored.slug, stored.revision, data, timezone)


def publish_new(actor: Actor, data: Mapping[str, Any], timezone: str, *, replace: bool = False) -> Survey:
    """Store a draft and publish it, both or neither. Raises InputError."""

    def act() -> Survey:
        stored = (replace_draft if replace else create_draft)(actor, data, timezone)
        return move_survey(actor, stored.slug, Move.PUBLISH)

    return write(act)


def delete_draft(actor: Actor, slug: str) -> None:
    """Remove a draft. Raises InputError if the survey was published."""

    def act(survey: Survey) -> None:
        if survey.state != State.DRAFT:
            raise InputError(Problem("Only a draft can be removed."))
        survey.delete_instance()

    change_survey(actor, Action.DELETE_DRAFT, slug, act)


def _check_is_draft(survey: Survey) -> None:
    if survey.state != State.DRAFT:
        raise InputError(Problem("There is already a published survey %(name)s.", "slug", name=survey.slug))


def _check_address(slug: str) -> None:
    if Survey.select().where(Survey.slug == slug).exists():
        raise InputError(Problem("There is already a survey with the address %(name)s.", "slug", name=slug))


def _window_columns(window: Window) -> dict[str, Any]:
    return {
        "opens_at": window.opens_at,
        "closes_at": window.closes_at,
        "grace_minutes": window.grace_minutes,
        "late_until": window.closes_at + 60 * window.grace_minutes,
    }
