"""What of a result may be shown: figures from fewer ratings than the minimum are withheld, with what gives them away.

1. A group's score of a unit is shown only if the group enters the unit's score, which takes the minimum of ratings.
   Groups that are not shown enter no figure, so no difference of figures gives them back.
2. An item with between one and minimum − 1 ratings of a unit in a group is withheld, and enters no score, rate or mean:
   from the other items and the score nothing of it can be worked out (scoring/scores.py: counted_items).
3. Choices, numbers and follow-ups are those of groups whose items of the unit are all shown (without ratings: of groups
   with the minimum of answers), and are shown only where the minimum of people gave one. With other groups in them, the
   ratings that are shown would say how many of a hidden item were bad ones. Where a question about a unit is asked of
   some groups only, each group in these figures has the minimum of answers to the question itself, too: what two groups
   answered less what one of them did would be what the other one did. Groups that are reported apart have figures
   of their own.
4. Reliability is of units and groups whose items are all shown. How many ballots have one answer throughout or are like
   another one is looked at in what is shown alone; these shares, and that of ballots sent very fast, are withheld under
   the minimum of ballots. So are void ballots: that one is void says how it was filled in. They are stated by group, and
   added up over the groups that are stated.
5. The texts beside "other" are withheld where answers to the question are: of the texts that are there, those that the shown
   figures count would be known, and so how many of a hidden group chose "other".
6. What is a mean over units (general branches, units that were merged, pictures), a sum over items (pictures) or a difference of
   rounds (rounds.py) is computed from scores and counts that are shown, never from others: it says nothing that these do not say.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from surveys.scoring.result import Result
from surveys.scoring.totals import AnswerTotals


@dataclass(frozen=True)
class ShownAnswers:
    """What may be shown of the answers to a question: n, counts and means; None where they are withheld.

    `apart`: the same of groups that are reported apart, where there are any.
    """

    n: int | None
    counts: list[int]
    means: list[float]
    apart: ShownAnswers | None = None
    asked: bool = True
    """Whether any of the groups is asked the question."""


class Missing(Enum):
    """Why a figure is not there."""

    NOT_ASKED = "not asked"
    NO_BALLOTS = "no ballots"
    FEW = "few"
    NOT_COUNTED = "not counted"


@dataclass(frozen=True)
class Published:
    """A result in which everything to be withheld is None (lists keep their shape), and answers by slot name.

    `missing_groups` (G, U) and `missing_items` (G, U, I) say why a group's figures are not there; None where they are.
    """

    result: Result
    answers: dict[str, ShownAnswers]
    withheld: Withheld
    missing_groups: list[list[Missing | None]]
    missing_items: list[list[list[Missing | None]]]
    in_part: frozenset[str]
    """The questions (slot names) of which some answers are shown in no figure."""


@dataclass(frozen=True)
class Withheld:
    """How many cells say that they are withheld, for the method sheet: of what stands there, never of what was answered."""

    groups: int
    items: int
    answers: int


def publishable(result: Result, minimum: int) -> Published:
    """What of a result may be shown."""
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

    asked_of_some = {totals.unit for totals in result.answers.values() if totals.of_some}
    answers = {}
    for name, totals in result.answers.items():
        strict = totals.unit in asked_of_some
        answers[name] = replace(
            _answers(totals, result, minimum, apart=False, strict=strict),
            apart=_answers(totals, result, minimum, apart=True, strict=strict) if any(result.apart) else None,
        )
    shown = replace(
        result,
        counts=mask(result.counts),
        dont_know=mask(result.dont_know),
        blank=mask(result.blank),
        means=mask(result.means),
        group_n=[[result.group_n[g][u] if result.included[g][u] else None for u in units] for g in groups],
        answers={},
        void=_of_enough(result.void, result.ballots, minimum),
        straight=_of_enough(result.straight, result.ballots, minimum),
        alike=_of_enough(result.alike, result.ballots, minimum),
        fast=_of_enough(result.fast, result.timed, minimum),
    )
    missing = [[_missing(result, g, u) for u in units] for g in groups]
    withheld = Withheld(
        groups=sum(reason is Missing.FEW for row in missing for reason in row),
        items=sum(not shown for g in groups for u in units if result.included[g][u] for shown in result.shown[g][u]),
        answers=sum(entry.n is None and entry.asked for entry in answers.values()),
    )
    return Published(
        shown,
        answers,
        withheld,
        missing,
        [[[_missing_item(result, g, u, i, minimum) for i in range(len(result.counts[g][u]))] for u in units] for g in groups],
        frozenset(name for name, totals in result.answers.items() if _shown_of(answers[name]) < sum(totals.n)),
    )  # fmt: skip


def _shown_of(answers: ShownAnswers) -> int:
    return (answers.n or 0) + (_shown_of(answers.apart) if answers.apart else 0)


def _missing(result: Result, group: int, unit: int) -> Missing | None:
    """Why a group's score of a unit is not there. Nobody was asked: that is no secret; "few" may be none, too."""
    if result.included[group][unit]:
        return None
    if not result.short[group][unit]:
        return Missing.NOT_ASKED
    asked = (
        sum(map(sum, result.counts[group][unit])) + sum(result.dont_know[group][unit]) + sum(result.blank[group][unit])
    )
    return Missing.FEW if asked or result.void[group] else Missing.NO_BALLOTS


def _missing_item(result: Result, group: int, unit: int, item: int, minimum: int) -> Missing | None:
    if result.shown[group][unit][item]:
        return None
    whole = _missing(result, group, unit)
    if whole is Missing.FEW and sum(result.counts[group][unit][item]) >= minimum:
        return Missing.NOT_COUNTED
    return whole or Missing.FEW


def _of_enough(counted: list[int | None], of: list[int], minimum: int) -> list[int | None]:
    return [count if n >= minimum else None for count, n in zip(counted, of, strict=True)]


def _answers(totals: AnswerTotals, result: Result, minimum: int, *, apart: bool, strict: bool) -> ShownAnswers:
    """Answers over the groups that may be shown: either those that are reported apart, or the others.

    `strict`: each of these groups has the minimum of answers to the question itself.
    """
    if totals.of_some and not any(
        sees for sees, is_apart in zip(totals.sees, result.apart, strict=True) if is_apart is apart
    ):
        return ShownAnswers(None, [], [], asked=False)
    unit = totals.unit
    rated = unit is not None and any(result.counts[g][unit] for g in range(len(totals.n)))
    shown = [
        g
        for g, n in enumerate(totals.n)
        if result.apart[g] is apart
        and (not totals.sees or totals.sees[g])
        and (not rated or unit is None or all(result.shown[g][unit]))
        and (n >= minimum or (rated and not strict))
    ]
    n = sum(totals.n[g] for g in shown)
    if n < minimum:
        return ShownAnswers(None, [], [])
    counts = [sum(totals.counts[g][answer] for g in shown) for answer in range(len(totals.counts[0]))]
    means = [sum(totals.sums[g][figure] for g in shown) / n for figure in range(len(totals.sums[0]))]
    return ShownAnswers(n, counts, means)


def _blank(value: Any) -> Any:
    return [_blank(entry) for entry in value] if isinstance(value, list) else None
