"""On a phone nothing of a table is cut off, in either language."""

import pytest

from tests.browser.conftest import PHONE, fits, follow

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("demo")]

PAGES = [
    "/staff/", "/staff/accounts", "/staff/audit", "/staff/surveys/second-half/",
    "/staff/surveys/second-half/codes", "/staff/surveys/second-half/seal", "/staff/surveys/second-half/paper/",
    "/staff/surveys/first-half/result", "/staff/surveys/first-half/verify", "/staff/surveys/first-half/report",
]  # fmt: skip
CUT_OFF = """boxes => boxes.filter((box) => !box.querySelector("table.heat") && box.offsetParent
    && box.scrollWidth > box.clientWidth).map((box) => box.getAttribute("aria-label"))"""


def sign_in(demo, page) -> None:
    page.goto(f"{demo.base}/staff/login")
    page.locator("#name").fill("admin")
    page.locator("#password").fill(demo.password)
    follow(page, page.locator("main button"))


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_no_column_of_a_table_is_cut_off_on_a_phone(demo, open_page, language):
    page = open_page(locale=language, viewport=PHONE)
    sign_in(demo, page)
    for path in PAGES:
        page.goto(demo.base + path)
        assert page.locator(".scroll table").count() > 0 or path.endswith(("codes", "paper/", "verify")), path
        page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        assert page.locator(".scroll").evaluate_all(CUT_OFF) == [], path
        for label in page.locator("table.stacked td[data-label]:visible").all()[:20]:
            shown = label.evaluate("cell => getComputedStyle(cell, '::before').content")
            assert shown.strip('"') == label.get_attribute("data-label") or shown == "none", path


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_nothing_of_the_tree_of_units_is_cut_off_on_a_phone(demo, open_page, language):
    page = open_page(locale=language, viewport=PHONE)
    sign_in(demo, page)
    page.goto(f"{demo.base}/staff/units/")
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    boxes = page.locator(".units, .unit-line, .unit-title, .unit-about")
    assert boxes.count() > 50
    assert boxes.evaluate_all("all => all.filter((one) => one.scrollWidth > one.clientWidth).length") == 0
    assert fits(page)
