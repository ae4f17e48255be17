"""Which remarks may be read: those about units, and to questions, about which at least the minimum of people answered."""

from __future__ import annotations

from surveys.campaigns.indices import UnitIndex
from surveys.results.report import Report


def withholds_texts(report: Report, unit: UnitIndex | None, code: str) -> bool:
    """Whether the texts that answer an item (its code) about a unit, or in general, are withheld.

    About a unit: unless a group that is asked the item has the minimum of ratings of the unit (only rated units are asked
    about). In general: unless the groups that are asked gave the minimum of ballots.
    """
    plan, minimum = report.plan, report.plan.rule.minimum
    item = next((item for item in plan.questionnaire.items if item.code == code), None)
    if item is None or report.hides_texts(unit, code):
        return True
    asked = [g for g in plan.group_indices if item.seen_by(plan.groups[g].code)]
    if unit is None:
        return sum(report.result.ballots[g] for g in asked) < minimum
    return not any(report.result.included[g][unit] for g in asked)
