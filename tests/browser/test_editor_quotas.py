"""Quotas of a ballot are added and removed in the editor, and hold when the questionnaire is asked."""

import pytest

from tests.browser.editing import PRESS, add, saved, stored
from tests.browser.test_editor import FINGER

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("editor")]

RATINGS = {
    "title": {"zh": "名额"},
    "scales": {"points": {"direct": {"low": 50, "high": 99}}},
    "sections": [{"per": "unit", "items": [
        {"code": "work", "type": "rating", "scale": "quality4", "text": {"zh": "工作"}},
        {"code": "service", "type": "rating", "scale": "points", "text": {"zh": "服务"}},
    ]}],
}  # fmt: skip


@pytest.mark.parametrize(("manner", "options"), [("mouse", {}), ("touch", FINGER), ("keyboard", {})])
def test_quotas_on_levels_and_on_numbers(writing_college, new, manner, options):
    page, key = new(definition=RATINGS, **options)
    press = PRESS[manner]
    press(page.locator("#add-quota summary"))
    page.locator("#quota-item").select_option(label="工作")
    assert page.locator("#add-quota button").is_disabled()
    press(page.locator("#add-quota").get_by_label("优秀"))
    page.locator("#quota-n").fill("30")
    press(page.locator("#add-quota button"))
    page.locator("#quota-item").select_option(label="服务")
    page.locator("#quota-from").fill("90")
    page.locator("#quota-kind").select_option("at_most")
    page.locator("#quota-n").fill("3")
    press(page.locator("#add-quota button"))
    saved(page)
    lines = page.locator(".quotas li span")
    assert lines.all_inner_texts() == ["工作 — 优秀：至多 30%", "服务 — 90–99：至多 3 个"]
    assert stored(writing_college, key)["quotas"] == [
        {"item": "work", "levels": ["excellent"], "at_most_share": 0.3},
        {"item": "service", "numbers": {"from": 90}, "at_most": 3},
    ]
    press(page.locator(".quotas button").first)
    saved(page)
    assert lines.all_inner_texts() == ["服务 — 90–99：至多 3 个"]
    page.keyboard.press("Control+z")
    assert lines.count() == 2


def test_a_question_that_was_just_written_can_have_one(new):
    page, _ = new()
    page.locator("#add-each").click()
    add(page, "rating", "工作", section=1)
    page.locator("#add-quota summary").click()
    page.locator("#quota-item").select_option(label="工作")
    page.locator("#add-quota").get_by_label("满意", exact=True).check()
