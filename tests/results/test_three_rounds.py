"""An installation with three rounds of 30 units whose true scores are known: intervals of scores and of changes cover them."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom

from surveys.campaigns.campaigns import get_campaign
from surveys.results.rounds import compare_rounds
from tests.results.made_rounds import ITEMS, sealed_round
from tests.scoring.populations import ballots, true_mean

UNITS, PEOPLE, SEEDS = 30, 60, 6
RATE = 0.95


def middles(rng: np.random.Generator) -> np.ndarray:
    """The latent values of 30 units in three rounds (3, 30): a third rise, a third stay, a third fall."""
    first = rng.uniform(-0.2, 1.4, UNITS)
    drift = np.tile([0.6, 0.0, -0.6], UNITS // 3)
    return np.array([first, first + drift, first + 2 * drift])


@pytest.fixture
def installation(app):
    """By seed, the rounds compared and the true scores (3, U)."""
    found = []
    for seed in range(SEEDS):
        rng = np.random.default_rng((20, seed))
        latent = middles(rng)
        for number, of_round in enumerate(latent):
            rows = ballots(rng, PEOPLE, of_round, len(ITEMS), correlation=0.3)
            sealed_round(f"round-{seed}-{number}", rows, campaign=f"drive-{seed}")
        truth = np.array([[true_mean(middle) for middle in of_round] for of_round in latent])
        found.append((compare_rounds(get_campaign(f"drive-{seed}")), truth))
    return found


def fits(hits: int, of: int, rate: float = RATE) -> bool:
    """Whether so many of so many intervals cover, if each does with this probability.

    Units of one survey share raters, so the bounds are those of a third as many independent ones.
    """
    share, effective = hits / of, of // 3
    low, high = binom.ppf([0.0005, 0.9995], effective, rate) / effective
    return bool(low <= share <= high)


def test_scores_changes_and_items_are_covered_as_often_as_stated(installation):
    scores, changes, items, wrong, right = [], [], [], 0, 0
    for rounds, truth in installation:
        assert [len(one.report.plan.units) for one in rounds.rounds] == [UNITS] * 3
        for one, values in zip(rounds.rounds, truth, strict=True):
            result = one.report.result
            scores += [low <= value <= high for low, high, value in zip(result.low, result.high, values, strict=True)]
        for at, pair in enumerate(rounds.pairs):
            true_change = truth[at + 1] - truth[at]
            for row in pair.units:
                true = true_change[row.unit]
                changes.append(row.change.low <= true <= row.change.high)
                wrong += row.clear and true * row.change.value <= 1e-9
                right += row.clear and true * row.change.value > 1e-9
            # Each item of a unit has the true mean of the unit.
            items += [row.change.low <= true_change[row.unit] <= row.change.high for row in pair.items]
    print(f"covered: scores {np.mean(scores):.3f} of {len(scores)}, changes {np.mean(changes):.3f} of {len(changes)}, "
          f"items {np.mean(items):.3f} of {len(items)}; clear: {right} right, {wrong} wrong")  # fmt: skip
    assert len(scores) == SEEDS * 3 * UNITS
    assert len(changes) == SEEDS * 2 * UNITS
    assert len(items) == SEEDS * 2 * UNITS * len(ITEMS)
    assert fits(sum(scores), len(scores))
    assert fits(sum(changes), len(changes))
    assert fits(sum(items), len(items))
    # In 95 of 100 tables no mark is wrong; here are twelve. Of 240 changes that are there, 60 raters show some.
    assert wrong <= 3
    assert right >= 40


def test_the_bounds_of_this_test_refuse_intervals_that_are_too_short_or_too_long():
    assert fits(256, 270)
    assert not fits(int(0.85 * 270), 270)
    assert not fits(540, 540)
