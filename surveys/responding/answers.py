"""From the fields of a form to a packed ballot, and back to words.

A packed ballot has one entry for each slot of the plan, in order:

| item | bytes | 0 | values | don't know | left blank |
| --- | --- | --- | --- | --- | --- |
| rating | 1 | not asked | position of the level, from 1 | 254 | 255 |
| choice | 2 | not asked | position of the option, from 1 | | 65535 |
| multi | 2 | not asked | bit 15 asked, bits 0 to 14 the options | | bit 15 alone |
| number | 4 | not asked | value − low + 1 | | 2³² − 1 |

Texts are not packed: they become remarks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from surveys.authoring.questionnaire import BLANK, DONT_KNOW, NOT_ASKED, Condition, Item, Quota, Scale
from surveys.publishing.plan import Slot, SurveyPlan
from surveys.text import Problem, clean

BLANK_CHOICE = 0xFFFF
BLANK_NUMBER = 0xFFFFFFFF
ASKED = 0x8000
Fields = Mapping[str, list[str]]
"""The values typed, by the slot's index as text."""


Given = dict[int, dict[str, frozenset[str]]]
"""The codes of the answers given so far, by unit and item: what conditions look at."""


@dataclass(frozen=True)
class Remarks:
    """One text: the position of the unit it is about (-1: none), the item's code and the words."""

    unit: int
    item: str
    body: str


@dataclass(frozen=True)
class Answers:
    """What a form came to: `packed` and `remarks`, or `problems` by the index of the slot they are about."""

    packed: bytes
    remarks: tuple[Remarks, ...]
    problems: tuple[tuple[int, Problem], ...]
    ratings: int
    """How many levels were given, "don't know" and blanks aside."""


def read_answers(plan: SurveyPlan, units: tuple[int, ...], fields: Fields, *, enforce: bool = True) -> Answers:
    """Check and pack the answers of one paper that lists `units`.

    `enforce`: required items and quotas are demanded, as on the form; a paper slip is taken as it was filled in.
    """
    packed = bytearray(plan.width)
    remarks: list[Remarks] = []
    problems: list[tuple[int, Problem]] = []
    given: Given = {}
    conditions = plan.has_conditions
    ratings = 0
    for slot in plan.asked(units):
        item = slot.item
        values = fields.get(slot.name, _NOTHING)
        scale = item.scale
        if scale is not None:  # a rating: most of a ballot, so it goes straight through
            typed = values[0] if values else ""
            byte = scale.field_values.get(typed)
            if byte is None:
                byte, problem = _odd_rating(scale, typed, fields.get(f"{slot.name}dk"))
                if problem:
                    problems.append((slot.index, problem))
            packed[slot.offset] = byte
            if byte < DONT_KNOW:
                ratings += 1
                if conditions and scale.levels:
                    here = given.get(slot.unit)
                    if here is None:
                        here = given[slot.unit] = {}
                    here[item.code] = scale.given_codes[byte - 1]
                continue
            blank = byte == BLANK
        elif item.type == "note":
            continue
        else:
            if item.when is not None and not _holds(item.when, slot.unit, given):
                blank = False  # not shown, so not missing
                _put_blank(packed, slot)
            else:
                blank = _read_other(plan, slot, values, packed, remarks, problems, given)
        if blank and item.required and enforce and not any(index == slot.index for index, _ in problems[-1:]):
            problems.append((slot.index, Problem("Please answer this question.")))
    if enforce:
        problems.extend(_quota_problems(plan, units, packed))
    return Answers(bytes(packed), tuple(remarks), tuple(problems), ratings)


_NOTHING: list[str] = []


def _odd_rating(scale: Scale, typed: str, dont_know: list[str] | None) -> tuple[int, Problem | None]:
    """A rating that is none of the expected values: blank, don't know by its own box, or wrong."""
    text = clean(typed)
    if dont_know and scale.dont_know is not None and not text:
        return DONT_KNOW, None
    if not text:
        return BLANK, None
    if scale.direct:
        if text.isdecimal() and len(text) <= 4:
            byte = scale.field_values.get(str(int(text)))  # full-width digits and leading zeros too
            if byte is not None:
                return byte, None
        return BLANK, Problem("A whole number from %(low)s to %(high)s is expected.", low=scale.low, high=scale.high)
    return BLANK, Problem("This is not one of the answers.")


def _holds(condition: Condition, unit: int, given: Given) -> bool:
    here = given.get(unit, {})
    if condition.item == "*":
        return any(not condition.answers.isdisjoint(answers) for answers in here.values())
    answers = here.get(condition.item) or given.get(-1, {}).get(condition.item) or frozenset()
    return not condition.answers.isdisjoint(answers)


def _put_blank(packed: bytearray, slot: Slot) -> None:
    blanks = {"choice": BLANK_CHOICE, "multi": ASKED, "number": BLANK_NUMBER}
    if slot.item.type in blanks:
        packed[slot.offset : slot.offset + slot.width] = blanks[slot.item.type].to_bytes(slot.width, "little")


def _read_other(
    plan: SurveyPlan,
    slot: Slot,
    values: list[str],
    packed: bytearray,
    remarks: list[Remarks],
    problems: list[tuple[int, Problem]],
    given: Given,
) -> bool:
    """Read a choice, multi-choice, number or text; returns whether it was left blank."""
    item = slot.item
    if item.type == "text":
        body = clean(values[0], lines=True) if values else ""
        if len(body) > item.limit:
            problems.append((slot.index, Problem("The text is longer than %(limit)s characters.", limit=item.limit)))
        elif body:
            remarks.append(Remarks(slot.unit, item.code, body))
        return not body
    if item.type == "number":
        text = clean(values[0]) if values else ""
        code = BLANK_NUMBER
        if text:
            if text.isdecimal() and len(text) <= 10 and item.low <= int(text) <= item.high:
                code = int(text) - item.low + 1
            else:
                problems.append((slot.index, Problem("A whole number from %(low)s to %(high)s is expected.",
                                                     low=item.low, high=item.high)))  # fmt: skip
        packed[slot.offset : slot.offset + 4] = code.to_bytes(4, "little")
        return code == BLANK_NUMBER
    codes = option_codes(plan, item)
    chosen = []
    for value in values:
        if value.isascii() and value.isdigit() and len(value) < 4 and 1 <= int(value) <= len(codes):
            chosen.append(int(value))
        elif value:
            problems.append((slot.index, Problem("This is not one of the answers.")))
    given.setdefault(slot.unit, {})[item.code] = frozenset(codes[position - 1] for position in chosen)
    if item.type == "choice":
        packed[slot.offset : slot.offset + 2] = (chosen[0] if chosen else BLANK_CHOICE).to_bytes(2, "little")
    else:
        bits = ASKED
        for position in chosen:
            bits |= 1 << (position - 1)
        packed[slot.offset : slot.offset + 2] = bits.to_bytes(2, "little")
    return not chosen


def option_codes(plan: SurveyPlan, item: Item) -> tuple[str, ...]:
    """The codes of a choice's options, by position."""
    if item.units_as_options:
        return tuple(unit.code for unit in plan.units)
    return tuple(option.code for option in item.options)


def count_quota(plan: SurveyPlan, quota: Quota, units: tuple[int, ...], packed: bytes | bytearray) -> int:
    """How often a ballot gives the levels of a quota."""
    wanted = set(units)
    count = 0
    for slot in plan.slots:
        if slot.item.code == quota.item and slot.unit in wanted and slot.item.scale is not None:
            byte = packed[slot.offset]
            if NOT_ASKED < byte < DONT_KNOW and slot.item.scale.levels[byte - 1].code in quota.levels:
                count += 1
    return count


def _quota_problems(plan: SurveyPlan, units: tuple[int, ...], packed: bytearray) -> list[tuple[int, Problem]]:
    problems = []
    for quota in plan.questionnaire.quotas:
        least, most = quota.bounds(len(units))
        count = count_quota(plan, quota, units, packed)
        first = next(s for s in plan.slots if s.item.code == quota.item and s.unit in units)
        if count > most:
            problems.append(
                (
                    first.index,
                    Problem(
                        "This answer may be given to at most %(most)s; you gave it to %(count)s.",
                        most=most,
                        count=count,
                    ),
                )
            )
        elif count < least:
            problems.append(
                (
                    first.index,
                    Problem(
                        "This answer must be given to at least %(least)s; you gave it to %(count)s.",
                        least=least,
                        count=count,
                    ),
                )
            )
    return problems  # fmt: skip


def answer_words(plan: SurveyPlan, slot: Slot, packed: bytes) -> str:
    """One answer of a packed ballot in words, for csv: a level's code, a number, options joined by "+".

    Empty: not asked. "-": left blank. "?": don't know.
    """
    item = slot.item
    value = int.from_bytes(packed[slot.offset : slot.offset + slot.width], "little")
    if value == 0:
        return ""
    if item.type == "rating":
        assert item.scale is not None
        if value == BLANK:
            return "-"
        if value == DONT_KNOW:
            return "?"
        return str(item.scale.low + value - 1) if item.scale.direct else item.scale.levels[value - 1].code
    if item.type == "number":
        return "-" if value == BLANK_NUMBER else str(value - 1 + item.low)
    codes = option_codes(plan, item)
    if item.type == "choice":
        return "-" if value == BLANK_CHOICE else codes[value - 1]
    chosen = [code for i, code in enumerate(codes) if value >> i & 1]
    return "+".join(chosen) or "-"
