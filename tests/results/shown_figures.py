"""Every figure that is shown of two rounds, each as what the method says it is: a linear form of counts that are shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from types import SimpleNamespace

import numpy as np

from surveys.campaigns.plan_file import read_plan
from surveys.inputs.translations import gettext_of, load_translations
from surveys.questionnaires.scales import PRESETS
from surveys.results.ballot_layout import layout_of
from surveys.results.export.changes import changes_table
from surveys.results.export.tables import all_tables
from surveys.results.models import StoredResult
from surveys.results.pictures import pictures_of
from surveys.results.report import Report, report_of
from surveys.results.rounds import Rounds, compare_pair
from surveys.results.sealed_round import SealedRound
from surveys.results.what_if import what_if
from surveys.scoring.result import compute
from surveys.scoring.tally import Habits, Tally
from surveys.scoring.totals import GroupTurnout, Turnout
from tests.helpers import survey_file
from tests.results.made_rounds import named_units

UNITS, ITEMS, GROUPS, MINIMUM = ("A", "B", "C", "D"), ("listen", "serve", "mend"), ("students", "staff", "guests"), 5
LEVELS = (1, 2, 4, 254, 255)
"""The levels 1, 2 and 4 of four; don't know; left blank."""
POINTS = np.array([100.0, 80.0, 60.0, 0.0])
ITEM_WEIGHTS, GROUP_WEIGHTS = np.array([2.0, 1.0, 1.0]), np.array([3.0, 1.0, 0.0])
SAID = [("A", "C"), ("B", "C"), ("C", "A")]  # in the later round C is what A and B were
WINDOW, ZONE = (1_770_000_000, 1_770_600_000), "Asia/Shanghai"

_ASKED = [
    {"code": code, "type": "rating", "scale": "s", "text": code, "weight": weight}
    for code, weight in zip(ITEMS, ITEM_WEIGHTS.tolist(), strict=True)
]
DATA = survey_file(
    units=[*named_units(["A", "B"], "甲总支"), *named_units(["C", "D"], "乙总支")],
    questionnaire={"key": "made", "title": "测评", "scales": {"s": PRESETS["satisfaction4"]}, "sections": [{"per": "unit", "items": _ASKED}]},
    groups=[{"code": code, "name": code, "admission": "code", "weight": weight}
            for code, weight in zip(GROUPS, GROUP_WEIGHTS.tolist(), strict=True)],
    rule={"minimum": MINIMUM, "resamples": 200},
)  # fmt: skip
PLAN = read_plan({name: value for name, value in DATA.items() if not isinstance(value, datetime)})
ENGLISH = load_translations("en")
TEXT = gettext_of(ENGLISH)
WIDTH = len(UNITS) * len(ITEMS)
SHAPE = (2, len(GROUPS), len(UNITS), len(ITEMS), len(POINTS))
PLACE = np.arange(np.prod(SHAPE)).reshape(SHAPE)
"""The variables: counts by round, group, unit, item and level."""


def sealed(groups: tuple[list[list[int]], ...], number: int) -> SealedRound:
    """A sealed round of these ballots by group; its digest does not depend on them."""
    sizes, layout = [len(group) for group in groups], layout_of(PLAN)
    of, packed = (
        np.repeat(np.arange(len(groups)), sizes),
        np.array([one for group in groups for one in group], np.uint8),
    )
    tally = Tally(layout, sizes)
    tally.add(of, packed)
    scored = compute(tally, {}, Turnout(tuple(GroupTurnout(20, 20, size) for size in sizes)))
    # As at the seal, habits of ballots are looked for in what is shown alone.
    habits = Habits(layout, sizes, np.array(scored.result.shown, bool))
    for group in range(len(groups)):
        habits.add(group, layout.ratings_of(packed[of == group]))
    result = replace(scored.result, straight=[*habits.straight], alike=[*habits.alike()])
    stored = StoredResult(digest=f"{number:064x}", method=result.method, sealed_at=WINDOW[1] + number)
    stored.result = lambda: result
    stored.unit_draws = lambda: scored.draws
    return SealedRound(SimpleNamespace(id=number, slug=f"round{number}"), 3, report_of(PLAN, stored))


def both(older, newer) -> Rounds:
    pair = compare_pair(sealed(older, 1), sealed(newer, 2), SAID)
    return Rounds([pair.older, pair.newer], [pair])


def counts_of(older, newer) -> np.ndarray:
    """The true counts (SHAPE)."""
    found = np.zeros(SHAPE, int)
    for at, groups in enumerate((older, newer)):
        for g, group in enumerate(groups):
            levels = np.array(group).reshape(-1, len(UNITS), len(ITEMS))
            for level in range(len(POINTS)):
                found[at, g, :, :, level] = (levels == level + 1).sum(axis=0)
    return found


@dataclass(frozen=True)
class Statement:
    """A figure: a linear form of counts, and between what its value lies as it is printed."""

    where: str
    form: np.ndarray
    low: float
    high: float


@dataclass(frozen=True)
class Method:
    """What the method says each figure is, of one round: linear forms over the numbers of ratings n (G, U, I) and what is shown."""

    at: int
    n: np.ndarray
    shown: np.ndarray

    def count(self, group: int, unit: int, item: int, level: int) -> np.ndarray:
        return np.eye(1, PLACE.size, PLACE[self.at, group, unit, item, level])[0]

    def mean(self, group: int, unit: int, item: int) -> np.ndarray:
        form = np.zeros(PLACE.size)
        form[PLACE[self.at, group, unit, item]] = POINTS / self.n[group, unit, item]
        return form

    def of_group(self, group: int, unit: int, weights: np.ndarray = ITEM_WEIGHTS) -> np.ndarray:
        items = [item for item in range(len(ITEMS)) if self.shown[group, unit, item] and weights[item]]
        return sum(weights[i] * self.mean(group, unit, i) for i in items) / weights[items].sum()

    def of_unit(self, unit: int, items: np.ndarray = ITEM_WEIGHTS, groups: np.ndarray = GROUP_WEIGHTS) -> np.ndarray:
        count = [g for g in range(len(GROUPS)) if self.shown[g, unit].any() and groups[g]]
        return sum(groups[g] * self.of_group(g, unit, items) for g in count) / groups[count].sum()

    def of_item(self, unit: int, item: int) -> np.ndarray:
        count = self.counting(unit, item)
        return sum(GROUP_WEIGHTS[g] * self.mean(g, unit, item) for g in count) / GROUP_WEIGHTS[count].sum()

    def pooled(self, unit: int, items: list[int], level: int) -> np.ndarray:
        return sum((self.count(g, unit, i, level) for i in items for g in self.counting(unit, i)), np.zeros(PLACE.size))

    def pooled_n(self, unit: int, items: list[int]) -> int:
        return sum(int(self.n[g, unit, i]) for i in items for g in self.counting(unit, i))

    def counting(self, unit: int, item: int) -> list[int]:
        return [g for g in range(len(GROUPS)) if GROUP_WEIGHTS[g] and self.shown[g, unit, item]]


def methods(rounds: Rounds, counts: np.ndarray) -> list[Method]:
    return [
        Method(at, n := counts[at].sum(axis=-1), np.array(one.report.result.shown, bool) & (n > 0))
        for at, one in enumerate(rounds.rounds)
    ]  # fmt: skip


def printed(where: str, form: np.ndarray, value, decimals: int) -> Iterator[Statement]:
    """A figure with so many decimals, rounded half up."""
    if value is not None:
        half = 0.5 * 10**-decimals + 1e-9
        yield Statement(where, form, float(value) - half, float(value) + half)


def of_tables(one: SealedRound, is_: Method, where: str, report: Report | None = None) -> Iterator[Statement]:
    """The tables of one round, or of a part of it."""
    tables = {table.name: table.rows for table in all_tables(report or one.report, "en", TEXT)}
    unit_of, item_of = UNITS.index, ITEMS.index
    for row in tables["distribution"]:
        unit, item, label = unit_of(row["unit_code"]), item_of(row["item_code"]), f"{where} distribution {row}"
        group = None if row["group_code"] is None else GROUPS.index(row["group_code"])
        for level in range(len(POINTS)):
            form = is_.pooled(unit, [item], level) if group is None else is_.count(group, unit, item, level)
            yield from printed(label, form, row[f"count.{level + 1}"], 6)
        good = sum(
            is_.pooled(unit, [item], level) if group is None else is_.count(group, unit, item, level)
            for level in (0, 1)
        )
        yield from printed(label, good, row["satisfied"], 6)
        if row["mean"] is not None and group is not None:
            yield from printed(label, is_.mean(group, unit, item), row["mean"], 2)
        elif row["mean"] is not None:
            form = sum(POINTS[level] * is_.pooled(unit, [item], level) for level in range(4)) / is_.pooled_n(
                unit, [item]
            )
            yield from printed(label, form, row["mean"], 2)
    for row in tables["items"]:
        unit, item = unit_of(row["unit_code"]), item_of(row["item_code"])
        if row["score"] is not None and row["group_code"] is not None:
            yield from printed(
                f"{where} items {row}", is_.mean(GROUPS.index(row["group_code"]), unit, item), row["score"], 2
            )
        elif row["score"] is not None:
            yield from printed(f"{where} items {row}", is_.of_item(unit, item), row["score"], 2)
    for row in tables["groups"]:
        unit, group, label = unit_of(row["unit_code"]), GROUPS.index(row["group_code"]), f"{where} groups {row}"
        if row["score"] is not None:
            yield from printed(label, is_.of_group(group, unit), row["score"], 2)
        if row["difference"] is not None:
            yield from printed(label, is_.of_group(group, unit) - is_.of_group(0, unit), row["difference"], 2)
    for name in ("summary", "ranking"):
        for row in tables[name]:
            unit, label = unit_of(row["unit_code"]), f"{where} {name} {row}"
            if row["score"] is not None:
                yield from printed(label, is_.of_unit(unit), row["score"], 2)
            for g, group in enumerate(GROUPS) if name == "summary" else ():
                if row[f"score.{group}"] is not None:
                    yield from printed(label, is_.of_group(g, unit), row[f"score.{group}"], 2)
            if row["rate"] is not None:
                every = list(range(len(ITEMS)))
                form = sum(is_.pooled(unit, every, level) for level in (0, 1)) * 100 / is_.pooled_n(unit, every)
                yield from printed(label, form, row["rate"], 2)


OTHER_RULES = (
    ({"item_weights": {"listen": 1, "serve": 0, "mend": 5}}, np.array([1.0, 0, 5]), GROUP_WEIGHTS),
    ({"group_weights": {"students": 1, "staff": 9}}, ITEM_WEIGHTS, np.array([1.0, 9, 0])),
    ({"group_weights": {"students": 0, "staff": 1}, "item_weights": {"listen": 0, "serve": 1, "mend": 0}}, np.array([0.0, 1, 0]), np.array([0.0, 1, 0])),
)  # fmt: skip


def of_other_rules(one: SealedRound, is_: Method) -> Iterator[Statement]:
    """What the result would be under other rules."""
    for rule, items, groups in OTHER_RULES:
        for unit, outcome in enumerate(what_if(one.report, rule).units):
            if outcome.score is not None:
                counted = [g for g in range(2) if groups[g] and (is_.shown[g, unit] & (items > 0)).any()]
                form = sum(groups[g] * is_.of_group(g, unit, items) for g in counted) / groups[counted].sum()
                yield from printed(f"what if {rule} {unit}", form, outcome.score, 2)


def of_pictures(one: SealedRound, is_: Method, rounds: Rounds | None) -> Iterator[Statement]:
    """The pictures of one round."""
    pictures = pictures_of(one.report, rounds, "en", TEXT)
    units = [UNITS.index(unit.code) for unit in pictures.units]
    forms = {
        (unit, item): is_.of_item(unit, item) for unit in units for item in range(len(ITEMS)) if is_.counting(unit, item)
    }  # fmt: skip
    for place, unit in enumerate(units):
        if pictures.ranking and pictures.ranking.rows[place].score.value is not None:
            yield from printed("ranking", is_.of_unit(unit), pictures.ranking.rows[place].score.value, 2)
        for item in range(len(ITEMS)) if pictures.heat else ():
            value = pictures.heat.rows[place][item].value
            if value is not None:
                yield from printed("heat", forms[unit, item], value, 2)
    for item, mean in enumerate(pictures.radar.means if pictures.radar else []):
        if mean.value is not None:
            known = [forms[unit, item] for unit in units if (unit, item) in forms]
            yield from printed("radar", sum(known) / len(known), mean.value, 2)
    for picture in pictures.levels:
        for part, items in zip(picture.parts, [[0, 1, 2], [0], [1], [2]], strict=True):
            for unit, row in zip(units, part.rows, strict=True):
                for level, count in enumerate(row.counts):
                    yield from printed(f"levels {part.name}", is_.pooled(unit, items, level), count, 6)
                for level, share in enumerate(row.shares):
                    form = 100 * is_.pooled(unit, items, level) / is_.pooled_n(unit, items)
                    yield from printed(f"levels {part.name}", form, share, 1)
    for group, gap in enumerate(pictures.gaps, 1) if len(pictures.gaps) == 2 else ():
        for unit, row in zip(units, gap.rows, strict=True):
            if row.difference.value is not None:
                yield from printed("gaps", is_.of_group(group, unit) - is_.of_group(0, unit), row.difference.value, 2)


def of_rounds(rounds: Rounds, is_: list[Method]) -> Iterator[Statement]:
    """What is shown of both rounds together: merged units, general branches, changes, lines."""
    pair = rounds.pairs[0]

    def branch(at: int, name: str) -> np.ndarray:
        one = rounds.rounds[at]
        units = [unit for unit in one.children[name] if one.report.result.score[unit] is not None]
        return sum(is_[at].of_unit(unit) for unit in units) / len(units)

    for at, one in enumerate(rounds.rounds):
        for mean in one.branches:
            if mean.score is not None:
                yield Statement(f"branch {mean.name}", branch(at, mean.name), mean.score - 1e-6, mean.score + 1e-6)
    sources = {code: pair.units[unit].sources for unit, code in enumerate(UNITS)}

    def before(code: str) -> np.ndarray:
        return sum(is_[0].of_unit(unit) for unit in sources[code]) / len(sources[code])

    for row in changes_table(rounds, "en").rows:
        if row["kind"] == "unit":
            unit = UNITS.index(row["unit_code"])
            if row["before"] is not None:
                yield from printed(f"change {row}", before(row["unit_code"]), row["before"], 2)
            if row["after"] is not None:
                yield from printed(f"change {row}", is_[1].of_unit(unit), row["after"], 2)
        elif row["kind"] == "item":
            unit, item = UNITS.index(row["unit_code"]), ITEMS.index(row["item_code"])
            was = sources[row["unit_code"]]
            yield from printed(
                f"change {row}", sum(is_[0].of_item(one, item) for one in was) / len(was), row["before"], 2
            )
            yield from printed(f"change {row}", is_[1].of_item(unit, item), row["after"], 2)
        elif row["before"] is not None:
            name = row["unit"]
            compared = [
                unit for unit in pair.newer.children[name] if pair.units[unit].before is not None and pair.units[unit].after is not None
            ]  # fmt: skip
            form = sum(before(UNITS[unit]) for unit in compared) / len(compared)
            yield from printed(f"change {row}", form, row["before"], 2)
            yield from printed(
                f"change {row}", sum(is_[1].of_unit(unit) for unit in compared) / len(compared), row["after"], 2
            )
    for unit, scores in rounds.lines.items():
        if scores[0] is not None:
            yield from printed("line", before(UNITS[unit]), scores[0], 6)


def statements(rounds: Rounds, is_: list[Method]) -> list[Statement]:
    """Every figure that is shown."""
    found = list(of_rounds(rounds, is_))
    for at, one in enumerate(rounds.rounds):
        found += of_tables(one, is_[at], f"round {at}")
        found += of_other_rules(one, is_[at])
        found += of_pictures(one, is_[at], rounds if at else None)
        for name, units in one.children.items():
            found += of_tables(one, is_[at], f"round {at} {name}", one.report.only(units, name))
    return found
