"""Words of the two languages."""

import pytest

from surveys.web.languages import format_duration


@pytest.mark.parametrize("seconds, words", [
    (0, "0 minutes"), (60, "1 minute"), (3660, "1 hour 1 minute"), (7320, "2 hours 2 minutes"), (90000, "1 day 1 hour"), (2595600, "30 days 1 hour"),
])  # fmt: skip
def test_a_length_of_time_is_one_or_many(app, seconds, words):
    with app.test_request_context("/?lang=en"):
        assert format_duration(seconds) == words
