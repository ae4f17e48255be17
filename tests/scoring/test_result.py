"""The result of a survey: groups that fall short, void ballots, intervals, reliability against reference software."""

from decimal import Decimal

import numpy as np
import pytest

from surveys.scoring.grading import check_grade_quota, gated, grade_by_points, ranks
from surveys.scoring.intervals import wilson
from surveys.scoring.reliability import alpha_from_sums, icc_from_sums, shrink
from surveys.scoring.resampling import draw_scores
from surveys.scoring.rounding import round_half_up
from surveys.scoring.rule import Gate, Grade, GradeQuota, ScoreRule
from surveys.scoring.scores import counted_items, group_scores, included_groups, short_groups, unit_scores
from surveys.scoring.tally import BLOCKS, Tally
from tests.scoring.test_properties import layout, score

RULE = ScoreRule(grades=(Grade({"zh": "优秀"}, 90), Grade({"zh": "良好"}, 80), Grade({"zh": "一般"}, 60)))


def test_wilson_agrees_with_statsmodels():
    from statsmodels.stats.proportion import proportion_confint

    for successes, n in ((0, 10), (3, 10), (82, 95), (10, 10), (4999, 10_000)):
        assert wilson(successes, n) == pytest.approx(proportion_confint(successes, n, method="wilson"), abs=1e-12)


def test_alpha_and_icc_agree_with_pingouin():
    import pandas
    import pingouin

    rng = np.random.default_rng(7)
    rows = rng.normal(size=(30, 1)) + rng.normal(size=(30, 5))
    expected, _ = pingouin.cronbach_alpha(data=pandas.DataFrame(rows))
    assert alpha_from_sums(30, rows.sum(axis=0), rows.T @ rows) == pytest.approx(expected, abs=1e-10)

    long = pandas.DataFrame([(u, r, rows[u, r]) for u in range(30) for r in range(5)], columns=["unit", "rater", "x"])
    table = pingouin.intraclass_corr(data=long, targets="unit", raters="rater", ratings="x").set_index("Type")
    icc = icc_from_sums(np.full(30, 5.0), rows.sum(axis=1), (rows**2).sum(axis=1))
    values = list(table["ICC"])
    assert any(icc.single == pytest.approx(value, abs=1e-9) for value in values)
    assert any(icc.average == pytest.approx(value, abs=1e-9) for value in values)


def test_a_group_under_the_minimum_is_left_out_and_named():
    ballots = [[1] * 6] * 6 + [[4] * 6] * 4
    result = score([0] * 6 + [1] * 4, ballots, layout(minimum=5))
    assert result.score == [100.0, 100.0, 100.0]
    assert result.short == [[False] * 3, [True] * 3]


def test_the_rule_can_refuse_a_score_when_a_group_falls_short():
    result = score([0] * 6 + [1] * 4, [[1] * 6] * 10, layout(minimum=5, short_group="no_score"))
    assert result.score == [None, None, None]
    assert result.rank == [None, None, None]


@pytest.mark.parametrize("short_group", ["reweigh", "no_score"])
def test_a_group_of_weight_zero_is_shown_and_enters_no_score(short_group):
    plan = layout(weights=(1.0, 0.0), minimum=2, short_group=short_group)
    raters = np.array([[3.0, 3.0, 1.0], [9.0, 0.0, 9.0]])
    included, short = included_groups(raters, plan), short_groups(raters, plan)
    assert included.tolist() == [[True, True, False], [True, False, True]]
    assert short.tolist() == [[False, False, True], [False, True, False]]
    scores = unit_scores(np.array([[80.0, 70.0, 60.0], [10.0, 10.0, 10.0]]), included, short, plan)
    assert scores[:2].tolist() == [80.0, 70.0]
    assert np.isnan(scores[2])


def test_ballots_alike_are_counted_by_group_and_without_those_of_one_answer_throughout():
    a, b, c = [1, 2, 1, 2, 1, 2], [2, 1, 2, 1, 2, 1], [1, 2, 1, 2, 1, 254]
    ballots = [a, a, b, c, [2] * 6, [2] * 6, a, b, b]
    counted = score([0] * 6 + [1] * 3, ballots, layout())
    assert counted.alike == [2, 2]
    assert counted.ballots == [6, 3]  # nobody's answer is thrown away


def test_ballots_that_give_one_answer_throughout_are_void_by_the_rule_only():
    straight, mixed = [2] * 6, [1, 2, 1, 2, 1, 2]
    counted = score([0] * 4, [straight, straight, mixed, [2, 2, 0, 0, 0, 0]], layout())
    assert (counted.void, counted.straight) == ([0, 0], [2, 0])
    judged = score([0] * 4, [straight, straight, mixed, [2, 2, 0, 0, 0, 0]], layout(void_same_over=3))
    assert judged.void == [2, 0]
    assert judged.n == [2, 1, 1]


def test_dont_know_blank_and_not_asked_are_three_things():
    result = score(
        [0, 0, 0, 0], [[1, 1, 0, 0, 0, 0], [254, 1, 0, 0, 0, 0], [255, 1, 0, 0, 0, 0], [4, 1, 1, 1, 1, 1]], layout()
    )
    assert result.counts[0][0][0] == [1, 0, 0, 1]
    assert (result.dont_know[0][0][0], result.blank[0][0][0]) == (1, 1)
    assert result.means[0][0] == [50.0, 100.0]
    assert result.n == [4, 1, 1]


def test_the_bootstrap_agrees_with_the_textbook_standard_error():
    rng = np.random.default_rng(3)
    ballots = rng.integers(1, 5, (400, 6)).astype(np.uint8)
    plan = layout(weights=(1.0,))
    tally = Tally(plan, [400])
    tally.add(np.zeros(400, int), ballots)
    result = compute_samples(tally)
    points = np.array([0, 100, 80, 60, 0])[ballots]
    expected = points[:, :2].mean(axis=1).std(ddof=1) / np.sqrt(400)
    assert result[:, 0].std() == pytest.approx(expected, rel=0.2)


def test_blocks_of_many_ballots_give_the_same_interval_as_single_ballots():
    rng = np.random.default_rng(4)
    n = 3 * BLOCKS + 17
    ballots = rng.integers(1, 5, (n, 6)).astype(np.uint8)
    plan = layout(weights=(1.0,))
    tally = Tally(plan, [n])
    tally.add(np.zeros(n, int), ballots)
    assert tally.blocks(0).sums().sum() == n * 6
    samples = compute_samples(tally)
    points = np.array([0, 100, 80, 60, 0])[ballots]
    assert samples[:, 0].std() == pytest.approx(points[:, :2].mean(axis=1).std(ddof=1) / np.sqrt(n), rel=0.2)


def compute_samples(tally):
    counts, plan = tally.counts()[..., :4], tally.layout
    counted = counted_items(counts, plan)
    _, by_group, raters = group_scores(counts, plan, counted)
    parts = draw_scores(tally, by_group, included_groups(raters, plan), short_groups(raters, plan), counted)
    return np.hstack([part.scores for part in parts])


def test_the_same_seed_gives_the_same_intervals():
    ballots = np.random.default_rng(5).integers(1, 5, (50, 6)).tolist()
    assert score([0] * 50, ballots, layout()) == score([0] * 50, ballots, layout())


def test_neighbours_are_told_apart_by_their_difference():
    good, bad = [1, 1], [4, 4]
    clear = score([0] * 40, [[*good, *bad, *bad]] * 39 + [[1, 2, 4, 3, 4, 4]], layout())
    assert clear.differs_from_next[0] is True
    assert clear.differs_from_next[1] is False
    assert clear.runs == [[1, 2]]
    assert (clear.rank_low, clear.rank_high) == ([1.0, 2.0, 2.0], [1.0, 3.0, 3.0])


def test_a_unit_without_a_score_has_no_ranks_and_takes_no_place():
    result = score([0] * 6, [[1, 1, 0, 0, 4, 4]] * 6, layout(minimum=5))
    assert result.rank == [1, None, 2]
    assert (result.rank_low[1], result.rank_high[1]) == (None, None)
    assert max(high for high in result.rank_high if high) == 2


def test_shrinking_moves_units_with_few_raters_more():
    icc = icc_from_sums(
        np.array([50.0, 50.0, 50.0]), np.array([4500.0, 4000, 3500]), np.array([415_000.0, 330_000, 255_000])
    )
    shrunk = shrink(np.array([90.0, 80.0, 70.0]), np.array([5.0, 500.0, 5.0]), icc)
    assert 80 < shrunk[0] < 90
    assert shrunk[1] == pytest.approx(80)


@pytest.mark.parametrize(
    ("value", "expected"), [(86.875, "86.88"), (2.675, "2.68"), (1.005, "1.01"), (89.995, "90.00"), (0.125, "0.13")]
)
def test_printed_figures_are_rounded_half_up(value, expected):
    assert round_half_up(value) == Decimal(expected)


def test_thresholds_use_the_printed_figure():
    assert grade_by_points(round_half_up(89.995), RULE) == 0
    assert grade_by_points(round_half_up(89.994), RULE) == 1
    assert grade_by_points(round_half_up(30), RULE) is None


def test_a_gate_caps_but_never_lifts():
    rule = ScoreRule(grades=RULE.grades, gates=(Gate("rate", 60, 1), Gate("turnout", 50, 2)))
    assert gated(0, rule, Decimal("59.99"), None)[0] == 1
    assert gated(0, rule, Decimal("60.00"), None)[0] == 0
    assert gated(2, rule, Decimal("10"), None)[0] == 2
    assert gated(0, rule, Decimal("99"), Decimal("49"))[0] == 2


def test_ranks_skip_after_ties():
    assert ranks([Decimal("90"), Decimal("95"), Decimal("90"), None, Decimal("80")]) == [2, 1, 2, None, 4]


def test_a_quota_shows_ties_at_the_border_and_decides_nothing():
    figures = [Decimal(f) for f in ("95", "92", "92", "85", "70")]
    check = check_grade_quota(GradeQuota("at_most", 0, 0.4), [0, 0, 0, 1, 2], figures)
    assert (check.limit, check.found, check.kept, check.tied) == (2, 3, False, (1, 2))
    least = check_grade_quota(GradeQuota("at_least", 1, 0.15), [0, 0, 0, 0, 1], figures)
    assert (least.limit, least.found, least.kept) == (1, 1, True)
