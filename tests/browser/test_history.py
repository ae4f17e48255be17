"""The Back and Forward keys: from card to card, and never to a ballot that was received."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.test_answering import begin
from tests.browser.test_network import answer_all, kept

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("demo")]


def card(page, number):
    return page.locator("[data-page]").nth(number)


def test_back_goes_to_the_card_before_and_from_the_first_one_leaves(demo, open_page):
    page = open_page()
    begin(page, demo, 15)
    for number in range(3):
        expect(card(page, number)).to_be_visible()
        page.locator("[data-forward]").click()
    expect(page.locator(".review")).to_be_visible()
    for number in (2, 1, 0):
        page.go_back()
        expect(card(page, number)).to_be_visible()
        assert page.locator("[data-page]:visible").count() == 1
        expect(page.locator("[data-where]")).to_have_text(f"{number + 1} / 3")
        expect(page.locator("[data-left]")).to_have_text("缺 8 题")
    page.go_forward(wait_until="commit")
    expect(card(page, 1)).to_be_visible()
    page.go_back()
    page.go_back()
    assert page.url == f"{demo.base}/s/second-half"
    expect(page.locator("#code")).to_be_visible()
    assert page.problems == []


def test_the_buttons_of_the_page_and_the_keys_of_the_browser_agree(demo, open_page):
    page = open_page()
    begin(page, demo, 15)
    page.locator("[data-forward]").click()
    page.locator("[data-forward]").click()
    page.locator("[data-back]").click()
    expect(card(page, 1)).to_be_visible()
    page.locator("[data-back]").click()
    expect(card(page, 0)).to_be_visible()
    page.go_forward(wait_until="commit")
    expect(card(page, 1)).to_be_visible()
    page.go_back()
    expect(card(page, 0)).to_be_visible()
    page.go_back()
    expect(page.locator("#code")).to_be_visible()


def test_back_returns_to_the_review_from_what_it_led_to(demo, open_page):
    page = open_page()
    begin(page, demo, 15)
    for _ in range(3):
        page.locator("[data-forward]").click()
    page.locator("[data-summary] a").nth(1).click()
    expect(card(page, 1)).to_be_visible()
    page.locator("[data-page]:visible [data-all]").click()
    page.go_back()
    expect(page.locator(".review")).to_be_visible()
    expect(page.locator("[data-summary] li").nth(1)).to_contain_text("已答完")
    page.locator("[data-submit]").click()
    expect(card(page, 0)).to_be_visible()
    page.go_back()
    expect(page.locator(".review")).to_be_visible()


def test_a_link_copied_from_a_later_card_begins_with_the_first(serve_items, open_page):
    item = {"code": "a", "type": "text", "text": "一"}
    address = serve_items(item).address
    page = open_page()
    page.goto(f"{address}#1.0.1")
    expect(card(page, 0)).to_be_visible()
    assert page.url == address


@pytest.mark.parametrize("workers", ["allow", "block"])
def test_a_reload_stays_on_the_card_and_keeps_the_way_back(demo, open_page, workers):
    page = open_page(service_workers=workers)
    begin(page, demo, 15)
    page.locator("[data-forward]").click()
    page.reload()
    expect(card(page, 1)).to_be_visible()
    page.go_back()
    expect(card(page, 0)).to_be_visible()


def test_after_the_ballot_was_received_back_leads_out_and_not_to_the_form(demo, open_page):
    page = open_page()
    begin(page, demo, 16)
    answer_all(page)
    page.locator("[data-submit]").click()
    expect(page.locator("h1")).to_have_text("已收到，谢谢")
    page.go_back()
    page.wait_for_url(f"{demo.base}/s/second-half")
    assert page.locator("#ballot").count() == 0


def test_a_form_that_is_loaded_again_behind_the_received_page_gives_way(serve_items, open_page):
    service = serve_items({"code": "a", "type": "text", "text": "一"})
    page = open_page()
    page.goto(service.address)
    page.locator("textarea").fill("写完了")
    # As a browser sends it by itself: the received page is a page of its own.
    with page.expect_navigation():
        page.evaluate("document.getElementById('ballot').submit()")
    expect(page.locator("h1")).to_have_text("已收到，谢谢")
    page.go_back()
    page.wait_for_url(f"{service.base}/s/test")
    assert page.locator("#ballot").count() == 0
    page.goto(service.address)
    page.locator("[data-forward]").click()
    page.locator("[data-submit]").click()
    expect(page.locator("h1")).to_have_text("已收到，谢谢")
    page.go_back()
    page.wait_for_url(f"{service.base}/s/test")  # the form has given way; only then is there a page to go forward from
    page.go_forward(wait_until="commit")
    page.wait_for_url(f"{service.base}/s/test")
    assert page.locator("#ballot").count() == 0
    assert kept(page) == ["receipts:"]


def test_the_links_of_what_is_wrong_are_steps_of_their_own(demo, open_page):
    page = open_page()
    begin(page, demo, 18)
    with page.expect_navigation():
        page.evaluate("document.getElementById('ballot').submit()")
    page.locator("#problems").wait_for()
    page.locator("#problems a").last.click()
    expect(card(page, 2)).to_be_visible()
    page.go_back()
    expect(card(page, 0)).to_be_visible()
    expect(page.locator("#problems")).to_be_visible()
