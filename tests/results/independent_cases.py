"""Small surveys, each of which shows a rule or a border of one."""

from __future__ import annotations

import random
from typing import Any

from tests.results.independent import BLANK, DONT_KNOW, Ballot, Case

FOUR = [(100, True), (80, True), (60, False), (0, False)]
TWO = [(100, True), (0, False)]
FIVE = [(100, True), (75, True), (50, False), (25, False), (0, False)]
BOTH = {"students": 50, "staff": 50}
ONE = {"students": 1}


def _answers(case: Case, chance: random.Random, unknown: float = 0.1) -> Ballot:
    ballot: Ballot = {}
    for unit in range(case.units):
        for item in case.items:
            luck = chance.random()
            if luck < unknown:
                ballot[unit, item] = DONT_KNOW
            elif luck < unknown + 0.05:
                ballot[unit, item] = BLANK
            elif case.direct:
                ballot[unit, item] = chance.randint(*case.direct)
            else:
                ballot[unit, item] = min(chance.randrange(len(case.levels)), chance.randrange(len(case.levels)))
    return ballot


def _drawn(case: Case, sizes: dict[str, int], seed: int, unknown: float = 0.1) -> dict[str, list[Ballot]]:
    chance = random.Random(seed)
    ballots = {group: [_answers(case, chance, unknown) for _ in range(size)] for group, size in sizes.items()}
    for group, units in case.rates.items():
        for ballot in ballots[group]:
            for cell in [cell for cell in ballot if cell[0] not in units]:
                del ballot[cell]
    return ballots


def _same(case: Case, **columns: list[Any]) -> dict[str, list[Ballot]]:
    """By group and item "students_a": the answers of each ballot, the same for all units."""
    ballots: dict[str, list[Ballot]] = {}
    for name, answers in columns.items():
        group, item = name.split("_")
        of_group = ballots.setdefault(group, [{} for _ in answers])
        for ballot, answer in zip(of_group, answers, strict=True):
            for unit in range(case.units):
                ballot[unit, item] = answer
    return ballots


def cases() -> dict[str, tuple[Case, dict[str, list[Ballot]]]]:
    """Surveys by what they show, with their ballots."""
    plain = Case(FOUR, {"a": 1, "b": 1}, BOTH)
    weighted = Case(FOUR, {"a": 0, "b": 1}, BOTH, minimum=5)
    strict = Case(FOUR, {"a": 0, "b": 1}, BOTH, minimum=5, short_group="no_score")
    unequal = {"students_a": [0] * 16, "students_b": [1] * 16, "staff_a": [0] * 8, "staff_b": [1] * 4 + [DONT_KNOW] * 4}
    halves = Case(FIVE, {"a": 1}, ONE, minimum=1)
    share = Case(TWO, {"a": 1}, ONE, minimum=1)
    made: dict[str, tuple[Case, dict[str, list[Ballot]]]] = {
        "a group with ratings of an item without weight only": (weighted, _same(weighted, **unequal)),
        "the same where a short group means no score": (strict, _same(strict, **unequal)),
        "a score at the middle of two printed figures": (
            halves,
            _same(halves, students_a=[0] * 27 + [1] * 11 + [3] * 2),
        ),
        "a score of 76.875": (halves, _same(halves, students_a=[0] * 10 + [1] * 26 + [4] * 1 + [2] * 3)),
        "a rate of 17 in 32": (share, _same(share, students_a=[0] * 17 + [1] * 15)),
        "a rate of 1 in 16": (share, _same(share, students_a=[0] + [1] * 15)),
        "one rater": (share, _same(share, students_a=[0])),
    }
    drawn = {
        "two groups of like weight": (plain, {"students": 12, "staff": 6}),
        "weights of 60 and 40": (Case(FOUR, {"a": 1, "b": 1}, {"students": 60, "staff": 40}), {"students": 9, "staff": 8}),
        "weights that are no round shares": (Case(FOUR, {"a": 3, "b": 7}, {"students": 7, "staff": 13}), {"students": 9, "staff": 7}),
        "three items of different weight": (Case(FOUR, {"a": 1, "b": 2, "c": 5}, BOTH), {"students": 9, "staff": 7}),
        "an item without weight": (Case(FOUR, {"a": 1, "b": 0, "c": 2}, BOTH), {"students": 9, "staff": 7}),
        "a group that falls short": (plain, {"students": 9, "staff": 2}),
        "a group without ballots": (plain, {"students": 9, "staff": 0}),
        "no score for a group that falls short": (Case(FOUR, {"a": 1}, BOTH, short_group="no_score"), {"students": 9, "staff": 2}),
        "a group of weight zero": (Case(FOUR, {"a": 1, "b": 1}, {"students": 1, "staff": 0}), {"students": 8, "staff": 8}),
        "the ends dropped": (Case(FOUR, {"a": 1, "b": 1}, BOTH, trim={"drop_ends": 1, "above": 5}), {"students": 12, "staff": 5}),
        "two dropped at each end": (Case(FIVE, {"a": 1}, BOTH, trim={"drop_ends": 2, "above": 6}), {"students": 12, "staff": 6}),
        "a share trimmed": (Case(FOUR, {"a": 1, "b": 1}, BOTH, trim={"share": 0.1}), {"students": 23, "staff": 9}),
        "a share of 0.29 trimmed": (Case(FOUR, {"a": 1}, ONE, trim={"share": 0.29}), {"students": 100}),
        "whole numbers from 50 to 99, trimmed": (
            Case([], {"a": 1, "b": 2}, BOTH, direct=(50, 99), trim={"share": 0.05}), {"students": 24, "staff": 10}),
        "void ballots": (Case(TWO, {"a": 1}, BOTH, void_same_over=3), {"students": 14, "staff": 12}),
        "a gate on one item": (
            Case(FOUR, {"a": 1, "b": 1}, BOTH, rate_item="b", gates=[("rate", 75, 2)]), {"students": 12, "staff": 12}),
        "two gates over all items": (
            Case(FOUR, {"a": 1, "b": 1}, BOTH, gates=[("rate", 80, 1), ("rate", 60, 3)]), {"students": 12, "staff": 12}),
        "no decimals": (Case(FOUR, {"a": 1, "b": 1}, BOTH, decimals=0), {"students": 9, "staff": 7}),
        "four decimals": (Case(FOUR, {"a": 1, "b": 1}, BOTH, decimals=4), {"students": 9, "staff": 7}),
        "the grades of 2012": (
            Case(FOUR, {"a": 1, "b": 1}, BOTH, grades=[("好", 90), ("较好", 80), ("一般", 60), ("较差", 0)],
                 gates=[("rate", 90, 2)]), {"students": 12, "staff": 12}),
        "groups that rate different units": (
            Case(FOUR, {"a": 1, "b": 1}, BOTH, rates={"staff": [0]}), {"students": 12, "staff": 6}),
        "much is not known": (plain, {"students": 10, "staff": 6}),
    }  # fmt: skip
    for seed, (name, (case, sizes)) in enumerate(drawn.items()):
        made[name] = case, _drawn(case, sizes, seed, unknown=0.5 if "not known" in name else 0.1)
    return made
