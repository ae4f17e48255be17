"""Units that drafts use: a draft keeps its own copy of them, which may differ from the units as they are by now."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from surveys.campaigns.models import Survey
from surveys.campaigns.plan import SurveyPlan
from surveys.campaigns.states import State
from surveys.campaigns.surveys import get_survey, plan_of, update_draft
from surveys.inputs.identifiers import fold
from surveys.inputs.problems import InputError, Problem, shortened
from surveys.storage.unit_of_work import Actor
from surveys.units import changes
from surveys.units.models import Unit, all_units


@dataclass(frozen=True)
class UnitDifferences:
    """How the units of a draft differ from the stored ones; names as the draft has them.

    `changed`: (as in the draft, as stored) of those whose name, kind or unit above is another one. `missing`: those
    that are not stored, because they were removed or because a survey file brought them.
    """

    changed: list[tuple[str, str]]
    missing: list[str]

    @property
    def any(self) -> bool:
        """Whether there is one."""
        return bool(self.changed or self.missing)


def unit_differences(plan: SurveyPlan) -> UnitDifferences:
    """Compare the units of a draft with the stored ones, by code."""
    stored = {fold(unit.code): unit for unit in all_units()}
    by_id = {unit.id: unit for unit in stored.values()}
    changed, missing = [], []
    for rated in plan.units:
        unit = stored.get(fold(rated.code))
        if unit is None:
            missing.append(f"{rated.name['zh']} ({rated.code})")
            continue
        parent = by_id.get(unit.parent_id or 0)
        before = _described(dict(rated.name), rated.kind, dict(rated.parent) if rated.parent else None)
        now = _described(dict(unit.text), unit.kind, dict(parent.text) if parent else None)
        if before != now:
            changed.append((f"{rated.name['zh']} ({rated.code})", unit.name))
    return UnitDifferences(changed, missing)


def _described(name: dict[str, str], kind: str, parent: dict[str, str] | None) -> tuple[Any, ...]:
    def texts(text: dict[str, str] | None) -> dict[str, str]:
        return {language: words for language, words in (text or {}).items() if words}

    return texts(name), kind, texts(parent)


def take_present_units(actor: Actor, slug: str, timezone: str) -> Survey:
    """Store a draft again with its units as they are stored now; those that are not stored stay as the draft has them."""
    survey = get_survey(slug)
    if survey.state != State.DRAFT:
        raise InputError(Problem("There is already a published survey %(name)s.", "slug", name=slug))
    stored = {fold(unit.code): unit.code for unit in all_units()}
    data = draft_data(survey, timezone)
    data["units"] = [stored.get(fold(unit["code"]), unit) for unit in data["units"]]
    return update_draft(actor, slug, survey.revision, data, timezone)


def draft_data(survey: Survey, timezone: str) -> dict[str, Any]:
    """A survey as the data of a survey file."""
    zone = ZoneInfo(timezone)
    data: dict[str, Any] = json.loads(survey.plan)
    for name, seconds in (("opens", survey.opens_at), ("closes", survey.closes_at)):
        data[name] = datetime.fromtimestamp(seconds, zone).isoformat()
    data["grace_minutes"] = survey.grace_minutes
    return data


def delete_unit(actor: Actor, code: str) -> None:
    """Remove a unit that no draft uses. Published surveys keep their own copy. Raises InputError, naming the drafts."""

    def check(unit: Unit) -> None:
        drafts = [
            draft.slug for draft in Survey.select().where(Survey.state == State.DRAFT.value)
            if fold(unit.code) in {fold(rated.code) for rated in plan_of(draft).units}
        ]  # fmt: skip
        if drafts:
            raise InputError(
                Problem("Drafts use the unit %(code)s: %(names)s. Take it out of them first, or remove them.",
                        code=unit.code, names=shortened(drafts, 10))
            )  # fmt: skip

    changes.delete_unit(actor, code, check=check)
