"""What is typed in the steps of a draft, and in other forms of staff, is saved or asked about before the page is left."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, follow
from tests.browser.editing import fill_in
from tests.helpers import PASSWORD, survey_file
from tests.serving import Service

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("unsaved")]


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    folder = tmp_path_factory.mktemp("unsaved")
    running = Service.prepared(folder / "instance")
    data = survey_file()
    text = json.dumps({**data, "opens": str(data["opens"]), "closes": str(data["closes"])})
    (folder / "survey.json").write_text(text, "utf-8")
    running.flask("survey", "create", str(folder / "survey.json"))
    running.flask("account", "create", "Wang", "publisher", "--password", PASSWORD)
    yield running
    running.stop()


@pytest.fixture
def step(service, open_page):
    """Opens a step of the draft."""

    def go(part):
        page = open_page(viewport=DESKTOP)
        page.asked = []
        page.on("dialog", lambda dialog: (page.asked.append(dialog.type), dialog.accept()))
        page.goto(f"{service.base}/staff/login")
        fill_in(page, "Wang")
        page.goto(f"{service.base}/staff/surveys/test/draft/{part}")
        return page

    return go


def name_of(page):
    return page.locator("#groups-0-name")


def test_going_to_another_step_saves_what_was_typed(step):
    page = step("groups")
    name_of(page).fill("本科生")
    page.locator("#groups-0-expected").fill("3000")
    follow(page, page.locator(".steps a", has_text="什么时候"))
    assert page.url.endswith("/draft/window")
    expect(page.get_by_text("已保存")).to_be_visible()
    follow(page, page.locator(".steps a", has_text="谁来答"))
    expect(name_of(page)).to_have_value("本科生")
    expect(page.locator("#groups-0-expected")).to_have_value("3000")
    name_of(page).fill("学生")
    follow(page, page.get_by_role("link", name="返回评议"))
    assert page.url.endswith("/surveys/test/")
    assert page.asked == []


def test_where_it_cannot_be_saved_it_stays_in_the_form_and_leaving_is_asked_about(step):
    page = step("groups")
    page.locator("#groups-0-expected").fill("-3")
    follow(page, page.locator(".steps a", has_text="什么时候"))
    assert page.url.endswith("/draft/groups")
    expect(page.locator("#groups-0-expected")).to_have_value("-3")
    page.locator("#groups-0-expected").press("End")  # browsers ask only where somebody did something
    follow(page, page.locator(".steps a", has_text="什么时候"))
    assert page.url.endswith("/draft/window")
    assert page.asked == ["beforeunload"]


def test_nothing_is_asked_where_nothing_was_typed(step):
    page = step("groups")
    follow(page, page.locator(".steps a", has_text="什么时候"))
    follow(page, page.locator("header a").first)
    assert page.asked == []


@pytest.mark.parametrize("address", ["campaigns/new", "units/new"])
def test_other_forms_ask_before_they_are_left(step, service, address):
    page = step("name")
    page.goto(f"{service.base}/staff/{address}")
    page.locator("main input[type=text], main input:not([type])").first.press_sequentially("甲")
    page.reload()
    assert page.asked == ["beforeunload"]


def test_saving_asks_nothing(step):
    page = step("name")
    page.locator("#campaign").fill("创先争优")
    follow(page, page.locator("#step button.primary"))
    assert page.asked == []
