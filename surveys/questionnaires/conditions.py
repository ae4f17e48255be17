"""Conditions: an item is asked only after certain answers in its section."""

from __future__ import annotations

from collections.abc import Sequence

from surveys.inputs.problems import InputError, Problem
from surveys.inputs.translations import message_id
from surveys.questionnaires.items.base import Item
from surveys.questionnaires.items.rating import RatingItem

NO_ANSWER = message_id("There is no answer %(name)s.")

GivenAnswers = dict[str, frozenset[str]]
"""The codes of the answers given so far in a section, by item."""


def holds(item: Item, given: GivenAnswers) -> bool:
    """Whether an item is asked, after these answers."""
    condition = item.when
    if condition is None:
        return True
    if condition.item == "*":
        return any(not condition.answers.isdisjoint(answers) for answers in given.values())
    return not condition.answers.isdisjoint(given.get(condition.item, frozenset()))


def sources(item: Item, before: Sequence[Item]) -> list[Item]:
    """The items that an item's condition looks at: those before it in its section."""
    if item.when is None:
        return []
    return [other for other in before if item.when.item in ("*", other.code)]


def check_condition(item: Item, before: Sequence[Item], *, each_unit: bool, where: str) -> None:
    """Raise InputError where a condition can never hold, names unknown answers, or is not possible."""
    if item.when is None:
        return
    if each_unit and isinstance(item, RatingItem):
        # Its mean would be of those alone who gave a certain answer, and its n would tell how many they were.
        raise InputError(
            Problem("A rating of the units is asked of everyone, so that scores mean one thing: it takes no condition.",
                    f"{where}.when")
        )  # fmt: skip
    if not item.when.answers:
        raise InputError(Problem("A condition names at least one answer.", f"{where}.when.in"))
    known = {code for other in sources(item, before) for code in other.answer_codes}
    if not known:
        raise InputError(Problem("A condition must name an item before it with levels or options.", f"{where}.when"))
    unknown = sorted(item.when.answers - known)
    if unknown:
        raise InputError([Problem(NO_ANSWER, f"{where}.when.in", name=name[:50]) for name in unknown])
