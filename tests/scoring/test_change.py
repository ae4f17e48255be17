"""Changes between rounds: their intervals cover the truth, and where nothing has changed hardly any table says so."""

import numpy as np
import pytest

from surveys.scoring.change import ItemRule, changes, clear_changes, item_draws, linked_mean, paired_apart
from surveys.scoring.rule import Trim
from tests.scoring.populations import POINTS, ballots, layout, own_ballots, scores_and_draws, tally_of, true_mean

ONE = np.array([3]), np.array([0])
ENDS = np.full(2, 3), np.zeros(2, int)
RULE = ItemRule(POINTS, *ENDS, Trim(), np.ones(1), seed=1, resamples=2000)


def scored(rows, plan):
    """Scores (U) and the draws of units."""
    score, draws = scores_and_draws(plan, rows)
    return score, draws


def change_of(rng, people, before, after, items=2, **more):
    """The changes of units with latent values `before` and `after`, as two surveys with one seed find them."""
    plan = layout(len(before), items=items)
    one, was = scored(ballots(rng, people, before, items, **more), plan)
    other, now = scored(ballots(rng, people, after, items, **more), plan)
    was, now = paired_apart(was, now, plan.rule.seed, 1)
    return changes(was.scores, now.scores, other - one)


@pytest.mark.parametrize(("people", "drift"), [(8, 0.0), (20, 0.5), (60, -0.5), (200, 0.0)])
def test_an_interval_of_a_change_covers_the_truth_as_often_as_it_should(people, drift):
    units = 1500  # each "unit" is a pair of surveys of its own
    found = change_of(np.random.default_rng((21, people)), people, np.full(units, 0.4), np.full(units, 0.4 + drift))
    truth = true_mean(0.4 + drift) - true_mean(0.4)
    covered = np.mean([one.low <= truth <= one.high for one in found])
    print(f"{people} raters, drift {drift}: {covered:.3f}")
    assert 0.94 <= covered <= 0.995


def test_without_pairing_apart_rounds_with_one_seed_would_share_their_pseudo_ballots():
    rng, plan = np.random.default_rng(22), layout(40, items=2)
    draws = [scored(ballots(rng, 6, np.full(40, 0.4), 2), plan)[1] for _ in range(2)]

    def correlation(was, now):
        return np.mean([np.corrcoef(was.scores[:, unit], now.scores[:, unit])[0, 1] for unit in range(40)])

    assert correlation(*draws) > 0.05
    assert abs(correlation(*paired_apart(*draws, plan.rule.seed, 1))) < 0.02


@pytest.mark.parametrize("people", [8, 40])
def test_where_nothing_has_changed_few_tables_say_that_something_has(people):
    tables, middles = 120, np.linspace(-0.2, 1.4, 30)
    wrong = uncorrected = 0
    for table in range(tables):
        found = change_of(np.random.default_rng((23, people, table)), people, middles, middles, correlation=0.3)
        wrong += any(clear_changes(found))
        uncorrected += any(one.clears_zero for one in found)
    print(f"{people} raters: {wrong} of {tables} tables with a wrong mark, {uncorrected} without the correction")
    assert wrong <= 13  # at 5 percent, more than 13 of 120 would come once in 200
    assert uncorrected > 13


def test_marks_leave_out_what_has_no_change():
    rng = np.random.default_rng(24)
    was, now = rng.normal(70, 1, (2000, 3)), rng.normal([90, 70, 70], 1, (2000, 3))
    found = changes(was, now, np.array([20.0, np.nan, 0.0]))
    assert found[1] is None
    assert clear_changes(found) == [True, False, False]


def test_draws_of_an_item_from_its_counts_are_those_from_its_ballots():
    rng = np.random.default_rng(25)
    rows = ballots(rng, 40, [0.4], items=1)
    _, real = scored(rows, layout(1, items=1, resamples=20_000))
    counts = tally_of(layout(1, items=1), rows).counts()[:, 0, :, :4]
    rule = ItemRule(POINTS, *ONE, Trim(), np.ones(1), seed=1, resamples=20_000)
    drawn = item_draws(counts, np.ones((1, 1), bool), rule, 7)
    assert drawn.mean() == pytest.approx(real.scores.mean(), abs=0.15)
    assert np.quantile(drawn, [0.025, 0.975]) == pytest.approx(np.quantile(real.scores, [0.025, 0.975]), abs=0.5)


def test_groups_of_an_item_are_combined_by_their_weights_and_hidden_ones_have_no_part():
    counts = np.array([[[900, 0, 0, 0]], [[0, 0, 0, 900]], [[0, 0, 0, 900]]])
    rule = ItemRule(POINTS, *ONE, Trim(), np.array([3.0, 1.0, 5.0]), seed=1, resamples=400)
    drawn = item_draws(counts, np.array([[True], [True], [False]]), rule, 7)
    assert drawn.mean() == pytest.approx(75, abs=0.3)


def test_an_item_that_nobody_rated_has_no_draws():
    drawn = item_draws(np.zeros((1, 2, 4), int), np.ones((1, 2), bool), RULE, 7)
    assert np.isnan(drawn).all()


def test_of_all_who_are_meant_an_item_has_no_spread():
    counts = np.array([[[5, 3, 2, 0]]])
    drawn = item_draws(
        counts, np.ones((1, 1), bool), ItemRule(POINTS, *ONE, Trim(), np.ones(1), 1, 2000), 7, np.zeros((1, 1))
    )
    assert drawn.min() == drawn.max() == pytest.approx(86)


def test_a_trimmed_item_is_drawn_with_what_is_trimmed():
    counts = np.array([[[90, 0, 0, 10]]])
    rule = ItemRule(POINTS, *ONE, Trim("drop_ends", count=10, above=5), np.ones(1), seed=1, resamples=2000)
    assert item_draws(counts, np.ones((1, 1), bool), rule, 7).mean() > 97


def test_the_items_of_a_merged_unit_are_not_made_surer_by_ballots_that_hang_together():
    """Four units of one office with the same raters, 40 before and 400 after, nothing changed: the change misses zero in few surveys."""
    rng, missed, surveys = np.random.default_rng(26), 0, 120
    for survey in range(surveys):
        before = ballots(rng, 40, np.full(4, 0.8), items=1, correlation=0.9)
        after = ballots(rng, 400, [0.8], items=1, correlation=0.9)
        was = merged_draws([counts_of(before, 4)[:, unit] for unit in range(4)], survey)
        now = item_draws(counts_of(after, 1)[:, 0], np.ones((1, 1), bool), RULE_OF_ONE, 5000 + survey)
        values = np.array([points_of(after).mean() - points_of(before).mean()])
        missed += not changes(was, now, values)[0].low <= 0 <= changes(was, now, values)[0].high
    assert missed / surveys <= 0.08


RULE_OF_ONE = ItemRule(POINTS, *ONE, Trim(), np.ones(1), seed=1, resamples=1000)


def counts_of(rows, units):
    return tally_of(layout(units, items=1), rows).counts()[..., :4]


def points_of(rows):
    return POINTS[rows - 1]


def merged_draws(counts, survey):
    each = [
        item_draws(one, np.ones((1, 1), bool), RULE_OF_ONE, 100 * survey + n, part=1 / len(counts))
        for n, one in enumerate(counts)
    ]
    return linked_mean(each, 1, survey)


def test_the_change_of_a_general_branch_is_found_where_there_is_one_and_else_hardly_ever():
    """Ten units, each with 60 raters of its own before and 8 after: their mean falls by nothing, or by ten points."""
    plan, wrong, found, surveys = layout(10, items=2, resamples=1000), 0, 0, 60
    for survey in range(surveys):
        rng = np.random.default_rng((27, survey))
        one, was = scored(own_ballots(rng, 60, 1.2), plan)
        for middle, kind in ((1.2, "wrong"), (0.55, "found")):
            other, now = scored(own_ballots(rng, 8, middle), plan)
            before, after = paired_apart(was, now, 1, survey)
            (change,) = changes(
                before.mean_of(range(10))[:, None], after.mean_of(range(10))[:, None], np.array([(other - one).mean()])
            )
            wrong, found = (
                wrong + (kind == "wrong" and change.clears_zero),
                found + (kind == "found" and change.clears_zero),
            )
    print(f"wrong {wrong}, found {found} of {surveys}")
    assert wrong / surveys <= 0.1
    assert found / surveys >= 0.9
