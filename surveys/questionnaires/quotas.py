"""Quotas of a questionnaire: how often a level may or must be given on one ballot. Checked here and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from surveys.inputs.problems import Faults, InputError, Problem
from surveys.inputs.text import pick
from surveys.inputs.values import as_codes, as_number, as_table, as_whole, check_names
from surveys.questionnaires.items.rating import RatingItem
from surveys.questionnaires.scales import Scale


@dataclass(frozen=True)
class Quota:
    """How often a level may or must be given on one ballot, over the units rated on it.

    `levels` are the codes of levels; of a scale of numbers, `numbers` are the lowest and the highest one that is meant.
    `at_most_share` is of the units on the ballot (0.3: 30 %, rounded down); `at_most`, `at_least` are counts.
    """

    item: str
    levels: tuple[str, ...]
    numbers: tuple[int, int] | None = None
    at_most_share: float | None = None
    at_most: int | None = None
    at_least: int | None = None

    def positions(self, scale: Scale) -> tuple[int, ...]:
        """The levels that are meant, as a ballot holds them: positions on the scale of the item, from 1."""
        if self.numbers is not None:
            return tuple(number - scale.low + 1 for number in range(self.numbers[0], self.numbers[1] + 1))
        return tuple(place for place, level in enumerate(scale.levels, 1) if level.code in self.levels)

    def words(self, scale: Scale, language: str) -> str:
        """The levels that are meant, in words."""
        if self.numbers is not None:
            return f"{self.numbers[0]}–{self.numbers[1]}"
        return " / ".join(pick(level.text, language) for level in scale.levels if level.code in self.levels)

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


_NAMES = ("item", "levels", "numbers", "at_most_share", "at_most", "at_least")


def read_quota(data: object, rated: Mapping[str, RatingItem], where: str) -> Quota:
    """A quota from plain data; `rated` are the ratings of units by code. Raises InputError with all faults."""
    row, faults = as_table(data, where), Faults()
    faults.take(lambda: check_names(row, _NAMES, where))
    name = row.get("item")
    item = rated.get(name) if isinstance(name, str) else None
    if item is None:
        faults.note("A quota names a rating of the units.", f"{where}.item")
    levels: tuple[str, ...] = ()
    numbers = None
    if item is not None and item.scale.direct:
        numbers = faults.take(lambda: _read_numbers(row, item.scale, where))
    else:
        levels = tuple(faults.take(lambda: _read_levels(row, item, where)) or ())
    share, most, least = row.get("at_most_share"), row.get("at_most"), row.get("at_least")
    if share is most is least is None:
        faults.note("A quota has at_most_share, at_most or at_least.", where)
    of_share = None if share is None else faults.take(lambda: as_number(share, 0, 1, f"{where}.at_most_share"))
    at_most = None if most is None else faults.take(lambda: as_whole(most, 0, 1000, f"{where}.at_most"))
    at_least = None if least is None else faults.take(lambda: as_whole(least, 0, 1000, f"{where}.at_least"))
    faults.check()
    assert item is not None
    return Quota(item.code, levels, numbers, of_share, at_most, at_least)


def _read_levels(row: Mapping[str, object], item: RatingItem | None, where: str) -> list[str]:
    if "numbers" in row:
        raise InputError(Problem("Only a scale of numbers has a quota on numbers.", f"{where}.numbers"))
    levels = as_codes(row.get("levels"), f"{where}.levels")
    if item is not None and (not levels or not set(levels) <= {level.code for level in item.scale.levels}):
        raise InputError(Problem("A quota names levels of its item's scale.", f"{where}.levels"))
    return levels


def _read_numbers(row: Mapping[str, object], scale: Scale, where: str) -> tuple[int, int]:
    """The lowest and the highest number that a quota is about; one that is not said is the end of the scale."""
    if "levels" in row:
        raise InputError(
            Problem("The scale has no levels: a quota on it names numbers, from and to.", f"{where}.levels")
        )
    bounds, faults = as_table(row.get("numbers"), f"{where}.numbers"), Faults()
    faults.take(lambda: check_names(bounds, ("from", "to"), f"{where}.numbers"))
    low = faults.take(lambda: as_whole(bounds.get("from", scale.low), scale.low, scale.high, f"{where}.numbers.from"))
    high = faults.take(lambda: as_whole(bounds.get("to", scale.high), scale.low, scale.high, f"{where}.numbers.to"))
    faults.check()
    if low > high:
        raise InputError(Problem("The lowest number must be below the highest.", f"{where}.numbers"))
    return low, high
