"""What makes answering easy to get right: taking an answer back, what is still open, codes that are typed wrongly, receipts."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import fits, follow
from tests.browser.test_answering import begin

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("items")]

SCALE = {"code": "a", "type": "rating", "text": "一", "scale": "satisfaction4", "required": False}
UNIT_QUESTIONS = [SCALE, {**SCALE, "code": "b", "text": "二"}]


@pytest.fixture(scope="module")
def service(serve_items):
    return serve_items(*UNIT_QUESTIONS, {"code": "c", "type": "text", "text": "三"})


def checked(page) -> list[str]:
    return page.locator("[data-page]").first.evaluate(
        "card => Array.from(card.querySelectorAll('input:checked')).map((one) => `${one.name}=${one.value}`)"
    )


def test_i_dont_know_this_unit_gives_back_what_was_there(demo, open_page, check_accessibility):
    page = open_page()
    begin(page, demo)
    card = page.locator("[data-page]").first
    for question, value in ((0, "1"), (1, "3")):
        card.locator("fieldset").nth(question).locator(f"input[value='{value}']").check(force=True)
    before = checked(page)
    button = card.locator("[data-all]")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    assert {one.split("=")[1] for one in checked(page)} == {"0"}
    check_accessibility(page)
    button.click()
    expect(button).to_have_attribute("aria-pressed", "false")
    assert checked(page) == before
    button.click()
    card.locator("fieldset").nth(2).locator("input[value='2']").check(force=True)
    expect(button).to_have_attribute("aria-pressed", "false")


def rate(card, *values: str) -> None:
    for question, value in enumerate(values):
        card.locator("fieldset").nth(question).locator(f"input[value='{value}']").check()


def test_i_dont_know_this_unit_gives_back_all_others_after_one_was_changed_by_hand(demo, open_page):
    page = open_page()
    begin(page, demo)
    card = page.locator("[data-page]").first
    rate(card, *"12312310")
    before = checked(page)
    button = card.locator("[data-all]")
    button.click()
    rate(card, "4")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    button.click()
    assert [one.split("=")[1] for one in checked(page)] == list("42312310")
    assert checked(page)[1:] == before[1:]


def test_i_dont_know_this_unit_gives_back_what_was_there_after_the_draft_was_continued(demo, open_page):
    page = open_page()
    begin(page, demo)
    card = page.locator("[data-page]").first
    rate(card, *"1231231")
    before = checked(page)
    card.locator("[data-all]").click()
    page.reload()
    follow(page, page.locator("[data-continue]"))
    button = card.locator("[data-all]")
    expect(button).to_have_attribute("aria-pressed", "true")
    button.click()
    assert checked(page) == before


def test_what_was_taken_back_by_hand_is_not_given_back(demo, open_page):
    page = open_page()
    begin(page, demo)
    card = page.locator("[data-page]").first
    rate(card, *"12")
    card.locator("fieldset").nth(0).locator("input[value='1']").click(force=True)
    before = checked(page)
    assert len(before) == 1
    button = card.locator("[data-all]")
    button.click()
    button.click()
    assert checked(page) == before


def test_i_dont_know_this_unit_takes_back_what_was_chosen_everywhere_by_hand(demo, open_page):
    page = open_page()
    begin(page, demo)
    card = page.locator("[data-page]").first
    rate(card, *"00000000")
    button = card.locator("[data-all]")
    expect(button).to_have_attribute("aria-pressed", "true")
    button.click()
    assert checked(page) == []


@pytest.mark.parametrize(
    ("language", "said", "link"), [("zh-CN", "还有 {} 题需要回答或改正", "前往第一题"), ("en", "or correct: {}.", "Go to the first one")]
)  # fmt: skip
def test_sending_with_something_missing_says_how_many_and_leads_there(
    demo, open_page, check_accessibility, language, said, link
):
    page = open_page(locale=language)
    begin(page, demo)
    rate(page.locator("[data-page]").first, *"1231231")
    page.locator("[data-forward]").click()
    page.locator("[data-all]").nth(1).click()
    first = page.locator("[data-page]").first.locator("fieldset").nth(7)
    second = page.locator("[data-page]").nth(2).locator("fieldset").first
    for _ in range(2):
        page.locator("[data-forward]").click()
    told = page.get_by_role("alert")
    expect(told).to_be_hidden()
    page.locator("[data-submit]").click()
    expect(told).to_contain_text(said.format(9))
    expect(told).to_be_in_viewport()
    expect(told).to_have_attribute("tabindex", "-1")
    check_accessibility(page)
    assert fits(page)
    told.get_by_role("link", name=link).click()
    assert first.evaluate("q => q.contains(document.activeElement)")
    first.locator("input[value='1']").check()
    expect(told).to_be_hidden()
    expect(page.locator(".wrong")).to_have_count(0)
    for _ in range(3):
        page.locator("[data-forward]").click()
    page.locator("[data-submit]").click()
    expect(told).to_contain_text(said.format(8))
    expect(second).to_have_class("q wrong")


def test_a_number_outside_its_range_is_not_complete_and_is_not_sent(serve_items, open_page):
    scale = {"direct": {"low": 50, "high": 99}, "dont_know": "不了解"}
    service = serve_items({**SCALE, "scale": scale}, {**SCALE, "code": "b", "scale": scale})
    page = open_page(locale="en")
    page.goto(service.address)
    numbers, state = page.locator(".typed [type=text]"), page.locator("[data-summary] li span")
    numbers.nth(1).fill("60")
    for typed, said in (("100", "1 to correct"), ("49", "1 to correct"), ("6x", "1 to correct"), ("９９", "Complete"),
                        ("0", "Complete"), ("50", "Complete"), ("5", "1 to correct")):  # fmt: skip
        numbers.first.fill(typed)
        page.locator("[data-forward]").click()
        expect(state).to_have_text(said)
        if typed != "5":
            page.locator("[data-back]").click()
    page.locator("[data-submit]").click()
    expect(page.get_by_role("alert")).to_contain_text("or correct: 1.")
    expect(numbers.first).to_be_focused()
    numbers.first.fill("55")
    for _ in range(2):
        page.locator("[data-forward], [data-submit]").locator("visible=true").click()
    expect(page.locator("[data-done]")).to_be_attached()


def test_a_choice_is_taken_back_by_tapping_it_again_and_by_key(serve_items, open_page):
    service = serve_items(*({**one, "required": True} for one in UNIT_QUESTIONS))
    page = open_page()
    page.goto(service.address)
    box = page.locator("input[value='2'][name='0']")
    expect(page.locator("[data-with-script]")).to_be_visible()
    expect(page.locator("[data-left]")).to_have_text("缺 2 题")
    box.click(force=True)
    expect(box).to_be_checked()
    expect(page.locator("[data-left]")).to_have_text("缺 1 题")
    box.click(force=True)
    expect(box).not_to_be_checked()
    expect(page.locator("[data-left]")).to_have_text("缺 2 题")
    box.focus()
    page.keyboard.press("Space")
    expect(box).to_be_checked()
    page.keyboard.press("ArrowRight")
    expect(page.locator("input[value='3'][name='0']")).to_be_checked()
    page.keyboard.press("Delete")
    assert page.locator("input[name='0']:checked").count() == 0


def test_dont_know_looks_unlike_a_rating_once_chosen(service, open_page):
    page = open_page()
    page.goto(service.address)
    page.locator("input[value='0'][name='0']").check(force=True)
    page.locator("input[value='1'][name='1']").check(force=True)
    unknown, rated = page.locator("input:checked + span").evaluate_all(
        "all => all.map((one) => getComputedStyle(one).backgroundColor)"
    )
    assert unknown != rated


def test_a_card_number_that_is_none_shows_the_nearest_card(service, open_page):
    page = open_page()
    page.goto(service.address)
    for behind in ("#-1", "#-1.0.1", "#x", "#99", "#NaN"):
        page.evaluate(f"location.hash = '{behind}'")
        page.reload()
        assert page.locator("[data-page]:visible, .review:visible").count() == 1, behind
    assert page.problems == []


def test_offline_one_thing_is_said(service, open_page):
    page = open_page(service_workers="block", locale="en")
    page.goto(service.address)
    page.locator("[data-forward]").click()
    page.context.set_offline(True)
    page.locator("[data-submit]").click()
    expect(page.locator("[data-state]")).to_contain_text("there is no connection")
    assert "Sending" not in page.locator("main").inner_text()
    expect(page.locator("[data-submit]")).to_be_hidden()


@pytest.mark.parametrize(
    "body", ["busy", "<html><link href='../../static/css/respond.12345678.css'><h1>busy</h1></html>"]
)
def test_a_busy_service_is_asked_again_when_it_says_and_the_page_says_so(service, open_page, body):
    page = open_page(service_workers="block", locale="en")
    asked = []

    def busy(route):
        asked.append(time.monotonic())
        route.fulfill(status=503, headers={"Retry-After": "3", "Content-Type": "text/html"}, body=body)

    page.goto(service.address)
    page.locator("[data-forward]").click()
    page.route("**/submit", busy)
    page.locator("[data-submit]").click()
    expect(page.locator("[data-state]")).to_contain_text("the service is busy")
    assert "no connection" not in page.locator("main").inner_text()
    page.evaluate("dispatchEvent(new Event('online'))")
    page.wait_for_timeout(6000)
    assert len(asked) == 2
    assert asked[1] - asked[0] >= 3
    page.unroute("**/submit")
    page.get_by_role("button", name="Try now").click()
    expect(page.locator("[data-done]")).to_be_attached()


def test_a_code_is_filled_in_only_where_it_certainly_is_one(demo, open_page):
    page = open_page()
    code = demo.codes[0]
    double = code.replace("-", "%25E2%2580%2593")
    good = (
        f"code={code}", code.replace("-", "%E2%80%8B"), double, f"https://x/{code}", f"%2523{code}", f"请用{code}",
        f"{code}?from=singlemessage&isappinstalled=0", f"{code},https://x.y", code.replace("-", "."), f"<b>{code}",
    )  # fmt: skip
    bad = (f"A{code}", f"A{code.replace('-', '')}", f"{code}A", f"{code}1请", code[:-1], f"{code} {demo.codes[1]}", "")
    for behind, filled in [*((one, code) for one in good), *((one, "") for one in bad)]:
        page.goto("about:blank")
        page.goto(f"{demo.base}/s/second-half#{behind}")
        assert page.locator("#code").input_value() == filled, behind
    assert page.problems == []


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_with_a_code_from_the_slip_the_button_is_seen_at_once(demo, open_page, language):
    page = open_page(viewport={"width": 360, "height": 640}, locale=language)
    page.goto(f"{demo.base}/s/second-half#{demo.codes[0]}")
    box = page.locator("[data-code-form] button").bounding_box()
    assert box["y"] + box["height"] <= 640
    assert fits(page)


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_after_a_wrong_code_from_the_slip_message_and_field_come_first(demo, open_page, check_accessibility, language):
    page = open_page(viewport={"width": 360, "height": 640}, locale=language)
    wrong = demo.codes[0][:-1] + ("A" if demo.codes[0][-1] != "A" else "C")
    page.goto(f"{demo.base}/s/second-half#{wrong}")
    follow(page, page.locator("[data-code-form] button"))
    field = page.locator("#code")
    expect(field).to_be_focused()
    expect(field).to_have_value(wrong)
    assert page.evaluate("scrollY") == 0
    top, box, button = (page.locator(one).bounding_box() for one in ("#problem", "#code", "[data-code-form] button"))
    assert top["y"] < box["y"] < button["y"]
    assert button["y"] + button["height"] <= 640
    assert fits(page)
    check_accessibility(page)


def test_a_code_that_is_typed_wrongly_is_told_what_is_wrong_with_it(demo, open_page, check_accessibility):
    page = open_page(locale="en")
    page.goto(f"{demo.base}/s/second-half")
    said = page.locator("[data-code-state]")
    expect(said).to_be_hidden()
    page.locator("#code").press_sequentially("AO0C")
    expect(said).to_have_text("Not in any code: O 0. 9 characters are missing.")
    check_accessibility(page)
    page.locator("#code").fill("AACC-CCDD-DDDEEE")
    expect(said).to_have_text("1 characters are too many.")
    page.locator("#code").fill(demo.codes[0].lower())
    expect(said).to_be_hidden()


def test_the_receipt_can_be_copied_and_stays_on_the_phone(service, open_page, check_accessibility):
    page = open_page(locale="en", permissions=["clipboard-read", "clipboard-write"])
    for _ in range(2):
        page.goto(service.address)
        page.locator("[data-forward]").click()
        page.locator("[data-submit]").click()
        page.locator("summary").click()
        expect(page.locator("[data-stays]")).to_be_visible()
    number = page.locator(".receipt").inner_text()
    page.locator("[data-copy]").click()
    expect(page.locator("[data-copy]")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == number
    expect(page.locator("[data-receipts] li")).to_have_count(1)  # the one before
    check_accessibility(page)
    assert fits(page)
    page.goto(f"{service.base}/s/test/check")
    expect(page.locator("[data-receipts] li")).to_have_count(2)
    check_accessibility(page)
    kept = page.evaluate("localStorage['receipts:']")
    assert [key for key in ("code", "token", "holder", "at") if f'"{key}"' in kept] == []
    follow_link = page.locator("[data-receipts] a").first
    follow_link.click()
    page.locator("[data-receipts] button").click()
    expect(page.locator("[data-receipts]")).to_be_hidden()
    assert page.evaluate("localStorage.length") == 0


def test_a_shared_phone_keeps_no_receipt(service, open_page):
    page = open_page()
    page.goto(service.address)
    page.locator("[data-shared] input").check()
    page.locator("[data-forward]").click()
    page.locator("[data-submit]").click()
    page.locator("summary").click()
    expect(page.locator(".receipt")).to_be_visible()
    expect(page.locator("[data-stays]")).to_be_hidden()
    assert page.evaluate("Object.keys(localStorage)") == ["shared"]
    follow(page, page.locator("[data-done] a").first)
    expect(page.locator("[data-receipts]")).to_be_hidden()


def test_what_is_optional_is_not_counted_as_missing(serve_items, open_page):
    options = [{"code": "a", "text": "甲"}, {"code": "b", "text": "乙"}]
    kinds = [("choice", {"options": options}), ("multi", {"options": options}), ("ranking", {"options": options}),
             ("number", {"low": 1, "high": 9}), ("date", {}), ("text", {})]  # fmt: skip
    items = [{"code": f"q{n}", "type": kind, "text": "题", **more} for n, (kind, more) in enumerate(kinds)]
    service = serve_items(
        *items, {"code": "must", "type": "number", "text": "必答", "low": 1, "high": 9, "required": True}
    )
    page = open_page()
    page.goto(service.address)
    expect(page.locator("[data-left]")).to_have_text("缺 1 题")
    page.locator(".q input[inputmode]").last.fill("3")
    expect(page.locator("[data-left]")).to_have_text("")
