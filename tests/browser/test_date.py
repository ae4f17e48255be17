"""A date on phones: by the phone's calendar, and without JavaScript or calendar."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import fits, wait_for_draft

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("items")]

DAY = {"code": "day", "type": "date", "required": True, "first": "2026-11-01", "last": "2026-11-30",
       "text": {"zh": "哪一天最方便参加民主生活会？", "en": "Which day suits you best for the meeting?"}}  # fmt: skip
JOINED = {"code": "joined", "type": "date", "text": {"zh": "您何时入党？", "en": "When did you join?"}}


@pytest.fixture(scope="module")
def service(serve_items):
    return serve_items(DAY, JOINED)


@pytest.mark.parametrize(("language", "scheme"), [("zh-CN", "light"), ("en", "dark")])
def test_it_is_answered_with_the_calendar_of_the_phone(service, open_page, check_accessibility, language, scheme):
    page = open_page(locale=language, color_scheme=scheme)
    page.goto(service.address)
    check_accessibility(page)
    assert fits(page)
    day = page.locator("input[type=date]").first
    assert day.bounding_box()["height"] >= 44
    page.locator("[data-forward]").click()
    page.locator("[data-submit]").click()
    expect(day).to_be_focused()  # it must be answered
    day.fill("2026-11-05")
    page.locator("[data-forward]").click()
    page.locator("[data-submit]").click()
    expect(page.locator("[data-done]")).to_be_attached()
    assert page.problems == []


def test_a_draft_keeps_it(service, open_page):
    page = open_page()
    page.goto(service.address)
    page.locator("input[type=date]").first.fill("2026-11-05")
    wait_for_draft(page)
    page.goto(service.address)
    page.locator("[data-continue]").click()
    expect(page.locator("input[type=date]").first).to_have_value("2026-11-05")


def test_without_javascript_on_a_phone_without_calendar(service, open_page):
    page = open_page(java_script_enabled=False, locale="en", viewport={"width": 320, "height": 640})
    page.route("**/s/test/*", _without_calendar)
    page.goto(service.address)
    assert fits(page)
    page.locator("#f0").fill("2026/12/5")
    page.locator("#f1").fill("1949年10月1日")
    page.locator("[data-submit]").click()
    expect(page.locator("#problems")).to_contain_text("A date from 2026-11-01 to 2026-11-30 is expected.")
    expect(page.locator("#problems a")).to_have_count(1)
    expect(page.locator("#f0")).to_have_value("2026/12/5")
    expect(page.locator("#f1")).to_have_value("1949年10月1日")
    page.locator("#f0").fill("2026.11.5")
    page.locator("[data-submit]").click()
    expect(page.locator("[data-done]")).to_be_attached()


def _without_calendar(route):
    """The page as an old phone reads it: a field of a type that it does not know is one for text."""
    answer = route.fetch()
    route.fulfill(response=answer, body=answer.text().replace('type="date"', 'type="text"'))
