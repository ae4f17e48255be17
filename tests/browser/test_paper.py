"""Two clerks type a stack of paper ballots in with nothing but the keyboard."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, PHONE, fits, follow
from tests.helpers import PASSWORD, survey_file
from tests.serving import Service

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("demo")]


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    """A service with an open survey and the two clerks Wang and Li."""
    folder = tmp_path_factory.mktemp("office")
    service = Service.prepared(folder / "instance")
    data = survey_file()
    text = json.dumps({**data, "opens": str(data["opens"]), "closes": str(data["closes"])})
    (folder / "survey.json").write_text(text, "utf-8")
    service.flask("survey", "create", str(folder / "survey.json"), "--publish")
    for name in ("Wang", "Li"):
        service.flask("account", "create", name, "publisher", "--password", PASSWORD)
    yield service
    service.stop()


def sign_in(office, open_page, name, **options):
    page = open_page(**{"viewport": DESKTOP, **options})
    page.goto(f"{office.base}/staff/login")
    page.locator("#name").fill(name)
    page.locator("#password").fill(PASSWORD)
    follow(page, page.locator("main button"))
    return page


def type_paper(page, levels: str, texts: int) -> None:
    """A paper of three units by keys alone: ratings, Enter past the reasons, Ctrl+Enter past the texts, Enter to keep."""
    expect(page.locator(".keys input").first).to_be_focused()
    for _ in range(3):
        for level in levels:
            page.keyboard.press(level)
        page.keyboard.press("Enter")
        for _ in range(texts):
            page.keyboard.press("Control+Enter")
    expect(page.locator("[data-save]")).to_be_focused()
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_a_stack_from_the_first_key_to_the_box(office, open_page, check_accessibility):
    wang, li = (sign_in(office, open_page, name) for name in ("Wang", "Li"))
    address = f"{office.base}/staff/surveys/test/paper/"
    wang.goto(address)
    wang.locator("#papers").fill("2")
    follow(wang, wang.locator("form.stack button"))
    type_paper(wang, "11211121", 2)
    type_paper(wang, "33441900", 2)
    expect(wang.locator("main .primary")).to_be_focused()
    with wang.expect_navigation():
        wang.keyboard.press("Enter")
    expect(wang.locator(".good")).to_contain_text("另一人")

    li.goto(f"{address}1/type")
    assert li.locator("textarea").count() == 0
    type_paper(li, "11211121", 0)
    type_paper(li, "33441900", 0)
    li.goto(f"{address}1/type?at=2")
    li.keyboard.press("2")
    assert li.locator(".keys input").first.input_value() == "2"
    expect(li.locator(".keys input").nth(1)).to_be_focused()
    li.keyboard.press("Backspace")  # clears what stands there, then goes back
    li.keyboard.press("Backspace")
    expect(li.locator(".keys input").first).to_be_focused()
    for key in "23":
        li.keyboard.press(key)
    follow(li, li.locator("[data-save]"))
    follow(li, li.locator("main form .primary"))
    expect(li.locator(".note-box")).to_contain_text("共 1 处不一致")
    for language, scheme, viewport in (("zh-CN", "dark", PHONE), ("en", "light", DESKTOP)):
        look = sign_in(office, open_page, "Li", locale=language, color_scheme=scheme, viewport=viewport)
        for path in ("", "1/compare"):
            look.goto(address + path)
            check_accessibility(look)
            assert fits(look), path
    li.locator(".pick input").first.check()
    follow(li, li.locator("main form.panel button"))
    li.on("dialog", lambda dialog: dialog.accept())
    follow(li, li.locator(".heading .primary"))
    expect(li.locator(".good")).to_contain_text("2 份答卷")
    assert wang.problems == li.problems == []


@pytest.mark.parametrize(("language", "scheme", "viewport"), [("zh-CN", "light", PHONE), ("en", "dark", DESKTOP)])
def test_the_typing_page_is_accessible(office, open_page, check_accessibility, language, scheme, viewport):
    page = sign_in(office, open_page, "Wang", locale=language, color_scheme=scheme, viewport=viewport)
    page.goto(f"{office.base}/staff/surveys/test/paper/")
    page.locator("#papers").fill("1")
    follow(page, page.locator("form.stack button"))
    check_accessibility(page)
    assert fits(page)
    page.locator("[data-save]").evaluate("button => { button.form.noValidate = true; }")
    follow(page, page.locator("[data-save]"))
    assert page.locator("[aria-invalid]").count() == 24
    check_accessibility(page)


def test_it_works_without_javascript(office, open_page):
    page = sign_in(office, open_page, "Wang", java_script_enabled=False)
    page.goto(f"{office.base}/staff/surveys/test/paper/")
    page.locator("#papers").fill("1")
    follow(page, page.locator("form.stack button"))
    for field in page.locator("input[data-one]").all():
        field.fill("2")
    follow(page, page.locator("[data-save]"))
    expect(page.locator(".good")).to_contain_text("均已录入")
