"""The printed forms of a group: which units each one lists.

A printed ballot bears no number. Where units are drawn at random, the office prints as many forms as it takes for each
unit to stand on one, A, B, C and so on, and hands out about as many copies of each.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from math import ceil

from surveys.campaigns.indices import GroupIndex, UnitIndex
from surveys.campaigns.plan import Group, SurveyPlan
from surveys.inputs.problems import InputError, Problem


@dataclass(frozen=True)
class PrintedForm:
    """A printed form: its label (A, B, …), and the positions of its units in the plan's order."""

    label: str
    units: tuple[UnitIndex, ...]


def printed_forms(plan: SurveyPlan, number: GroupIndex, own_unit: UnitIndex | None = None) -> tuple[PrintedForm, ...]:
    """The forms of a group (a position in the plan's groups), with the holders' own unit where the group rates it.

    They follow from the plan alone: what was printed last week is known today. Raises InputError without an own unit.
    """
    group = plan.groups[number]
    own: set[UnitIndex] = set()
    if group.own:
        if own_unit is None or not 0 <= own_unit < len(plan.units):
            raise InputError(Problem("This group rates its own unit: choose it.", "unit"))
        own = {own_unit}
    return tuple(
        PrintedForm(_label(i), tuple(sorted({*group.fixed, *own, *drawn})))
        for i, drawn in enumerate(_drawn(plan, group))
    )


def _drawn(plan: SurveyPlan, group: Group) -> list[list[UnitIndex]]:
    each = min(group.draw, len(group.draw_from))
    if not each:
        return [[]]
    deck = list(group.draw_from)
    random.Random(f"{plan.slug}/{group.code}").shuffle(deck)
    return [[deck[(i * each + k) % len(deck)] for k in range(each)] for i in range(ceil(len(deck) / each))]


def _label(number: int) -> str:
    """A to Z, then AA, AB …"""
    text = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(65 + rest) + text
    return text
