"""A phone that goes from hand to hand: each has a draft and an offline copy of their own, and whatever waits is sent."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.test_answering import begin
from tests.browser.test_network import answer_all, kept, pages_kept, receipts, worker_is_there
from tests.helpers import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("demo")]


def test_a_ballot_that_waits_is_not_overwritten_by_the_next_person_and_still_arrives(demo, open_page):
    page = open_page(service_workers="block")
    before = receipts(demo)
    page.route("**/submit", lambda route: route.abort())
    begin(page, demo, 19)
    answer_all(page)
    page.locator("[data-submit]").click()
    expect(page.locator("[data-state]")).to_contain_text("尚未提交")
    begin(page, demo, 20)  # somebody else, who answers something
    expect(page.locator("[data-steps]")).to_be_visible()
    page.locator("fieldset").first.locator("input[value='2']").check(force=True)
    wait_until(lambda: kept(page) == ["draft:second-half"] * 2)
    expect(page.locator("[data-draft]")).to_be_hidden()
    assert receipts(demo) == before
    page.unroute("**/submit")
    begin(page, demo, 20)
    wait_until(lambda: receipts(demo) == before + 1)
    wait_until(lambda: kept(page) == ["draft:second-half", "receipts:"])
    follow_draft = page.locator("[data-continue]")
    expect(follow_draft).to_be_visible()  # the second one's own is there
    assert page.locator("fieldset input:checked").count() == 0


def test_marking_the_phone_as_shared_loses_no_ballot_that_waits(demo, open_page):
    page = open_page(service_workers="block")
    page.route("**/submit", lambda route: route.abort())
    begin(page, demo, 21)
    answer_all(page)
    page.locator("[data-submit]").click()
    expect(page.locator("[data-state]")).to_contain_text("尚未提交")
    begin(page, demo, 22)
    page.locator("[data-shared] input").check()
    assert kept(page) == ["draft:second-half", "shared"]
    before = receipts(demo)
    page.unroute("**/submit")
    page.goto(demo.base)
    wait_until(lambda: receipts(demo) == before + 1)
    wait_until(lambda: kept(page) == ["shared"])  # and no receipt stays


def test_each_has_an_offline_copy_and_the_last_one_is_shown(demo, open_page):
    page = open_page()
    begin(page, demo, 22)
    worker_is_there(page)
    first = page.locator("[name=token]").get_attribute("data-holder")
    begin(page, demo, 23)
    wait_until(lambda: len(pages_kept(page)) == 2)
    second = page.locator("[name=token]").get_attribute("data-holder")
    assert first != second
    page.context.set_offline(True)
    page.reload()
    expect(page.locator("[name=token]")).to_have_attribute("data-holder", second)
