"""The plan of a survey: everything about it that is frozen at publication, and the slots of its ballots.

A plan is read from one file or form (see docs/survey-file.md) and stored as JSON. Plain values, no database.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from math import ceil
from typing import Literal

from surveys.campaigns.indices import GroupIndex, UnitIndex
from surveys.campaigns.rule_file import read_rule
from surveys.inputs.problems import InputError, Problem
from surveys.inputs.text import Text
from surveys.inputs.values import as_code, as_flag, as_list, as_number, as_table, read_text
from surveys.questionnaires.items.base import Item, Option
from surveys.questionnaires.items.rating import RatingItem
from surveys.questionnaires.questionnaire import Questionnaire, read_questionnaire
from surveys.questionnaires.scales import Scale
from surveys.scoring.rule import ScoreRule

MAX_UNITS = 500
MAX_GROUPS = 20


@dataclass(frozen=True)
class RatedUnit:
    """A unit as it was when the survey was published."""

    code: str
    text: Text
    kind: str
    parent: Text | None


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
    """Whether its ballots are reported apart from those of admitted people and enter no score."""

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
    def width(self) -> int:
        """Bytes of a packed ballot."""
        return sum(slot.width for slot in self.slots)

    @cached_property
    def rated_items(self) -> tuple[RatingItem, ...]:
        """The ratings asked of each unit."""
        return self.questionnaire.rated

    def slot_name(self, slot: Slot) -> str:
        """The name of a slot in csv files: unit/item, or the item alone."""
        return slot.item.code if slot.unit is None else f"{self.units[slot.unit].code}/{slot.item.code}"

    def asked(self, units: tuple[UnitIndex, ...]) -> tuple[Slot, ...]:
        """The slots of a ballot that lists these units."""
        known = self._asked.get(units)
        if known is None:
            wanted = set(units)
            known = tuple(slot for slot in self.slots if slot.unit is None or slot.unit in wanted)
            if len(self._asked) < 5000:  # bounded: there are many ways to draw three units of a hundred
                self._asked[units] = known
        return known

    @cached_property
    def _asked(self) -> dict[tuple[int, ...], tuple[Slot, ...]]:
        return {}

    def minutes(self, group: Group) -> int:
        """How long answering takes, in whole minutes, for the group's longest ballot.

        15 s to begin and send, 4 s to turn to a unit, and what each item takes; follow-ups are left out by most people.
        """
        seconds = 15.0
        for section in self.questionnaire.sections:
            each = sum(item.seconds for item in section.items if item.when is None)
            seconds += group.units_on_ballot * (4.0 + each) if section.each_unit else each
        return max(1, ceil(seconds / 60))


def read_plan(data: object) -> SurveyPlan:
    """Read a plan from plain data; units and questionnaire must stand in it. Raises InputError."""
    top = as_table(data, "survey")
    questionnaire = read_questionnaire(top.get("questionnaire"))
    units = tuple(_read_unit(entry, i) for i, entry in enumerate(as_list(top.get("units", []), "units"), 1))
    positions = {unit.code: UnitIndex(i) for i, unit in enumerate(units)}
    if len(positions) != len(units):
        raise InputError(Problem("A unit is listed twice.", "units"))
    if len(units) > MAX_UNITS:
        raise InputError(Problem("There are more than %(limit)s units.", "units", limit=MAX_UNITS))
    if questionnaire.rated and not units:
        raise InputError(Problem("Choose the units to rate.", "units"))
    entries = as_list(top.get("groups"), "groups")
    if not 1 <= len(entries) <= MAX_GROUPS:
        raise InputError(Problem("A survey has 1 to %(limit)s groups.", "groups", limit=MAX_GROUPS))
    groups = tuple(_read_group(entry, i, positions, bool(questionnaire.rated)) for i, entry in enumerate(entries, 1))
    if len({group.code for group in groups}) != len(groups):
        raise InputError(Problem("A group is listed twice.", "groups"))
    if not sum(group.weight for group in groups):
        raise InputError(Problem("The weights of the groups are all zero.", "groups"))
    rule = read_rule(top.get("rule", {}), tuple(item.code for item in questionnaire.rated))
    if rule.open_apart:
        groups = tuple(replace(group, apart=group.admission == "open") for group in groups)
        if not sum(group.score_weight for group in groups):
            raise InputError(
                Problem("Where open links are reported separately, another group with a weight must be admitted by code or roster.",
                        "rule.open_apart")
            )  # fmt: skip
    return SurveyPlan(
        slug=as_code(top.get("slug"), "slug"),
        title=read_text(top.get("title"), "title", limit=100),
        campaign=read_text(top["campaign"], "campaign", limit=100) if top.get("campaign") else None,
        stage=read_text(top["stage"], "stage", limit=100) if top.get("stage") else None,
        questionnaire=questionnaire.with_units([Option(unit.code, unit.text) for unit in units]),
        units=units,
        groups=groups,
        rule=rule,
    )


def _read_unit(data: object, number: int) -> RatedUnit:
    row = as_table(data, f"units[{number}]")
    return RatedUnit(
        as_code(row.get("code"), f"units[{number}].code"),
        read_text(row.get("name"), f"units[{number}].name", limit=200),
        str(row.get("kind", "branch")),
        read_text(row["parent"], f"units[{number}].parent", limit=200) if row.get("parent") else None,
    )


def _read_group(data: object, number: int, positions: Mapping[str, UnitIndex], rates: bool) -> Group:
    where = f"groups[{number}]"
    row = as_table(data, where)
    admission = row.get("admission", "code")
    if admission not in ("code", "roster", "open"):
        raise InputError(Problem("This must be one of: %(names)s.", f"{where}.admission", names="code, roster, open"))
    own = as_flag(row.get("own", False), f"{where}.own")
    draw = int(as_number(row.get("draw", 0), 0, MAX_UNITS, f"{where}.draw"))
    everything = tuple(positions.values())
    draw_from = _positions(row["draw_from"], positions, f"{where}.draw_from") if "draw_from" in row else everything
    if "units" in row:
        fixed = _positions(row["units"], positions, f"{where}.units")
    else:
        fixed = () if own or draw or not rates else everything
    if rates and not (fixed or own or draw):
        raise InputError(Problem("The group has no units to rate.", where))
    expected, required = row.get("expected"), row.get("required_turnout")
    return Group(
        code=as_code(row.get("code"), f"{where}.code"),
        text=read_text(row.get("name"), f"{where}.name", limit=50),
        weight=as_number(row.get("weight", 1), 0, 1000, f"{where}.weight"),
        admission=admission,
        fixed=fixed,
        own=own,
        draw=draw,
        draw_from=tuple(unit for unit in draw_from if unit not in fixed) if draw else (),
        expected=None if expected is None else int(as_number(expected, 1, 10**7, f"{where}.expected")),
        required_turnout=None if required is None else as_number(required, 0, 100, f"{where}.required_turnout"),
    )


def _positions(data: object, positions: Mapping[str, UnitIndex], where: str) -> tuple[UnitIndex, ...]:
    found = []
    for code in as_list(data, where):
        if code not in positions:
            raise InputError(Problem("There is no unit %(code)s in this survey.", where, code=str(code)))
        found.append(positions[code])
    return tuple(sorted(set(found)))
