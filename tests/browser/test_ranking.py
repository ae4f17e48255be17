"""A ranking on phones: by tapping, by keyboard, and by lists of ranks without JavaScript."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import fits, wait_for_draft

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("items")]

WISHES = {"code": "wishes", "type": "ranking", "required": True,
          "text": {"zh": "下列工作中，您认为最该先改进哪一项？请排序。", "en": "What should be improved first? Put it in order."},
          "options": [{"code": "net", "text": {"zh": "校园网", "en": "Campus network"}},
                      {"code": "room", "text": {"zh": "学生宿舍的热水和用电", "en": "Hot water and electricity in the dormitories"}},
                      {"code": "food", "text": {"zh": "食堂", "en": "Canteen"}},
                      {"code": "bus", "text": {"zh": "校车", "en": "Shuttle bus"}}]}  # fmt: skip
WHY = {"code": "why", "type": "text", "text": {"zh": "食堂哪里要改进？", "en": "What about the canteen?"},
       "when": {"item": "wishes", "in": ["food"]}}  # fmt: skip
SECOND = {**WISHES, "code": "second", "required": False, "text": {"zh": "再排一次", "en": "Once more"},
          "hint": {"zh": "最重要的排第一。", "en": "What matters most comes first."}}  # fmt: skip


@pytest.fixture(scope="module")
def service(serve_items):
    return serve_items(WISHES, WHY, SECOND)


def shown(page) -> list[str]:
    """The ranks on the buttons of the first question."""
    return page.locator("#q0 .place").all_inner_texts()


def sent(page) -> list[str]:
    """The ranks that are sent for the first question."""
    return page.locator("#q0 select").evaluate_all("fields => fields.map((field) => field.value)")


def test_its_own_hint_stays_beside_what_to_do(service, open_page):
    page = open_page(locale="en")
    page.goto(service.address)
    visible = page.locator("#q2 p.hint").evaluate_all(
        "all => all.filter((one) => !one.hidden && one.textContent).map((one) => one.textContent)"
    )
    assert [text.split()[0] for text in visible] == ["What", "Tap"]


@pytest.mark.parametrize(("language", "scheme"), [("zh-CN", "light"), ("en", "dark")])
def test_options_are_ranked_by_tapping(service, open_page, check_accessibility, language, scheme):
    page = open_page(locale=language, color_scheme=scheme)
    page.goto(service.address)
    options = page.locator("#q0 button")
    page.locator("[data-forward]").click()
    page.locator("[data-submit]").click()
    expect(options.first).to_be_focused()  # it must be answered
    options.nth(2).click()
    expect(page.locator("#q1")).to_be_visible()  # what is asked of those who put the canteen first
    options.nth(0).click()
    assert (shown(page), sent(page)) == (["2", "", "1", ""], ["2", "", "1", ""])
    options.nth(2).click()  # taken back: the other one moves up
    assert shown(page) == ["1", "", "", ""]
    expect(page.locator("#q1")).to_be_hidden()
    options.nth(1).click()
    options.nth(3).click()  # and one is left
    assert sent(page) == ["1", "2", "4", "3"]
    assert options.nth(0).get_attribute("aria-pressed") == "true"
    said = page.locator("#q0 [aria-live]").inner_text()
    assert said.startswith("1 Campus network · 2 Hot water" if language == "en" else "1 校园网 · 2 学生宿舍")
    assert [box for box in options.evaluate_all("all => all.map((one) => one.offsetHeight)") if box < 44] == []
    assert page.locator("#q2 .place").all_inner_texts() == [""] * 4  # the other ranking is its own
    check_accessibility(page)
    assert fits(page)
    page.locator("[data-forward]").click()
    page.locator("[data-submit]").click()
    expect(page.locator("[data-done]")).to_be_attached()
    assert page.problems == []


def test_by_keyboard(service, open_page):
    page = open_page()
    page.goto(service.address)
    page.locator("#q0 button").first.focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Space")
    assert sent(page) == ["3", "1", "2", "4"]


def test_a_draft_keeps_it_and_a_faulty_one_comes_back(service, open_page):
    page = open_page(locale="en")
    page.goto(service.address)
    for number in (3, 0):
        page.locator("#q0 button").nth(number).click()
    wait_for_draft(page)
    page.goto(service.address)
    page.locator("[data-continue]").click()
    expect(page.locator("#q0 .place").first).to_have_text("2")
    assert shown(page) == ["2", "", "", "1"]
    page.locator("[data-forward]").click()
    page.locator("[data-submit]").click()
    expect(page.locator("#problems")).to_contain_text("Missing: 3, 4.")
    assert shown(page) == ["2", "", "", "1"]
    page.locator("#q0 button").nth(1).click()
    assert sent(page) == ["2", "3", "4", "1"]


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_without_javascript_each_option_has_a_list_of_ranks(service, open_page, language):
    page = open_page(java_script_enabled=False, locale=language, viewport={"width": 320, "height": 640})
    page.goto(service.address)
    assert fits(page)
    assert page.locator(".rank button:visible").count() == 0
    for position, rank in enumerate(["2", "2", "1"], 1):
        page.locator(f'[name="0.{position}"]').select_option(rank)
    page.locator("[data-submit]").click()
    expect(page.locator("#problems")).to_contain_text(
        "Given more than once: 2. Missing: 3, 4." if language == "en" else "重复的名次：2"
    )
    assert [page.locator(f'[name="0.{i}"]').input_value() for i in (1, 2, 3, 4)] == ["2", "2", "1", ""]
    assert fits(page)
    for position, rank in ((2, "3"), (4, "4")):
        page.locator(f'[name="0.{position}"]').select_option(rank)
    page.locator("[data-submit]").click()
    expect(page.locator("[data-done]")).to_be_attached()
