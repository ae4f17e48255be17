"""One way to round: scores, rates, turnout and ranks are compared as they are printed."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.campaigns.surveys import plan_of
from surveys.results.report import short_turnouts
from surveys.scoring.rounding import percent_text, round_half_up, units_half_up
from surveys.scoring.totals import GroupTurnout, Turnout
from tests.helpers import published, survey_file


@given(st.integers(1, 3000), st.integers(0, 3000), st.integers(0, 4))
def test_many_values_are_rounded_as_one_is(n, k, decimals):
    value = 100 * min(k, n) / n
    units = units_half_up(np.array([value]), decimals)[0]
    assert Decimal(int(units)).scaleb(-decimals) == round_half_up(value, decimals)


@given(st.integers(1, 2000), st.integers(0, 2000))
def test_a_share_is_rounded_half_up(n, k):
    k = min(k, n)
    exact = Fraction(10_000 * k, n)
    assert Decimal(percent_text(k, n).removesuffix(" %")) == Decimal(int(exact + Fraction(1, 2))).scaleb(-2)


def test_what_is_printed_of_a_share_is_not_what_binary_makes_of_it():
    assert f"{100 * 1 / 32:.1f}" == "3.1"
    assert percent_text(1, 32, 1) == "3.1 %"
    assert f"{100 * 1 / 800:.2f}" == "0.12"
    assert percent_text(1, 800) == "0.13 %"


@pytest.mark.parametrize(("ballots", "short"), [(59_994, True), (59_995, False), (60_000, False)])
def test_a_turnout_that_is_printed_as_what_is_required_is_not_short(app, ballots, short):
    groups = [{**survey_file()["groups"][0], "required_turnout": 60}]
    plan = plan_of(published(groups=groups))
    assert bool(short_turnouts(plan, Turnout((GroupTurnout(0, 100_000, ballots),), ()))) is short
