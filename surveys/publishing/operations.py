"""What staff do with surveys: create, publish, move, issue codes, watch turnout. Views and commands call these."""

from __future__ import annotations

import hashlib
import json
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import peewee

from surveys.authoring.models import canonical, freeze, load_definition
from surveys.database import write
from surveys.publishing.codes import hash_code, new_code, normalise
from surveys.publishing.machine import Move, Standing, State, move
from surveys.publishing.models import Admission, Survey
from surveys.publishing.plan import SurveyPlan, read_moment, read_plan
from surveys.text import InputError, Problem
from surveys.units.models import Unit, all_units

MAX_CODES = 100_000


def complete(data: Mapping[str, Any]) -> dict[str, Any]:
    """A survey file with its references filled in: the questionnaire by key, units by code (default: all branches)."""
    full = {name: value for name, value in data.items() if name not in ("opens", "closes")}
    if isinstance(full.get("questionnaire"), str):
        definition = load_definition(full["questionnaire"])
        if definition is None:
            raise InputError(
                Problem("There is no questionnaire %(name)s.", "questionnaire", name=full["questionnaire"])
            )
        full["questionnaire"] = definition
    units = {unit.code: unit for unit in all_units()}
    names = {unit.id: unit for unit in units.values()}
    wanted = full.get("units")
    if wanted is None:
        wanted = [unit.code for unit in units.values() if unit.kind == "branch"]
    if not isinstance(wanted, list):
        raise InputError(Problem("A list is expected here.", "units"))
    filled = []
    for entry in wanted:
        if isinstance(entry, str):
            if entry not in units:
                raise InputError(Problem("There is no unit %(code)s.", "units", code=entry))
            filled.append(_frozen_unit(units[entry], names))
        else:
            filled.append(entry)
    full["units"] = filled
    return full


def _frozen_unit(unit: Unit, names: Mapping[int, Unit]) -> dict[str, Any]:
    frozen: dict[str, Any] = {"code": unit.code, "name": unit.text, "kind": unit.kind}
    parent = names.get(unit.parent_id or 0)
    if parent is not None:
        frozen["parent"] = parent.text
    return frozen


def create_survey(data: Mapping[str, Any], timezone: str) -> Survey:
    """Store a draft from a survey file's data (docs/survey-file.md); a draft of the same slug is replaced.

    Raises InputError: a fault in the data, or the slug belongs to a published survey.
    """
    opens = read_moment(data.get("opens"), timezone, "opens")
    closes = read_moment(data.get("closes"), timezone, "closes")
    if closes <= opens:
        raise InputError(Problem("The end must lie after the beginning and in the future.", "closes"))
    full = complete(data)
    plan = read_plan(full)
    text = canonical(full)
    digest = hashlib.sha256(text.encode()).hexdigest()

    def act() -> Survey:
        existing = Survey.get_or_none(Survey.slug == plan.slug)
        if existing is not None and existing.state != State.DRAFT:
            raise InputError(Problem("There is already a published survey %(name)s.", "slug", name=plan.slug))
        if existing is not None:
            existing.opens_at, existing.closes_at = opens, closes
            existing.plan, existing.plan_digest = text, digest
            existing.save()
            return existing
        return Survey.create(slug=plan.slug, opens_at=opens, closes_at=closes, plan=text, plan_digest=digest)

    return write(act)


def delete_draft(survey: Survey) -> None:
    """Remove a draft. Raises InputError if the survey was published."""

    def act() -> None:
        if not Survey.delete().where(Survey.id == survey.id, Survey.state == State.DRAFT.value).execute():
            raise InputError(Problem("Only a draft can be removed."))

    write(act)


@lru_cache(maxsize=64)
def _plan_of_digest(digest: str, load: Callable[[], str]) -> SurveyPlan:
    return read_plan(json.loads(load()))


class _Loader:
    """Loads a plan's text; equal to every other loader, so that the cache looks at the digest alone."""

    def __init__(self, survey: int) -> None:
        self.survey = survey

    def __call__(self) -> str:
        return Survey.select(Survey.plan).where(Survey.id == self.survey).scalar()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Loader)

    def __hash__(self) -> int:
        return 0


def plan_by_digest(survey: int, digest: str) -> SurveyPlan:
    """The plan of a survey, read once for each digest and then remembered."""
    return _plan_of_digest(digest, _Loader(survey))


def plan_of(survey: Survey) -> SurveyPlan:
    """The plan of a survey."""
    return plan_by_digest(survey.id, survey.plan_digest)


def standing_of(survey: Survey) -> Standing:
    """What is stored of a survey's state."""
    return Standing(State(survey.state), survey.opens_at, survey.closes_at)


def state_of(survey: Survey, now: float | None = None) -> State:
    """The state of a survey, now or at a moment."""
    return standing_of(survey).at(time.time() if now is None else now)


def move_survey(slug: str, act: Move, *, closes_at: int | None = None) -> Survey:
    """Publish, open early, close early or reopen. Publishing freezes the questionnaire as an edition.

    Sealing is reporting.sealing.seal. Raises InputError where the state does not allow it.
    """

    def change() -> Survey:
        survey = get_survey(slug)
        after = move(standing_of(survey), act, int(time.time()), closes_at=closes_at)
        if act is Move.PUBLISH:
            survey.edition = freeze(json.loads(survey.plan)["questionnaire"])
        survey.state, survey.opens_at, survey.closes_at = after.stored.value, after.opens_at, after.closes_at
        survey.save()
        return survey

    return write(change)


def get_survey(slug: str) -> Survey:
    """The survey with this slug. Raises InputError if there is none."""
    survey = Survey.get_or_none(Survey.slug == slug)
    if survey is None:
        raise InputError(Problem("There is no survey %(name)s.", name=slug))
    return survey


@dataclass(frozen=True)
class IssuedCode:
    """A code as handed out; only its keyed hash is stored."""

    code: str
    group: int
    own_unit: int


def issue_codes(survey: Survey, key: bytes, group: int, count: int, own_unit: int = -1) -> list[IssuedCode]:
    """Issue `count` single-use codes for a group, tied to a unit where `own_unit` is not -1. Raises InputError."""
    plan = plan_of(survey)
    if state_of(survey) not in (State.PUBLISHED, State.OPEN):
        raise InputError(Problem("Codes can be issued once the survey is published and until it closes."))
    if not 0 <= group < len(plan.groups) or plan.groups[group].admission != "code":
        raise InputError(Problem("This group does not use codes.", "group"))
    if plan.groups[group].own and own_unit < 0:
        raise InputError(Problem("This group rates its own unit, so its codes must name the unit.", "unit"))
    if not -1 <= own_unit < len(plan.units):
        raise InputError(Problem("There is no such unit in this survey.", "unit"))
    if not 1 <= count <= MAX_CODES:
        raise InputError(Problem("A number from %(low)s to %(high)s is expected.", "count", low=1, high=MAX_CODES))
    issued = [IssuedCode(new_code(), group, own_unit) for _ in range(count)]
    rows = [
        {
            "survey": survey.id,
            "code_hash": hash_code(key, survey.id, normalise(one.code) or ""),
            "group": group,
            "own_unit": own_unit,
            "used": False,
        }
        for one in issued
    ]
    secrets.SystemRandom().shuffle(rows)  # so that the table does not keep the order of the slips

    def act() -> None:
        for batch in peewee.chunked(rows, 500):
            Admission.insert_many(batch).execute()

    write(act)
    return issued


def find_admission(survey: int, key: bytes, typed: str) -> Admission | None:
    """The admission of a typed code, or None if there is no such code in this survey."""
    bare = normalise(typed)
    if bare is None:
        return None
    hashed = hash_code(key, survey, bare)
    return Admission.get_or_none((Admission.survey == survey) & (Admission.code_hash == hashed))


def admission_counts(survey: int) -> list[dict[str, int]]:
    """Admissions and how many were used, by group and own unit."""
    query = (
        Admission.select(
            Admission.group,
            Admission.own_unit,
            peewee.fn.COUNT(Admission.code_hash),
            peewee.fn.SUM(Admission.used.cast("integer")),
        )
        .where(Admission.survey == survey)
        .group_by(Admission.group, Admission.own_unit)
        .order_by(Admission.group, Admission.own_unit)
    )
    rows: Any = query.tuples()
    return [{"group": g, "unit": u, "admissions": n, "used": int(used or 0)} for g, u, n, used in rows]
