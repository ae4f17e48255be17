"""Phones whose browser lacks what came later: what was filled in arrives, and the page says so."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import follow

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("items")]

MISSING = """
for (const kind of [Element, Document, DocumentFragment]) delete kind.prototype.replaceChildren;
for (const name of ["at", "flat", "flatMap", "findLast", "toSorted"]) delete Array.prototype[name];
for (const name of ["replaceAll", "matchAll", "trimStart", "at"]) delete String.prototype[name];
for (const name of ["fromEntries", "hasOwn"]) delete Object[name];
for (const name of ["allSettled", "any"]) delete Promise[name];
delete Promise.prototype.finally;
for (const name of ["entries", "keys", "values", "forEach", Symbol.iterator]) delete FormData.prototype[name];
delete Element.prototype.toggleAttribute;
delete Node.prototype.isConnected;
Object.defineProperty(Node.prototype, "isConnected", { get() { return undefined; } });
for (const name of ["structuredClone", "queueMicrotask", "AbortController", "ResizeObserver", "IntersectionObserver"]) delete self[name];
Object.defineProperty(HTMLElement.prototype, "inert", { value: undefined, writable: true });
Object.defineProperty(Navigator.prototype, "clipboard", { value: undefined });
performance.getEntriesByType = () => [];
for (const kind of [Element, Document, DocumentFragment]) {
  for (const name of ["querySelector", "querySelectorAll"]) {
    const asked = kind.prototype[name];
    kind.prototype[name] = function (selector) {
      if (/:(not\\([^)]*,|is\\(|where\\(|has\\()/.test(selector)) throw new SyntaxError(selector);
      return asked.call(this, selector);
    };
  }
}
"""
ITEMS = [
    {"code": "a", "type": "rating", "text": "一", "scale": "satisfaction4", "required": True},
    {
        "code": "b",
        "type": "ranking",
        "text": "二",
        "options": [{"code": f"o{n}", "text": f"选项{n}"} for n in range(3)],
    },
    {"code": "c", "type": "text", "text": "三"},
]


@pytest.fixture(scope="module")
def service(serve_items):
    return serve_items(*ITEMS)


def received(service) -> int:
    with closing(sqlite3.connect(service.instance / "surveys.sqlite3")) as base:
        return base.execute("SELECT COUNT(*) FROM receipt").fetchone()[0]


def fill_in(page, service) -> None:
    page.goto(service.address)
    page.locator("input[value='2'][type=radio]").first.check(force=True)
    for button in page.locator("[data-ranking] button").all():
        if not button.locator(".place").inner_text():
            button.click()
    page.locator("textarea").fill("老手机")
    page.locator("[data-forward]").click()


@pytest.mark.parametrize("workers", ["allow", "block"])
def test_without_what_came_later_a_ballot_arrives_and_is_said_to_have(service, open_page, workers):
    page = open_page(service_workers=workers, viewport={"width": 320, "height": 568})
    page.add_init_script(MISSING)
    before = received(service)
    fill_in(page, service)
    expect(page.locator(".review")).to_be_visible()
    page.locator("[data-submit]").click()
    expect(page.locator("h1")).to_have_text("已收到，谢谢")
    assert received(service) == before + 1
    page.locator("summary").click()
    page.locator("[data-copy]").click()
    expect(page.locator("[data-copy]")).to_have_text("已复制")
    assert page.problems == []


def test_cards_and_a_reload_work_without_what_came_later(service, open_page):
    page = open_page()
    page.add_init_script(MISSING)
    fill_in(page, service)
    page.reload()  # a new form of the open link, which offers the draft
    expect(page.locator(".review")).to_be_visible()
    page.go_back()
    expect(page.locator("textarea")).to_be_visible()
    follow(page, page.locator("[data-continue]"))
    expect(page.locator(".review")).to_be_visible()  # where it was left
    expect(page.locator("textarea")).to_have_value("老手机")
    assert page.problems == []


@pytest.mark.parametrize(
    "broken",
    [
        "document.importNode = () => { throw new Error('importNode'); };",
        "DOMParser.prototype.parseFromString = () => { throw new Error('DOMParser'); };",
        "self.URLSearchParams = undefined;",
        "self.fetch = undefined;",
        "Storage.prototype.setItem = () => { throw new Error('full'); };",
        "Object.defineProperty(self, 'localStorage', { get() { throw new Error('none'); } });",
        "history.go = () => { throw new Error('go'); };",
        "self.scrollTo = () => { throw new Error('scrollTo'); };",
    ],
)
def test_whatever_throws_the_ballot_arrives_and_the_page_says_so(service, open_page, broken):
    page = open_page(service_workers="block")
    page.add_init_script(broken)
    before = received(service)
    page.goto(service.address)
    page.locator("input[value='2'][type=radio]").first.check(force=True)
    if page.locator("[data-forward]").is_visible():
        page.locator("[data-forward]").click()
    page.locator("[data-submit]").click()
    expect(page.locator("h1")).to_have_text("已收到，谢谢")
    assert received(service) == before + 1
