"""Taking questions from another questionnaire, and scales of the college, in the editor."""

from __future__ import annotations

import json

import pytest

from tests.browser.conftest import DESKTOP, PHONE, fits
from tests.browser.editing import choices, questionnaire, saved, stored, texts, until
from tests.helpers import wait_until
from tests.processes import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("editor")]

LEVELS = [{"code": "y", "text": {"zh": "好"}, "points": 100}, {"code": "n", "text": {"zh": "差"}, "points": 0}]
OTHER = [{"code": "y", "text": {"zh": "行"}, "points": 100}, {"code": "n", "text": {"zh": "不行"}, "points": 0}]
PRESETS = {"p": {"levels": LEVELS, "dont_know": {"zh": "不知道"}}}


@pytest.fixture(scope="module")
def take(chrome):
    """Takes items by their codes from one definition into a section of another; gives the definition that comes out."""
    context = chrome.new_context()
    page = context.new_page()
    for name in ("state", "merge", "take"):
        page.add_script_tag(path=ROOT / "static" / "js" / "editor" / f"{name}.js")

    def run(into, source, codes, section=0, after=""):
        return page.evaluate(
            """([into, source, codes, section, after, presets]) => { const e = window.editor;
              const doc = e.fromDefinition(into), from = e.fromDefinition(source);
              const wanted = new Set(codes.map((code) => `i-${code}`));
              const done = e.takeItems(doc, from, wanted, doc.sections[section].id, `i-${after}`, presets);
              const codeOf = (id) => e.item(done.doc, id).code;
              return { definition: e.toDefinition(done.doc), added: done.added.map(codeOf), left: done.left.map(codeOf), full: Boolean(done.full) };
            }""",
            [into, source, codes, section, after, PRESETS],
        )

    yield run
    context.close()


def rating(code, scale, **more):
    return {"code": code, "type": "rating", "text": {"zh": code}, "scale": scale, **more}


def items(done, section=0):
    return done["definition"]["sections"][section]["items"]


def test_items_come_behind_the_chosen_one_in_their_order_with_codes_of_their_own(take):
    done = take(
        questionnaire(*choices("甲", "乙")), questionnaire(*choices("子", "丑", "寅")), ["q3", "q1"], after="q1"
    )
    assert [item["text"]["zh"] for item in items(done)] == ["甲", "子", "寅", "乙"]
    assert [item["code"] for item in items(done)] == ["q1", "q4", "q3", "q2"]
    assert done["added"] == ["q4", "q3"]


def test_a_condition_comes_along_with_its_question_under_its_new_code_and_is_left_out_without_it(take):
    first, second, third = choices("子", "丑", "寅", groups=["staff"])
    source = questionnaire(
        first, {**second, "when": {"item": "q1", "in": ["a1"]}}, {**third, "when": {"item": "*", "in": ["a2"]}}
    )
    done = take(questionnaire(*choices("甲")), source, ["q1", "q2", "q3"])
    assert [item.get("when") for item in items(done)[1:]] == [
        None,
        {"item": "q4", "in": ["a1"]},
        {"item": "*", "in": ["a2"]},
    ]
    assert [item.get("groups") for item in items(done)] == [None, ["staff"], ["staff"], ["staff"]]
    assert done["left"] == []
    alone = take(questionnaire(*choices("甲")), source, ["q2"])
    assert (alone["left"], "when" in items(alone)[1]) == (["q2"], False)
    assert take(questionnaire(*choices("甲")), source, ["q3"])["left"] == ["q3"]


def test_a_rating_that_is_asked_for_each_unit_leaves_its_condition(take):
    source = questionnaire(*choices("子"), rating("r", "p", when={"item": "q1", "in": ["a1"]}))
    into = {"title": {"zh": "x"}, "sections": [{"per": "unit", "items": []}]}
    assert take(into, source, ["q1", "r"])["left"] == ["r"]


@pytest.mark.parametrize(
    ("here", "there", "named", "becomes"),
    [
        ({}, {"own": {"levels": LEVELS}}, "own", "own"),
        ({"own": {"levels": LEVELS}}, {"own": {"levels": LEVELS}}, "own", "own"),
        ({"own": {"levels": OTHER}}, {"own": {"levels": LEVELS}}, "own", "scale-1"),
        ({"mine": {"levels": LEVELS}}, {"own": {"levels": LEVELS}}, "own", "mine"),
        ({}, {}, "p", "p"),
        ({"p": {"levels": OTHER}}, {}, "p", "scale-1"),
        ({}, {"p": {"levels": OTHER}}, "p", "scale-1"),
    ],
)
def test_a_scale_comes_along_under_a_key_that_means_the_same(take, here, there, named, becomes):
    done = take(questionnaire(scales=here), questionnaire(rating("r", named), scales=there), ["r"])
    assert items(done)[0]["scale"] == becomes
    scales = {**PRESETS, **done["definition"].get("scales", {})}
    assert scales[becomes] == {**PRESETS, **there}[named]
    assert all(done["definition"]["scales"][key] == scale for key, scale in here.items())


def test_more_than_two_hundred_questions_are_not_taken(take):
    into = questionnaire(*choices(*["甲"] * 199))
    done = take(into, questionnaire(*choices("子", "丑")), ["q1", "q2"])
    assert (done["full"], len(items(done))) == (True, 199)


def other_questionnaire(college, key, *items, **more):
    path = college.instance / f"{key}.json"
    path.write_text(json.dumps({**questionnaire(*items, **more), "key": key}), "utf-8")
    college.flask("questionnaire", "import", str(path))


@pytest.mark.parametrize(("viewport", "touch"), [(DESKTOP, False), (PHONE, True)])
def test_questions_are_looked_for_ticked_and_taken_as_one_step(
    writing_college, new, check_accessibility, viewport, touch
):
    first, second, third = choices("馒头好吃吗？", "米饭好吃吗？", "为什么？")
    key = f"canteen-{viewport['width']}"
    other_questionnaire(writing_college, key, first, second, {**third, "when": {"item": "q1", "in": ["a1"]}}, title=key)
    page, edited = new(questionnaire(*choices("甲", "乙")), viewport=viewport, has_touch=touch)
    press = (lambda target: target.tap()) if touch else (lambda target: target.click())
    press(page.locator(".row").first)
    press(page.locator(".take"))
    page.locator("#take-words").fill("馒头")
    source = page.locator(".sources button", has_text=key)
    source.wait_for()
    wait_until(lambda: page.locator(".sources button", has_text="系统自带").count() == 0)
    check_accessibility(page)
    press(source)
    page.locator("#take-title", has_text=key).wait_for()
    assert page.locator(".to-take .found").count() == 1
    for text in ("米饭", "为什么"):
        press(page.locator(".to-take .pick", has_text=text))
    check_accessibility(page)
    assert fits(page)
    press(page.locator("#take-dialog .primary", has_text="2"))
    until(page, "!document.getElementById('take-dialog').open")
    assert texts(page) == ["甲", "米饭好吃吗？", "为什么？", "乙"]
    assert "3. 为什么？" in page.locator(".note-box:visible").inner_text()
    assert page.locator(".tag.wrong:visible", has_text="条件未带来").count() == 1
    until(page, "document.activeElement.textContent.includes('米饭')")
    saved(page)
    assert [item["code"] for item in stored(writing_college, edited)["sections"][0]["items"]] == [
        "q1",
        "q4",
        "q3",
        "q2",
    ]
    page.keyboard.press("Control+z")
    assert texts(page) == ["甲", "乙"]
    assert page.problems == []


def test_it_works_by_keyboard_alone(writing_college, new):
    other_questionnaire(writing_college, "by-keyboard", *choices("子", "丑"), title="键盘")
    page, _key = new(questionnaire(*choices("甲")))
    page.locator(".take").focus()
    page.keyboard.press("Enter")
    until(page, "document.activeElement.id === 'take-words'")
    page.keyboard.type("键盘")
    wait_until(lambda: page.locator(".sources button").count() == 1)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    until(page, "document.activeElement.id === 'take-title'")
    page.keyboard.press("Tab")  # all or none
    page.keyboard.press("Enter")
    until(page, "document.querySelector('#take-dialog .primary').textContent.includes('2')")
    for _ in range(3):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    until(page, "!document.getElementById('take-dialog').open")
    assert texts(page) == ["甲", "子", "丑"]


def test_a_scale_is_kept_for_the_college_and_chosen_in_another_questionnaire(writing_college, new):
    page, key = new(questionnaire(rating("r", "likert5")))
    page.locator(".row").first.click()
    page.locator('[data-field="scale"] button').nth(1).click()
    for n, word in enumerate(("很好", "好", "一般", "差")):
        page.locator(".levels-table tbody tr").nth(n).locator("[lang=zh]").fill(word)
    page.locator(".levels-table select").nth(1).select_option("yellow")
    until(page, "document.querySelector('#scale-dialog .c-yellow') !== null")
    page.locator("#scale-dialog summary").click()
    page.locator("#scale-dialog details button").click()
    page.locator("#scale-dialog .wrong", has_text="中文名称").wait_for()
    page.locator("#scale-name-zh").fill("后勤服务")
    page.locator("#scale-name-en").fill("Logistics")
    page.locator("#scale-dialog details button").click()
    until(page, "!document.getElementById('scale-dialog').open")
    saved(page)
    kept = json.loads(writing_college.flask("scales", "show", "logistics"))
    definition = stored(writing_college, key)
    assert definition["sections"][0]["items"][0]["scale"] == "logistics"
    assert definition["scales"] == {"logistics": {"levels": kept["levels"], "dont_know": kept["dont_know"]}}
    assert [level["colour"] for level in kept["levels"]] == ["deep-green", "yellow", "orange", "deep-red"]

    page, other = new(questionnaire(rating("r", "likert5")))
    page.locator(".row").first.click()
    page.locator("#f-scale").select_option("logistics")
    assert "后勤服务" in page.locator("#f-scale option:checked").inner_text()
    saved(page)
    assert stored(writing_college, other)["scales"] == definition["scales"]
    page.locator('[data-field="scale"] button').first.click()
    page.locator(".levels-table tbody tr").first.locator("[type=number]").fill("95")
    page.locator("#scale-dialog button.primary").click()
    until(page, "document.querySelector('#f-scale option:checked').textContent.includes('在此改过')")
    saved(page)

    # Somebody changes the stored scale, and an editor that is open takes it over.
    page, third = new(questionnaire(rating("r", "logistics"), scales=definition["scales"]))
    kept["levels"][1]["points"] = 70
    path = writing_college.instance / "logistics.json"
    path.write_text(json.dumps(kept), "utf-8")
    writing_college.flask("scales", "save", str(path), "--take-all")
    page.evaluate("editor.store.saving.look()")
    page.locator(".note-box:visible").wait_for()
    assert page.evaluate("editor.store.history.doc.scales.logistics.levels[1].points") == 70
    assert stored(writing_college, third)["scales"]["logistics"]["levels"][1]["points"] == 70
    assert stored(writing_college, other)["scales"]["logistics"]["levels"][0]["points"] == 95
    assert page.problems == []


@pytest.mark.parametrize(("language", "scheme", "viewport"), [("zh-CN", "dark", DESKTOP), ("en", "light", PHONE)])
def test_axe_finds_nothing_on_the_pages_of_scales(
    writing_college, office, check_accessibility, language, scheme, viewport
):
    path = writing_college.instance / "axe.json"
    path.write_text(json.dumps({"key": "axe", "name": {"zh": "食堂"}, "levels": LEVELS}), "utf-8")
    if "axe" not in writing_college.flask("scales", "list"):
        writing_college.flask("scales", "save", str(path))
        other_questionnaire(writing_college, "with-axe", rating("r", "axe"), scales={"axe": {"levels": LEVELS}})
    page = office(locale=language, color_scheme=scheme, viewport=viewport)
    for address in ("", "axe", "new?source=likert5", "?q=nothing"):
        page.goto(f"{writing_college.base}/staff/scales/{address}")
        check_accessibility(page)
        assert fits(page), address
    page.goto(f"{writing_college.base}/staff/questionnaires/")
    page.locator(".more summary").first.click()
    check_accessibility(page)
    assert fits(page)
