"""Importing ballots from a table with a row for each: all are taken, or none."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from surveys.ballots.answers import Answers, read_answers
from surveys.ballots.models import PAPER, ImportedFile, insert_ballots, insert_receipts
from surveys.campaigns.indices import GroupIndex, UnitIndex
from surveys.campaigns.models import Survey
from surveys.campaigns.plan import Group, SurveyPlan
from surveys.campaigns.states import State
from surveys.campaigns.surveys import change_survey, get_survey, plan_of, state_of
from surveys.inputs.problems import InputError, Problem
from surveys.inputs.tables import MAX_PROBLEMS, Column, read_table
from surveys.storage.audit import Action
from surveys.storage.unit_of_work import Actor


@dataclass(frozen=True)
class BallotFile:
    """The ballots of a file, as (group, answers), and what whoever imports it should see before."""

    ballots: list[tuple[GroupIndex, Answers]]
    remarks: tuple[Problem, ...] = ()


def read_paper_ballots(plan: SurveyPlan, name: str, data: bytes) -> BallotFile:
    """Read the ballots of a table with a row for each. Raises InputError with the row and column of each fault.

    Columns: `group` (code or name); `unit/item` for each rating, by word, code or position; `text:unit/item` or
    `text:item` for texts. Empty cells are blanks; units of which a row says nothing were not asked.
    """
    slots = {
        f"text:{plan.slot_name(slot)}" if slot.item.remarkable else plan.slot_name(slot): slot
        for slot in plan.slots if slot.item.asks
    }  # fmt: skip
    columns = [Column("group", ("群体", "类别"), required=True), *(Column(name) for name in slots)]
    table = read_table(name, data, columns, only=True)
    problems: list[Problem] = []
    ballots = []
    for number, cells in table.rows:
        unknown = plan.group_lookup.problem(cells["group"], "There is no group %(name)s.", name=cells["group"][:50])
        group = plan.group_lookup.find(cells["group"])
        if unknown is not None or group is None:
            problems += [unknown.at(table.at("group"), number)] if unknown else []
            continue
        fields: dict[str, list[str]] = {}
        answered: set[UnitIndex | None] = set()
        for column in table.columns:
            if column != "group" and cells[column]:
                slot = slots[column]
                try:
                    fields.update(slot.item.read_cell(cells[column], slot.name))
                    answered.add(slot.unit)
                except ValueError:
                    problems.append(Problem("This is not one of the answers.", table.at(column), number))
        asked = {unit for unit in answered if unit is not None}
        outside = asked - _allowed(plan.groups[group], len(plan.units))
        if outside:
            problems.append(Problem("The group does not rate this unit: %(code)s.", table.at("group"), number,
                                    code=plan.units[min(outside)].code))  # fmt: skip
        answers = read_answers(plan, tuple(sorted(asked)), fields, enforce=False)
        for index, problem in answers.problems:
            problems.append(problem.at(plan.slot_name(plan.slots[index]), number))
        ballots.append((group, answers))
        if len(problems) >= MAX_PROBLEMS:
            break
    faults = table.faults(problems)
    if faults:
        raise InputError(faults)
    return BallotFile(ballots, table.remarks)


def _allowed(group: Group, units: int) -> set[int]:
    return set(range(units)) if group.own else {*group.fixed, *group.draw_from}


@dataclass(frozen=True)
class BallotImport:
    """What an import did, and what there was to remark about the file."""

    ballots: int
    remarks: tuple[Problem, ...]


def import_ballots(
    actor: Actor, slug: str, name: str, data: bytes, progress: Callable[[int, int], None] | None = None
) -> BallotImport:
    """Put the paper ballots of a file into a survey that is open or closed, with a receipt each.

    Raises InputError: a fault in the file, the survey's state, or the same file was imported before.
    """
    digest = hashlib.sha256(data).hexdigest()
    as_read = get_survey(slug)
    file = read_paper_ballots(plan_of(as_read), name, data)
    ballots = file.ballots

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

    done = change_survey(actor, Action.IMPORT_BALLOTS, slug, act, about=str, as_read=as_read)
    return BallotImport(done, file.remarks)
