"""From the fields of a form to a packed ballot.

A row holds the answers in the order of the plan's slots, each in the bytes of its kind of item (see questionnaires/items/). All zero:
not asked. Texts are not in it: they become remarks. A packed ballot is the row as it is stored (campaigns/packing.py).
"""

from __future__ import annotations

from dataclasses import dataclass

from surveys.campaigns.indices import GroupIndex, UnitIndex
from surveys.campaigns.plan import Slot, SurveyPlan
from surveys.inputs.problems import Problem
from surveys.questionnaires.conditions import GivenAnswers, holds
from surveys.questionnaires.items.base import Fields, Reading
from surveys.questionnaires.items.rating import RatingItem
from surveys.questionnaires.quotas import Quota
from surveys.scoring.ratings import DONT_KNOW, NOT_ASKED

_NOTHING: list[str] = []
_NO_TEXT = [""]


@dataclass(frozen=True)
class RemarkText:
    """One text: the position of the unit it is about (None: none), the item's code and the words."""

    unit: UnitIndex | None
    item: str
    body: str


@dataclass(frozen=True)
class Answers:
    """What a form came to: its `row`, the same `packed`, and `remarks`; or `problems` by the index of the slot they are about."""

    row: bytes
    packed: bytes
    remarks: tuple[RemarkText, ...]
    problems: tuple[tuple[int, Problem], ...]
    ratings: int
    """How many levels were given, "don't know" and blanks aside."""


class _Reader:
    """Reads the fields of one form slot by slot."""

    def __init__(self, plan: SurveyPlan, fields: Fields, *, enforce: bool) -> None:
        self.fields, self.enforce = fields, enforce
        self.row = bytearray(plan.width)
        self.remarks: list[RemarkText] = []
        self.problems: list[tuple[int, Problem]] = []
        self.ratings = 0

    def read(self, slots: tuple[Slot, ...]) -> None:
        """Read the slots of a ballot in the plan's order: those of a section and unit stand together."""
        get = self.fields.get
        given: GivenAnswers = {}
        section: int | None = None
        unit: UnitIndex | None = None
        for slot in slots:
            if slot.unit != unit or slot.section != section:
                section, unit, given = slot.section, slot.unit, {}
            scale = slot.plain_scale
            if scale is not None:  # most of a ballot, so it goes straight through
                values = get(slot.name, _NOTHING)
                byte = scale.field_values.get(values[0]) if len(values) == 1 else None
                if byte is not None and byte < DONT_KNOW:
                    self.row[slot.offset] = byte
                    self.ratings += 1
                    if slot.has_followers:
                        given[slot.item.code] = scale.answer_codes[byte - 1]
                    continue
            elif slot.is_optional_text and get(slot.name, _NO_TEXT) == _NO_TEXT:
                continue
            self._read_slot(slot, given)

    def _read_slot(self, slot: Slot, given: GivenAnswers) -> None:
        item = slot.item
        if item.when is not None and not holds(item, given):
            self.row[slot.offset : slot.offset + slot.width] = item.blank  # not shown, so not missing
            return
        problem = self._excess(slot)
        reading = Reading(item.blank, True, problem=problem) if problem else item.read_form(self.fields, slot.name)
        self.row[slot.offset : slot.offset + slot.width] = reading.packed
        if reading.codes:
            given[item.code] = reading.codes
        if reading.remark:
            self.remarks.append(RemarkText(slot.unit, item.code, reading.remark))
        if isinstance(item, RatingItem) and NOT_ASKED < reading.packed[0] < DONT_KNOW:
            self.ratings += 1
        if reading.problem is not None:
            self.problems.append((slot.index, reading.problem))
        elif reading.blank and item.required and self.enforce:
            self.problems.append((slot.index, Problem("Please answer this question.")))

    def _excess(self, slot: Slot) -> Problem | None:
        """What is wrong with a slot for which more was sent than its fields hold: two answers where one counts, say."""
        item = slot.item
        for name in item.field_names(slot.name):
            values = self.fields.get(name, _NOTHING)
            if len(values) > item.most_values and len(set(values)) > item.most_values:
                return Problem("More answers were sent than this question takes.")
        return None


def read_answers(
    plan: SurveyPlan, group: GroupIndex, units: tuple[UnitIndex, ...], fields: Fields, *, enforce: bool = True
) -> Answers:
    """Check and pack the answers of one ballot of a group that lists `units`.

    `enforce`: required items and quotas are demanded, as on the form; a paper ballot is taken as it was filled in.
    """
    reader = _Reader(plan, fields, enforce=enforce)
    reader.read(plan.asked(group, units))
    if enforce:
        reader.problems.extend(_quota_problems(plan, units, reader.row))
    packed = plan.packing.pack(group, reader.row, units)
    return Answers(bytes(reader.row), packed, tuple(reader.remarks), tuple(reader.problems), reader.ratings)


def count_quota(plan: SurveyPlan, quota: Quota, units: tuple[UnitIndex, ...], row: bytes | bytearray) -> int:
    """How often a ballot gives the levels of a quota."""
    item = next(item for item in plan.rated_items if item.code == quota.item)
    positions = quota.positions(item.scale)
    return sum(row[slot.offset] in positions for slot in _slots_of(plan, quota, units))


def _slots_of(plan: SurveyPlan, quota: Quota, units: tuple[UnitIndex, ...]) -> list[Slot]:
    return [slot for unit in units for slot in plan.slots_of_unit(unit) if slot.item.code == quota.item]


def _quota_problems(plan: SurveyPlan, units: tuple[UnitIndex, ...], row: bytearray) -> list[tuple[int, Problem]]:
    problems = []
    for quota in plan.questionnaire.quotas:
        problem = quota.problem(count_quota(plan, quota, units, row), len(units))
        if problem is not None:
            problems.append((_slots_of(plan, quota, units)[0].index, problem))
    return problems


def describe_answer(slot: Slot, row: bytes) -> str:
    """One answer of a ballot in words, for csv. Empty: not asked. "-": left blank. "?": don't know."""
    return slot.item.describe(row[slot.offset : slot.offset + slot.width])
