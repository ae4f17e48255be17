"""Rosters: persons who may answer a survey. Who has answered is known, what they answered is not.

A person's admission is that of a code which follows from the installation's key and the person's number, so it can be
sent by mail, printed on a slip and made again, and is stored nowhere.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import peewee

from surveys.database import Model, forget_old_pages, lock_survey, write
from surveys.publishing.codes import ALPHABET, LENGTH, hash_code
from surveys.publishing.machine import State
from surveys.publishing.models import Admission, Survey
from surveys.publishing.operations import get_survey, state_of
from surveys.publishing.roster_file import MAX_PROBLEMS, PersonRow
from surveys.text import InputError, Problem


class Person(Model):
    """Somebody on a survey's roster. Erased after the seal; the admission stays, and says nothing of who held it."""

    survey = peewee.IntegerField(column_name="survey_id")
    number = peewee.CharField(max_length=40)
    name = peewee.CharField(max_length=60)
    group = peewee.SmallIntegerField(column_name="group_no")
    own_unit = peewee.SmallIntegerField(default=-1)
    of_class = peewee.CharField(max_length=60, default="")
    email = peewee.CharField(max_length=200, default="")
    code_hash = peewee.BlobField()
    on_paper = peewee.BooleanField(default=False)

    class Meta:
        primary_key = peewee.CompositeKey("survey", "number")


@dataclass(frozen=True)
class Comparison:
    """A file against the roster: rows with "new", "changed" or "same", and the numbers that the file does not name."""

    rows: list[tuple[PersonRow, str]]
    missing: list[str]


def personal_code(key: bytes, survey: int, number: str) -> str:
    """The code of a person, as printed: 61 bits of HMAC-SHA256 under the installation's key."""
    value = int.from_bytes(hmac.digest(key, b"roster/%d/%s" % (survey, number.encode()), hashlib.sha256))
    letters = ""
    for _ in range(LENGTH):
        value, letter = divmod(value, len(ALPHABET))
        letters += ALPHABET[letter]
    return f"{letters[:4]}-{letters[4:8]}-{letters[8:]}"


def find_person(survey: int, number: str) -> Person | None:
    """The person with this number on a survey's roster."""
    return Person.get_or_none((Person.survey == survey) & (Person.number == number))


def class_of(survey: int, code_hash: bytes) -> str:
    """The class of the person who holds an admission; empty where none is known."""
    query = Person.select(Person.of_class).where(Person.survey == survey, Person.code_hash == code_hash)
    return query.scalar() or ""


def compare(survey: Survey, rows: list[PersonRow]) -> Comparison:
    """What storing these rows would change."""
    known = {person.number: person for person in _persons(survey.id)}
    states = [(row, "new" if row.number not in known else "same" if _row_of(known[row.number]) == row else "changed")
              for row in rows]  # fmt: skip
    return Comparison(states, sorted(known.keys() - {row.number for row in rows}))


def _persons(survey: int) -> list[Person]:
    return list(Person.select().where(Person.survey == survey).order_by(Person.number))


def _row_of(person: Person) -> PersonRow:
    return PersonRow(person.number, person.name, person.group, person.own_unit, person.of_class, person.email)


@dataclass(frozen=True)
class Stored:
    """What an import did; `kept` are missing persons who stay because they have answered."""

    added: int
    changed: int
    removed: int
    kept: int


def store_roster(slug: str, key: bytes, rows: list[PersonRow], *, remove_missing: bool = False) -> Stored:
    """Add and update persons by number, all or none; with `remove_missing` remove those the rows do not name.

    Raises InputError: the survey's state, or the group or unit of somebody who has answered would change.
    """

    def act() -> Stored:
        survey = get_survey(slug)
        lock_survey(survey.id, exclusive=True)  # nobody answers while admissions change
        if state_of(survey) not in (State.PUBLISHED, State.OPEN):
            raise InputError(Problem("A roster can be imported once the survey is published and until it closes."))
        known = {person.number: person for person in _persons(survey.id)}
        used = _used(survey.id)
        fresh, problems, changed = [], [], 0
        for row in rows:
            person = known.get(row.number)
            if person is None:
                fresh.append(row)
            elif _row_of(person) != row:
                moved = (person.group, person.own_unit) != (row.group, row.own_unit)
                if moved and bytes(person.code_hash) in used:
                    problems.append(
                        Problem("%(number)s has answered, so group and unit cannot change.", number=row.number)
                    )
                    continue
                _update(person, row)
                changed += 1
        if problems:
            raise InputError(problems[:MAX_PROBLEMS])
        _add(survey.id, key, fresh)
        gone = [known[n] for n in known.keys() - {row.number for row in rows}] if remove_missing else []
        kept = [person for person in gone if bytes(person.code_hash) in used]
        removed = [person for person in gone if bytes(person.code_hash) not in used]
        _remove(removed)
        return Stored(len(fresh), changed, len(removed), len(kept))

    return write(act)


def _remove(persons: Iterable[Person]) -> None:
    for person in persons:
        _of_person(Admission.delete(), person).execute()
        Person.delete().where(Person.survey == person.survey, Person.number == person.number).execute()


def _used(survey: int) -> set[bytes]:
    rows: Any = Admission.select(Admission.code_hash).where(Admission.survey == survey, Admission.used).tuples()
    return {bytes(row[0]) for row in rows}


def _of_person(query: Any, person: Person) -> Any:
    return query.where(Admission.survey == person.survey, Admission.code_hash == person.code_hash)


def _update(person: Person, row: PersonRow) -> None:
    if (person.group, person.own_unit) != (row.group, row.own_unit):
        _of_person(Admission.update(group=row.group, own_unit=row.own_unit), person).execute()
    values = {"name": row.name, "group": row.group, "own_unit": row.own_unit,
              "of_class": row.of_class, "email": row.email}  # fmt: skip
    Person.update(values).where(Person.survey == person.survey, Person.number == person.number).execute()


def _add(survey: int, key: bytes, rows: list[PersonRow]) -> None:
    hashed = {
        row.number: hash_code(key, survey, personal_code(key, survey, row.number).replace("-", "")) for row in rows
    }
    persons = [
        {"survey": survey, "number": row.number, "name": row.name, "group": row.group, "own_unit": row.own_unit,
         "of_class": row.of_class, "email": row.email, "code_hash": hashed[row.number]}
        for row in rows
    ]  # fmt: skip
    admissions = [
        {"survey": survey, "code_hash": hashed[row.number], "group": row.group, "own_unit": row.own_unit, "used": False}
        for row in rows
    ]
    secrets.SystemRandom().shuffle(admissions)
    for batch in peewee.chunked(persons, 100):
        Person.insert_many(batch).execute()
    for batch in peewee.chunked(admissions, 150):
        Admission.insert_many(batch).execute()


@dataclass(frozen=True)
class Standing:
    """A person and whether they have answered."""

    person: Person
    answered: bool


def roster_of(survey: Survey) -> list[Standing]:
    """Everybody on the roster, by number."""
    used = _used(survey.id)
    return [Standing(person, bytes(person.code_hash) in used) for person in _persons(survey.id)]


def matching(people: list[Standing], wanted: str, *, waiting: bool = False) -> list[Standing]:
    """Those whose number, name or class holds what is looked for; with `waiting` only who has not answered."""
    wanted = wanted.strip().lower()
    return [
        one
        for one in people
        if not (waiting and one.answered)
        and any(wanted in text.lower() for text in (one.person.number, one.person.name, one.person.of_class))
    ]


def classes_of(survey: Survey) -> list[tuple[str, int, int]]:
    """(class, persons, answered) by class: what may be shown to everyone of a class, for it names nobody."""
    found: dict[str, list[int]] = {}
    for one in roster_of(survey):
        row = found.setdefault(one.person.of_class, [0, 0])
        row[0] += 1
        row[1] += one.answered
    return [(name, persons, answered) for name, (persons, answered) in sorted(found.items())]


def links_of(survey: Survey, key: bytes, base: str, *, everyone: bool = False) -> list[tuple[Person, str, str]]:
    """(person, code, personal link) of those who have not answered yet, or of everyone."""
    found = []
    for one in roster_of(survey):
        if everyone or not one.answered:
            code = personal_code(key, survey.id, one.person.number)
            found.append((one.person, code, f"{base}/s/{survey.slug}#{code}"))
    return found


def mark_on_paper(slug: str, numbers: Iterable[str], *, undo: bool = False) -> int:
    """Use the admissions of persons who voted on paper, so that nobody votes twice; `undo` takes such a mark back.

    Who has answered on a phone meanwhile is left out. Returns how many changed. Raises InputError: unknown numbers, or
    the survey's state.
    """
    wanted = list(dict.fromkeys(numbers))

    def act() -> int:
        survey = get_survey(slug)
        lock_survey(survey.id, exclusive=True)
        if state_of(survey) not in (State.OPEN, State.CLOSED):
            raise InputError(
                Problem("Who voted on paper is marked while the survey is open or closed, before the seal.")
            )
        known = {person.number: person for person in _persons(survey.id)}
        unknown = [number for number in wanted if number not in known]
        if unknown:
            raise InputError(
                [
                    Problem("The number %(number)s is not on the roster.", number=number[:40])
                    for number in unknown[:MAX_PROBLEMS]
                ]
            )
        used = _used(survey.id)
        changed = [
            known[number]
            for number in wanted
            if (known[number].on_paper if undo else bytes(known[number].code_hash) not in used)
        ]
        for person in changed:
            _of_person(Admission.update(used=not undo), person).execute()
            Person.update(on_paper=not undo).where(Person.survey == survey.id, Person.number == person.number).execute()
        return len(changed)

    return write(act)


def erase_roster(slug: str) -> int:
    """Forget the persons of a sealed survey; how many. Its turnout figures stay. Raises InputError if it is not sealed."""

    def act() -> int:
        survey = get_survey(slug)
        if state_of(survey) is not State.SEALED:
            raise InputError(Problem("A roster is erased after the seal: until then it says who may answer."))
        return int(Person.delete().where(Person.survey == survey.id).execute())

    erased = write(act)
    forget_old_pages(("person",))
    return erased


def remove_persons(slug: str, numbers: Iterable[str]) -> int:
    """Take persons who have not answered off the roster, with their admissions; how many. Raises InputError."""
    wanted = set(numbers)

    def act() -> int:
        survey = get_survey(slug)
        lock_survey(survey.id, exclusive=True)
        if state_of(survey) not in (State.PUBLISHED, State.OPEN):
            raise InputError(Problem("A roster can be changed once the survey is published and until it closes."))
        used = _used(survey.id)
        found = [person for person in _persons(survey.id) if person.number in wanted]
        gone = [person for person in found if bytes(person.code_hash) not in used]
        _remove(gone)
        return len(gone)

    return write(act)
