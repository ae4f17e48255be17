"""Times that people type: in the installation's time zone, and only where they mean one moment."""

from datetime import UTC, date, datetime

import pytest

from surveys.inputs.problems import InputError
from surveys.inputs.values import read_datetime

BERLIN = "Europe/Berlin"


def read(value, zone="Asia/Shanghai"):
    return datetime.fromtimestamp(read_datetime(value, zone, "closes"), UTC).isoformat()


def test_a_time_is_of_the_installations_zone_unless_it_says_another():
    assert read("2026-12-01T08:00") == "2026-12-01T00:00:00+00:00"
    assert read(" 2026-12-01 ０８：００ ") == "2026-12-01T00:00:00+00:00"
    assert read("2026-12-01T08:00+02:00") == "2026-12-01T06:00:00+00:00"
    assert read(datetime(2026, 12, 1, 8)) == "2026-12-01T00:00:00+00:00"


@pytest.mark.parametrize("value", ["2026-12-10", "20261210", date(2026, 12, 10)])
def test_a_day_without_a_time_is_refused_with_how_to_write_it(value):
    with pytest.raises(InputError, match="closes: The time of day is missing: write 2026-12-10T22:00"):
        read(value)


def test_a_time_that_the_clocks_pass_over_does_not_exist():
    with pytest.raises(InputError, match="does not exist"):
        read("2026-03-29T02:30", BERLIN)
    assert read("2026-03-29T03:00", BERLIN) == "2026-03-29T01:00:00+00:00"


def test_a_time_that_comes_twice_is_asked_for():
    with pytest.raises(InputError, match="comes twice"):
        read("2026-10-25T02:30", BERLIN)
    assert read("2026-10-25T02:30+02:00", BERLIN) == "2026-10-25T00:30:00+00:00"


@pytest.mark.parametrize("value", ["9999-12-31T23:59:59-12:00", "0001-01-01T00:00", "1999-12-31T23:59"])
def test_a_year_that_no_page_can_show_is_refused(value):
    with pytest.raises(InputError, match="A year from 2000 to 2100"):
        read(value)


@pytest.mark.parametrize("value", ["tomorrow", "", 20261210, None, "2026-13-01T08:00"])
def test_anything_else_is_refused(value):
    with pytest.raises(InputError, match="A time is written as"):
        read(value)
