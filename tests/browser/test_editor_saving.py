"""The editor of questionnaires saves as one types: without a network, after the session, and with two people at once nothing is lost."""

from __future__ import annotations

import pytest

from tests.browser.editing import choices, fill_in, questionnaire, saved, stored

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("editor")]


def test_without_a_network_it_is_kept_on_the_device_and_saved_later(writing_college, new):
    page, key = new(questionnaire(*choices("甲")))
    page.context.set_offline(True)
    page.locator("#title-zh").fill("断网时写的")
    page.locator(".editor-bar .state.offline").wait_for()
    page.context.set_offline(False)
    saved(page)
    assert stored(writing_college, key)["title"] == {"zh": "断网时写的"}
    page.route("**/state", lambda route: route.abort() if route.request.method == "PUT" else route.continue_())
    page.locator("#title-zh").fill("没有存上的")
    page.locator(".editor-bar .state.offline").wait_for()
    page.unroute("**/state")
    page.route("**/state", lambda route: route.abort())
    page.reload()
    page.unroute("**/state")
    page.get_by_role("button", name="恢复这些修改").click()
    saved(page)
    assert stored(writing_college, key)["title"] == {"zh": "没有存上的"}


def test_after_the_end_of_the_session_one_signs_in_in_another_tab_and_goes_on(writing_college, new):
    page, key = new(questionnaire(*choices("甲")))
    page.wait_for_load_state("networkidle")  # an answer that comes later would bring the cookie again
    page.context.clear_cookies()
    page.locator("#title-zh").fill("会话结束后写的")
    page.locator(".editor-bar .state.signin").wait_for()
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="重新登录").click()
    fill_in(opened.value, "Wang")
    page.bring_to_front()
    saved(page)
    assert stored(writing_college, key)["title"] == {"zh": "会话结束后写的"}


def test_two_who_edit_see_each_other_and_both_keep_what_they_did(writing_college, new, office):
    wang, key = new(questionnaire(*choices("甲", "乙", "丙")))
    li = office("Li")
    li.goto(wang.url)
    li.locator(".hint", has_text="Wang").wait_for()
    for page, row, text in ((wang, 0, "甲改"), (li, 1, "乙改")):
        page.locator(".row").nth(row).click()
        page.locator("#f-text-zh").fill(text)
    saved(wang)
    li.locator(".note-box", has_text="Wang").locator("visible=true").wait_for()
    saved(li)
    assert [item["text"]["zh"] for item in stored(writing_college, key)["sections"][0]["items"]] == [
        "甲改",
        "乙改",
        "丙",
    ]


def test_where_both_changed_the_same_thing_one_chooses(writing_college, new, office):
    wang, key = new(questionnaire(*choices("甲")))
    li = office("Li")
    li.goto(wang.url)
    li.locator(".row").first.click()
    wang.locator(".row").first.click()
    wang.locator("#f-text-zh").fill("王的说法")
    saved(wang)
    li.locator("#f-text-zh").fill("李的说法")
    conflict = li.locator("#conflicts")
    conflict.get_by_text("王的说法").wait_for()
    assert conflict.get_by_text("李的说法").first.is_visible()
    assert stored(writing_college, key)["sections"][0]["items"][0]["text"] == {"zh": "王的说法"}
    li.get_by_role("button", name="保留我的").click()
    saved(li)
    assert stored(writing_college, key)["sections"][0]["items"][0]["text"] == {"zh": "李的说法"}
    wang.locator(".row", has_text="李的说法").wait_for(timeout=20_000)  # at the next beat


def rename(page, key, new):
    """Give a questionnaire another key, as the page of its versions does."""
    status = page.evaluate(
        """async ([key, name]) => {
          const now = await (await fetch(`/staff/questionnaires/${key}/state`)).json();
          const body = new URLSearchParams({ csrf_token: now.csrf, key: name });
          return (await fetch(`/staff/questionnaires/${key}/rename`, { method: "POST", body })).status;
        }""",
        [key, new],
    )
    assert status == 200


def test_who_edits_a_questionnaire_that_somebody_renames_goes_on_under_its_new_name(writing_college, new, office):
    wang, key = new(questionnaire(*choices("甲")))
    li = office("Li")
    li.goto(wang.url)
    rename(li, key, f"{key}-new")
    wang.locator("#title-zh").fill("改名以后写的")
    saved(wang)
    assert stored(writing_college, f"{key}-new")["title"] == {"zh": "改名以后写的"}
    assert wang.url.endswith(f"/{key}-new/edit")
    wang.locator(".note-box", has_text=f"{key}-new").locator("visible=true").wait_for()
    wang.reload()
    assert wang.locator("#title-zh").input_value() == "改名以后写的"


def test_what_was_not_saved_before_somebody_renamed_it_is_offered_under_its_new_name(writing_college, new, office):
    wang, key = new(questionnaire(*choices("甲")))
    li = office("Li")
    wang.context.set_offline(True)
    wang.locator("#title-zh").fill("断网时写的")
    wang.locator(".editor-bar .state.offline").wait_for()
    wang.wait_for_timeout(500)
    wang.goto("about:blank")
    li.goto(f"{writing_college.base}/staff/questionnaires/{key}/edit")
    rename(li, key, f"{key}-other")
    wang.context.set_offline(False)
    wang.goto(f"{writing_college.base}/staff/questionnaires/{key}/edit")
    assert wang.url.endswith(f"/{key}-other/edit")
    wang.get_by_role("button", name="恢复这些修改").click()
    saved(wang)
    assert stored(writing_college, f"{key}-other")["title"] == {"zh": "断网时写的"}
