"""Issuing access codes, finding the admission of a code, counting admissions."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import peewee

from surveys.admission.codes import hash_code, new_code, normalise
from surveys.admission.models import Admission
from surveys.campaigns.indices import GroupIndex, SurveyId, UnitIndex
from surveys.campaigns.models import Survey
from surveys.campaigns.plan import SurveyPlan
from surveys.campaigns.states import UNTIL_THE_END, State
from surveys.campaigns.surveys import change_survey, plan_of, state_of
from surveys.inputs.problems import InputError, Problem
from surveys.storage.audit import Action
from surveys.storage.unit_of_work import Actor

MAX_CODES = 100_000
MAX_BATCHES = 10_000


@dataclass(frozen=True)
class IssuedCode:
    """A code as handed out; only its keyed hash is stored. `group` and `own_unit` are positions in the plan."""

    code: str
    group: GroupIndex
    own_unit: UnitIndex | None


@dataclass(frozen=True)
class AdmissionCount:
    """Admissions of a group and own unit (positions; None: tied to none), and how many were used."""

    group: GroupIndex
    unit: UnitIndex | None
    admissions: int
    used: int


@dataclass(frozen=True)
class WantedCodes:
    """So many codes of a group for each of the units that they are tied to (None: to none)."""

    group: GroupIndex
    count: int
    own_units: tuple[UnitIndex | None, ...] = (None,)


def codes_for_groups(plan: SurveyPlan, counts: Mapping[GroupIndex, int]) -> list[WantedCodes]:
    """What is wanted where groups get so many codes each; those that rate their own unit, so many for each unit."""
    return [
        WantedCodes(group, count, plan.unit_indices if plan.groups[group].own else (None,))
        for group, count in counts.items()
        if count
    ]


def issue_codes(
    actor: Actor,
    survey: Survey,
    key: bytes,
    group: GroupIndex,
    count: int,
    own_units: tuple[UnitIndex | None, ...] = (None,),
    deliver: Callable[[list[IssuedCode]], None] | None = None,
    *,
    once: str = "",
) -> list[IssuedCode]:
    """Issue `count` single-use codes for a group and each of the units that they are tied to, as one batch. See issue_all."""
    return issue_all(actor, survey, key, [WantedCodes(group, count, own_units)], deliver, once=once)


def issue_all(
    actor: Actor,
    survey: Survey,
    key: bytes,
    wanted: Sequence[WantedCodes],
    deliver: Callable[[list[IssuedCode]], None] | None = None,
    *,
    once: str = "",
) -> list[IssuedCode]:
    """Issue single-use codes, those of each group as a batch. `once`: see unit_of_work. Raises InputError.

    `deliver` takes the codes where they are wanted, such as a file, before they count: if it fails, none was issued. It
    may be called again with other codes, which replace the first.
    """

    def act(survey: Survey) -> list[IssuedCode]:
        plan = plan_of(survey)
        if state_of(survey) not in UNTIL_THE_END:
            raise InputError(Problem("Codes can be issued once the survey is published and until it closes."))
        _check_all(plan, wanted)
        last = Admission.select(peewee.fn.MAX(Admission.batch)).where(Admission.survey_id == survey.id).scalar() or 0
        if last + len(wanted) > MAX_BATCHES:
            raise InputError(Problem("More than %(limit)s batches of codes are not issued.", limit=MAX_BATCHES))
        issued, rows = [], []
        for batch, want in enumerate(wanted, last + 1):
            codes = [IssuedCode(new_code(), want.group, unit) for unit in want.own_units for _ in range(want.count)]
            issued += codes
            rows += [
                {
                    "survey_id": survey.id,
                    "code_hash": hash_code(key, survey.id, normalise(one.code) or ""),
                    "group": one.group,
                    "own_unit": one.own_unit,
                    "used": False,
                    "batch": batch,
                }
                for one in codes
            ]
        secrets.SystemRandom().shuffle(rows)  # so that the table does not keep the order of the slips
        for part in peewee.chunked(rows, 500):
            Admission.insert_many(part).execute()
        if deliver is not None:
            deliver(issued)
        return issued

    return change_survey(
        actor, Action.ISSUE_CODES, survey.slug, act, about=lambda issued: str(len(issued)), as_read=survey, once=once
    )


@dataclass(frozen=True)
class CodeBatch:
    """Codes that were issued together for a group: how many there are, and how many were used."""

    number: int
    group: GroupIndex
    codes: int
    used: int

    @property
    def unused(self) -> int:
        """How many can be revoked."""
        return self.codes - self.used


def batches_of(survey_id: SurveyId) -> list[CodeBatch]:
    """The batches of a survey in the order in which they were issued."""
    query = (
        Admission.select(
            Admission.batch,
            Admission.group,
            peewee.fn.COUNT(Admission.code_hash),
            peewee.fn.SUM(Admission.used.cast("integer")),
        )
        .where(Admission.survey_id == survey_id, Admission.batch > 0)
        .group_by(Admission.batch, Admission.group)
    )
    rows: Any = query.tuples()
    batches = [CodeBatch(number, group, codes, int(used or 0)) for number, group, codes, used in rows]
    return sorted(batches, key=lambda batch: batch.number)


def revoke_codes(actor: Actor, slug: str, number: int) -> int:
    """Revoke the codes of a batch that were not used, so that the turnout is of the others; how many. Raises InputError."""

    def act(survey: Survey) -> int:
        if state_of(survey) not in (*UNTIL_THE_END, State.CLOSED):
            raise InputError(Problem("Codes can be revoked once the survey is published and until the seal."))
        of_batch = (Admission.survey_id == survey.id) & (Admission.batch == number)
        if number < 1 or not Admission.select().where(of_batch).exists():
            raise InputError(Problem("There is no batch %(number)s of codes in this survey.", number=number))
        revoked = Admission.delete().where(of_batch, ~Admission.used).execute()
        if not revoked:
            raise InputError(Problem("All codes of batch %(number)s were used.", number=number))
        return int(revoked)

    return change_survey(actor, Action.REVOKE_CODES, slug, act, about=lambda revoked: f"batch {number}: {revoked}")


def _check_all(plan: SurveyPlan, wanted: Sequence[WantedCodes]) -> None:
    total = sum(want.count * len(want.own_units) for want in wanted)
    if not wanted or not 1 <= total <= MAX_CODES or min(want.count for want in wanted) < 1:
        raise InputError(Problem("A number from %(low)s to %(high)s is expected.", "count", low=1, high=MAX_CODES))
    for want in wanted:
        if not 0 <= want.group < len(plan.groups) or plan.groups[want.group].admission != "code":
            raise InputError(Problem("This group does not use codes.", "group"))
        for unit in want.own_units:
            if unit is None and plan.groups[want.group].own:
                raise InputError(
                    Problem("This group rates its own unit, so its codes must name the unit.", "unit")
                )  # fmt: skip
            if unit is not None and not 0 <= unit < len(plan.units):
                raise InputError(Problem("There is no such unit in this survey.", "unit"))


def find_admission(survey_id: SurveyId, key: bytes, typed: str) -> Admission | None:
    """The admission of a typed code, or None if there is no such code in this survey."""
    bare = normalise(typed)
    if bare is None:
        return None
    hashed = hash_code(key, survey_id, bare)
    return Admission.get_or_none((Admission.survey_id == survey_id) & (Admission.code_hash == hashed))


def admission_counts(survey_id: SurveyId) -> list[AdmissionCount]:
    """Admissions and how many were used, by group and own unit."""
    query = (
        Admission.select(
            Admission.group,
            Admission.own_unit,
            peewee.fn.COUNT(Admission.code_hash),
            peewee.fn.SUM(Admission.used.cast("integer")),
        )
        .where(Admission.survey_id == survey_id)
        .group_by(Admission.group, Admission.own_unit)
    )
    rows: Any = query.tuples()
    counts = [AdmissionCount(group, unit, n, int(used or 0)) for group, unit, n, used in rows]
    return sorted(counts, key=lambda row: (row.group, -1 if row.unit is None else row.unit))
