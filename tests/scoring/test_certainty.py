"""Intervals, marks and ranks say what they promise, shown on made surveys whose truth is known."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq
from scipy.stats import beta

from surveys.scoring.comparison import brackets, difference, holm
from surveys.scoring.intervals import interval
from surveys.scoring.pairs import told_apart
from tests.scoring.populations import ballots, layout, own_ballots, scores_and_draws, true_mean

COVERAGE = {  # mean of the population: by number of raters, coverage and median length
    78.1: {5: (0.975, 39.9), 8: (0.972, 30.1), 12: (0.978, 23.7), 20: (0.959, 17.8), 50: (0.960, 10.8), 200: (0.942, 5.3)},
    92.2: {5: (0.938, 38.9), 8: (0.949, 27.8), 12: (0.948, 20.6), 20: (0.958, 13.9), 50: (0.951, 7.3), 200: (0.955, 3.1)},
    98.5: {5: (0.909, 38.1), 8: (0.919, 26.5), 12: (0.933, 19.0), 20: (0.935, 12.2), 50: (0.952, 5.4), 200: (0.941, 1.7)},
}  # fmt: skip
MIDDLES = {78.1: 0.3, 92.2: 1.2, 98.5: 2.2}


@pytest.mark.parametrize("people", [5, 8, 12, 20, 50, 200])
@pytest.mark.parametrize("mean", COVERAGE)
def test_an_interval_covers_the_truth_as_often_as_it_should(mean, people):
    surveys, truth = 1500, true_mean(MIDDLES[mean])
    assert truth == pytest.approx(mean, abs=0.1)
    plan = layout(surveys)  # each "unit" is a survey of its own
    rows = ballots(np.random.default_rng((11, people)), people, np.full(surveys, MIDDLES[mean]))
    score, draws = scores_and_draws(plan, rows)
    low, high = interval(draws.scores, score, (0.0, 100.0))
    expected, length = COVERAGE[mean][people]
    assert np.mean((low <= truth) & (truth <= high)) == pytest.approx(expected, abs=0.02)
    assert np.median(high - low) == pytest.approx(length, rel=0.04)


@pytest.mark.parametrize("mean", COVERAGE)
@pytest.mark.parametrize("sizes", [(8, 8), (20, 20), (12, 12, 12), (20,) * 5, (20,) * 8, (200, 40, 6)], ids=str)
def test_an_interval_over_several_groups_covers_the_truth_too(mean, sizes):
    """Half a pseudo-ballot in each group would cover 49 % of the truths of five groups of 20 at 98.5."""
    surveys, truth = 500, true_mean(MIDDLES[mean])
    plan = layout(surveys, items=2, resamples=1000, weights=[1.0] * len(sizes))
    rng = np.random.default_rng((14, *sizes))
    score, draws = scores_and_draws(plan, *(ballots(rng, n, np.full(surveys, MIDDLES[mean]), items=2) for n in sizes))
    low, high = interval(draws.scores, score, (0.0, 100.0))
    covered = np.mean((low <= truth) & (truth <= high))
    print(f"groups of {sizes}, mean {mean}: {covered:.3f}, median length {np.median(high - low):.1f}")
    assert 0.90 <= covered <= 0.99


def test_weights_of_groups_share_the_pseudo_ballots():
    rng = np.random.default_rng(15)
    rows = [ballots(rng, 10, np.full(400, 2.2), items=2) for _ in range(2)]
    truth = true_mean(2.2)
    for weights in ((9.0, 1.0), (1.0, 3.0)):
        score, draws = scores_and_draws(layout(400, items=2, resamples=1000, weights=weights), *rows)
        low, high = interval(draws.scores, score, (0.0, 100.0))
        assert 0.90 <= np.mean((low <= truth) & (truth <= high)) <= 0.99


@pytest.mark.parametrize(("units", "people", "mean"), [(10, 8, 92.2), (20, 20, 92.2), (10, 20, 98.5)])
def test_the_interval_of_a_mean_over_units_covers_the_truth(units, people, mean):
    """Each unit is rated by people of its own; half a pseudo-ballot in each would cover 49 to 85 %."""
    surveys, truth, right, lengths = 150, true_mean(MIDDLES[mean]), 0, []
    for survey in range(surveys):
        rows = own_ballots(np.random.default_rng((16, survey)), people, MIDDLES[mean], units)
        score, draws = scores_and_draws(layout(units, items=2, resamples=500), rows)
        low, high = interval(draws.mean_of(range(units))[:, None], score.mean(keepdims=True))
        right += bool(low[0] <= truth <= high[0])
        lengths.append(high[0] - low[0])
    print(f"{units} units of {people} at {mean}: {right / surveys:.3f}, median length {np.median(lengths):.1f}")
    assert right / surveys >= 0.90


@pytest.mark.parametrize(("groups", "few", "many", "mean"), [(1, 6, 60, 98.5), (3, 12, 200, 98.5), (5, 6, 60, 92.2)])
def test_equal_units_of_which_one_is_rated_by_few_are_hardly_ever_told_apart(groups, few, many, mean):
    surveys, by_ranks, by_pair = 150, 0, 0
    plan = layout(2, items=2, resamples=1000, weights=[1.0] * groups)
    for survey in range(surveys):
        rng = np.random.default_rng((17, groups, survey))
        rows = [ballots(rng, many, np.full(2, MIDDLES[mean]), items=2, correlation=0.5) for _ in range(groups)]
        for group in rows:
            group[few:, 2:] = 0  # left blank
        score, draws = scores_and_draws(plan, *rows)
        by_ranks += bool(told_apart(draws.scores, score).any())
        by_pair += difference(*draws.scores.T, score[0] - score[1]).clears_zero
    print(f"{groups} groups {few}/{many} at {mean}: ranks {by_ranks / surveys:.3f}, pair {by_pair / surveys:.3f}")
    assert by_ranks / surveys <= 0.05
    assert by_pair / surveys <= 0.1


def test_a_unit_that_one_ballot_rates_has_a_score_in_every_draw():
    """Random weights so near to nothing that they were rounded to it made a draw without a score: one of 1,600 such units had one."""
    for seed in range(20):
        _, draws = scores_and_draws(layout(60, items=1, seed=seed), np.array([[1] * 60], np.uint8))
        assert not np.isnan(draws.scores).any()


def test_equal_scores_that_are_added_up_otherwise_are_not_told_apart():
    """Of a finite population in which all answered, nothing is random: 42 and 42.00000000000001 are the same score."""
    draws = np.full((50, 2), 42.0) + np.array([0.0, 7e-15])
    assert difference(draws[:, 0], draws[:, 1], -7e-15).p == 1
    assert not told_apart(draws, draws[0]).any()


def test_of_ratings_of_two_levels_it_is_the_interval_of_jeffreys():
    for satisfied, people in ((0, 8), (3, 10), (18, 20), (40, 40)):
        rows = np.array([[1]] * satisfied + [[4]] * (people - satisfied), np.uint8)
        score, draws = scores_and_draws(layout(1, items=1, resamples=10_000), rows)
        low, high = interval(draws.scores, score, (0.0, 100.0))
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
        score, drawn = scores_and_draws(layout(12), rows)
        draws = drawn.scores
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
        score, draws = scores_and_draws(layout(units, items=2, resamples=1000), rows)
        better = told_apart(draws.scores, score)
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
    score, draws = scores_and_draws(layout(2, items=2), rows, not_asked=np.zeros((1, 2)))
    whole = draws.scores
    low, high = interval(whole, score)
    assert low.tolist() == high.tolist() == score.tolist()
    assert told_apart(whole, score).sum() == (score[0] != score[1])


def test_of_a_finite_population_the_variance_shrinks_by_the_share_that_answered():
    rows = ballots(np.random.default_rng(4), 30, [0.3], items=2)
    _, draws = scores_and_draws(layout(1, items=2), rows)
    _, of_sixty = scores_and_draws(layout(1, items=2), rows, not_asked=np.full((1, 1), 0.5))
    assert of_sixty.scores.var() == pytest.approx(draws.scores.var() / 2)


@given(st.lists(st.lists(st.booleans(), min_size=6, max_size=6), min_size=6, max_size=6))
def test_brackets_hold_no_two_units_that_are_told_apart_and_cannot_grow(table):
    worse = [[v for v in range(6) if table[u][v] and v > u] for u in range(6)]

    def alike(first, last):
        return not any(v in worse[u] for u in range(first, last + 1) for v in range(u + 1, last + 1))

    found = brackets(range(6), np.array([[v in worse[u] for v in range(6)] for u in range(6)]))
    expected = [
        (a, b) for a in range(6) for b in range(a + 1, 6) if alike(a, b)
        and not (a and alike(a - 1, b)) and not (b < 5 and alike(a, b + 1))
    ]  # fmt: skip
    assert found == expected
