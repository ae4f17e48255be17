"""What the scoring functions need to know of a survey, as arrays. Shapes: U units, I items, G groups, L levels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from surveys.publishing.plan import SurveyPlan
from surveys.publishing.rule import ScoreRule

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Bytes = NDArray[np.uint8]


@dataclass(frozen=True)
class Layout:
    """`columns` (U, I): the byte of each rating in a packed ballot. `points` (L): 0 to 100, by position.

    `rates` (G, U): whether a group is asked about a unit. `apart` (G): groups that are reported but enter no score.
    """

    width: int
    columns: Ints
    points: Floats
    satisfied: Bools
    item_weights: Floats
    group_weights: Floats
    apart: Bools
    rates: Bools
    rule: ScoreRule
    rate_item: int | None
    quotas: tuple[tuple[int, tuple[int, ...], float | None, int | None, int | None], ...] = ()

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """(G, U, I, L)."""
        return len(self.group_weights), self.columns.shape[0], self.columns.shape[1], len(self.points)


def layout_of(plan: SurveyPlan) -> Layout:
    """The layout of a survey's ballots."""
    items = plan.rated_items
    units = len(plan.units) if items else 0
    where = {(slot.unit, slot.item.code): slot.offset for slot in plan.slots}
    columns = np.array([[where[u, item.code] for item in items] for u in range(units)], dtype=np.int64)
    scale = items[0].scale if items else None
    weights = plan.rule.item_weights
    rates = np.zeros((len(plan.groups), units), dtype=bool)
    for number, group in enumerate(plan.groups):
        rates[number, [*group.fixed, *group.draw_from]] = True
        if group.own:
            rates[number, :] = True
    codes = [item.code for item in items]
    level_codes = [level.code for level in scale.levels] if scale else []
    return Layout(
        width=plan.width,
        columns=columns.reshape(units, len(items)),
        points=np.array(scale.points if scale else (), dtype=float),
        satisfied=np.array(scale.satisfied if scale else (), dtype=bool),
        item_weights=np.array([item.weight if weights is None else weights.get(item.code, 0.0) for item in items]),
        group_weights=np.array([group.score_weight for group in plan.groups]),
        apart=np.array([group.apart for group in plan.groups], dtype=bool),
        rates=rates,
        rule=plan.rule,
        rate_item=codes.index(plan.rule.rate_item) if plan.rule.rate_item else None,
        quotas=tuple(
            (
                codes.index(quota.item),
                tuple(level_codes.index(name) + 1 for name in quota.levels),
                quota.at_most_share,
                quota.at_most,
                quota.at_least,
            )
            for quota in plan.questionnaire.quotas
        ),
    )
