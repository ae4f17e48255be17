"""Reading and showing plain values."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.inputs.values import plain_number


@pytest.mark.parametrize(
    ("value", "text"),
    [(20.0, "20"), (0.1, "0.1"), (1e-6, "0.000001"), (1234567.0, "1234567"), (0.1234567, "0.1234567"), (-0.5, "-0.5"), (0, "0"), (1e22, "1" + 22 * "0")],
)  # fmt: skip
def test_a_number_is_shown_without_an_exponent_and_without_losing_digits(value, text):
    assert plain_number(value) == text


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e9, max_value=1e9))
def test_a_shown_number_is_the_same_one_read(value):
    assert float(plain_number(value)) == value
