"""The worked values of the method, to the digits given."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from surveys.scoring.intervals import wilson
from surveys.scoring.reliability import alpha_from_sums, icc_from_sums
from surveys.scoring.rounding import round_half_up
from surveys.scoring.rule import Trim
from surveys.scoring.scores import mean_points, weighted_mean

SATISFACTION = np.array([100.0, 80.0, 60.0, 0.0])


def test_case_a_points_and_rate():
    counts = np.array([62, 20, 10, 3])
    assert mean_points(counts, SATISFACTION, Trim()) == pytest.approx(88.4211, abs=5e-5)
    assert pytest.approx(86.3158, abs=5e-5) == 100 * 82 / 95
    low, high = wilson(82, 95)
    assert (100 * low, 100 * high) == (pytest.approx(77.9836, abs=5e-5), pytest.approx(91.8252, abs=5e-5))


STAFF = "99 98 95 95 93 92 92 90 90 88 88 87 86 85 85 83 80 78 75 60"
STUDENTS = "99 99 97 96 96 95 94 93 92 92 91 91 90 90 90 89 88 88 87 87 86 86 85 85 84 84 83 82 82 81 80 80 79 78 77 75 72 70 65 51"


def direct_counts(text: str) -> np.ndarray:
    """Counts of the whole numbers 50 to 99."""
    return np.bincount([int(word) - 50 for word in text.split()], minlength=50)


def test_case_b_direct_points_trimmed_and_two_groups():
    trim = Trim("share", share=Fraction(5, 100))
    points = np.arange(50.0, 100.0)
    staff = mean_points(direct_counts(STAFF), points, trim)
    students = mean_points(direct_counts(STUDENTS), points, trim)
    assert staff == pytest.approx(87.7778, abs=5e-5)
    assert students == pytest.approx(85.9722, abs=5e-5)
    final = weighted_mean(np.array([staff, students]), np.array([50.0, 50.0]))
    assert final == pytest.approx(86.8750, abs=5e-5)
    assert round_half_up(float(final)) == Decimal("86.88")


def test_case_c_alpha():
    rows = np.array(
        [[int(c) for c in word] for word in ["5454", "4443", "3343", "5555", "2322", "4344", "1221", "5445"]], float
    )
    assert alpha_from_sums(8, rows.sum(axis=0), rows.T @ rows) == pytest.approx(0.955068, abs=5e-7)


def test_case_d_icc():
    rows = np.array([[90, 85, 88, 92], [70, 75, 72, 68], [80, 82, 78, 85], [60, 66, 64, 70]], float)
    icc = icc_from_sums(np.full(4, 4.0), rows.sum(axis=1), (rows**2).sum(axis=1))
    assert icc.single == pytest.approx(0.907445, abs=5e-7)
    assert icc.average == pytest.approx(0.975135, abs=5e-7)


def test_case_e_share_table():
    shares = [round_half_up(100 * count / 200) for count in (150, 30, 15, 5)]
    assert shares == [Decimal("75.00"), Decimal("15.00"), Decimal("7.50"), Decimal("2.50")]
