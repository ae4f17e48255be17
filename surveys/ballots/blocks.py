"""What is asked together: on a phone's page, on a printed ballot, where a clerk types it in."""

from __future__ import annotations

from dataclasses import dataclass

from surveys.campaigns.indices import GroupIndex, UnitIndex
from surveys.campaigns.plan import Slot, SurveyPlan


@dataclass(frozen=True)
class Block:
    """Slots shown together: those of one unit, or of a section asked once (`unit` is None)."""

    section: int
    unit: UnitIndex | None
    slots: tuple[Slot, ...]


def blocks(plan: SurveyPlan, group: GroupIndex, units: tuple[UnitIndex, ...]) -> list[Block]:
    """What a ballot of a group with these units asks, in order."""
    grouped: dict[tuple[int, UnitIndex | None], list[Slot]] = {}
    for slot in plan.asked(group, units):
        grouped.setdefault((slot.section, slot.unit), []).append(slot)
    return [Block(section, unit, tuple(slots)) for (section, unit), slots in grouped.items()]
