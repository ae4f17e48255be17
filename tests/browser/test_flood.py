"""In a flood a phone works its way past by itself, and without JavaScript nothing is lost."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import fits, follow
from tests.browser.test_network import answer_all
from tests.helpers import survey_file
from tests.serving import Service

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("demo")]


@pytest.fixture(scope="module")
def flooded(tmp_path_factory):
    """A service in a flood: each ballot by the open link is one too many."""
    folder = tmp_path_factory.mktemp("flood")
    service = Service.prepared(folder / "instance", FLOOD_BALLOTS_PER_MINUTE="0", FLOOD_WORK_BITS="14")
    data = survey_file()
    text = json.dumps({**data, "opens": str(data["opens"]), "closes": str(data["closes"])})
    (folder / "survey.json").write_text(text, "utf-8")
    service.flask("survey", "create", str(folder / "survey.json"), "--publish")
    yield service
    service.stop()


def test_the_phone_does_the_sum_and_the_ballot_is_received(flooded, open_page):
    page = open_page()
    statuses = []
    page.on("response", lambda answer: statuses.append(answer.status) if answer.url.endswith("/submit") else None)
    page.goto(f"{flooded.base}/s/test/ballot?group=staff")
    answer_all(page)
    page.locator("[data-submit]").click()
    expect(page.locator("h1")).to_have_text("已收到，谢谢")
    assert statuses == [429, 200]
    assert [text for text in page.problems if "429" not in text] == []


def test_while_it_works_the_page_says_so(flooded, open_page):
    page = open_page(locale="en")
    page.route("**/sha256.min.js", lambda route: None)  # the library never comes, so the sum never ends
    page.goto(f"{flooded.base}/s/test/ballot?group=staff")
    answer_all(page)
    page.locator("[data-submit]").click()
    expect(page.locator("[data-state]")).to_contain_text("your phone is solving a small task")
    assert fits(page)


def test_where_the_sum_cannot_be_done_it_waits_and_says_not_sent_yet(flooded, open_page):
    page = open_page()
    page.route("**/work.*.js", lambda route: route.abort())
    page.goto(f"{flooded.base}/s/test/ballot?group=staff")
    answer_all(page)
    page.locator("[data-submit]").click()
    expect(page.locator("[data-state]")).to_contain_text("尚未提交")
    page.unroute("**/work.*.js")
    page.locator(".unsent button").click()
    expect(page.locator("h1")).to_have_text("已收到，谢谢")


def test_without_javascript_everything_typed_is_kept_and_one_is_told_to_wait(flooded, open_page, check_accessibility):
    page = open_page(java_script_enabled=False)
    page.goto(f"{flooded.base}/s/test/ballot?group=staff")
    for question in page.locator("fieldset").all():
        question.locator("input").first.check(force=True)
    page.locator("textarea").first.fill("写了很久的意见")
    follow(page, page.locator("[data-submit]"))
    expect(page.locator("#problems")).to_contain_text("内容没有丢失")
    expect(page.locator("textarea").first).to_have_value("写了很久的意见")
    assert page.locator("input:checked").count() == page.locator("fieldset").count() > 24
    assert fits(page)
