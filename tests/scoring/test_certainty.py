"""Intervals, marks and ranks say what they promise, shown on made surveys whose truth is known."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq
from scipy.stats import beta

from surveys.scoring.comparison import brackets, difference, holm, told_apart
from surveys.scoring.intervals import interval
from surveys.scoring.resampling import draw_scores
from surveys.scoring.scores import counted_items, group_scores, included_groups, short_groups, unit_scores
from tests.scoring.populations import ballots, layout, tally_of, true_mean

COVERAGE = {  # mean of the population: by number of raters, coverage and median length
    78.1: {5: (0.975, 39.9), 8: (0.972, 30.1), 12: (0.978, 23.7), 20: (0.959, 17.8), 50: (0.960, 10.8), 200: (0.942, 5.3)},
    92.2: {5: (0.938, 38.9), 8: (0.949, 27.8), 12: (0.948, 20.6), 20: (0.958, 13.9), 50: (0.951, 7.3), 200: (0.955, 3.1)},
    98.5: {5: (0.909, 38.1), 8: (0.919, 26.5), 12: (0.933, 19.0), 20: (0.935, 12.2), 50: (0.952, 5.4), 200: (0.941, 1.7)},
}  # fmt: skip
MIDDLES = {78.1: 0.3, 92.2: 1.2, 98.5: 2.2}


def scores_and_draws(rows, plan, not_asked=None):
    tally = tally_of(rows, plan)
    counts = tally.counts()[..., :4]
    counted = counted_items(counts, plan)
    _, by_group, raters = group_scores(counts, plan, counted)
    groups = included_groups(raters, plan), short_groups(raters, plan)
    draws = draw_scores(tally, by_group, *groups, counted, not_asked)
    return unit_scores(by_group, *groups, plan), draws.units


@pytest.mark.parametrize("people", [5, 8, 12, 20, 50, 200])
@pytest.mark.parametrize("mean", COVERAGE)
def test_an_interval_covers_the_truth_as_often_as_it_should(mean, people):
    surveys, truth = 1500, true_mean(MIDDLES[mean])
    assert truth == pytest.approx(mean, abs=0.1)
    plan = layout(surveys)  # each "unit" is a survey of its own
    rows = ballots(np.random.default_rng((11, people)), people, np.full(surveys, MIDDLES[mean]))
    score, draws = scores_and_draws(rows, plan)
    low, high = interval(draws, score, (0.0, 100.0))
    expected, length = COVERAGE[mean][people]
    assert np.mean((low <= truth) & (truth <= high)) == pytest.approx(expected, abs=0.02)
    assert np.median(high - low) == pytest.approx(length, rel=0.04)


def test_of_ratings_of_two_levels_it_is_the_interval_of_jeffreys():
    for satisfied, people in ((0, 8), (3, 10), (18, 20), (40, 40)):
        rows = np.array([[1]] * satisfied + [[4]] * (people - satisfied), np.uint8)
        score, draws = scores_and_draws(rows, layout(1, items=1, resamples=10_000))
        low, high = interval(draws, score, (0.0, 100.0))
        jeffreys = 100 * beta.ppf([0.025, 0.975], satisfied + 0.5, people - satisfied + 0.5)
        assert low[0] == pytest.approx(0 if satisfied == 0 else jeffreys[0], abs=1.2)
        assert high[0] == pytest.approx(100 if satisfied == people else jeffreys[1], abs=1.2)


def middles(units, top, gap, spread=0.8):
    """The latent values of units that lie so many points apart."""
    return [brentq(lambda middle, at=top - gap * n: true_mean(middle, spread) - at, -6, 6) for n in range(units)]


def test_more_neighbours_are_told_apart_than_by_the_overlap_of_intervals():
    """Twelve units 6 points apart, 80 raters who rate all, correlation 0.5 (version 1 went by overlap)."""
    by_overlap, by_difference, one_by_one, wrong = [], [], [], []
    apart = middles(12, 94, 6, spread=0.4)
    for survey in range(40):
        rows = ballots(np.random.default_rng((12, survey)), 80, apart, correlation=0.5, spread=0.4)
        score, draws = scores_and_draws(rows, layout(12))
        low, high = interval(draws, score)
        pairs = list(pairwise(np.argsort(-score, kind="stable")))
        differences = [difference(draws[:, a], draws[:, b], score[a] - score[b]) for a, b in pairs]
        found = holm([each.p for each in differences])
        one_by_one += [each.clears_zero for each in differences]
        by_overlap += [low[a] > high[b] for a, b in pairs]
        by_difference += found
        wrong.append(any(a > b for (a, b), each in zip(pairs, found, strict=True) if each))
    shares = [np.mean(each) for each in (by_overlap, by_difference, one_by_one)]
    print("told apart by overlap {:.2f}, by difference {:.2f}, each pair by itself {:.2f}".format(*shares))
    assert 0.35 < shares[0] < 0.45
    assert shares[1] > 1.5 * shares[0]
    assert shares[2] > 2 * shares[0]
    assert np.mean(wrong) <= 0.05


@pytest.mark.parametrize(
    ("units", "top", "gap", "people", "correlation"),
    [(24, 85, 0.2, 80, 0.0), (24, 85, 0.2, 20, 0.5), (24, 85, 0.0, 8, 0.5), (12, 90, 3, 5, 0.9)],
    ids=["near ties", "near ties, correlation", "ties, few raters", "few raters, correlation"],
)
def test_the_ranks_of_all_units_are_right_at_once(units, top, gap, people, correlation):
    apart = middles(units, top, gap)
    truth = np.array([true_mean(middle) for middle in apart])
    best = np.array([1 + (truth > value + 1e-9).sum() for value in truth])
    last = np.array([units - (truth < value - 1e-9).sum() for value in truth])
    right = 0
    for survey in range(100):
        rows = ballots(np.random.default_rng((13, survey)), people, apart, items=2, correlation=correlation)
        better = told_apart(scores_and_draws(rows, layout(units, items=2, resamples=1000))[1])
        low, high = 1 + better.sum(axis=0), units - better.sum(axis=1)
        right += bool(np.all((low <= best) & (last <= high)))
    assert right >= 94


def test_holm_agrees_with_statsmodels():
    from statsmodels.stats.multitest import multipletests

    rng = np.random.default_rng(1)
    for count in (1, 2, 11, 40):
        p_values = rng.beta(0.3, 2, count)
        assert holm(list(p_values)) == multipletests(p_values, 0.05, "holm")[0].tolist()


def test_all_who_are_meant_have_answered_so_nothing_is_uncertain():
    rows = ballots(np.random.default_rng(3), 30, [0.3, 0.5], items=2)
    score, whole = scores_and_draws(rows, layout(2, items=2), np.zeros((1, 2)))
    low, high = interval(whole, score)
    assert low.tolist() == high.tolist() == score.tolist()
    assert told_apart(whole).sum() == (score[0] != score[1])


def test_of_a_finite_population_the_variance_shrinks_by_the_share_that_answered():
    rows = ballots(np.random.default_rng(4), 30, [0.3], items=2)
    _, draws = scores_and_draws(rows, layout(1, items=2))
    _, of_sixty = scores_and_draws(rows, layout(1, items=2), np.full((1, 1), 0.5))
    assert of_sixty.var() == pytest.approx(draws.var() / 2)


@given(st.lists(st.lists(st.booleans(), min_size=6, max_size=6), min_size=6, max_size=6))
def test_brackets_hold_no_two_units_that_are_told_apart_and_cannot_grow(table):
    worse = [[v for v in range(6) if table[u][v] and v > u] for u in range(6)]

    def alike(first, last):
        return not any(v in worse[u] for u in range(first, last + 1) for v in range(u + 1, last + 1))

    found = brackets(range(6), worse)
    expected = [
        (a, b) for a in range(6) for b in range(a + 1, 6) if alike(a, b)
        and not (a and alike(a - 1, b)) and not (b < 5 and alike(a, b + 1))
    ]  # fmt: skip
    assert found == expected
