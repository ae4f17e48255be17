"""Answering on phones old and new: without JavaScript, at 320 px, by keyboard, with mistakes."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import fits

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("demo")]


def begin(page, demo, code=0):
    page.goto(f"{demo.base}/s/second-half")
    page.locator("#code").fill(demo.codes[code])
    page.locator("button.primary").click()
    page.locator("#ballot").wait_for()


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_without_javascript_it_is_one_form_that_names_what_is_missing(demo, open_page, language):
    page = open_page(java_script_enabled=False, locale=language, viewport={"width": 320, "height": 640})
    begin(page, demo)
    assert fits(page)
    assert page.locator("[data-page]:visible").count() == 3
    page.locator("textarea").first.fill("没有脚本也不丢失")
    page.locator("fieldset").first.locator("input[value='2']").check()
    page.locator("[data-submit]").click()
    page.locator("#problems").wait_for()
    problems = page.locator("#problems a")
    expect(problems).to_have_count(23)
    assert page.locator("textarea").first.input_value() == "没有脚本也不丢失"
    assert page.locator("fieldset").first.locator("input[value='2']").is_checked()
    expect(page.locator(problems.first.get_attribute("href"))).to_be_visible()
    assert fits(page)


def test_sending_with_something_missing_leads_to_it(demo, open_page):
    page = open_page()
    begin(page, demo)
    page.locator("[data-all]").first.click()
    for _ in range(3):
        page.locator("[data-forward]").click()
    page.locator("[data-submit]").click()
    expect(page.locator("[data-page]").nth(1)).to_be_visible()
    question = page.locator("[data-page]").nth(1).locator("fieldset").first
    assert question.evaluate("q => q.contains(document.activeElement)")


def test_i_dont_know_this_unit_answers_all_its_ratings(demo, open_page):
    page = open_page()
    begin(page, demo)
    page.locator("[data-all]").first.click()
    assert page.locator("[data-page]").first.locator("input[value='0']:checked").count() == 8


def test_the_review_leads_back_to_what_is_unanswered(demo, open_page):
    page = open_page(locale="en")
    begin(page, demo)
    for _ in range(3):
        page.locator("[data-forward]").click()
    entries = page.locator("[data-summary] li")
    assert [text.split("\n")[-1] for text in entries.all_inner_texts()] == ["8 unanswered"] * 3
    entries.nth(2).locator("a").click()
    expect(page.locator("[data-page]").nth(2)).to_be_visible()


def test_everything_can_be_reached_and_chosen_by_keyboard(demo, open_page):
    page = open_page()
    begin(page, demo)
    page.locator("fieldset input").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    assert page.locator("fieldset").first.locator("input[value='2']").is_checked()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.name") == page.locator("fieldset").nth(1).locator(
        "input"
    ).first.get_attribute("name")


@pytest.mark.parametrize("width", [320, 360])
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_touch_targets_are_large_and_words_stay_inside(demo, open_page, width, language):
    page = open_page(viewport={"width": width, "height": 640}, locale=language)
    begin(page, demo)
    assert fits(page)
    boxes = page.locator("[data-page]:visible .levels span").evaluate_all(
        "spans => spans.map(s => [s.textContent, s.offsetWidth, s.offsetHeight, s.scrollWidth - s.clientWidth])"
    )
    assert len(boxes) == 40
    assert [box for box in boxes if box[1] < 44 or box[2] < 44 or box[3] > 0] == []


def levels(*words):
    """An own scale of these words, in both languages: zh/en."""
    texts = [dict(zip(("zh", "en"), word.split("/"), strict=True)) for word in words]
    return {
        "levels": [{"code": f"l{i}", "text": text, "points": 100 - 10 * i} for i, text in enumerate(texts)],
        "dont_know": {"zh": "不了解这方面情况", "en": "Don't know / unclear"},
    }


LONG = [
    "非常非常满意没有意见/Extraordinarily good", "毫无疑问/Unquestionably", "基本上还算满意/Satisfactory overall", "一般/Dissatisfied",
    "令人失望/Disappointing", "Institutionalisation/Institutionalisation", "WWWWWWWWWWWWWWWWWWWW/WWWWWWWWWWWWWWWWWWWW",
]  # fmt: skip


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_words_of_own_scales_stay_inside_their_boxes_however_long(serve_items, open_page, language):
    scales = [levels(*LONG[:count]) for count in range(2, 8)] + ["satisfaction4", "quality4", "likert5"]
    items = [{"code": f"i{n}", "type": "rating", "text": "一", "scale": scale} for n, scale in enumerate(scales)]
    options = [{"code": f"o{n}", "text": word.split("/")[1]} for n, word in enumerate(LONG)]
    service = serve_items(*items, {"code": "c", "type": "choice", "text": "一", "options": options})
    for width in (320, 360):
        page = open_page(viewport={"width": width, "height": 640}, locale=language)
        page.goto(service.address)
        for checked in (False, True):
            if checked:  # in bold
                page.evaluate(
                    "document.querySelectorAll('.levels input').forEach(box => { box.name = ''; box.checked = true; })"
                )
            boxes = page.locator(".levels label, .levels span, .options label, .options span").evaluate_all(
                "all => all.map(s => [s.textContent, s.scrollWidth - s.clientWidth, s.scrollHeight - s.clientHeight])"
            )
            assert len(boxes) == 2 * (sum(range(3, 9)) + 5 + 5 + 6 + 7)
            assert [box for box in boxes if box[1] > 0 or box[2] > 0] == []
        assert fits(page)


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_words_of_own_scales_are_not_broken_on_a_phone(serve_items, open_page, language):
    words = [
        "Outstanding/Outstanding",
        "Satisfactory/Satisfactory",
        "Unsatisfactory/Unsatisfactory",
        "Unquestionably/Unquestionably",
    ]
    service = serve_items({"code": "a", "type": "rating", "text": "一", "scale": levels(*words)})
    page = open_page(viewport={"width": 360, "height": 640}, locale=language)
    page.goto(service.address)
    lines = page.locator(".levels label:not(.dk) span").evaluate_all("""all => all.map(span => {
        const range = document.createRange();
        range.selectNodeContents(span);
        return new Set([...range.getClientRects()].map(box => Math.round(box.top))).size;
    })""")
    assert lines == [1, 1, 1, 1]


def test_a_wrong_code_is_named_and_can_be_corrected(demo, open_page):
    page = open_page()
    page.goto(f"{demo.base}/s/second-half#AAAA-CCCC-DDDDD")
    page.locator("button.primary").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.locator("#code").fill(demo.codes[0].lower().replace("-", " "))
    page.locator("button.primary").click()
    expect(page.locator("#ballot")).to_be_visible()


@pytest.mark.parametrize(
    "behind",
    [
        "{code}请尽快", "{code}%20", "%20{code}", "{code}\u3000请", "{code}。", "{code}please", "{code}%E8%AF%B7%E5", "{code}%", "%E3%80%80{code}%E4",
        "{bare}", "{wide}，谢谢",
    ],
)  # fmt: skip
def test_the_code_in_front_of_the_hash_is_filled_in_whatever_follows(demo, open_page, behind):
    code = demo.codes[0]
    wide = "".join(chr(ord(c) + 0xFEE0) for c in code)
    page = open_page()
    page.goto(f"{demo.base}/s/second-half#" + behind.format(code=code, bare=code.replace("-", ""), wide=wide))
    assert page.locator("#code").input_value() in (code, code.replace("-", ""))
    assert page.problems == []


def test_a_hash_without_a_code_fills_in_nothing_and_breaks_nothing(demo, open_page):
    page = open_page()
    for behind in ("%E4%", "%", "main", "ACDE-FGHJ", "参评码", "参评码-请输入十三位的编号"):
        page.goto("about:blank")
        page.goto(f"{demo.base}/s/second-half#{behind}")
        assert page.locator("#code").input_value() == ""
    page.evaluate(f"location.hash = '{demo.codes[0]}。'")
    expect(page.locator("#code")).to_have_value(demo.codes[0])
    assert page.problems == []


def test_the_code_is_never_sent_in_an_address(demo, open_page):
    page = open_page()
    addresses = []
    page.on("request", lambda request: addresses.append(request.url))
    page.goto(f"{demo.base}/s/second-half#{demo.codes[0]}")
    page.locator("button.primary").click()
    page.locator("#ballot").wait_for()
    bare = demo.codes[0].replace("-", "")
    assert len(addresses) > 4
    assert not [
        address for address in addresses if demo.codes[0] in address.split("#")[0] or bare in address.split("#")[0]
    ]
