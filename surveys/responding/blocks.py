"""What is asked together: on a phone's page, on a printed sheet, where a clerk types it in."""

from __future__ import annotations

from dataclasses import dataclass

from surveys.authoring.questionnaire import Section
from surveys.publishing.plan import Slot, SurveyPlan


@dataclass(frozen=True)
class Block:
    """Slots shown together: those of one unit, or of a section asked once (`unit` is -1)."""

    section: int
    unit: int
    slots: tuple[Slot, ...]


def is_list(section: Section) -> bool:
    """With one or two items for each unit, units are rows of one list; with more, each has a card."""
    return section.each_unit and sum(item.type != "note" for item in section.items) <= 2


def blocks(plan: SurveyPlan, units: tuple[int, ...]) -> list[Block]:
    """What a paper with these units asks, in order."""
    found: list[Block] = []
    grouped: dict[tuple[int, int], list[Slot]] = {}
    sections = {
        item.code: number for number, section in enumerate(plan.questionnaire.sections) for item in section.items
    }
    for slot in plan.asked(units):
        grouped.setdefault((sections[slot.item.code], slot.unit), []).append(slot)
    for (section, unit), slots in grouped.items():
        found.append(Block(section, unit, tuple(slots)))
    return found
