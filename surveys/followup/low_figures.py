"""Figures of a sealed survey that are low enough to be taken up by themselves: items, scores and satisfaction rates under 60."""

from __future__ import annotations

from dataclasses import dataclass

from surveys.campaigns.indices import UnitIndex
from surveys.inputs.translations import Gettext
from surveys.results.report import Report
from surveys.scoring.rounding import round_half_up

LOW = 60
"""A figure under this, in points or in percent, is low. A rule may set another limit for the satisfaction rate."""
SCORE, RATE = "*score", "*rate"
"""What stands in place of an item's code for a unit's score and its satisfaction rate; no item can have such a code."""


@dataclass(frozen=True)
class LowFigure:
    """A low figure of a unit. `code` is an item's code, SCORE or RATE; `item` the position of the item among the rated ones."""

    unit: UnitIndex
    code: str
    item: int | None = None


def low_figures(report: Report) -> list[LowFigure]:
    """Every figure that is shown and printed under its limit, by rank of the unit: its score, its rate, its items."""
    decimals, result = report.plan.rule.decimals, report.result
    rate_limit = LOW if report.plan.rule.improve_under is None else report.plan.rule.improve_under
    found = []
    for unit in map(UnitIndex, report.order):
        score, rate = result.score[unit], result.rate[unit]
        if score is not None and round_half_up(score, decimals) < LOW:
            found.append(LowFigure(unit, SCORE))
        if rate is not None and round_half_up(rate) < rate_limit:
            found.append(LowFigure(unit, RATE))
        found += [
            LowFigure(unit, report.plan.rated_items[item].code, item)
            for item, points in enumerate(result.item_score[unit])
            if points is not None and round_half_up(points, decimals) < LOW
        ]
    return found


def low_sentence(report: Report, low: LowFigure, language: str, gettext: Gettext) -> str:
    """What the action for it says."""
    _, result = gettext, report.result
    if low.code == SCORE:
        return _(
            "The score is %(score)s. Say what will be better, and how.", score=report.figure(result.score[low.unit])
        )
    if low.code == RATE:
        return _(
            "The satisfaction rate is %(rate)s. Say what will be better, and how.",
            rate=report.rate(result.rate[low.unit]),
        )
    assert low.item is not None
    return _(
        "“%(item)s” has a score of %(score)s. Say what will be better, and how.",
        item=report.item_name(report.plan.rated_items[low.item], language),
        score=report.figure(result.item_score[low.unit][low.item]),
    )
