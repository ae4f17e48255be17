"""Rosters: persons who may answer a survey. Who has answered is known, what they answered is not.

A person's admission is that of a code which follows from the installation's key and the person's number, so it can be
sent by mail, printed on a slip and made again, and is stored nowhere. What staff change is in roster_changes.py.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from surveys.admission.codes import personal_code
from surveys.admission.models import Admission, Person
from surveys.admission.roster_file import PersonRow
from surveys.campaigns.indices import GroupIndex, SurveyId, UnitIndex
from surveys.campaigns.models import Survey
from surveys.campaigns.states import UNTIL_THE_END
from surveys.campaigns.surveys import state_of
from surveys.inputs.identifiers import alike, fold
from surveys.inputs.ordering import natural_key
from surveys.inputs.problems import InputError, Problem
from surveys.storage.statements import run


def persons_of(survey_id: SurveyId) -> list[Person]:
    """The persons on a survey's roster, by number."""
    return sorted(Person.select().where(Person.survey_id == survey_id), key=lambda person: natural_key(person.number))


def had_roster(survey_id: SurveyId) -> bool:
    """Whether anybody was on the survey's roster: the admissions stay when the persons are erased."""
    return bool(Admission.select().where(Admission.survey_id == survey_id, Admission.batch == 0).exists())


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
    wanted = fold(wanted)
    return [
        one
        for one in people
        if not (waiting and one.answered)
        and any(wanted in fold(text) for text in (one.person.number, one.person.name, one.person.class_name))
    ]


@dataclass(frozen=True)
class Comparison:
    """A file against the roster: rows with "new", "changed" or "same", and the numbers that the file does not name.

    `alike` are new numbers that differ from known ones only by zeros in front, with these.
    """

    rows: list[tuple[PersonRow, str]]
    missing: list[str]
    alike: list[tuple[str, str]]


def find_person(survey_id: SurveyId, number: str) -> Person | None:
    """The person with this number on a survey's roster; capitals and width do not matter."""
    return Person.get_or_none((Person.survey_id == survey_id) & (Person.number_key == fold(number)[:40]))


def units_of_paper_voters(survey_id: SurveyId) -> Counter[tuple[GroupIndex, UnitIndex]]:
    """How many persons are marked as having voted on paper, by group and own unit, of those who have one."""
    marked = Person.select(Person.group, Person.own_unit).where(Person.survey_id == survey_id, Person.on_paper)
    return Counter((person.group, person.own_unit) for person in marked if person.own_unit is not None)


def class_of(survey_id: SurveyId, code_hash: bytes) -> str:
    """The class of the person who holds an admission; empty where none is known."""
    query = Person.select(Person.class_name).where(Person.survey_id == survey_id, Person.code_hash == code_hash)
    return query.scalar() or ""


def compare(survey: Survey, rows: list[PersonRow]) -> Comparison:
    """What storing these rows would change."""
    known = {person.number_key: row_of(person) for person in persons_of(survey.id)}
    states = []
    for row in rows:
        stored = known.get(fold(row.number))
        full = row if stored is None else row.over(stored)
        states.append((full, "new" if stored is None else "same" if stored == full else "changed"))
    named = {fold(row.number) for row in rows}
    missing = [stored.number for key, stored in known.items() if key not in named]
    return Comparison(states, missing, alike((row.number for row in rows), (row.number for row in known.values())))


SMALL_CLASS = 5


@dataclass(frozen=True)
class ClassTurnout:
    """How many persons of a class there are and have answered: it names nobody, so the class may see it.

    `classes` is more than one where small ones are counted together.
    """

    name: str
    persons: int
    answered: int
    classes: int = 1


def classes_of(survey_id: SurveyId) -> list[ClassTurnout]:
    """Turnout by class, by name, and at the end that of classes of fewer than five persons, counted together.

    Of one person's class it would say who answered, and to whoever looks again, when. Counted by the database: pages ask
    for it every few seconds.
    """
    classes: dict[str, ClassTurnout] = {}
    for name, persons, answered in run(_CLASSES, (survey_id,)).fetchall():
        other = classes.get(fold(name), ClassTurnout(name, 0, 0))
        classes[fold(name)] = ClassTurnout(other.name, other.persons + persons, other.answered + answered)
    by_size = sorted(classes.values(), key=lambda one: one.persons)
    small = [one for one in by_size if one.persons < SMALL_CLASS]
    large = by_size[len(small) :]
    while small and large and sum(one.persons for one in small) < SMALL_CLASS:
        small.append(large.pop(0))
    large.sort(key=lambda one: natural_key(one.name))
    if not small:
        return large
    together = ClassTurnout(
        small[0].name if len(small) == 1 else "", sum(one.persons for one in small),
        sum(one.answered for one in small), len(small),
    )  # fmt: skip
    return [*large, together]


_CLASSES = """SELECT person.class_name, COUNT(*), SUM(CASE WHEN admission.used THEN 1 ELSE 0 END)
    FROM person JOIN admission ON admission.survey_id = person.survey_id AND admission.code_hash = person.code_hash
    WHERE person.survey_id = ? GROUP BY person.class_name ORDER BY MIN(person.number_key)"""


@dataclass(frozen=True)
class PersonalLink:
    """A person's code, as printed, and the link that holds it."""

    person: Person
    code: str
    link: str


def check_links_are_good(survey: Survey) -> None:
    """Raise InputError unless the links of a survey let people in, or soon will: only then they are sent."""
    if state_of(survey) not in UNTIL_THE_END:
        raise InputError(Problem("Links can be sent once the survey is published and until it closes."))


def links_of(survey: Survey, key: bytes, base: str, *, everyone: bool = False) -> list[PersonalLink]:
    """The links of those who have not answered yet, or of everyone, by number."""
    links = []
    for entry in roster_of(survey):
        if everyone or not entry.answered:
            code = personal_code(key, survey.id, entry.person.number)
            links.append(PersonalLink(entry.person, code, f"{base}/s/{survey.slug}#{code}"))
    return links
