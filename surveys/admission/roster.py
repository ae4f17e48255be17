"""Rosters: persons who may answer a survey. Who has answered is known, what they answered is not.

A person's admission is that of a code which follows from the installation's key and the person's number, so it can be
sent by mail, printed on a slip and made again, and is stored nowhere. What staff change is in roster_changes.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from surveys.admission.codes import personal_code
from surveys.admission.models import Admission, Person
from surveys.admission.roster_file import PersonRow
from surveys.campaigns.indices import SurveyId
from surveys.campaigns.models import Survey
from surveys.campaigns.states import State
from surveys.campaigns.surveys import state_of
from surveys.inputs.problems import InputError, Problem


def persons_of(survey_id: SurveyId) -> list[Person]:
    """The persons on a survey's roster, by number."""
    return list(Person.select().where(Person.survey_id == survey_id).order_by(Person.number))


def used_hashes(survey_id: SurveyId) -> set[bytes]:
    """The code hashes of admissions that were used."""
    rows: Any = Admission.select(Admission.code_hash).where(Admission.survey_id == survey_id, Admission.used).tuples()
    return {bytes(row[0]) for row in rows}


def row_of(person: Person) -> PersonRow:
    """A person as they would stand in a file."""
    return PersonRow(person.number, person.name, person.group, person.own_unit, person.class_name, person.email)


@dataclass(frozen=True)
class RosterEntry:
    """A person and whether they have answered."""

    person: Person
    answered: bool


def roster_of(survey: Survey) -> list[RosterEntry]:
    """Everybody on the roster, by number."""
    used = used_hashes(survey.id)
    return [RosterEntry(person, bytes(person.code_hash) in used) for person in persons_of(survey.id)]


def matching(people: list[RosterEntry], wanted: str, *, waiting: bool = False) -> list[RosterEntry]:
    """Those whose number, name or class holds what is looked for; with `waiting` only who has not answered."""
    wanted = wanted.strip().lower()
    return [
        one
        for one in people
        if not (waiting and one.answered)
        and any(wanted in text.lower() for text in (one.person.number, one.person.name, one.person.class_name))
    ]


@dataclass(frozen=True)
class Comparison:
    """A file against the roster: rows with "new", "changed" or "same", and the numbers that the file does not name."""

    rows: list[tuple[PersonRow, str]]
    missing: list[str]


def find_person(survey_id: SurveyId, number: str) -> Person | None:
    """The person with this number on a survey's roster."""
    return Person.get_or_none((Person.survey_id == survey_id) & (Person.number == number))


def class_of(survey_id: SurveyId, code_hash: bytes) -> str:
    """The class of the person who holds an admission; empty where none is known."""
    query = Person.select(Person.class_name).where(Person.survey_id == survey_id, Person.code_hash == code_hash)
    return query.scalar() or ""


def compare(survey: Survey, rows: list[PersonRow]) -> Comparison:
    """What storing these rows would change."""
    known = {person.number: person for person in persons_of(survey.id)}
    states = [(row, "new" if row.number not in known else "same" if row_of(known[row.number]) == row else "changed")
              for row in rows]  # fmt: skip
    return Comparison(states, sorted(known.keys() - {row.number for row in rows}))


@dataclass(frozen=True)
class ClassTurnout:
    """How many persons of a class there are and have answered: it names nobody, so the class may see it."""

    name: str
    persons: int
    answered: int


def classes_of(survey: Survey) -> list[ClassTurnout]:
    """Turnout by class, by name."""
    entries = roster_of(survey)
    names = sorted({entry.person.class_name for entry in entries})
    return [
        ClassTurnout(name, len(of_class), sum(entry.answered for entry in of_class))
        for name in names
        for of_class in [[entry for entry in entries if entry.person.class_name == name]]
    ]


@dataclass(frozen=True)
class PersonalLink:
    """A person's code, as printed, and the link that holds it."""

    person: Person
    code: str
    link: str


def check_links_are_good(survey: Survey) -> None:
    """Raise InputError unless the links of a survey let people in, or soon will: only then they are sent."""
    if state_of(survey) not in (State.PUBLISHED, State.OPEN):
        raise InputError(Problem("Links can be sent once the survey is published and until it closes."))


def links_of(survey: Survey, key: bytes, base: str, *, everyone: bool = False) -> list[PersonalLink]:
    """The links of those who have not answered yet, or of everyone, by number."""
    links = []
    for entry in roster_of(survey):
        if everyone or not entry.answered:
            code = personal_code(key, survey.id, entry.person.number)
            links.append(PersonalLink(entry.person, code, f"{base}/s/{survey.slug}#{code}"))
    return links
