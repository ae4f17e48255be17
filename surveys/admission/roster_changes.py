"""What staff change about a roster. Each change is a unit of work on its survey, so nobody answers meanwhile."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import peewee

from surveys.admission.codes import hash_code, normalise, personal_code
from surveys.admission.models import Admission, Person
from surveys.admission.roster import persons_of, row_of, used_hashes
from surveys.admission.roster_file import PersonRow
from surveys.campaigns.indices import SurveyId
from surveys.campaigns.models import Survey
from surveys.campaigns.states import SINCE_THE_BEGINNING, UNTIL_THE_END, State
from surveys.campaigns.surveys import change_survey, state_of
from surveys.inputs.identifiers import fold
from surveys.inputs.problems import MAX_PROBLEMS, InputError, Problem
from surveys.inputs.translations import message_id
from surveys.storage.audit import Action
from surveys.storage.schema import forget_old_pages
from surveys.storage.unit_of_work import Actor


@dataclass(frozen=True)
class RosterImport:
    """What an import did; `kept` are missing persons who stay because they have answered."""

    added: int
    changed: int
    removed: int
    kept: int


def _require(survey: Survey, states: tuple[State, ...], message: str) -> None:
    if state_of(survey) not in states:
        raise InputError(Problem(message))


def store_roster(
    actor: Actor, survey: Survey, key: bytes, rows: list[PersonRow], *, remove_missing: bool = False
) -> RosterImport:
    """Add and update persons by number, all or none; with `remove_missing` remove those the rows do not name.

    `survey` is the one by whose plan the rows were read. Raises InputError: its state or plan has changed, or the group or unit of somebody who has answered would change.
    """

    def act(survey: Survey) -> RosterImport:
        _require(survey, UNTIL_THE_END,
                 message_id("A roster can be imported once the survey is published and until it closes."))  # fmt: skip
        known = {person.number_key: person for person in persons_of(survey.id)}
        used = used_hashes(survey.id)
        new = [row for row in rows if fold(row.number) not in known]
        stored = [row.over(row_of(known[fold(row.number)])) for row in rows if fold(row.number) in known]
        changed = [row for row in stored if row_of(known[fold(row.number)]) != row]
        problems = [
            Problem("%(number)s has answered, so group and unit cannot change.", number=row.number)
            for row in changed
            for person in [known[fold(row.number)]]
            if bytes(person.code_hash) in used and (person.group, person.own_unit) != (row.group, row.own_unit)
        ]
        if problems:
            raise InputError(problems[:MAX_PROBLEMS])
        for row in changed:
            _update(known[fold(row.number)], row)
        _add(survey.id, key, new)
        missing = [known[n] for n in known.keys() - {fold(row.number) for row in rows}] if remove_missing else []
        removed = [person for person in missing if bytes(person.code_hash) not in used]
        _remove(removed)
        return RosterImport(len(new), len(changed), len(removed), len(missing) - len(removed))

    return change_survey(
        actor, Action.IMPORT_ROSTER, survey.slug, act, as_read=survey,
        about=lambda done: f"{done.added} new, {done.changed} changed, {done.removed} removed",
    )  # fmt: skip


def remove_persons(actor: Actor, slug: str, numbers: Iterable[str]) -> int:
    """Take persons who have not answered off the roster, with their admissions; how many. Raises InputError."""
    wanted = {fold(number): number for number in numbers}

    def act(survey: Survey) -> int:
        _require(survey, UNTIL_THE_END,
                 message_id("A roster can be changed once the survey is published and until it closes."))  # fmt: skip
        used = used_hashes(survey.id)
        known = {person.number_key: person for person in persons_of(survey.id)}
        _refuse_unknown([number for key, number in wanted.items() if key not in known])
        removed = [known[key] for key in wanted if bytes(known[key].code_hash) not in used]
        _remove(removed)
        return len(removed)

    return change_survey(actor, Action.REMOVE_PERSONS, slug, act, about=str)


def mark_on_paper(actor: Actor, slug: str, numbers: Iterable[str], *, undo: bool = False) -> int:
    """Use the admissions of persons who voted on paper, so that nobody votes twice; `undo` takes such a mark back.

    Who has answered on a phone meanwhile is left out. Returns how many changed. Raises InputError: unknown numbers, or
    the survey's state.
    """
    wanted = {fold(number): number for number in numbers}

    def act(survey: Survey) -> int:
        _require(survey, SINCE_THE_BEGINNING,
                 message_id("People who voted on paper can be marked while the survey is open or closed, before the seal."))  # fmt: skip
        known = {person.number_key: person for person in persons_of(survey.id)}
        unknown = [number for key, number in wanted.items() if key not in known]
        _refuse_unknown(unknown)
        used = used_hashes(survey.id)
        persons = [known[key] for key in wanted]
        changed = [p for p in persons if (p.on_paper if undo else bytes(p.code_hash) not in used)]
        for person in changed:
            _admission_of(Admission.update(used=not undo), person).execute()
            _where(Person.update(on_paper=not undo), person).execute()
        return len(changed)

    action = Action.UNMARK_PAPER_VOTERS if undo else Action.MARK_PAPER_VOTERS
    return change_survey(actor, action, slug, act, about=str)


def _refuse_unknown(numbers: list[str]) -> None:
    if numbers:
        raise InputError(
            [Problem("The number %(number)s is not on the roster.", number=n[:40]) for n in numbers[:MAX_PROBLEMS]]
        )


def erase_roster(actor: Actor, slug: str) -> int:
    """Forget the persons of a sealed survey; how many. Its turnout figures stay. Raises InputError if it is not sealed."""

    def act(survey: Survey) -> int:
        _require(
            survey, (State.SEALED,), message_id("A roster is erased after the seal: until then it says who may answer.")
        )
        return int(Person.delete().where(Person.survey_id == survey.id).execute())

    erased = change_survey(actor, Action.ERASE_ROSTER, slug, act, about=str)
    forget_old_pages(("person",))
    return erased


def _where(query: Any, person: Person) -> Any:
    return query.where(Person.survey_id == person.survey_id, Person.number_key == person.number_key)


def _admission_of(query: Any, person: Person) -> Any:
    return query.where(Admission.survey_id == person.survey_id, Admission.code_hash == person.code_hash)


def _remove(persons: Iterable[Person]) -> None:
    for person in persons:
        _admission_of(Admission.delete(), person).execute()
        _where(Person.delete(), person).execute()


def _update(person: Person, row: PersonRow) -> None:
    if (person.group, person.own_unit) != (row.group, row.own_unit):
        _admission_of(Admission.update(group=row.group, own_unit=row.own_unit), person).execute()
    columns = _columns(row)
    if person.email != row.email:
        columns |= {"mail_round": 0, "mail_outcome": "", "mail_reply": ""}
    _where(Person.update(columns), person).execute()


def _columns(row: PersonRow) -> dict[str, Any]:
    return {"name": row.name, "group": row.group, "own_unit": row.own_unit, "class_name": row.class_name,
            "email": row.email}  # fmt: skip


def _add(survey_id: SurveyId, key: bytes, rows: list[PersonRow]) -> None:
    persons, admissions = [], []
    for row in rows:
        code_hash = hash_code(key, survey_id, normalise(personal_code(key, survey_id, row.number)) or "")
        same = {"survey_id": survey_id, "code_hash": code_hash}
        persons.append({**same, "number": row.number, "number_key": fold(row.number), **_columns(row)})
        admissions.append({**same, "group": row.group, "own_unit": row.own_unit, "used": False})
    secrets.SystemRandom().shuffle(admissions)  # so that the table does not keep the order of the roster
    for batch in peewee.chunked(persons, 100):
        Person.insert_many(batch).execute()
    for batch in peewee.chunked(admissions, 150):
        Admission.insert_many(batch).execute()
