"""Ballots that list the units they rate are scored as if they held all units; and pairs of many units as all pairs would be."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.scoring import pairs
from surveys.scoring.comparison import CERTAIN
from surveys.scoring.pairs import told_apart
from surveys.scoring.result import compute
from surveys.scoring.rule import Trim
from surveys.scoring.tally import BLOCKS, Tally
from surveys.scoring.totals import Turnout
from tests.scoring.populations import layout

CODES = np.array([0, 1, 1, 1, 2, 3, 4, 254, 255], np.uint8)


def listed(rng, people: int, units: int, items: int, most: int):
    """Units (people, most) that ballots list, and their ratings; some list fewer: their last entries are empty."""
    chosen = np.array([rng.permutation(units)[:most] for _ in range(people)])
    ratings = rng.choice(CODES, (people, most, items))
    for ballot in range(0, people, 7):
        ratings[ballot, -1], chosen[ballot, -1] = 0, 0
    return chosen, ratings


def full(chosen, ratings, units: int):
    """The same ballots with a place for every unit (people, units, items)."""
    rows = np.zeros((len(chosen), units, ratings.shape[2]), np.uint8)
    for ballot, entries in enumerate(chosen):
        for place, unit in enumerate(entries):
            if ratings[ballot, place].any():
                rows[ballot, unit] = ratings[ballot, place]
    return rows


@pytest.mark.parametrize("trim", [Trim(), Trim("drop_ends", count=1, above=5)])
@given(st.integers(0, 10_000), st.integers(2, 9), st.integers(1, 3), st.integers(1, 60))
@settings(max_examples=30, deadline=None)
def test_both_forms_of_a_ballot_give_the_same_result(trim, seed, units, items, people):
    rng = np.random.default_rng(seed)
    chosen, ratings = listed(rng, people, units, items, min(units, 3))
    plan = layout(units, items, resamples=50, minimum=2, trim=trim, void_same_over=3)
    short, whole = Tally(plan, [people], {0: 3}), Tally(plan, [people])
    for start in range(0, people, 11):  # as they come, in batches
        short.add_listed(0, chosen[start : start + 11], ratings[start : start + 11])
    whole.add_full(0, full(chosen, ratings, units))
    one, other = compute(short, {}, Turnout(())), compute(whole, {}, Turnout(()))
    assert one.result.counts == other.result.counts
    assert (one.result.void, one.result.straight, one.result.alike) == (
        other.result.void, other.result.straight, other.result.alike,
    )  # fmt: skip
    np.testing.assert_allclose(one.draws.scores, other.draws.scores, rtol=1e-12)
    assert one.result.rank_low == other.result.rank_low
    for name in ("alpha", "icc_single", "icc_average"):
        each, same = getattr(one.result, name), getattr(other.result, name)
        assert each is same is None or each == pytest.approx(same, rel=1e-9)


def test_both_forms_are_cut_into_the_same_blocks():
    rng, people = np.random.default_rng(3), 2 * BLOCKS + 77
    chosen, ratings = listed(rng, people, 6, 2, 2)
    plan = layout(6, 2, resamples=50)
    short, whole = Tally(plan, [people], {0: 2}), Tally(plan, [people])
    for start in range(0, people, 1000):
        short.add_listed(0, chosen[start : start + 1000], ratings[start : start + 1000])
    whole.add_full(0, full(chosen, ratings, 6))
    one, other = compute(short, {}, Turnout(())), compute(whole, {}, Turnout(()))
    np.testing.assert_allclose(one.draws.scores, other.draws.scores, rtol=1e-12)


def all_pairs(draws, scores, level: float = 0.05):
    """Step-down max-t as it is defined, every pair in every draw."""
    apart, gap = draws - draws.mean(axis=0), scores[:, None] - scores
    spread = np.array([[(apart[:, a] - apart[:, b]).std() for b in range(len(scores))] for a in range(len(scores))])
    left, better = spread > CERTAIN, np.zeros(gap.shape, bool)
    while left.any():
        largest = [np.max((each[:, None] - each)[left] / spread[left]) for each in apart]
        found = left & (gap > np.quantile(largest, 1 - level) * spread)
        if not found.any():
            break
        better |= found
        left &= ~found
    return better


@pytest.mark.parametrize("units", [2, 5, 40, 120])
@pytest.mark.parametrize("common", [0.0, 0.6, 0.95])
def test_units_with_the_largest_deviations_are_enough_to_look_at(monkeypatch, units, common):
    monkeypatch.setattr(pairs, "_FIRST", 8)
    rng = np.random.default_rng(units)
    scores, spread = rng.normal(80, 4, units), rng.uniform(0.5, 3, units)
    classes = np.repeat(rng.normal(size=(400, (units + 4) // 5)), 5, axis=1)[:, :units]  # raters in common
    noise = np.sqrt(common) * classes + np.sqrt(1 - common) * rng.normal(size=(400, units))
    draws = scores + spread * noise
    found, expected = told_apart(draws, scores), all_pairs(draws, scores)
    assert (found == expected).all()
    monkeypatch.setattr(pairs, "_MOST", 10)  # then the bound stands for what was not looked at
    assert not (told_apart(draws, scores) & ~expected).any(), "no statement that the definition does not make"
