"""The text beside "other" on phones: it is there when "other" is chosen, and always without JavaScript."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import fits

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("items")]

OPTIONS = [
    {"code": "bus", "text": {"zh": "公交", "en": "Bus"}},
    {"code": "foot", "text": {"zh": "步行", "en": "On foot"}},
]
WAY = {"code": "way", "type": "choice", "text": {"zh": "怎么来", "en": "How do you come?"}, "options": OPTIONS, "other": True,
       "hint": {"zh": "选一种。", "en": "Choose one."}}  # fmt: skip
HOURS = {"code": "hours", "type": "number", "decimals": 1, "high": 24, "text": {"zh": "几小时", "en": "How many hours?"},
         "hint": {"zh": "例如 1.5", "en": "Such as 1.5"}}  # fmt: skip


@pytest.fixture(scope="module")
def service(serve_items):
    return serve_items(WAY, {**WAY, "code": "ways", "type": "multi"}, HOURS)


@pytest.mark.parametrize(("language", "scheme"), [("zh-CN", "light"), ("en", "dark")])
@pytest.mark.parametrize("question", ["#q0", "#q1"], ids=["choice", "multi"])
def test_the_text_is_there_and_sent_while_other_is_chosen(
    service, open_page, check_accessibility, language, scheme, question
):
    page = open_page(locale=language, color_scheme=scheme)
    page.goto(service.address)
    text, answers = page.locator(f"{question} .other input"), page.locator(f"{question} .options label")
    expect(text).to_be_hidden()
    answers.nth(2).click()
    expect(text).to_be_visible()
    text.fill("骑车")
    check_accessibility(page)
    assert fits(page)
    answers.nth(0 if question == "#q0" else 2).click()  # another one, or not this one
    expect(text).to_be_hidden()
    expect(text).to_be_disabled()
    answers.nth(2).click()
    expect(text).to_have_value("骑车")  # what was typed is not lost


def test_without_javascript_the_text_is_always_there(service, open_page):
    page = open_page(java_script_enabled=False, locale="en")
    page.goto(service.address)
    page.locator("#q1 .other input").fill("By boat")
    page.locator("#q2 input").fill("1,5")
    page.locator("[data-submit]").click()
    expect(page.locator("h1")).to_contain_text("Received")
