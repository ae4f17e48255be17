"""The layout of a survey's ballots as arrays, as the scoring functions need it."""

from __future__ import annotations

import numpy as np

from surveys.campaigns.plan import SurveyPlan
from surveys.inputs.ordering import natural_key
from surveys.questionnaires.items.rating import RatingItem
from surveys.scoring.layout import Ints, Layout, LayoutQuota


def layout_of(plan: SurveyPlan) -> Layout:
    """The layout of a survey's ballots."""
    items = plan.rated_items
    units = len(plan.units) if items else 0
    columns, entry_columns = _columns(plan)
    levels = plan.rated_levels
    weights = plan.rule.item_weights
    rates = np.zeros((len(plan.groups), units), dtype=bool)
    for number, group in enumerate(plan.groups):
        rates[number, [*group.fixed, *group.draw_from]] = True
        if group.own:
            rates[number, :] = True
    codes = [item.code for item in items]
    return Layout(
        width=plan.width,
        columns=columns[:units],
        entry_columns=entry_columns,
        points=np.array(levels.points, dtype=float),
        satisfied=np.array(levels.satisfied, dtype=bool),
        item_weights=np.array([item.weight if weights is None else weights.get(item.code, 0.0) for item in items]),
        group_weights=np.array([group.score_weight for group in plan.groups]),
        apart=np.array([group.apart for group in plan.groups], dtype=bool),
        rates=rates,
        rule=plan.rule,
        rate_item=codes.index(plan.rule.rate_item) if plan.rule.rate_item else None,
        quotas=tuple(
            LayoutQuota(
                codes.index(quota.item),
                quota.positions(items[codes.index(quota.item)].scale),
                *np.array([quota.bounds(rated) for rated in range(units + 1)], dtype=np.int64).T,
            )
            for quota in plan.questionnaire.quotas
        ),
        spans=tuple(levels.span(item.scale) for item in items) if len(levels.scales) > 1 else (),
        places=_places(plan),
    )


def _columns(plan: SurveyPlan) -> tuple[Ints, tuple[int, ...]]:
    """The byte of each rating in a full row (U, I), and among the slots of one unit (I)."""
    starts: list[int] = []
    steps: list[int] = []
    inside: list[int] = []
    entry = 0
    sections = (section for section in plan.questionnaire.sections if section.each_unit)
    for (at, size), section in zip(plan.packing.each, sections, strict=True):
        offset = 0
        for item in section.items:
            if isinstance(item, RatingItem):
                starts.append(at + offset)
                steps.append(size)
                inside.append(entry + offset)
            offset += item.width
        entry += size
    columns = np.array(starts, np.int64) + np.arange(len(plan.units))[:, None] * np.array(steps, np.int64)
    return columns, tuple(inside)


def _places(plan: SurveyPlan) -> tuple[int, ...]:
    """The place of each unit in the order of codes, in which reports list units of one rank."""
    order = sorted(range(len(plan.units)), key=lambda unit: natural_key(plan.units[unit].code))
    return tuple(int(place) for place in np.argsort(order, kind="stable"))
