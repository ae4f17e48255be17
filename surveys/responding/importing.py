"""Paper ballots and existing data: a table with a row for each ballot, taken all or not at all."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable

from surveys.authoring.questionnaire import Item, Scale
from surveys.database import lock_survey, write
from surveys.publishing.machine import State
from surveys.publishing.models import Survey
from surveys.publishing.operations import get_survey, plan_of, state_of
from surveys.publishing.plan import Group, Slot, SurveyPlan
from surveys.responding.answers import Answers, option_codes, read_answers
from surveys.responding.models import PAPER, Batch, insert_ballots
from surveys.responding.sql import insert_many
from surveys.tables import Table, read_table
from surveys.text import InputError, Problem

MAX_PROBLEMS = 100


def read_paper_ballots(plan: SurveyPlan, name: str, data: bytes) -> list[tuple[int, Answers]]:
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
        for column, slot in slots.items():
            if cells[column]:
                try:
                    fields[str(slot.index)] = _values(plan, slot.item, cells[column])
                except ValueError:
                    problems.append(Problem("This is not one of the answers.", column, number))
        asked = {slot.unit for slot in slots.values() if slot.unit >= 0 and str(slot.index) in fields}
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
        if slot is None or slot.item.type == "note" or column.startswith("text:") != (slot.item.type == "text"):
            problems.append(
                Problem("There is no rating or question %(name)s in this survey.", name, 1, name=column[:100])
            )
        else:
            slots[column] = slot
    if problems:
        raise InputError(problems[:MAX_PROBLEMS])
    return slots


def _group_names(plan: SurveyPlan) -> dict[str, int]:
    names: dict[str, int] = {}
    for number, group in enumerate(plan.groups):
        for name in (group.code, *group.text.values()):
            names.setdefault(name.lower(), number)
    return names


def _allowed(group: Group, units: int) -> set[int]:
    return set(range(units)) if group.own else {*group.fixed, *group.draw_from}


def _values(plan: SurveyPlan, item: Item, cell: str) -> list[str]:
    """A cell as the values of a form's field. Raises ValueError."""
    if item.type in ("text", "number"):
        return [cell]
    if item.scale is not None:
        return [_rating(item.scale, cell)]
    codes = option_codes(plan, item)
    words = [[code, *(texts)] for code, texts in zip(codes, _option_words(plan, item), strict=True)]
    chosen = []
    for part in cell.replace("；", "+").replace(";", "+").split("+"):
        chosen.append(_position(part.strip(), words))
    return [str(position) for position in chosen]


def _option_words(plan: SurveyPlan, item: Item) -> list[list[str]]:
    if item.units_as_options:
        return [list(unit.text.values()) for unit in plan.units]
    return [list(option.text.values()) for option in item.options]


def _rating(scale: Scale, cell: str) -> str:
    if scale.dont_know is not None and cell.lower() in ("?", *(word.lower() for word in scale.dont_know.values())):
        return "dk"
    if scale.direct:
        return cell
    return str(_position(cell, [[level.code, *level.text.values()] for level in scale.levels]))


def _position(cell: str, words: list[list[str]]) -> int:
    """The position of an answer given by word, code or position; words win over positions."""
    for position, names in enumerate(words, 1):
        if cell.lower() in (name.lower() for name in names):
            return position
    if cell.isascii() and cell.isdigit() and 1 <= int(cell) <= len(words):
        return int(cell)
    raise ValueError(cell)


def import_ballots(slug: str, name: str, data: bytes, progress: Callable[[int, int], None] | None = None) -> int:
    """Put the paper ballots of a file into a survey that is open or closed, with a receipt each. Returns how many.

    Raises InputError: a fault in the file, the survey's state, or the same file was imported before.
    """
    survey: Survey = get_survey(slug)
    digest = hashlib.sha256(data).hexdigest()
    ballots = read_paper_ballots(plan_of(survey), name, data)

    def act() -> int:
        lock_survey(survey.id, exclusive=False)
        if state_of(get_survey(slug)) not in (State.OPEN, State.CLOSED):
            raise InputError(Problem("Ballots can be imported while the survey is open or closed, before the seal."))
        if Batch.get_or_none(Batch.survey == survey.id, Batch.digest == digest):
            raise InputError(Problem("This file was imported before; its ballots are in the box.", name[:100]))
        Batch.create(survey=survey.id, digest=digest, name=name[:100], ballots=len(ballots))
        receipts = [(survey.id, secrets.token_bytes(16)) for _ in ballots]
        insert_many("receipt (survey_id, number)", sorted(receipts))
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

    return write(act)
