"""Quotas of a questionnaire: how often a level may or must be given on one ballot. Checked here and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from surveys.inputs.problems import InputError, Problem
from surveys.inputs.values import as_list, as_number
from surveys.questionnaires.items.rating import RatingItem


@dataclass(frozen=True)
class Quota:
    """How often a level may or must be given on one ballot, over the units rated on it.

    `at_most_share` is of the units on the ballot (0.3: 30 %, rounded down); `at_most`, `at_least` are counts.
    """

    item: str
    levels: tuple[str, ...]
    at_most_share: float | None = None
    at_most: int | None = None
    at_least: int | None = None

    def bounds(self, units: int) -> tuple[int, int]:
        """The fewest and the most times the levels may be given on a ballot with so many units."""
        most = units if self.at_most is None else self.at_most
        if self.at_most_share is not None:
            most = min(most, int(units * self.at_most_share + 1e-9))
        return min(self.at_least or 0, units), most

    def problem(self, count: int, units: int) -> Problem | None:
        """What is wrong with giving the levels `count` times on a ballot with so many units."""
        least, most = self.bounds(units)
        if count > most:
            return Problem("This answer may be given to at most %(most)s; you gave it to %(count)s.",
                           most=most, count=count)  # fmt: skip
        if count < least:
            return Problem("This answer must be given to at least %(least)s; you gave it to %(count)s.",
                           least=least, count=count)  # fmt: skip
        return None


def read_quota(data: Mapping[str, Any], rated: Mapping[str, RatingItem]) -> Quota:
    """A quota from plain data; `rated` are the ratings of units by code. Raises InputError."""
    item = rated.get(str(data.get("item")))
    if item is None:
        raise InputError(Problem("A quota names a rating of the units.", "quotas.item"))
    levels = tuple(str(name) for name in as_list(data.get("levels"), "quotas.levels"))
    if not levels or not set(levels) <= {level.code for level in item.scale.levels}:
        raise InputError(Problem("A quota names levels of its item's scale.", "quotas.levels"))
    share, most, least = data.get("at_most_share"), data.get("at_most"), data.get("at_least")
    return Quota(
        item.code,
        levels,
        None if share is None else as_number(share, 0, 1, "quotas.at_most_share"),
        None if most is None else int(as_number(most, 0, 1000, "quotas.at_most")),
        None if least is None else int(as_number(least, 0, 1000, "quotas.at_least")),
    )
