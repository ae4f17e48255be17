"""The data of a survey file (docs/survey-file.md): filling its references in, and checking it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from surveys.campaigns.plan import SurveyPlan
from surveys.campaigns.plan_file import UNREADABLE, read_plan
from surveys.inputs.identifiers import fold
from surveys.inputs.problems import Faults
from surveys.inputs.values import as_whole, read_datetime
from surveys.questionnaires.canonical import canonical_json, text_digest
from surveys.questionnaires.library import load_definition
from surveys.units.models import Unit, all_units

GRACE_MINUTES, MAX_GRACE_MINUTES = 10, 1440
NOT_IN_PLAN = ("opens", "closes", "grace_minutes", "corrections")
"""What a survey file says that is not fixed at publication; corrections are those of the survey that it was made from."""


@dataclass(frozen=True)
class FilledPlan:
    """A plan with its text and digest as they are stored at publication."""

    plan: SurveyPlan
    text: str
    digest: str


@dataclass(frozen=True)
class SurveyFile(FilledPlan):
    """A survey file that was read: its plan, and the window."""

    window: Window


@dataclass(frozen=True)
class Window:
    """When a survey is open, in seconds since 1970, and how many minutes late ballots are taken."""

    opens_at: int
    closes_at: int
    grace_minutes: int


def read_survey_file(data: Mapping[str, Any], timezone: str) -> SurveyFile:
    """Read a survey file's data. Raises InputError with all faults."""
    faults = Faults()
    window = faults.take(lambda: read_window(data, timezone))
    filled = fill_references(data, faults)
    return SurveyFile(filled.plan, filled.text, filled.digest, window)


def read_window(data: Mapping[str, Any], timezone: str) -> Window:
    """The window of a survey file. Raises InputError with all faults."""
    faults = Faults()
    opens = faults.take(lambda: read_datetime(data.get("opens"), timezone, "opens"))
    closes = faults.take(lambda: read_datetime(data.get("closes"), timezone, "closes"))
    if opens is not None and closes is not None and closes <= opens:
        faults.note("The end must be after the beginning and in the future.", "closes")
    grace = faults.take(lambda: read_grace(data.get("grace_minutes", GRACE_MINUTES)))
    faults.check()
    return Window(opens, closes, grace)


def fill_references(data: Mapping[str, Any], faults: Faults | None = None) -> FilledPlan:
    """The plan of a survey file, with its questionnaire and its units as they are stored now.

    Raises InputError with all faults, those that were found before too.
    """
    faults = faults or Faults()
    full = _complete(data, faults)
    plan = read_plan(full, faults)
    full["slug"] = plan.slug
    text = canonical_json(full)
    return FilledPlan(plan, text, text_digest(text))


def with_references(data: Mapping[str, Any]) -> dict[str, Any]:
    """What a draft keeps of a survey file: questionnaire and units by their codes, as long as it is a draft.

    Without units in the file these are the branches that there are now.
    """
    kept = {name: value for name, value in data.items() if name not in NOT_IN_PLAN}
    if kept.get("units") is None:
        kept["units"] = [unit.code for unit in all_units() if unit.kind == "branch"]
    return kept


def read_grace(value: object) -> int:
    """How many minutes after a planned end ballots are taken that were begun before it. Raises InputError."""
    return as_whole(value, 0, MAX_GRACE_MINUTES, "grace_minutes")


def _complete(data: Mapping[str, Any], faults: Faults) -> dict[str, Any]:
    """The data with its references filled in: the questionnaire by key, units by code (default: all branches)."""
    full = {name: value for name, value in data.items() if name not in NOT_IN_PLAN}
    if isinstance(full.get("questionnaire"), str):
        definition = load_definition(full["questionnaire"])
        if definition is None:
            faults.note("There is no questionnaire %(name)s.", "questionnaire", name=full["questionnaire"][:50])
        full["questionnaire"] = definition or UNREADABLE
    units = {fold(unit.code): unit for unit in all_units()}
    by_id = {unit.id: unit for unit in units.values()}
    wanted = full.get("units")
    if wanted is None:
        wanted = [unit.code for unit in units.values() if unit.kind == "branch"]
    if not isinstance(wanted, list):
        return full
    full["units"] = entries = []
    for entry in wanted:
        if not isinstance(entry, str):
            entries.append(entry)
        elif fold(entry) in units:
            entries.append(_frozen_unit(units[fold(entry)], by_id))
        else:
            faults.note("There is no unit %(code)s.", "units", code=entry[:50])
            entries.append(UNREADABLE)
    return full


def _frozen_unit(unit: Unit, by_id: Mapping[int, Unit]) -> dict[str, Any]:
    frozen: dict[str, Any] = {"code": unit.code, "name": unit.text, "kind": unit.kind}
    parent = by_id.get(unit.parent_id or 0)
    if parent is not None:
        frozen["parent"] = parent.text
    if unit.about:
        frozen["description"] = unit.about
    return frozen
