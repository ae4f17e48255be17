"""Drafts, and sending while the network comes and goes: nothing lost, nothing twice, and an honest word on the page."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import fits, follow
from tests.browser.test_answering import begin
from tests.helpers import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("demo")]


def receipts(demo) -> int:
    with closing(sqlite3.connect(demo.instance / "surveys.sqlite3")) as base:
        return base.execute(
            "SELECT COUNT(*) FROM receipt WHERE survey_id = (SELECT id FROM survey WHERE slug = 'second-half')"
        ).fetchone()[0]


def kept(page) -> list[str]:
    """What the phone keeps: a draft with its survey, without whose it is."""
    return sorted(":".join(key.split(":")[:2]) for key in page.evaluate("Object.keys(localStorage)"))


def draft(page) -> str:
    """The text of the one draft that the phone keeps."""
    return page.evaluate("localStorage[Object.keys(localStorage).find(key => key.startsWith('draft:'))] || ''")


def worker_is_there(page) -> None:
    wait_until(lambda: page.evaluate("Boolean(navigator.serviceWorker.controller)") and pages_kept(page))


def pages_kept(page) -> list[str]:
    return page.evaluate("caches.open('pages').then(c => c.keys()).then(k => k.map(r => new URL(r.url).pathname))")


def answer_all(page) -> None:
    """Choose something everywhere and go to the end."""
    for sheet in page.locator("[data-page]").all():
        sheet.locator("[data-all]").click()
        page.locator("[data-forward]").click()


def test_a_draft_is_saved_as_one_types_and_offered_again(demo, open_page):
    page = open_page()
    begin(page, demo, 1)
    first = page.locator("fieldset").first.locator("input[value='2']")
    first.check(force=True)
    name = first.get_attribute("name")
    page.locator("textarea").first.fill("写到一半")
    wait_until(lambda: "写到一半" in draft(page))
    begin(page, demo, 1)  # a new paper, perhaps with other units drawn
    banner = page.locator("[data-draft]")
    expect(banner).to_be_visible()
    assert fits(page)
    follow(page, page.locator("[data-continue]"))
    expect(page.locator(f"input[name='{name}'][value='2']")).to_be_checked()
    expect(page.locator("textarea").first).to_have_value("写到一半")
    expect(page.locator("[data-draft]")).to_be_hidden()
    answer_all(page)
    page.locator("[data-submit]").click()
    expect(page.locator("h1")).to_have_text("已收到，谢谢")
    assert kept(page) == ["receipts:"]
    assert page.problems == []


def test_a_draft_can_be_discarded(demo, open_page):
    page = open_page(locale="en")
    begin(page, demo, 10)
    page.locator("fieldset").first.locator("input[value='2']").check(force=True)
    begin(page, demo, 10)
    page.locator("[data-discard]").click()
    begin(page, demo, 10)
    expect(page.locator("[data-draft]")).to_be_hidden()


def test_a_draft_is_offered_to_nobody_with_another_code(demo, open_page):
    page = open_page()
    begin(page, demo, 10)
    page.locator("fieldset").first.locator("input[value='2']").check(force=True)
    begin(page, demo, 2)
    expect(page.locator("[data-draft]")).to_be_hidden()
    assert page.locator("fieldset input:checked").count() == 0


def test_a_draft_is_wiped_after_a_day(demo, open_page):
    page = open_page()
    begin(page, demo, 10)
    page.locator("fieldset").first.locator("input[value='2']").check(force=True)
    page.wait_for_timeout(500)  # typing saves a moment later
    page.goto(f"{demo.base}/s/second-half")
    assert kept(page) == ["draft:second-half"]
    page.evaluate(
        "() => { const [key] = Object.keys(localStorage); const d = JSON.parse(localStorage[key]); d.at -= 25 * 3600e3;"
        " localStorage[key] = JSON.stringify(d); }"
    )
    page.reload()
    assert kept(page) == []


def open_used(page, demo, code):
    page.goto(f"{demo.base}/s/second-half#{demo.codes[code]}")
    follow(page, page.locator("button.primary"))
    return page.locator("[data-done]")


def test_the_offline_copy_stays_while_other_pages_of_the_service_are_read(demo, open_page):
    page = open_page()
    begin(page, demo, 11)
    worker_is_there(page)
    page.locator("textarea").first.fill("写到一半")
    page.wait_for_timeout(500)
    address = page.url
    for path in ("/", "/s/first-half", "/s/first-half/check", "/s/second-half"):
        page.goto(demo.base + path)
        page.wait_for_timeout(200)
        assert pages_kept(page) == ["/s/second-half/ballot"]
    page.context.set_offline(True)
    page.goto(address)
    expect(page.locator("textarea").first).to_have_value("写到一半")
    page.context.set_offline(False)
    # The browser may take a moment until requests go through again.
    wait_until(lambda: page.evaluate("fetch('/livez').then((answer) => answer.ok, () => false)"), 10)
    # Somebody else's code that was used says nothing about this draft.
    page.evaluate(
        """async (code) => {
          const other = new DOMParser().parseFromString(
            await (await fetch("/s/second-half/ballot", {method: "POST", body: new URLSearchParams({code})})).text(), "text/html");
          const form = new FormData(other.getElementById("ballot"));
          for (const box of other.querySelectorAll("[type=radio][value='0']")) form.set(box.name, "0");
          await fetch("/s/second-half/submit", {method: "POST", body: new URLSearchParams(form)});
        }""",
        demo.codes[12],
    )
    expect(open_used(page, demo, 12)).to_be_attached()
    page.wait_for_timeout(200)
    assert pages_kept(page) == ["/s/second-half/ballot"]
    assert kept(page) == ["draft:second-half"]


def test_the_offline_copy_goes_with_the_ballot_that_was_received(demo, open_page):
    page = open_page()
    begin(page, demo, 13)
    worker_is_there(page)
    answer_all(page)
    page.locator("[data-submit]").click()
    expect(page.locator("h1")).to_have_text("已收到，谢谢")
    wait_until(lambda: pages_kept(page) == [])


def test_the_offline_copy_goes_after_a_day_and_where_the_phone_is_shared(demo, open_page):
    page = open_page()
    begin(page, demo, 14)
    worker_is_there(page)
    page.clock.set_fixed_time(time.time() + 23 * 3600)
    page.goto(demo.base)
    page.wait_for_timeout(200)
    assert pages_kept(page) == ["/s/second-half/ballot"]
    page.clock.set_fixed_time(time.time() + 25 * 3600)
    page.goto(demo.base)
    wait_until(lambda: pages_kept(page) == [])
    begin(page, demo, 14)
    wait_until(lambda: pages_kept(page) == ["/s/second-half/ballot"])
    page.locator("[data-shared] input").check()
    wait_until(lambda: pages_kept(page) == [])


def test_on_a_shared_phone_nothing_is_kept(demo, open_page):
    page = open_page()
    begin(page, demo, 10)
    page.locator("fieldset").first.locator("input[value='2']").check(force=True)
    page.locator("[data-shared] input").check()
    page.locator("textarea").first.fill("不要留下")
    page.wait_for_timeout(500)
    assert kept(page) == ["shared"]
    assert pages_kept(page) == []
    begin(page, demo, 10)
    expect(page.locator("[data-shared] input")).to_be_checked()
    expect(page.locator("[data-draft]")).to_be_hidden()


def test_cut_before_sending_it_says_so_and_sends_when_the_network_is_back(demo, open_page):
    page = open_page()
    begin(page, demo, 3)
    answer_all(page)
    before = receipts(demo)
    page.context.set_offline(True)
    page.locator("[data-submit]").click()
    expect(page.locator("[data-state]")).to_contain_text("尚未提交")
    assert fits(page)
    assert receipts(demo) == before
    page.context.set_offline(False)
    expect(page.locator("h1")).to_have_text("已收到，谢谢", timeout=35_000)
    assert receipts(demo) == before + 1
    assert kept(page) == ["receipts:"]


def test_cut_after_the_ballot_came_in_it_is_not_counted_twice(demo, open_page):
    page = open_page()
    begin(page, demo, 4)
    answer_all(page)
    before = receipts(demo)
    tries = []

    def lose_the_answer(route):
        tries.append(route.request.post_data)
        if len(tries) == 1:
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route("**/submit", lose_the_answer)
    page.locator("[data-submit]").click()
    expect(page.locator("h1")).to_have_text("已收到，谢谢", timeout=35_000)
    assert len(tries) == 2
    assert tries[0] == tries[1]
    assert receipts(demo) == before + 1


@pytest.mark.parametrize(
    ("status", "body"), [(503, "busy"), (200, "<html><main class='message'>Log in to the campus net</main></html>")]
)
def test_a_foreign_answer_is_not_taken_for_received(demo, open_page, status, body):
    page = open_page(service_workers="block")
    code = 5 if status == 503 else 6
    begin(page, demo, code)
    answer_all(page)
    page.route("**/submit", lambda route: route.fulfill(status=status, body=body, content_type="text/html"))
    page.locator("[data-submit]").click()
    expect(page.locator("[data-state]")).to_contain_text("尚未提交")
    page.unroute("**/submit")
    page.get_by_role("button", name="立即重试").click()
    expect(page.locator("h1")).to_have_text("已收到，谢谢")


def test_reloaded_while_unsent_it_goes_on_sending(demo, open_page):
    page = open_page()
    begin(page, demo, 7)
    worker_is_there(page)
    answer_all(page)
    before = receipts(demo)
    page.context.set_offline(True)
    page.locator("[data-submit]").click()
    expect(page.locator("[data-state]")).to_contain_text("尚未提交")
    page.reload()
    expect(page.locator("[data-state]")).to_contain_text("尚未提交")
    page.context.set_offline(False)
    expect(page.locator("h1")).to_have_text("已收到，谢谢", timeout=35_000)
    assert receipts(demo) == before + 1


def test_an_opened_questionnaire_survives_the_loss_of_the_network(demo, open_page):
    page = open_page()
    begin(page, demo, 8)
    worker_is_there(page)
    page.locator("fieldset").first.locator("input[value='3']").check(force=True)
    page.context.set_offline(True)
    page.reload()
    expect(page.locator("#ballot")).to_be_visible()
    expect(page.locator("fieldset").first.locator("input[value='3']")).to_be_checked()
    page.locator("[data-forward]").click()
    expect(page.locator("[data-page]").nth(1)).to_be_visible()


def test_what_the_service_finds_wrong_is_shown_with_everything_typed(demo, open_page):
    page = open_page()
    begin(page, demo, 9)
    answer_all(page)
    page.evaluate("document.querySelector('fieldset input[value=\"0\"]').value = '99'")
    page.locator("[data-submit]").click()
    expect(page.locator("#problems a")).to_have_count(1)
    assert page.locator("fieldset input:checked").count() == 23
