"""What a questionnaire is: sections of items with a title and an introduction. Reading it, with every check."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from surveys.inputs.problems import InputError, Problem
from surveys.inputs.text import Text
from surveys.inputs.values import as_code, as_list, as_table, read_text
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

    def with_units(self, units: Sequence[Option]) -> Questionnaire:
        """The questionnaire as it is asked in a survey of these units."""
        sections = (
            replace(section, items=tuple(item.with_units(units) for item in section.items))
            for section in self.sections
        )  # fmt: skip
        return replace(self, sections=tuple(sections))


def read_questionnaire(data: object) -> Questionnaire:
    """Read a questionnaire from plain data (as from JSON or TOML). Raises InputError with the place of each fault."""
    top = as_table(data, "questionnaire")
    key = as_code(top.get("key"), "key")
    scales = read_scales(top.get("scales", {}))
    codes: set[str] = set()
    sections = tuple(
        _read_section(as_table(entry, f"sections[{number}]"), scales, codes, f"sections[{number}]")
        for number, entry in enumerate(as_list(top.get("sections"), "sections"), 1)
    )
    if not codes:
        raise InputError(Problem("A questionnaire needs at least one item.", "sections"))
    if len(codes) > MAX_ITEMS:
        raise InputError(Problem("There are more than %(limit)s items.", "sections", limit=MAX_ITEMS))
    questionnaire = Questionnaire(
        key=key,
        title=read_text(top.get("title"), "title", limit=100),
        introduction=read_text(top["introduction"], "introduction") if top.get("introduction") else None,
        sections=sections,
    )
    rated = {item.code: item for item in questionnaire.rated}
    if len({(item.scale.points, item.scale.key) for item in rated.values()}) > 1:
        raise InputError(
            Problem("All ratings of the units must use one scale, so that scores mean one thing.", "sections")
        )
    quotas = (read_quota(as_table(entry, "quotas"), rated) for entry in as_list(top.get("quotas", []), "quotas"))
    return replace(questionnaire, quotas=tuple(quotas))


def _read_section(data: Mapping[str, Any], scales: Mapping[str, Scale], codes: set[str], where: str) -> Section:
    each = data.get("per", "survey")
    if each not in ("unit", "survey"):
        raise InputError(Problem("This must be one of: %(names)s.", f"{where}.per", names="unit, survey"))
    items: list[Item] = []
    for number, entry in enumerate(as_list(data.get("items"), f"{where}.items"), 1):
        place = f"{where}.items[{number}]"
        item = read_item(as_table(entry, place), place, scales)
        if item.code in codes:
            raise InputError(Problem("The code %(code)s is used twice.", place, code=item.code))
        check_condition(item, items, each_unit=each == "unit", where=place)
        codes.add(item.code)
        items.append(item)
    title = read_text(data["title"], f"{where}.title", limit=100) if data.get("title") else None
    return Section(each == "unit", tuple(items), title)
