"""The plan of a survey: everything about it that is frozen at publication, and the slots of its ballots.

Reading one is in plan_file.py. Plain values, no database.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from math import ceil
from typing import Literal

from surveys.campaigns.indices import GroupIndex, UnitIndex
from surveys.campaigns.packing import Packing, packing_of
from surveys.inputs.identifiers import Lookup
from surveys.inputs.text import Text, pick
from surveys.questionnaires.items.base import Item
from surveys.questionnaires.items.options import OTHER_LIMIT
from surveys.questionnaires.items.rating import RatingItem
from surveys.questionnaires.items.text import TextItem
from surveys.questionnaires.questionnaire import Questionnaire, Section
from surveys.questionnaires.rated_levels import RatedLevels
from surveys.questionnaires.scales import Scale
from surveys.scoring.rule import ScoreRule

MAX_FORM_BYTES = 512 * 1024
"""More than anybody types on a phone: fifty thousand Chinese characters."""
_FORM_FIELDS, _FORM_BYTES = 10, 128 * 1024  # the token, the language and what else comes with the answers
_FIELD_BYTES, _CHARACTER_BYTES = 160, 12  # around a value in a multipart form; %F0%9F%91%8D is one character


@dataclass(frozen=True)
class RatedUnit:
    """A unit as it was when the survey was published."""

    code: str
    name: Text
    kind: str
    parent: Text | None
    text: Text
    """The name, and where another unit of the survey has the same, the unit above it or the code in brackets."""
    description: Text | None = None
    """A few words for people who may not know it."""


@dataclass(frozen=True)
class Group:
    """A kind of respondent, with a weight and the units it rates.

    `fixed` and `draw_from` are positions in the plan's units. A ballot lists the fixed units, the holder's
    own unit (`own`), and `draw` more drawn at random from `draw_from`.
    """

    code: str
    text: Text
    weight: float
    admission: Literal["code", "roster", "open"]
    fixed: tuple[UnitIndex, ...]
    own: bool
    draw: int
    draw_from: tuple[UnitIndex, ...]
    expected: int | None
    required_turnout: float | None
    apart: bool = False
    """Whether its ballots are reported apart from those of the other groups and enter no score."""

    @property
    def score_weight(self) -> float:
        """The weight in a unit's score."""
        return 0.0 if self.apart else self.weight

    @property
    def units_on_ballot(self) -> int:
        """How many units a respondent rates, at most."""
        return len(self.fixed) + self.own + min(self.draw, len(self.draw_from))


@dataclass(frozen=True)
class Slot:
    """The place of one answer in a ballot: `width` bytes from `offset`.

    `unit` and `section` are positions in the plan; `unit` is None for what is asked once.
    """

    index: int
    section: int
    unit: UnitIndex | None
    item: Item
    offset: int
    width: int
    has_followers: bool = False
    """Whether an item of its section has a condition, so that its answer may matter to it."""

    @cached_property
    def name(self) -> str:
        """Its field in a form."""
        return str(self.index)

    @cached_property
    def plain_scale(self) -> Scale | None:
        """The scale of a rating that is always asked: most of a ballot, so there is a short way for it."""
        return self.item.scale if isinstance(self.item, RatingItem) and self.item.when is None else None

    @cached_property
    def is_optional_text(self) -> bool:
        """Whether it may be left empty and takes no bytes: then there is nothing to read, asked or not."""
        return isinstance(self.item, TextItem) and not self.item.required


@dataclass(frozen=True)
class Correction:
    """A typo that was corrected after publication. `at` is local time as ISO 8601 has it; `places`: where it stood."""

    at: str
    before: str
    after: str
    places: int
    reason: str


@dataclass(frozen=True)
class SurveyPlan:
    """A survey as published."""

    slug: str
    title: Text
    campaign: Text | None
    stage: Text | None
    questionnaire: Questionnaire
    units: tuple[RatedUnit, ...]
    groups: tuple[Group, ...]
    rule: ScoreRule
    corrections: tuple[Correction, ...] = ()

    @cached_property
    def unit_indices(self) -> tuple[UnitIndex, ...]:
        """The positions of all units."""
        return tuple(UnitIndex(position) for position in range(len(self.units)))

    @cached_property
    def group_indices(self) -> tuple[GroupIndex, ...]:
        """The positions of all groups."""
        return tuple(GroupIndex(position) for position in range(len(self.groups)))

    def units_for_preview(self, group: GroupIndex) -> tuple[UnitIndex, ...]:
        """Units that a ballot of a group may list: the fixed ones, the first ones to draw from, and one as the own unit."""
        of = self.groups[group]
        own = self.unit_indices[:1] if of.own else ()
        return tuple(sorted({*of.fixed, *of.draw_from[: of.draw], *own}))

    @cached_property
    def unit_lookup(self) -> Lookup[UnitIndex]:
        """The units by code and name, as people type them."""
        units: Lookup[UnitIndex] = Lookup()
        for position, unit in zip(self.unit_indices, self.units, strict=True):
            label = f"{unit.code} ({pick(unit.parent, 'zh')})" if unit.parent else unit.code
            units.add(position, label, (unit.code, *unit.name.values(), *unit.text.values()))
        return units

    @cached_property
    def group_lookup(self) -> Lookup[GroupIndex]:
        """The groups by code and name, as people type them."""
        groups: Lookup[GroupIndex] = Lookup()
        for position, group in zip(self.group_indices, self.groups, strict=True):
            groups.add(position, group.code, (group.code, *group.text.values()))
        return groups

    @cached_property
    def slots(self) -> tuple[Slot, ...]:
        """All places for answers: sections in order, each unit's items together."""
        slots: list[Slot] = []
        offset = 0
        for number, section in enumerate(self.questionnaire.sections):
            conditional = any(item.when is not None for item in section.items)
            for unit in self.unit_indices if section.each_unit else (None,):
                for item in section.items:
                    slots.append(Slot(len(slots), number, unit, item, offset, item.width, conditional))
                    offset += item.width
        return tuple(slots)

    @cached_property
    def packing(self) -> Packing:
        """How its ballots are stored."""
        return packing_of(
            self.questionnaire.sections, len(self.units), [group.units_on_ballot for group in self.groups]
        )

    @property
    def width(self) -> int:
        """Bytes of all slots."""
        return self.packing.width

    @cached_property
    def rated_items(self) -> tuple[RatingItem, ...]:
        """The ratings asked of each unit."""
        return self.questionnaire.rated

    @cached_property
    def rated_levels(self) -> RatedLevels:
        """The levels of the scales of these ratings."""
        scales: list[Scale] = []
        for item in self.rated_items:
            if item.scale not in scales:
                scales.append(item.scale)
        return RatedLevels(tuple(scales))

    @cached_property
    def largest_form(self) -> tuple[int, int]:
        """The most fields of a ballot's form, and its most bytes: all texts full, in the longest way of sending them."""
        units = max(group.units_on_ballot for group in self.groups)
        fields = size = 0
        for section in self.questionnaire.sections:
            for item in section.items:
                times = units if section.each_unit else 1
                count = len(item.field_names("")) * item.most_values * times
                fields += count
                size += count * (_FIELD_BYTES + _CHARACTER_BYTES * item.most_characters)
                if item.text_field(""):
                    fields += times
                    size += times * (_FIELD_BYTES + _CHARACTER_BYTES * OTHER_LIMIT)
        return fields + _FORM_FIELDS, min(size + _FORM_BYTES, MAX_FORM_BYTES)

    def slot_name(self, slot: Slot) -> str:
        """The name of a slot in csv files: unit/item, or the item alone."""
        return slot.item.code if slot.unit is None else f"{self.units[slot.unit].code}/{slot.item.code}"

    def asked(self, group: GroupIndex, units: tuple[UnitIndex, ...]) -> tuple[Slot, ...]:
        """The slots of a group's ballot that lists these units."""
        code = self._alike[group]
        known = self._asked.get((code, units))
        if known is None:
            known = tuple(slot for slot in self._slots_about(units) if slot.item.seen_by(code))
            if len(self._asked) < 5000:  # bounded: there are many ways to draw three units of a hundred
                self._asked[code, units] = known
        return known

    def _slots_about(self, units: tuple[UnitIndex, ...]) -> Iterator[Slot]:
        """The slots of what is asked once and of these units, in the plan's order."""
        first = 0
        for section in self.questionnaire.sections:
            count = len(section.items)
            for unit in sorted(set(units)) if section.each_unit else (0,):
                yield from self.slots[first + unit * count : first + (unit + 1) * count]
            first += count * (len(self.units) if section.each_unit else 1)

    def slots_of_unit(self, unit: UnitIndex) -> tuple[Slot, ...]:
        """The slots of a unit."""
        return tuple(slot for slot in self._slots_about((unit,)) if slot.unit is not None)

    @cached_property
    def _alike(self) -> tuple[str, ...]:
        """By group, the code of the first one that sees the same items."""
        first: dict[tuple[bool, ...], str] = {}
        return tuple(
            first.setdefault(tuple(item.seen_by(group.code) for item in self.questionnaire.items), group.code)
            for group in self.groups
        )

    @cached_property
    def _asked(self) -> dict[tuple[str, tuple[UnitIndex, ...]], tuple[Slot, ...]]:
        return {}

    def sections_of(self, group: GroupIndex) -> tuple[Section, ...]:
        """The sections of the questionnaire with the items that a group sees, some perhaps without any."""
        code = self.groups[group].code
        return tuple(
            replace(section, items=tuple(item for item in section.items if item.seen_by(code)))
            for section in self.questionnaire.sections
        )

    def minutes(self, group: Group) -> int:
        """How long answering takes, in whole minutes, for the group's longest ballot."""
        once, each = self.questionnaire.seconds(group.code)
        return max(1, ceil((once + group.units_on_ballot * each) / 60))
