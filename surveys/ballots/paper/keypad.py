"""Typing paper ballots in: each answer by digits, one key for a rating, so that a hand never leaves the number pad."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from surveys.ballots.answers import Answers, read_answers
from surveys.ballots.blocks import blocks
from surveys.campaigns.indices import GroupIndex, UnitIndex
from surveys.campaigns.plan import Slot, SurveyPlan
from surveys.questionnaires.items.base import Keys

Typed = dict[str, str]
"""What was typed for one ballot, by field: the slot's index as text. Empty answers of optional questions are left out."""


@dataclass(frozen=True)
class TypedSlot:
    """An answer of a form, and how it is typed."""

    slot: Slot
    keys: Keys


def typed_slots(plan: SurveyPlan, group: GroupIndex, units: tuple[UnitIndex, ...]) -> list[TypedSlot]:
    """The answers of a form in the order in which they are printed and typed."""
    return [
        TypedSlot(slot, slot.item.keys())
        for block in blocks(plan, group, units) for slot in block.slots if slot.item.asks
    ]  # fmt: skip


def read_typed(
    plan: SurveyPlan, group: GroupIndex, units: tuple[UnitIndex, ...], raw: Mapping[str, str]
) -> tuple[Typed, list[int]]:
    """What was typed for a ballot of these units, and the indexes of the slots for which it is no answer."""
    typed, wrong = {}, []
    for one in typed_slots(plan, group, units):
        name = one.slot.name
        try:
            value = one.slot.item.canonical(raw.get(name, ""))
        except ValueError:
            wrong.append(one.slot.index)
            value = raw.get(name, "")[: one.keys.size]
        if value:
            typed[name] = value
        text = one.slot.item.text_field(name)
        if text and raw.get(text):  # as any remark: typed by the first clerk alone, and not compared
            typed[text] = raw[text]
    if not wrong:  # texts that are too long, and whatever else the rules of the form say
        wrong = [index for index, _ in answers_of(plan, group, units, typed).problems]
    return typed, wrong


def answers_of(plan: SurveyPlan, group: GroupIndex, units: tuple[UnitIndex, ...], typed: Typed) -> Answers:
    """The ballot that was typed. As with any paper ballot nothing is demanded of it: it is taken as it was filled in."""
    fields: dict[str, list[str]] = {}
    for one in typed_slots(plan, group, units):
        value = typed.get(one.slot.name, "")
        if value:
            fields.update(one.slot.item.typed_fields(value, one.slot.name))
        text = one.slot.item.text_field(one.slot.name)
        if text and text in typed:
            fields[text] = [typed[text]]
    return read_answers(plan, group, units, fields, enforce=False)
