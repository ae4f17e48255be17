"""What must hold for any ballots: properties of the method."""

from fractions import Fraction

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.scoring.layout import Layout
from surveys.scoring.result import compute
from surveys.scoring.rule import ScoreRule, Trim
from surveys.scoring.scores import mean_points
from surveys.scoring.tally import Tally
from surveys.scoring.totals import Turnout

POINTS = np.array([100.0, 80.0, 60.0, 0.0])

trims = st.one_of(
    st.just(Trim()),
    st.integers(1, 3).map(lambda k: Trim("drop_ends", count=k, above=2 * k)),
    st.integers(0, 49).map(lambda p: Trim("share", share=Fraction(p, 100))),
)
counts = st.lists(st.integers(0, 60), min_size=4, max_size=4).filter(sum)


def layout(units=3, items=2, weights=(1.0, 1.0), item_weights=None, trim=None, minimum=1, **rule):
    return Layout(
        width=units * items,
        columns=np.arange(units * items).reshape(units, items),
        points=POINTS,
        satisfied=np.array([True, True, False, False]),
        item_weights=np.array(item_weights or [1.0] * items),
        group_weights=np.array(weights),
        apart=np.zeros(len(weights), bool),
        rates=np.ones((len(weights), units), bool),
        rule=ScoreRule(minimum=minimum, trim=trim or Trim(), resamples=200, **rule),
        rate_item=None,
    )


def score(groups, ballots, plan):
    tally = Tally(plan, list(np.bincount(groups, minlength=len(plan.group_weights))))
    tally.add(np.array(groups), np.array(ballots, np.uint8))
    return compute(tally, {}, Turnout(())).result


codes = st.sampled_from([1, 2, 3, 4, 254, 255])
a_ballot = st.lists(codes, min_size=6, max_size=6)
some_ballots = st.lists(st.tuples(st.integers(0, 1), a_ballot), min_size=1, max_size=25)


@given(counts, trims)
def test_a_mean_lies_between_the_lowest_and_the_highest_points_given(count, trim):
    mean = float(mean_points(np.array(count), POINTS, trim))
    given_points = POINTS[np.array(count) > 0]
    assert np.isnan(mean) or given_points.min() - 1e-9 <= mean <= given_points.max() + 1e-9


@given(counts, trims)
def test_trimming_agrees_with_sorting_and_cutting(count, trim):
    ratings = np.sort(np.repeat(POINTS, count))
    n = len(ratings)
    if trim.kind == "drop_ends":
        cut = trim.count if n > trim.above else 0
    else:
        cut = n * trim.share.numerator // trim.share.denominator
    expected = ratings[cut : n - cut].mean() if n > 2 * cut else np.nan
    assert np.isclose(mean_points(np.array(count), POINTS, trim), expected, equal_nan=True)


@given(counts, trims)
def test_trimming_never_widens_the_range(count, trim):
    from surveys.scoring.scores import _trimmed

    order = np.argsort(POINTS)
    kept = _trimmed(np.array(count)[order], trim) if trim.kind != "none" else np.array(count)[order]
    assert (kept >= 0).all()
    assert (kept <= np.array(count)[order]).all()


@given(some_ballots, st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_the_order_of_ballots_does_not_matter(ballots, chance):
    shuffled = ballots[:]
    chance.shuffle(shuffled)
    one, other = (score([g for g, _ in rows], [b for _, b in rows], layout()) for rows in (ballots, shuffled))
    for name in ("counts", "score", "rank", "rate", "n", "grade", "void", "straight", "alike"):
        assert getattr(one, name) == getattr(other, name)


@given(some_ballots, st.floats(0.01, 100))
@settings(max_examples=40, deadline=None)
def test_weights_scale_out(ballots, factor):
    groups, rows = [g for g, _ in ballots], [b for _, b in ballots]
    one = score(groups, rows, layout(weights=(2.0, 3.0), item_weights=[1.0, 4.0]))
    other = score(groups, rows, layout(weights=(2.0 * factor, 3.0 * factor), item_weights=[factor, 4.0 * factor]))
    np.testing.assert_allclose(np.array(one.score, float), np.array(other.score, float), rtol=1e-9)


@given(some_ballots, st.lists(st.lists(codes, min_size=2, max_size=2), min_size=25, max_size=25))
@settings(max_examples=40, deadline=None)
def test_a_units_score_does_not_depend_on_other_units(ballots, others):
    groups, rows = [g for g, _ in ballots], [b for _, b in ballots]
    changed = [[*row[:2], *other, *other] for row, other in zip(rows, others, strict=False)]
    assert score(groups, rows, layout()).score[0] == score(groups, changed, layout()).score[0]


@given(some_ballots)
@settings(max_examples=40, deadline=None)
def test_feeding_in_batches_is_the_same_as_at_once(ballots):
    plan = layout()
    groups, rows = np.array([g for g, _ in ballots]), np.array([b for _, b in ballots], np.uint8)
    expected = [int((groups == g).sum()) for g in (0, 1)]
    whole, parts = Tally(plan, expected), Tally(plan, expected)
    whole.add(groups, rows)
    for start in range(0, len(rows), 3):
        parts.add(groups[start : start + 3], rows[start : start + 3])
    assert compute(whole, {}, Turnout(())).result == compute(parts, {}, Turnout(())).result


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=30))
def test_equal_scores_share_a_rank_and_the_next_is_skipped(hundredths):
    from decimal import Decimal

    from surveys.scoring.grading import ranks

    figures = [Decimal(h) / 100 for h in hundredths]
    for figure, rank in zip(figures, ranks(figures), strict=True):
        assert rank == 1 + sum(other > figure for other in figures)
