"""Importing ballots from a table with a row for each: all are taken, or none."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable

from surveys.ballots.answers import Answers, read_answers
from surveys.ballots.models import PAPER, ImportedFile, insert_ballots, insert_receipts
from surveys.campaigns.indices import GroupIndex, UnitIndex
from surveys.campaigns.models import Survey
from surveys.campaigns.plan import Group, Slot, SurveyPlan
from surveys.campaigns.states import State
from surveys.campaigns.surveys import change_survey, get_survey, plan_of, state_of
from surveys.inputs.problems import InputError, Problem
from surveys.inputs.tables import Table, read_table
from surveys.storage.audit import Action
from surveys.storage.unit_of_work import Actor

MAX_PROBLEMS = 100


def read_paper_ballots(plan: SurveyPlan, name: str, data: bytes) -> list[tuple[GroupIndex, Answers]]:
    """Read (group, answers) of each row. Raises InputError with the row and column of each fault.

    Columns: `group` (code or name); `unit/item` for each rating, by word, code or position; `text:unit/item` or
    `text:item` for texts. Empty cells are blanks; units of which a row says nothing were not asked.
    """
    table = read_table(name, data, required=("group",))
    slots = _columns(plan, table, name)
    groups = _group_names(plan)
    problems: list[Problem] = []
    ballots = []
    for number, cells in table.rows:
        group = groups.get(cells["group"].lower())
        if group is None:
            problems.append(Problem("There is no group %(name)s.", "group", number, name=cells["group"][:50]))
            continue
        fields: dict[str, list[str]] = {}
        answered: set[UnitIndex | None] = set()
        for column, slot in slots.items():
            if cells[column]:
                try:
                    fields.update(slot.item.read_cell(cells[column], slot.name))
                    answered.add(slot.unit)
                except ValueError:
                    problems.append(Problem("This is not one of the answers.", column, number))
        asked = {unit for unit in answered if unit is not None}
        outside = asked - _allowed(plan.groups[group], len(plan.units))
        if outside:
            problems.append(Problem("The group does not rate this unit: %(code)s.", "group", number,
                                    code=plan.units[min(outside)].code))  # fmt: skip
        answers = read_answers(plan, tuple(sorted(asked)), fields, enforce=False)
        for index, problem in answers.problems:
            problems.append(Problem(problem.message, plan.slot_name(plan.slots[index]), number, **problem.values))
        ballots.append((group, answers))
        if len(problems) >= MAX_PROBLEMS:
            break
    if problems:
        raise InputError(problems[:MAX_PROBLEMS])
    return ballots


def _columns(plan: SurveyPlan, table: Table, name: str) -> dict[str, Slot]:
    known = {plan.slot_name(slot).lower(): slot for slot in plan.slots}
    slots: dict[str, Slot] = {}
    problems = []
    for column in table.columns:
        if column == "group":
            continue
        slot = known.get(column.removeprefix("text:").strip())
        if slot is None or not slot.item.asks or column.startswith("text:") != slot.item.remarkable:
            problems.append(
                Problem("There is no rating or question %(name)s in this survey.", name, 1, name=column[:100])
            )
        else:
            slots[column] = slot
    if problems:
        raise InputError(problems[:MAX_PROBLEMS])
    return slots


def _group_names(plan: SurveyPlan) -> dict[str, GroupIndex]:
    names: dict[str, GroupIndex] = {}
    for number, group in zip(plan.group_indices, plan.groups, strict=True):
        for name in (group.code, *group.text.values()):
            names.setdefault(name.lower(), number)
    return names


def _allowed(group: Group, units: int) -> set[int]:
    return set(range(units)) if group.own else {*group.fixed, *group.draw_from}


def import_ballots(
    actor: Actor, slug: str, name: str, data: bytes, progress: Callable[[int, int], None] | None = None
) -> int:
    """Put the paper ballots of a file into a survey that is open or closed, with a receipt each. Returns how many.

    Raises InputError: a fault in the file, the survey's state, or the same file was imported before.
    """
    digest = hashlib.sha256(data).hexdigest()
    as_read = get_survey(slug)
    ballots = read_paper_ballots(plan_of(as_read), name, data)

    def act(survey: Survey) -> int:
        if state_of(survey) not in (State.OPEN, State.CLOSED):
            raise InputError(Problem("Ballots can be imported while the survey is open or closed, before the seal."))
        if ImportedFile.get_or_none(ImportedFile.survey_id == survey.id, ImportedFile.digest == digest):
            raise InputError(Problem("This file was imported before; its ballots are stored already.", name[:100]))
        ImportedFile.create(survey_id=survey.id, digest=digest, name=name[:100], ballots=len(ballots))
        insert_receipts(survey.id, [secrets.token_bytes(16) for _ in ballots])
        done = 0
        for group in sorted({group for group, _ in ballots}):
            # All of a group at once, so that neither the order of the rows nor a remark's place tells whose it is.
            of_group = [answers for number, answers in ballots if number == group]
            insert_ballots(survey.id, group, [(PAPER, answers.packed) for answers in of_group],
                           [remark for answers in of_group for remark in answers.remarks])  # fmt: skip
            done += len(of_group)
            if progress:
                progress(done, len(ballots))
        return len(ballots)

    return change_survey(actor, Action.IMPORT_BALLOTS, slug, act, about=str, as_read=as_read)
