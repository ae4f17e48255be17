"""The editor of questionnaires: a clerk makes one by mouse, by finger and by keyboard."""

from __future__ import annotations

import json
import re

import pytest

from tests.browser.conftest import DESKTOP, PHONE, fits, follow
from tests.browser.editing import PRESS, add, answers, choices, choose, drag, questionnaire, saved, stored, texts, until
from tests.helpers import survey_file, wait_until

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("editor")]


FINGER = {"viewport": PHONE, "has_touch": True, "is_mobile": True}


def build_every_kind(page, manner):
    """A section that asks each kind once, and one with a rating of each unit on a scale of its own."""
    press = PRESS[manner]
    page.locator("#title-zh").fill("食堂与支部")
    page.locator("#title-en").fill("Canteen and branches")
    add(page, "choice", "您常去食堂吗？", press=press)
    answers(page, "常去", "不常去", "从不")
    add(page, "long", "为什么不去？", press=press)
    choose(page.locator('[data-field="when"] select'), "1. 您常去食堂吗？", manner)
    press(page.locator('[data-field="when"]').get_by_label("从不"))
    add(page, "multi", "哪些方面要改进？", press=press)
    answers(page, "价格", "卫生")
    add(page, "ranking", "排个序", press=press)
    answers(page, "早餐", "午餐")
    add(page, "number", "每周几次？", press=press)
    page.locator("#f-high").fill("21")
    add(page, "date", "最近一次是哪天？", press=press)
    add(page, "short", "一句话", press=press)
    add(page, "note", "谢谢！", press=press)
    add(page, "rating", "总体评价", press=press)
    page.locator("#f-scale").select_option("likert5")
    press(page.locator("#add-each"))
    add(page, "rating", "支部工作", section=1, press=press)
    press(page.locator('[data-field="scale"] button', has_text="新建量表"))
    for n, word in enumerate(("很好", "好", "一般", "差")):
        page.locator(".levels-table tbody tr").nth(n).locator("[lang=zh]").fill(word)
    press(page.locator("#scale-dialog button.primary"))


def answer_in_a_survey(college, key, phone):
    """Use a questionnaire in a survey, answer it on a phone without JavaScript, and return the stored ballot."""
    data = survey_file(questionnaire=key, slug=f"s-{key}")
    path = college.instance / "survey.json"
    path.write_text(json.dumps({**data, "opens": str(data["opens"]), "closes": str(data["closes"])}), "utf-8")
    college.flask("survey", "create", str(path), "--publish")
    phone.goto(f"{college.base}/s/s-{key}/ballot?group=staff")
    for question in ("您常去食堂吗？", "总体评价"):
        phone.locator("fieldset", has_text=question).locator("input").first.check()
    phone.locator("fieldset", has_text="哪些方面").get_by_label("卫生").check()
    for unit in phone.locator(".unit").all():
        unit.locator("input[value='2']").first.check()
    follow(phone, phone.locator("[data-submit]"))
    phone.locator("[data-done]").wait_for(state="attached")
    college.flask("survey", "close", f"s-{key}", "--reason", "done")
    college.flask("survey", "seal", f"s-{key}")
    college.flask("ballots", "dump", f"s-{key}", str(college.instance / "ballots.csv"))
    heading, line = (college.instance / "ballots.csv").read_text("utf-8-sig").splitlines()[:2]
    ballot = dict(zip(heading.split(","), line.split(","), strict=True))
    return ballot


@pytest.mark.parametrize("manner", PRESS)
def test_every_kind_is_built_used_in_a_survey_and_answered(writing_college, new, open_page, manner):
    page, key = new(**(FINGER if manner == "touch" else {}))
    build_every_kind(page, manner)
    saved(page)
    page.locator(".count.done", has_text="已完整").wait_for()
    frame = page.frame_locator(".phone iframe:not(.waits)")
    frame.get_by_text("您常去食堂吗？").first.wait_for(state="attached")

    definition = stored(writing_college, key)
    once, each = definition["sections"]
    assert [item["type"] for item in once["items"]] == [
        "choice", "text", "multi", "ranking", "number", "date", "text", "note", "rating",
    ]  # fmt: skip
    assert once["items"][1]["when"] == {"item": once["items"][0]["code"], "in": ["a3"]}
    assert (each["per"], [item["type"] for item in each["items"]]) == ("unit", ["rating"])
    scale = definition["scales"][each["items"][0]["scale"]]
    assert [(level["text"]["zh"], level["points"]) for level in scale["levels"]] == [
        ("很好", 100), ("好", 75), ("一般", 50), ("差", 25),
    ]  # fmt: skip

    phone = open_page(viewport=PHONE, java_script_enabled=False)
    ballot = answer_in_a_survey(writing_college, key, phone)
    codes = [item["code"] for item in once["items"]]
    assert (ballot[codes[0]], ballot[codes[2]], ballot[codes[8]]) == ("a1", "a2", "5")
    assert ballot[f"B01/{each['items'][0]['code']}"] == scale["levels"][1]["code"]
    assert page.problems == []


def test_a_question_is_added_and_dragged_by_finger(writing_college, new):
    page, key = new(questionnaire(*choices("甲", "乙", "丙")), **FINGER)
    page.locator('[data-kind="short"]').tap()
    page.locator("#f-text-zh").fill("丁")
    page.get_by_role("button", name="完成", exact=True).tap()
    saved(page)
    assert texts(page) == ["甲", "乙", "丙", "丁"]
    drag(page, page.locator(".handle").nth(0), page.locator(".item").nth(2), touch=True)
    until(page, "document.querySelector('.row .words > span').textContent === '乙'")
    assert texts(page) == ["乙", "丙", "甲", "丁"]
    saved(page)
    assert [item["text"]["zh"] for item in stored(writing_college, key)["sections"][0]["items"]] == [
        "乙",
        "丙",
        "甲",
        "丁",
    ]
    assert fits(page)


def test_the_order_changes_by_mouse_and_by_keyboard_and_the_focus_stays(writing_college, new):
    page, key = new(questionnaire(*choices("甲", "乙", "丙")))
    drag(page, page.locator(".handle").nth(2), page.locator(".item").nth(1))
    until(page, "document.querySelectorAll('.row .words > span:first-child')[1].textContent === '丙'")
    assert texts(page) == ["甲", "丙", "乙"]
    page.locator(".row").nth(0).focus()
    page.keyboard.press("Alt+ArrowDown")
    page.keyboard.press("Alt+ArrowDown")
    until(page, "document.querySelector('[aria-live].unseen').textContent.includes('3')")
    assert texts(page) == ["丙", "乙", "甲"]
    until(page, "document.activeElement.textContent.includes('甲')")
    page.locator(".row").nth(1).click()
    page.get_by_role("button", name="上移", exact=True).press("Enter")
    until(page, "document.activeElement.id === 'up'")
    assert texts(page) == ["乙", "丙", "甲"]
    page.locator("#add-each").click()
    page.locator(".row").nth(2).focus()
    page.keyboard.press("Alt+ArrowDown")  # into the next section
    saved(page)
    assert [len(section["items"]) for section in stored(writing_college, key)["sections"]] == [2, 1]


def test_whatever_was_done_is_undone_and_done_again(writing_college, new):
    page, key = new(questionnaire(*choices("甲", "乙")))
    page.locator(".row").nth(0).click()
    page.locator("#f-text-zh").press_sequentially("和丁")
    page.get_by_role("button", name="删除", exact=True).click()
    assert texts(page) == ["乙"]
    page.keyboard.press("Control+z")
    assert texts(page) == ["甲和丁", "乙"]
    page.get_by_role("button", name=re.compile("撤销")).click()  # what was typed in one go is one step
    assert texts(page) == ["甲", "乙"]
    page.locator(".row").nth(1).focus()
    page.keyboard.press("Control+Shift+z")
    page.get_by_role("button", name=re.compile("重做")).click()
    assert texts(page) == ["乙"]
    saved(page)
    assert len(stored(writing_college, key)["sections"][0]["items"]) == 1


def test_a_condition_whose_question_is_gone_is_marked_and_removed_with_one_click(writing_college, new):
    first, second, third = choices("甲", "乙", "丙")
    page, key = new(questionnaire(first, second, {**third, "when": {"item": "q1", "in": ["a1"]}}))
    page.locator(".row").nth(0).focus()
    for _ in range(2):
        page.keyboard.press("Alt+ArrowDown")
    dead = page.locator(".tag.wrong", has_text="条件失效")
    wait_until(lambda: dead.locator("visible=true").count() == 1)
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    wait_until(lambda: dead.locator("visible=true").count() == 0)
    page.locator(".row").nth(0).click()
    page.get_by_role("button", name="删除", exact=True).click()
    page.locator(".count.open").wait_for()
    page.locator(".count.open").click()  # leads to it
    page.get_by_role("button", name="去掉条件").click()
    saved(page)
    page.locator(".count.done").wait_for()
    assert "when" not in stored(writing_college, key)["sections"][0]["items"][1]


def test_several_pasted_lines_are_several_answers(writing_college, new):
    page, key = new()
    add(page, "choice", "年级")
    page.locator(".answers input.zh").first.evaluate(
        """field => { const data = new DataTransfer(); data.setData("text", "A. 大一\\nB. 大二\\n\\n3、大三\\n");
           field.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true })); }"""
    )
    saved(page)
    options = stored(writing_college, key)["sections"][0]["items"][0]["options"]
    assert [option["text"]["zh"] for option in options] == ["大一", "大二", "大三"]


def test_what_is_not_translated_is_counted_and_led_to(new):
    page, _key = new(questionnaire(*choices("甲", "乙"), title="问卷"))
    count = page.locator(".count.soft")
    assert "3" in count.inner_text()
    count.click()
    until(page, "document.activeElement.id === 'title-en'")
    count.click()
    until(page, "document.activeElement.id === 'f-text-en'")


def test_the_committee_sees_the_preview_alone(writing_college, new, office):
    page, _key = new(questionnaire(*choices("甲")))
    zhao = office("Zhao")
    zhao.goto(page.url)
    zhao.frame_locator("iframe").get_by_text("甲").first.wait_for()
    assert zhao.locator("textarea, .row").count() == 0
    assert zhao.evaluate("fetch(location.pathname.replace(/edit$/, 'state')).then(a => a.status)") == 403


@pytest.mark.parametrize(
    ("language", "scheme", "viewport"), [("zh-CN", "light", DESKTOP), ("en", "dark", DESKTOP), ("en", "light", PHONE)]
)
def test_axe_finds_nothing(writing_college, new, check_accessibility, language, scheme, viewport):
    first, second = choices("甲", "乙")
    page, key = new(
        questionnaire(first, {**second, "when": {"item": "q1", "in": ["a1"]}}, {"code": "x", "type": "rating", "text": {},
                                                                                "scale": "likert5"}),
        locale=language, color_scheme=scheme, viewport=viewport,
    )  # fmt: skip
    for row in (1, 2):
        page.locator(".row").nth(row).click()
        for details in page.locator(".form summary").all():
            details.click()
        check_accessibility(page)
        assert fits(page)
    page.locator('[data-field="scale"] button').nth(1).click()
    check_accessibility(page)
    page.locator("#scale-dialog button").last.click()
    for path in ("", "new", f"{key}/versions"):
        page.goto(f"{writing_college.base}/staff/questionnaires/{path}")
        check_accessibility(page)
        assert fits(page), path
