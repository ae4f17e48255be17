"""E-mail addresses: what a mail server takes."""

import pytest

from surveys.inputs.addresses import read_address


@pytest.mark.parametrize(
    "typed", ["a@1.2.3.4", "a@example.123", "a@[1.2.3.4]", "a" * 65 + "@qq.com", "a@qq", "ａ@qq.com", "x@y..com"]
)
def test_what_no_mail_server_takes_is_refused(typed):
    assert read_address(typed) is None


@pytest.mark.parametrize("typed", ["a@163.com", "a@qq.com", "a" * 64 + "@qq.com", "a@mail.1688.cn", "10001@qq.com"])
def test_addresses_with_numbers_and_long_names_are_taken(typed):
    assert read_address(typed) == typed
