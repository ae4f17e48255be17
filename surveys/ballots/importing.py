"""Importing ballots from a table with a row for each: all are taken, or none."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from surveys.ballots.answers import Answers, read_answers
from surveys.ballots.models import PAPER, ImportedFile, insert_ballots, insert_receipts
from surveys.campaigns.indices import GroupIndex, SurveyId
from surveys.campaigns.models import Survey
from surveys.campaigns.plan import Group, Slot, SurveyPlan
from surveys.campaigns.states import SINCE_THE_BEGINNING
from surveys.campaigns.surveys import change_survey, get_survey, plan_of, state_of
from surveys.inputs.problems import InputError, Problem
from surveys.inputs.tables import Column, Table, read_table
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
    columns = _answer_columns(plan)
    named = [Column(name, answer=not column.is_text) for name, column in columns.items()]
    table = read_table(name, data, [Column("group", ("群体", "类别"), required=True), *named], only=True)
    problems: list[Problem] = []
    ballots: list[tuple[GroupIndex, Answers]] = []
    blank = left_out = 0
    for number, cells in table.rows:
        group = plan.group_lookup.find(cells.get("group", ""))
        if group is None:
            typed = cells.get("group", "")[:50]
            unknown = plan.group_lookup.problem(typed, "There is no group %(name)s.", name=typed)
            problems += [unknown.at(table.at("group"), number)] if unknown else []
        fields: dict[str, list[str]] = {}
        answered: list[_AnswerColumn] = []
        for column in table.columns:
            if column != "group" and cells[column]:
                answer = columns[column]
                if group is not None and not answer.slot.item.seen_by(plan.groups[group].code):
                    problems.append(Problem("The group is not asked this question.", table.at(column), number))
                    continue
                try:
                    fields.update(answer.fields(cells[column]))
                    answered.append(answer)
                except ValueError:
                    problems.append(Problem("This is not one of the answers.", table.at(column), number))
        asked = {answer.slot.unit for answer in answered if answer.slot.unit is not None}
        outside = asked - _allowed(plan.groups[group], len(plan.units)) if group is not None else set()
        if outside:
            problems.append(Problem("The group does not rate this unit: %(code)s.", table.at("group"), number,
                                    code=plan.units[min(outside)].code))  # fmt: skip
        answers = read_answers(plan, group or GroupIndex(0), tuple(sorted(asked)), fields, enforce=False)
        for index, problem in answers.problems:
            problems.append(problem.at(plan.slot_name(plan.slots[index]), number))
        blank += not answered
        left_out += sum(_is_left_out(answer, answers) for answer in answered)
        ballots.append((group or GroupIndex(0), answers))
    table.check([*_no_answers(table, blank, name), *problems])
    return BallotFile(ballots, (*table.remarks, *_remarks(blank, left_out)))


def _no_answers(table: Table, blank: int, name: str) -> Iterable[Problem]:
    """What is wrong with a table in which nobody answers anything."""
    if len(table.columns) == len({"group"} & set(table.columns)):
        yield Problem("The table has no column with answers.", name)
    elif table.rows and blank == len(table.rows):
        yield Problem("All ballots of the table are blank.", name)


@dataclass(frozen=True)
class _AnswerColumn:
    """What a column holds: the answer of a slot or, with `is_text`, a text that becomes a remark."""

    slot: Slot
    is_text: bool

    def fields(self, cell: str) -> dict[str, list[str]]:
        """A cell as fields of a form. Raises ValueError for what is no answer."""
        beside = self.slot.item.text_field(self.slot.name)
        return {beside: [cell]} if self.is_text and beside else self.slot.item.read_cell(cell, self.slot.name)


def _answer_columns(plan: SurveyPlan) -> dict[str, _AnswerColumn]:
    columns = {}
    for slot in plan.slots:
        name = plan.slot_name(slot)
        if slot.item.asks and not slot.item.remarkable:
            columns[name] = _AnswerColumn(slot, False)
        if slot.item.remarkable or slot.item.text_field(slot.name):
            columns[f"text:{name}"] = _AnswerColumn(slot, True)
    return columns


def _is_left_out(column: _AnswerColumn, answers: Answers) -> bool:
    """Whether an answer does not count because its question is asked only after other answers."""
    slot = column.slot
    if slot.item.when is None:
        return False
    if column.is_text:
        return all((remark.unit, remark.item) != (slot.unit, slot.item.code) for remark in answers.remarks)
    return answers.row[slot.offset : slot.offset + slot.width] == slot.item.blank


def _remarks(blank: int, left_out: int) -> Iterable[Problem]:
    if blank:
        yield Problem("%(n)s ballots are blank; they count as ballots without an answer.", n=blank)
    if left_out:
        yield Problem("%(n)s answers are left out: their questions are asked only after other answers.", n=left_out)


def _allowed(group: Group, units: int) -> set[int]:
    return set(range(units)) if group.own else {*group.fixed, *group.draw_from}


@dataclass(frozen=True)
class BallotImport:
    """What an import did, and what there was to remark about the file."""

    ballots: int
    remarks: tuple[Problem, ...]


def preview_ballots(slug: str, name: str, data: bytes) -> BallotFile:
    """What an import would take. Raises InputError: a fault in the file, or its ballots were imported before."""
    survey = get_survey(slug)
    file = read_paper_ballots(plan_of(survey), name, data)
    _refuse_again(survey.id, name, hashlib.sha256(data).hexdigest(), _content_digest(file.ballots))
    return file


def import_ballots(
    actor: Actor, slug: str, name: str, data: bytes, progress: Callable[[int, int], None] | None = None
) -> BallotImport:
    """Put the paper ballots of a file into a survey that is open or closed, with a receipt each.

    Raises InputError: a fault in the file, the survey's state, or the same file or the same ballots were imported before.
    """
    digest = hashlib.sha256(data).hexdigest()
    as_read = get_survey(slug)
    file = read_paper_ballots(plan_of(as_read), name, data)
    ballots, content = file.ballots, _content_digest(file.ballots)

    def act(survey: Survey) -> int:
        if state_of(survey) not in SINCE_THE_BEGINNING:
            raise InputError(Problem("Ballots can be imported while the survey is open or closed, before the seal."))
        _refuse_again(survey.id, name, digest, content)
        ImportedFile.create(survey_id=survey.id, digest=digest, content=content, name=name[:100], ballots=len(ballots))
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


def _content_digest(ballots: list[tuple[GroupIndex, Answers]]) -> str:
    """The SHA-256 of the ballots and remarks of a file, the same in whatever order and format they stand in it.

    Ballots and remarks are sorted apart, so that it does not tell which remark was on which ballot.
    """
    packed = sorted(f"{group} {answers.packed.hex()}" for group, answers in ballots)
    remarks = sorted(
        [str(remark.unit), remark.item, remark.body] for _, answers in ballots for remark in answers.remarks
    )
    return hashlib.sha256(json.dumps([packed, remarks]).encode()).hexdigest()


def _refuse_again(survey_id: SurveyId, name: str, digest: str, content: str) -> None:
    """Raise InputError where the bytes or the ballots of a file were imported before."""
    before = ImportedFile.get_or_none(
        ImportedFile.survey_id == survey_id, (ImportedFile.digest == digest) | (ImportedFile.content == content)
    )
    if before is None:
        return
    if before.digest == digest:
        raise InputError(Problem("This file was imported before; its ballots are stored already.", name[:100]))
    raise InputError(
        Problem("The same ballots were imported before, from the file %(name)s. If these are others with the same answers, "
                "put them into one table with further ballots.", name[:100], name=before.name)
    )  # fmt: skip
