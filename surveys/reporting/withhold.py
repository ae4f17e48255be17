"""What of a result may be shown: figures from fewer ratings than the minimum are withheld, with what gives them away.

1. A group's score of a unit is shown only if the group enters the unit's score, which takes the minimum of ratings.
   Groups that are not shown enter no figure, so no difference of figures gives them back.
2. An item with between one and minimum − 1 ratings of a unit in a group is withheld, and enters no score, rate or mean:
   from the other items and the score nothing of it can be worked out (scoring.scores.counted_items).
3. Choices, numbers and follow-ups are those of groups whose items of the unit are all shown (without ratings: of groups
   with the minimum of answers), and are shown only where the minimum of people gave one. With other groups in them, the
   ratings that are shown would say how many of a hidden item were bad ones. Groups that are reported apart have figures
   of their own.
4. Reliability is of units and groups whose items are all shown. How many ballots have one answer throughout or are like
   another one is looked at in what is shown alone; these shares, and that of ballots sent very fast, are withheld under
   the minimum of ballots. Void ballots are the survey's own rule at work, on whole ballots, and their number is stated.
5. Nothing sums over units, so a parent unit and its children give nothing away of each other; and rounds have ballots of
   their own, which share no figure.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from surveys.scoring.result import Result


@dataclass
class Withheld:
    """How many cells were withheld, for the method sheet."""

    groups: int
    items: int
    choices: int


def publishable(result: Result, minimum: int) -> tuple[Result, Withheld]:
    """A copy of a result in which everything to be withheld is None (lists keep their shape)."""
    groups = range(len(result.included))
    units = range(len(result.score))

    def mask(values: list[list[list[Any]]]) -> list[list[list[Any]]]:
        """By group, unit and item."""
        return [
            [
                [
                    value if shown else _blank(value)
                    for value, shown in zip(values[g][u], result.shown[g][u], strict=True)
                ]
                for u in units
            ]
            for g in groups
        ]

    choices = {name: _choice(entry, result, minimum, apart=False) for name, entry in result.choices.items()}
    if any(result.apart):
        for name, entry in result.choices.items():
            choices[name]["apart"] = _choice(entry, result, minimum, apart=True)
    shown = replace(
        result,
        counts=mask(result.counts),
        dont_know=mask(result.dont_know),
        blank=mask(result.blank),
        means=mask(result.means),
        group_n=[[result.group_n[g][u] if result.included[g][u] else None for u in units] for g in groups],
        choices=choices,
        straight=_of_enough(result.straight, result.ballots, minimum),
        alike=_of_enough(result.alike, result.ballots, minimum),
        fast=_of_enough(result.fast, result.timed, minimum),
    )
    asked = [[g, u] for g in groups for u in units if result.short[g][u] or result.included[g][u]]
    return shown, Withheld(
        groups=sum(1 for g, u in asked if not result.included[g][u] and (result.group_n[g][u] or 0) > 0),
        items=sum(not shown for g, u in asked if result.included[g][u] for shown in result.shown[g][u]),
        choices=sum(1 for name, entry in choices.items() if entry["n"] is None and any(result.choices[name]["n"])),
    )


def _of_enough(counted: list[int | None], of: list[int], minimum: int) -> list[int | None]:
    return [count if n >= minimum else None for count, n in zip(counted, of, strict=True)]


def _choice(entry: dict[str, Any], result: Result, minimum: int, *, apart: bool) -> dict[str, Any]:
    """What may be shown of a choice or number: n with counts or the mean, over the groups that may be shown.

    Either over the groups that are reported apart, or over the others.
    """
    unit, by_group = entry["unit"], entry["n"]
    rated = unit >= 0 and any(result.counts[g][unit] for g in range(len(by_group)))
    shown = [
        g
        for g, n in enumerate(by_group)
        if result.apart[g] is apart and (all(result.shown[g][unit]) if rated else n >= minimum)
    ]
    n = sum(by_group[g] for g in shown)
    if "sums" in entry:
        return {"n": n, "mean": sum(entry["sums"][g] for g in shown) / n} if n >= minimum else {"n": None, "mean": None}
    if n < minimum:
        return {"n": None, "counts": [None] * len(entry["counts"][0])}
    return {"n": n, "counts": [sum(column) for column in zip(*(entry["counts"][g] for g in shown), strict=True)]}


def _blank(value: Any) -> Any:
    return [_blank(entry) for entry in value] if isinstance(value, list) else None
