"""What of a result may be shown: figures from fewer ratings than the minimum are withheld, with what gives them away.

1. A group's score of a unit is shown only if the group enters the unit's score, which takes the minimum of ratings.
   Groups that are not shown enter no figure, so no difference of figures gives them back.
2. If any item of a unit has between one and minimum − 1 ratings in a group, all items of that unit are withheld for
   that group: from the group's score and the other items it could be worked out.
3. Follow-up answers are shown only where the minimum of people gave one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from surveys.scoring.result import Result


@dataclass
class Withheld:
    """How many cells were withheld, for the method sheet."""

    groups: int
    breakdowns: int
    choices: int


def publishable(result: Result, minimum: int) -> tuple[Result, Withheld]:
    """A copy of a result in which everything to be withheld is None (lists keep their shape)."""
    groups = range(len(result.included))
    units = range(len(result.score))
    hidden = [[not result.breakdown[g][u] for u in units] for g in groups]

    def mask(values: list[list[Any]]) -> list[list[Any]]:
        return [[_blank(values[g][u]) if hidden[g][u] else values[g][u] for u in units] for g in groups]

    choices = {}
    for name, entry in result.choices.items():
        if entry["n"] < minimum:
            entry = {"n": None, "counts": _blank(entry["counts"])} if "counts" in entry else {"n": None, "mean": None}
        choices[name] = entry
    shown = replace(
        result,
        counts=mask(result.counts),
        dont_know=mask(result.dont_know),
        blank=mask(result.blank),
        means=mask(result.means),
        group_n=[[result.group_n[g][u] if result.included[g][u] else None for u in units] for g in groups],
        choices=choices,
    )
    asked = [[g, u] for g in groups for u in units if result.short[g][u] or result.included[g][u]]
    return shown, Withheld(
        groups=sum(1 for g, u in asked if not result.included[g][u] and (result.group_n[g][u] or 0) > 0),
        breakdowns=sum(1 for g, u in asked if result.included[g][u] and hidden[g][u]),
        choices=sum(1 for entry in result.choices.values() if 0 < entry["n"] < minimum),
    )


def _blank(value: Any) -> Any:
    return [_blank(entry) for entry in value] if isinstance(value, list) else None
