"""What a questionnaire is: sections of items with a title and an introduction. Reading it, with every check."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from surveys.inputs.identifiers import fold
from surveys.inputs.problems import Faults, InputError, Problem
from surveys.inputs.text import Text
from surveys.inputs.values import as_code, as_list, as_table, check_names, read_optional_text, read_text
from surveys.questionnaires.conditions import check_condition
from surveys.questionnaires.items import read_item
from surveys.questionnaires.items.base import Item, Option
from surveys.questionnaires.items.rating import RatingItem
from surveys.questionnaires.quotas import Quota, read_quota
from surveys.questionnaires.scales import Scale, read_scales

MAX_ITEMS = 200


@dataclass(frozen=True)
class Section:
    """Items asked together: once, or (`each_unit`) for every unit that the respondent rates."""

    each_unit: bool
    items: tuple[Item, ...]
    title: Text | None = None

    @property
    def is_list(self) -> bool:
        """With one or two items for each unit, units are rows of one list; with more, each has a card."""
        return self.each_unit and sum(item.asks for item in self.items) <= 2


@dataclass(frozen=True)
class Questionnaire:
    """Sections of items with a title and an introduction."""

    key: str
    title: Text
    introduction: Text | None
    sections: tuple[Section, ...]
    quotas: tuple[Quota, ...] = ()

    @property
    def items(self) -> tuple[Item, ...]:
        """All items in order."""
        return tuple(item for section in self.sections for item in section.items)

    @property
    def scripts(self) -> list[str]:
        """The scripts that its kinds of items bring along, each once."""
        return sorted({item.script for item in self.items if item.script})

    @property
    def rated(self) -> tuple[RatingItem, ...]:
        """The ratings asked of each unit: what scores are made of."""
        return tuple(i for s in self.sections if s.each_unit for i in s.items if isinstance(i, RatingItem))

    def seconds(self, group: str | None = None) -> tuple[float, float]:
        """How long answering takes without its units, and how much longer with each unit; of what a group (its code) sees.

        15 s to begin and send, 4 s to turn to a unit, and what each item takes; follow-ups are left out by most people.
        """
        once, each = 15.0, 0.0
        for section in self.sections:
            items = [item for item in section.items if group is None or item.seen_by(group)]
            seconds = sum(item.seconds for item in items if item.when is None)
            if section.each_unit:
                each += 4.0 + seconds if items else 0.0
            else:
                once += seconds
        return once, each

    def with_units(self, units: Sequence[Option]) -> Questionnaire:
        """The questionnaire as it is asked in a survey of these units."""
        sections = (
            replace(section, items=tuple(item.with_units(units) for item in section.items))
            for section in self.sections
        )  # fmt: skip
        return replace(self, sections=tuple(sections))


NAMES = ("key", "title", "introduction", "scales", "sections", "quotas")
SECTION_NAMES = ("per", "items", "title")
"""What a definition may say at the top, and in a section."""
RESERVED_CODES = ("group",)
"""Codes that no item may have: they are columns of the table of ballots."""


def read_questionnaire(data: object) -> Questionnaire:
    """Read a questionnaire from plain data (as from JSON or TOML). Raises InputError with the place of each fault."""
    top, faults = as_table(data, "questionnaire"), Faults()
    faults.take(lambda: check_names(top, NAMES, "questionnaire"))
    key = faults.take(lambda: as_code(top.get("key"), "key"))
    title = faults.take(lambda: read_text(top.get("title"), "title", limit=100))
    introduction = faults.take(lambda: read_optional_text(top.get("introduction"), "introduction", lines=True))
    scales = read_scales(top.get("scales", {}), faults)
    sections = faults.take(lambda: _read_sections(top.get("sections"), scales))
    faults.check()
    questionnaire = Questionnaire(key=key, title=title, introduction=introduction, sections=sections)
    rated = {item.code: item for item in questionnaire.rated}
    quotas = faults.each(
        faults.take(lambda: as_list(top.get("quotas", []), "quotas")) or [],
        lambda entry, number: read_quota(entry, rated, f"quotas[{number}]"),
    )
    faults.check()
    return replace(questionnaire, quotas=tuple(quotas))


def _read_sections(data: object, scales: Mapping[str, Scale]) -> tuple[Section, ...]:
    faults, codes = Faults(), dict[str, str]()
    sections = faults.each(
        as_list(data, "sections"), lambda entry, number: _read_section(entry, scales, codes, f"sections[{number}]")
    )
    faults.check()
    if not codes:
        raise InputError(Problem("A questionnaire needs at least one item.", "sections"))
    if len(codes) > MAX_ITEMS:
        raise InputError(Problem("There are more than %(limit)s items.", "sections", limit=MAX_ITEMS))
    return tuple(sections)


def _read_section(data: object, scales: Mapping[str, Scale], codes: dict[str, str], where: str) -> Section:
    row, faults = as_table(data, where), Faults()
    faults.take(lambda: check_names(row, SECTION_NAMES, where))
    each = row.get("per", "survey")
    if each not in ("unit", "survey"):
        faults.note("This must be one of: %(names)s.", f"{where}.per", names="unit, survey")
    title = faults.take(lambda: read_optional_text(row.get("title"), f"{where}.title", limit=100))
    items: list[Item] = []
    entries = faults.take(lambda: as_list(row.get("items"), f"{where}.items"))
    if entries == []:
        faults.note("This section has no items yet.", where)
    for number, entry in enumerate(entries or [], 1):
        place = f"{where}.items[{number}]"
        item = faults.take(partial(read_item, entry, place, scales))
        if item is None:
            continue
        if fold(item.code) in codes:
            faults.note("The code %(code)s is used twice.", place, code=item.code)
        if fold(item.code) in RESERVED_CODES:
            faults.note("No item can have the code %(code)s: it has another meaning.", place, code=item.code)
        # An item before it that could not be read may be the one that its condition names.
        if len(items) == number - 1:
            faults.take(partial(check_condition, item, list(items), each_unit=each == "unit", where=place))
        codes.setdefault(fold(item.code), item.code)
        items.append(item)
    faults.check()
    return Section(each == "unit", tuple(items), title)
