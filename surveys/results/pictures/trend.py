"""The scores of units over the rounds of the campaign."""

from __future__ import annotations

from dataclasses import dataclass

from surveys.inputs.text import pick
from surveys.results.export.words import Words
from surveys.results.pictures.figures import Figure, change_of, figure_of
from surveys.results.round_changes import UnitChange
from surveys.results.rounds import OTHER_SCALE, Rounds


@dataclass(frozen=True)
class UnitTrend:
    """A unit: its scores by round, and what changed from the last round but one to the last.

    `direction`: "up" or "down" where the change is more than chance, with all units taken together; else empty.
    """

    scores: list[Figure]
    change: Figure
    direction: str
    why: str


@dataclass(frozen=True)
class Trend:
    """The rounds by title, from the first whose scales are those of the last; `notes` are message ids of rounds.py."""

    rounds: list[str]
    rows: list[UnitTrend]
    notes: list[str]
    floor: int
    finding: str


def trend_of(words: Words, rounds: Rounds) -> Trend | None:
    """The rounds up to this survey, which is the last one; None where none can be compared with it."""
    _ = words.gettext
    start = len(rounds.pairs)
    while start and OTHER_SCALE not in rounds.pairs[start - 1].notes:
        start -= 1
    if start == len(rounds.pairs):
        return None
    compared, changes = rounds.pairs[start:], rounds.pairs[-1].units
    rows = [
        UnitTrend(
            [figure_of(words, score) for score in rounds.lines[unit][start:]],
            _change(words, changes[unit]), _direction(changes[unit]), _(changes[unit].why) if changes[unit].why else "",
        )
        for unit in words.rated_units
    ]  # fmt: skip
    values = [one.value for row in rows for one in row.scores if one.value is not None]
    if not values:
        return None
    directions = [row.direction for row in rows]
    up, down = directions.count("up"), directions.count("down")
    finding = (
        _(
            "Since the round before, more than chance: units that rose %(up)s, units that fell %(down)s.",
            up=up,
            down=down,
        )
        if up or down
        else _("Since the round before, no unit changed by more than chance.")
    )
    titles = [pick(one.report.plan.title, words.language) for one in rounds.rounds[start:]]
    notes = list(dict.fromkeys(note for pair in compared for note in pair.notes))
    return Trend(titles, rows, notes, min(90, max(0, int(min(values) // 10) * 10)), finding)


def _change(words: Words, one: UnitChange) -> Figure:
    change = one.change
    return change_of(words, change.value, change.low, change.high) if change else change_of(words, None)


def _direction(one: UnitChange) -> str:
    if not one.clear or one.change is None:
        return ""
    return "up" if one.change.value > 0 else "down"
