"""Drafts of surveys: what was written so far, and what is still missing.

A draft refers to its questionnaire and its units by their codes, so it has them as they are stored at any time; at
publication they are copied into the plan, which does not change any more. Its parts are written one by one, in any
order, and may have faults until it is published.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from surveys.campaigns.models import Survey
from surveys.campaigns.plan import SurveyPlan
from surveys.campaigns.states import State
from surveys.campaigns.survey_file import FilledPlan, fill_references
from surveys.inputs.identifiers import fold
from surveys.inputs.problems import Faults, InputError, Problem, shortened
from surveys.inputs.values import RESERVED_ADDRESSES
from surveys.questionnaires import library
from surveys.questionnaires.canonical import canonical_json, text_digest
from surveys.questionnaires.library import load_definition
from surveys.questionnaires.models import StoredQuestionnaire
from surveys.questionnaires.questionnaire import Questionnaire, read_questionnaire
from surveys.storage.unit_of_work import Actor
from surveys.units import changes
from surveys.units.models import Unit

PARTS = {
    "questionnaire": ("questionnaire",),
    "name": ("title", "campaign", "stage", "slug"),
    "units": ("units",),
    "groups": ("groups",),
    "window": ("opens", "closes", "grace_minutes"),
    "rule": ("rule",),
}
"""The parts of a draft in the order in which they are asked for, with their names in a survey file."""

MAX_DRAFT_BYTES = 1024 * 1024


class IncompleteDraftError(InputError):
    """A draft that is no plan yet, with all that is missing or wrong."""


@dataclass(frozen=True)
class Draft:
    """A draft as it is now: what was written, as in a survey file, and the plan that it makes or why it makes none."""

    survey: Survey
    data: Mapping[str, Any]
    filled: FilledPlan | None
    problems: tuple[Problem, ...]

    @property
    def plan(self) -> SurveyPlan | None:
        """The plan, if nothing is missing or wrong."""
        return self.filled.plan if self.filled else None

    def require(self) -> FilledPlan:
        """The plan with its text. Raises IncompleteDraftError."""
        if self.filled is None:
            raise IncompleteDraftError(list(self.problems))
        return self.filled

    @cached_property
    def definition(self) -> Any:
        """The definition of its questionnaire, or None."""
        chosen = self.data.get("questionnaire")
        return load_definition(chosen) if isinstance(chosen, str) else chosen

    @cached_property
    def questionnaire(self) -> Questionnaire | None:
        """The questionnaire, if one that can be read was chosen."""
        try:
            return read_questionnaire(self.definition)
        except InputError:
            return None

    @property
    def title(self) -> Mapping[str, str]:
        """Its title; its address while it has none."""
        title = self.data.get("title")
        if isinstance(title, str):
            title = {"zh": title}
        return title if title and title.get("zh") else {"zh": self.survey.slug}

    def problems_of(self, part: str) -> list[Problem]:
        """What is missing or wrong in one of its parts."""
        return [problem for problem in self.problems if part_of(problem) == part]


def part_of(problem: Problem) -> str:
    """The part of a draft that a problem is about. What is about no name of a survey file is in the questionnaire."""
    name = re.split(r"[.\[]", problem.where, maxsplit=1)[0]
    return next((part for part, names in PARTS.items() if name in names), "questionnaire")


def read_draft(survey: Survey) -> Draft:
    """A draft as it is now."""
    data = json.loads(survey.plan)
    faults = Faults()
    if not data.get("questionnaire"):
        faults.note("Choose a questionnaire.", "questionnaire")
    if not data.get("title"):
        faults.note("The survey has no title yet.", "title")
    if not data.get("groups"):
        faults.note("Say which groups of people answer.", "groups")
    if faults.problems:
        # The rest would be named as missing a second time, so only what is there is read.
        present = {name: value for name, value in data.items() if value}
        _read_what_is_there(present, faults)
        return Draft(survey, data, None, tuple(faults.problems))
    try:
        return Draft(survey, data, fill_references(data), ())
    except InputError as error:
        return Draft(survey, data, None, tuple(error.problems))


def _read_what_is_there(present: Mapping[str, Any], faults: Faults) -> None:
    noted = {part_of(problem) for problem in faults.problems}
    found = Faults()
    found.take(lambda: fill_references(present))
    faults.problems += [problem for problem in found.problems if part_of(problem) not in noted]


def part_digest(survey: Survey, part: str) -> str:
    """What one part of a draft says, in short: two that differ were saved by somebody in between."""
    data = json.loads(survey.plan)
    said = {name: data.get(name) for name in PARTS[part]}
    if part == "window":
        said = {"opens": survey.opens_at, "closes": survey.closes_at, "grace": survey.grace_minutes}
    return text_digest(canonical_json(said))[:16]


def draft_columns(data: Mapping[str, Any], actor: Actor) -> dict[str, Any]:
    """What is stored of a draft that says this. Raises InputError if it says too much."""
    text = canonical_json(data)
    if len(text.encode()) > MAX_DRAFT_BYTES:
        raise InputError(Problem("The draft is larger than this service takes."))
    return {"plan": text, "plan_digest": text_digest(text), "changed_by": actor.name[:60]}


def survey_data(survey: Survey, timezone: str) -> dict[str, Any]:
    """A survey as the data of a survey file."""
    zone = ZoneInfo(timezone)
    data: dict[str, Any] = json.loads(survey.plan)
    for name, seconds in (("opens", survey.opens_at), ("closes", survey.closes_at)):
        data[name] = datetime.fromtimestamp(seconds, zone).isoformat()
    data["grace_minutes"] = survey.grace_minutes
    return data


def proposed_address(wanted: str) -> str:
    """An address that no survey has yet: this one or, if it is taken, one with a number behind it."""
    base = re.sub(r"[^a-z0-9_-]+", "-", wanted.lower()).strip("-_")[:32] or "survey"
    taken = {row.slug for row in Survey.select(Survey.slug)}
    for number in range(1, 1000):
        address = base if number == 1 else f"{base}-{number}"
        if address not in taken and address not in RESERVED_ADDRESSES:
            return address
    return f"{base}-{secrets.token_hex(3)}"


def units_of(data: Mapping[str, Any]) -> set[str]:
    """The codes of the units that a draft names, folded."""
    entries = data.get("units") or []
    codes = [entry.get("code") if isinstance(entry, Mapping) else entry for entry in entries]
    return {fold(code) for code in codes if isinstance(code, str)}


def delete_unit(actor: Actor, code: str) -> None:
    """Remove a unit that no draft uses. Published surveys keep their own copy. Raises InputError, naming the drafts."""

    def check(unit: Unit) -> None:
        drafts = [
            draft.slug for draft in Survey.select().where(Survey.state == State.DRAFT.value)
            if fold(unit.code) in units_of(json.loads(draft.plan))
        ]  # fmt: skip
        if drafts:
            raise InputError(
                Problem("Drafts use the unit %(code)s: %(names)s. Take it out of them first, or remove them.",
                        code=unit.code, names=shortened(drafts, 10))
            )  # fmt: skip

    changes.delete_unit(actor, code, check=check)


def rename_questionnaire(actor: Actor, key: str, new: str) -> StoredQuestionnaire:
    """Give a questionnaire that no draft uses another key. Raises InputError, naming the drafts."""

    def check() -> None:
        drafts = [
            draft.slug for draft in Survey.select().where(Survey.state == State.DRAFT.value)
            if json.loads(draft.plan).get("questionnaire") == key
        ]  # fmt: skip
        if drafts:
            raise InputError(
                Problem("Drafts use the questionnaire %(name)s: %(names)s. Let them use another one first.", "key",
                        name=key, names=shortened(drafts, 10))
            )  # fmt: skip

    return library.rename_questionnaire(actor, key, new, check=check)
