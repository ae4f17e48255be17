"""What changed from one round to the next: of units, items and general branches, from what both rounds show."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from surveys.campaigns.mapping import Followed
from surveys.inputs.text import Text
from surveys.inputs.translations import message_id
from surveys.results.ballot_layout import layout_of
from surveys.results.computing import people_of
from surveys.results.sealed_round import SealedRound
from surveys.scoring.change import ItemRule, changes, clear_changes, item_draws, linked_mean, paired_apart
from surveys.scoring.comparison import Difference
from surveys.scoring.layout import Floats
from surveys.scoring.resampling import UnitDraws

NEW_UNIT = message_id("new in this round")
NO_SCORE = message_id("no score in this round")
NO_EARLIER_SCORE = message_id("no score in the round before")
NOT_ALL_EARLIER = message_id("not all of the earlier units have a score")
NO_DRAWS = message_id("sealed by an earlier version, without an interval")


@dataclass(frozen=True)
class Change:
    """A figure in two rounds; `change` with its interval is there if both figures are, else `why` says what is missing.

    `clear`: whether it is not zero, with all changes of its table taken together (Holm).
    """

    before: float | None
    after: float | None
    change: Difference | None
    clear: bool
    why: str = ""


@dataclass(frozen=True)
class UnitChange(Change):
    """Of a unit of the later round (a position), which was `sources` (positions in the earlier one)."""

    unit: int = 0
    followed: Followed = Followed.SAME
    sources: tuple[int, ...] = ()


@dataclass(frozen=True)
class ItemChange(Change):
    """Of an item of a unit of the later round (positions)."""

    unit: int = 0
    item: int = 0


@dataclass(frozen=True)
class BranchChange(Change):
    """Of a general branch: means over those of its units that have a score in both rounds, `compared` of `total`."""

    name: str = ""
    text: Text = field(default_factory=dict)
    compared: int = 0
    total: int = 0


def _before(scores: Floats, sources: tuple[int, ...]) -> Floats:
    """What a unit was (…): the plain mean of the units that it was; NaN where one of them has no score."""
    return scores[..., list(sources)].mean(axis=-1) if sources else np.full(scores.shape[:-1], np.nan)


def _mean_before(draws: UnitDraws, sources: list[tuple[int, ...]]) -> Floats:
    """The mean over units of what each was, in each draw (R): a unit that was several is the mean of them."""
    times = math.lcm(*(len(units) for units in sources))
    return draws.mean_of([unit for units in sources for unit in units for _ in range(times // len(units))])


def unit_changes(
    older: SealedRound, newer: SealedRound, sources: list[tuple[Followed, tuple[int, ...]]], same: bool
) -> list[UnitChange]:
    """Of all units of the later round, which were `sources`; without changes where the scales are not the `same`."""
    before = np.array([_before(older.scores, was) for _, was in sources], float)
    values = newer.scores - before if same else np.full(len(sources), np.nan)
    found: list[Difference | None] = [None] * len(sources)
    if older.draws is not None and newer.draws is not None and same:
        was, now = paired_apart(older.draws, newer.draws, newer.report.plan.rule.seed, newer.stream)
        found = changes(np.stack([was.mean_of(units) for _, units in sources], axis=-1), now.scores, values)
    return [
        UnitChange(
            _number(before[unit]), newer.report.result.score[unit], found[unit], clear,
            _why(before[unit], newer.scores[unit], was, found[unit], same), unit, how, was,
        )
        for unit, ((how, was), clear) in enumerate(zip(sources, clear_changes(found), strict=True))
    ]  # fmt: skip


def _why(before: float, after: float, sources: tuple[int, ...], found: Difference | None, same: bool) -> str:
    """Why there is no change; empty where there is one."""
    if found is not None or not same:
        return ""
    if not sources:
        return NEW_UNIT
    if np.isnan(after):
        return NO_SCORE
    if np.isnan(before):
        return NOT_ALL_EARLIER if len(sources) > 1 else NO_EARLIER_SCORE
    return NO_DRAWS


def item_changes(older: SealedRound, newer: SealedRound, sources: list[tuple[int, ...]]) -> list[ItemChange]:
    """Of all items that both rounds ask with the same points, by unit."""
    there, here = (list(one.points) for one in (older, newer))
    both = [code for code in here if code in there and older.points[code] == newer.points[code]]
    if not both or not sources:
        return []
    old_items, new_items = [there.index(code) for code in both], [here.index(code) for code in both]
    score = _item_scores(older)[:, old_items], _item_scores(newer)[:, new_items]
    before = np.array([_before(score[0].T, was) for was in sources])
    values = score[1] - before
    compared = [unit for unit in range(len(sources)) if not np.isnan(values[unit]).all()]
    rows: list[tuple[int, int]] = [(unit, place) for unit in compared for place in range(len(both))]
    found: list[Difference | None] = []
    for unit in compared:
        was, now = _draws_before(older, sources[unit])[:, old_items], _draws_of_items(newer, unit)[:, new_items]
        draws = min(len(was), len(now))
        found += changes(was[:draws], now[:draws], values[unit])
    return [
        ItemChange(
            _number(before[unit, place]), _number(score[1][unit, place]), change, clear, "", unit, new_items[place]
        )
        for (unit, place), change, clear in zip(rows, found, clear_changes(found), strict=True)
        if change is not None
    ]


def _item_scores(one: SealedRound) -> Floats:
    """(U, I), NaN where none is shown."""
    scores = one.report.result.item_score
    return np.array([[np.nan if score is None else score for score in row] for row in scores], float)


def _draws_before(older: SealedRound, sources: tuple[int, ...]) -> Floats:
    """The scores of the items of what a unit was in each draw (R, I)."""
    each = [_draws_of_items(older, source, 1 / len(sources)) for source in sources]
    return linked_mean(each, older.report.plan.rule.seed, older.stream)


def _draws_of_items(one: SealedRound, unit: int, part: float = 1.0) -> Floats:
    """The scores of a unit's items in each draw (R, I), from the counts that are shown; see item_draws."""
    plan, result = one.report.plan, one.report.result
    layout = layout_of(plan)
    counts = np.array(
        [[[count or 0 for count in item] for item in group[unit]] for group in result.counts], dtype=np.int64
    )
    shown = np.array([group[unit] for group in result.shown], dtype=bool)
    not_asked = None
    if plan.rule.population == "finite":
        people = people_of(plan, result.turnout)[:, unit, None]
        n = counts.sum(axis=-1)
        not_asked = np.clip(1 - np.divide(n, people, out=np.zeros(n.shape), where=people > 0), 0, 1)
    rule = ItemRule(
        layout.points, *layout.item_ends, plan.rule.trim, layout.group_weights, plan.rule.seed, result.resamples
    )
    return item_draws(counts, shown, rule, one.stream + 1 + unit, not_asked, part)


def branch_changes(older: SealedRound, newer: SealedRound, units: list[UnitChange]) -> list[BranchChange]:
    """Means over the units of each general branch of the later round that have a score in both rounds."""
    names, rows, befores, afters = [], [], [], []
    draws = None
    if older.draws is not None and newer.draws is not None:
        draws = paired_apart(older.draws, newer.draws, newer.report.plan.rule.seed, newer.stream)
    for name, children in newer.children.items():
        compared = [unit for unit in children if units[unit].before is not None and units[unit].after is not None]
        before = [units[unit].before or 0.0 for unit in compared]
        after = [units[unit].after or 0.0 for unit in compared]
        names.append((name, newer.branch_text(name), len(compared), len(children)))
        rows.append((float(np.mean(before)), float(np.mean(after))) if compared else (np.nan, np.nan))
        if draws and compared:
            befores.append(_mean_before(draws[0], [units[unit].sources for unit in compared]))
            afters.append(draws[1].mean_of(compared))
        elif draws:
            befores.append(draws[0].mean_of([]))
            afters.append(draws[1].mean_of([]))
    found: list[Difference | None] = [None] * len(rows)
    if draws and rows:
        values = np.array([after - before for before, after in rows])
        found = changes(np.stack(befores, axis=-1), np.stack(afters, axis=-1), values)
    return [
        BranchChange(_number(before), _number(after), change, clear, "", *name)
        for name, (before, after), change, clear in zip(names, rows, found, clear_changes(found), strict=True)
    ]


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
