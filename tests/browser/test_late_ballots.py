"""A survey that ends while somebody fills it in: late ballots are taken for a while, and later ones are told so."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import fits, follow
from tests.browser.test_network import kept

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("demo")]


@pytest.fixture(scope="module")
def served(serve_items):
    return serve_items({"code": "a", "type": "text", "text": "一"})


@pytest.fixture
def service(served):
    """The survey, open for an hour more. `before`: ballots of the tests before."""
    window(served, ago=-3600, grace=600)
    served.before = 0
    served.before = received(served)
    return served


def window(service, *, ago: int, grace: int) -> None:
    """Let the survey have ended so many seconds ago; negative: it ends later."""
    end = int(time.time()) - ago
    with closing(sqlite3.connect(service.instance / "surveys.sqlite3")) as base:
        base.execute("UPDATE survey SET closes_at = ?, late_until = ?", (end, end + grace))
        base.commit()


def received(service) -> int:
    with closing(sqlite3.connect(service.instance / "surveys.sqlite3")) as base:
        return base.execute("SELECT COUNT(*) FROM receipt").fetchone()[0] - service.before


def fill(page, service) -> None:
    page.goto(service.address)
    page.locator("textarea").fill("写了很久的意见")
    page.locator("[data-forward]").click()


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_answers_that_come_too_late_are_told_so_and_kept_as_a_draft(service, open_page, check_accessibility, language):
    page = open_page(locale=language)
    sent = []
    page.on("request", lambda request: sent.append(request.url) if request.url.endswith("/submit") else None)
    fill(page, service)
    window(service, ago=700, grace=600)
    page.locator("[data-submit]").click()
    words = {"zh-CN": "本评议已结束，您的答卷未计入", "en": "This survey has ended: your answers were not counted"}
    expect(page.locator("h1")).to_have_text(words[language])
    expect(page.locator("[data-kept]")).to_be_visible()
    check_accessibility(page)
    assert fits(page)
    page.wait_for_timeout(2500)  # nothing is sent again
    assert len(sent) == 1
    assert received(service) == 0
    assert kept(page) == ["draft:test"]
    window(service, ago=-600, grace=600)
    page.goto(service.address)
    assert len(sent) == 1
    follow(page, page.locator("[data-continue]"))
    expect(page.locator("textarea")).to_have_value("写了很久的意见")
    expect(page.locator(".review")).to_be_visible()  # where it was left
    page.locator("[data-submit]").click()
    expect(page.locator("[data-done]")).to_be_attached()
    assert received(service) == 1
    assert kept(page) == ["receipts:"]


def test_on_a_shared_phone_no_draft_is_promised(service, open_page):
    page = open_page()
    fill(page, service)
    page.locator("[data-shared] input").check()
    window(service, ago=700, grace=600)
    page.locator("[data-submit]").click()
    expect(page.locator("h1")).to_contain_text("未计入")
    expect(page.locator("[data-kept]")).to_be_hidden()
    assert kept(page) == ["shared"]


def test_cut_off_before_the_end_and_sent_while_late_ballots_are_taken(service, open_page):
    page = open_page()
    fill(page, service)
    page.context.set_offline(True)
    page.locator("[data-submit]").click()
    expect(page.locator("[data-state]")).to_contain_text("尚未提交")
    window(service, ago=60, grace=600)
    page.context.set_offline(False)
    expect(page.locator("h1")).to_have_text("已收到，谢谢", timeout=35_000)
    assert received(service) == 1


def test_who_comes_back_to_a_draft_after_the_end_can_still_send_it(service, open_page, check_accessibility):
    page = open_page()
    fill(page, service)
    window(service, ago=60, grace=600)
    stranger = open_page()
    for path in ("/s/test", "/s/test/ballot?group=staff"):
        stranger.goto(service.base + path)
        expect(stranger.locator("[data-late]")).to_be_hidden()
        page.goto(service.base + path)
        expect(page.locator("[data-late] button")).to_be_visible()
    check_accessibility(page)
    assert fits(page)
    follow(page, page.locator("[data-late] button"))
    expect(page.locator("textarea")).to_have_value("写了很久的意见")
    expect(page.locator(".review")).to_be_visible()  # where it was left
    page.locator("[data-submit]").click()
    expect(page.locator("h1")).to_have_text("已收到，谢谢")
    assert received(service) == 1
    page.goto(f"{service.base}/s/test")
    expect(page.locator("[data-late]")).to_be_hidden()


def test_without_javascript_it_is_said_too(service, open_page):
    page = open_page(java_script_enabled=False)
    page.goto(service.address)
    page.locator("textarea").fill("写了很久的意见")
    window(service, ago=700, grace=600)
    follow(page, page.locator("[data-submit]"))
    expect(page.locator("h1")).to_have_text("本评议已结束，您的答卷未计入")
    expect(page.locator("[data-kept]")).to_be_hidden()
