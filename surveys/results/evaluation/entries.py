"""Beginning an evaluation, and typing points in: who and why is kept with each change."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any, TypeVar

from surveys.campaigns.indices import UnitIndex
from surveys.campaigns.models import Survey
from surveys.campaigns.surveys import change_survey, get_survey, plan_of
from surveys.inputs.identifiers import half_width
from surveys.inputs.problems import Faults, InputError, Problem
from surveys.inputs.text import clean
from surveys.inputs.translations import message_id
from surveys.inputs.values import plain_number
from surveys.questionnaires.canonical import canonical_json
from surveys.results.evaluation.models import (
    Evaluation,
    EvaluationChange,
    EvaluationDecision,
    EvaluationEntry,
    EvaluationLink,
)
from surveys.results.evaluation.overview import find_evaluation, get_evaluation, key_of, points_at, scheme_of
from surveys.results.evaluation.scheme import read_scheme, scheme_data
from surveys.results.models import stored_result
from surveys.scoring.composite import Column, Scheme
from surveys.storage.audit import Action
from surveys.storage.unit_of_work import Actor

T = TypeVar("T")
MAX_REASON = 500
_POINTS = re.compile(r"[0-9]{1,4}(\.[0-9]{1,4})?")
CHANGED_MEANWHILE = message_id("Somebody else has changed the evaluation meanwhile. Look at it again.")


@dataclass(frozen=True)
class Typed:
    """The points of one cell as they are to be stored; None takes them out. `reason`: why."""

    unit: UnitIndex
    column: Column
    points: Decimal | None
    reason: str


def begin_evaluation(actor: Actor, slug: str, data: object) -> Evaluation:
    """Begin the evaluation of a sealed survey by a scheme in plain data. Raises InputError with all faults.

    While no points are stored the scheme can be replaced in the same way.
    """
    scheme = read_scheme(data)

    def act(survey: Survey) -> Evaluation:
        stored_result(survey)
        if not plan_of(survey).rated_items:
            raise InputError(Problem("This survey has no scores, so there is nothing to evaluate."))
        if EvaluationEntry.select().where(EvaluationEntry.survey_id == survey.id).exists():
            raise InputError(Problem("There are points already. Discard the evaluation first."))
        _remove(survey)
        return Evaluation.create(survey=survey.id, scheme=canonical_json(scheme_data(scheme)))

    about = f"{len(scheme.criteria)} × {len(scheme.sources)}"
    return change_survey(actor, Action.MAKE_EVALUATION, slug, act, about=about)


def discard_evaluation(actor: Actor, slug: str) -> None:
    """Remove an evaluation that is not signed, with its points, links and decisions; the history of points stays.

    Raises InputError where two have signed.
    """

    def act(survey: Survey) -> None:
        check_unsigned(get_evaluation(survey))
        for row in EvaluationEntry.select().where(EvaluationEntry.survey_id == survey.id):
            _note(actor, row, row.points, "", "")
        _remove(survey)

    change_survey(actor, Action.DISCARD_EVALUATION, slug, act)


def _remove(survey: Survey) -> None:
    for table in (EvaluationEntry, EvaluationLink, EvaluationDecision):
        table.delete().where(table.survey_id == survey.id).execute()
    Evaluation.delete().where(Evaluation.survey == survey.id).execute()


def save_points(
    actor: Actor, slug: str, typed: Mapping[tuple[UnitIndex, Column], str], reason: str, revision: int | None = None
) -> int:
    """Store what was typed; how many cells changed. Cells that are not in `typed` stay as they are.

    `revision` is that of the points as they were read (overview.py: revision_of); cells that were not changed since then by whoever
    typed are left alone. Raises InputError with all faults: points out of range, a change without a reason, or a cell that
    somebody else changed meanwhile.
    """
    survey = get_survey(slug)
    scheme, faults, plan = scheme_of(get_evaluation(survey)), Faults(), plan_of(survey)
    why, found = read_reason(faults, reason), []
    for (unit, column), text in typed.items():
        place = f"{plan.units[unit].code}/{key_of(column)}"
        points = faults.take(partial(read_points, scheme, column, text, place))
        found.append(Typed(unit, column, points, why))
    faults.check()

    def act(survey: Survey) -> int:
        return store(actor, survey, found if revision is None else _mine(survey, found, revision))

    codes = ", ".join(plan.units[unit].code for unit in sorted({unit for unit, _ in typed}))

    def about(count: int) -> str:
        return f"{codes if len(codes) < 60 else codes[:60] + '…'}, {count} cells"

    return change_points(actor, Action.SET_POINTS, slug, act, about=about)


def _mine(survey: Survey, typed: list[Typed], revision: int) -> list[Typed]:
    """The cells that differ from what they were at a revision. Raises InputError where others differ from it by now, too."""
    before, now, faults, mine = points_at(survey.id, revision), _entries(survey), Faults(), []
    plan = plan_of(survey)
    for cell in typed:
        key, new = (cell.unit, cell.column), points_text(cell.points)
        if new == before.get(key, ""):
            continue
        stored = now.get(key, "")
        if stored not in (before.get(key, ""), new):
            faults.note(
                "Somebody else has stored %(points)s here meanwhile.", f"{plan.units[cell.unit].code}/{key_of(cell.column)}",
                points=stored or "—",
            )  # fmt: skip
        mine.append(cell)
    faults.check()
    return mine


def change_points(
    actor: Actor,
    action: Action,
    slug: str,
    act: Callable[[Survey], T],
    about: str | Callable[[T], str] = "",
) -> T:
    """A unit of work on an evaluation that two have not signed yet. What changes what is signed calls `void_signature`."""

    def change(survey: Survey) -> T:
        check_unsigned(get_evaluation(survey))
        return act(survey)

    return change_survey(actor, action, slug, change, about=about)


def void_signature(survey: Survey) -> None:
    """Inside a unit of work: the first signature is for what was there before, and void now."""
    Evaluation.update(first_signer="", first_signed_at=None).where(Evaluation.survey == survey.id).execute()


def check_unsigned(stored: Evaluation) -> None:
    """Raise InputError where two have signed."""
    if stored.digest:
        raise InputError(Problem("The evaluation is signed by two. Nothing of it can be changed any more."))


def store(actor: Actor, survey: Survey, typed: list[Typed]) -> int:
    """Inside a unit of work: store cells and their history; how many changed. Raises InputError with all faults."""
    stored = find_evaluation(survey.id)
    if stored is None:
        raise InputError(Problem(CHANGED_MEANWHILE))
    scheme, known = scheme_of(stored), _entries(survey)
    changed, faults = [], Faults()
    for cell in typed:
        old = known.get((cell.unit, cell.column), "")
        new = points_text(cell.points)
        if old == new:
            continue
        handed_in = scheme.source(cell.column.source).kind == "own"
        if (old or handed_in) and not cell.reason:
            faults.note(
                "Say why the points are changed.", f"{plan_of(survey).units[cell.unit].code}/{key_of(cell.column)}"
            )
        changed.append((cell, old, new))
    faults.check()
    for cell, old, new in changed:
        _store_cell(actor, survey, cell, old, new)
    if changed:  # who stands at a cut is another question now
        void_signature(survey)
        EvaluationDecision.delete().where(EvaluationDecision.survey_id == survey.id).execute()
    return len(changed)


def _entries(survey: Survey) -> dict[tuple[UnitIndex, Column], str]:
    rows = EvaluationEntry.select().where(EvaluationEntry.survey_id == survey.id)
    return {(row.unit, Column(row.criterion, row.source, row.judge)): row.points for row in rows}


def _store_cell(actor: Actor, survey: Survey, cell: Typed, old: str, new: str) -> None:
    key: dict[str, Any] = {"survey_id": survey.id, "unit": cell.unit, **vars(cell.column)}
    table = EvaluationEntry
    table.delete().where(
        table.survey_id == survey.id, table.unit == cell.unit, table.criterion == cell.column.criterion,
        table.source == cell.column.source, table.judge == cell.column.judge,
    ).execute()  # fmt: skip
    entry = EvaluationEntry(**key, points=new, reason=cell.reason, changed_by=actor.name[:60])
    if new:
        entry.save(force_insert=True)
    _note(actor, entry, old, new, cell.reason)


def _note(actor: Actor, row: EvaluationEntry, old: str, new: str, reason: str) -> None:
    EvaluationChange.create(
        survey_id=row.survey_id, unit=row.unit, criterion=row.criterion, source=row.source, judge=row.judge,
        old=old, new=new, reason=reason, changed_by=actor.name[:60], changed_at=int(time.time()),
    )  # fmt: skip


def points_text(points: Decimal | None) -> str:
    """Points as they are stored and shown: 92.5, not 92.50."""
    if points is None:
        return ""
    text = f"{points:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def read_points(scheme: Scheme, column: Column, text: str, where: str, row: int | None = None) -> Decimal | None:
    """Points as somebody typed them; None for nothing. Raises InputError."""
    typed = half_width(clean(text)).strip()
    if not typed:
        return None
    most = scheme.criterion(column.criterion).maximum
    if not _POINTS.fullmatch(typed) or Decimal(typed) > Decimal(repr(most)):
        raise InputError(
            Problem("Points from 0 to %(high)s are expected, not %(given)s.", where, row, high=plain_number(most), given=typed[:20])
        )  # fmt: skip
    return Decimal(points_text(Decimal(typed)))


def read_reason(faults: Faults, text: str, where: str = "reason") -> str:
    """A reason as it is stored."""
    value = clean(text, lines=True)
    if len(value) > MAX_REASON:
        faults.note("The text is longer than %(limit)s characters.", where, limit=MAX_REASON)
    return value
