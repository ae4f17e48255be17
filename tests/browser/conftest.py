"""A real Chromium, a new profile for each test, and the real service."""

from __future__ import annotations

import csv
import json
import os
import shutil
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

from tests.helpers import PASSWORD, survey_file, wait_until
from tests.processes import ForkedProcess
from tests.serving import Service

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE = {"width": 360, "height": 740}
DESKTOP = {"width": 1280, "height": 900}


def chromium() -> str | None:
    """The path of an installed Chromium; None: Playwright's own. The one without a window costs half as much."""
    for name in (
        os.environ.get("CHROMIUM", ""),
        "chromium-headless-shell",
        "chromium",
        "chromium-browser",
        "google-chrome",
    ):
        path = shutil.which(name) if name else None
        if path:
            return path
    return None


@pytest.fixture(scope="session")
def chrome():
    """One browser for the session; each test has its own profile in it."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(chrome):
    """Open a page in a new profile: open_page(viewport=…, locale=…, color_scheme=…, java_script_enabled=…)."""
    contexts = []

    def make(**options):
        context = chrome.new_context(**{"viewport": PHONE, "locale": "zh-CN", **options})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.problems = []
        page.on("console", lambda message: page.problems.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: page.problems.append(str(error)))
        return page

    yield make
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def demo(tmp_path_factory):
    """The demo, served: with its password and unused codes of students of one unit."""
    service = Service.__new__(Service)
    Service.__init__(service, _filled(tmp_path_factory.mktemp("demo")))
    printed = (service.instance / "printed.txt").read_text("utf-8")
    service.password = printed.split("password ")[1].split()[0]
    service.flask(
        "codes", "issue", "second-half", "students", "40", "--unit", "B11", "--out", str(service.instance / "codes.csv")
    )
    with (service.instance / "codes.csv").open(encoding="utf-8-sig") as file:
        service.codes = [row["code"] for row in csv.DictReader(file)]
    yield service
    service.stop()


def _filled(folder: Path) -> Path:
    """Make the demo in a folder, by its command."""
    environment = {**os.environ, "INSTANCE": str(folder), "DATABASE_URL": ""}
    command = ForkedProcess("flask", "--app", "app", "demo", "make", "--ballots", "400", env=environment)
    printed, faults = command.communicate()
    assert command.poll() == 0, faults
    (folder / "printed.txt").write_text(printed, "utf-8")
    return folder


@pytest.fixture(scope="module")
def serve_items(tmp_path_factory):
    """Serve an open survey that asks each of these items once, by an open link of the group staff; there is
    an account Wang of a publisher."""
    services = []

    def serve(*items):
        folder = tmp_path_factory.mktemp("items")
        service = Service.prepared(folder / "instance")
        services.append(service)
        questionnaire = {"key": "items", "title": "问卷", "sections": [{"per": "survey", "items": items}]}
        data = survey_file(questionnaire=questionnaire)
        text = json.dumps({**data, "opens": str(data["opens"]), "closes": str(data["closes"])})
        (folder / "survey.json").write_text(text, "utf-8")
        service.flask("survey", "create", str(folder / "survey.json"), "--publish")
        service.flask("account", "create", "Wang", "publisher", "--password", PASSWORD)
        service.address = f"{service.base}/s/test/ballot?group=staff"
        return service

    yield serve
    for service in services:
        service.stop()


@pytest.fixture
def check_accessibility():
    """Run axe on a page: WCAG 2.2 AA and best practices; nothing may be found."""

    def run(page) -> None:
        found = Axe().run(
            page,
            options={
                "resultTypes": ["violations"],
                "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
            },
        )
        assert found.violations_count == 0, page.url + "\n" + found.generate_report()

    return run


def follow(page, target) -> None:
    """Click what leads to another page, and wait until that page is there."""
    with page.expect_navigation(wait_until="load"):
        target.click()


def wait_for_draft(page) -> None:
    """Wait until the phone has kept what was answered. (`wait_for_function` may not evaluate under the pages' security policy.)"""
    wait_until(lambda: page.evaluate("Object.keys(localStorage).some((key) => key.startsWith('draft:'))"))


def fits(page) -> bool:
    """Whether nothing has to be scrolled sideways."""
    return page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


@pytest.fixture(scope="session")
def writing_college(tmp_path_factory):
    """A fresh installation with two publishers, Wang and Li, and one of the committee, Zhao."""
    service = Service.prepared(tmp_path_factory.mktemp("editor") / "instance")
    for name, role in (("Wang", "publisher"), ("Li", "publisher"), ("Zhao", "committee")):
        service.flask("account", "create", name, role, "--password", PASSWORD)
    yield service
    service.stop()


@pytest.fixture
def office(writing_college, open_page):
    """A page of somebody who is signed in."""
    from tests.browser import editing

    def sign_in(name="Wang", **options):
        page = open_page(**{"viewport": DESKTOP, **options})
        page.goto(f"{writing_college.base}/staff/login")
        editing.fill_in(page, name)
        return page

    return sign_in


@pytest.fixture
def new(writing_college, office):
    """A page with a new questionnaire in the editor, made from plain data or empty; returns its key, too."""
    from tests.browser import editing

    def make(definition=None, page=None, **options):
        page = page or office(**options)
        page.goto(f"{writing_college.base}/staff/questionnaires/new")
        follow(page, page.locator("main button.primary"))
        key = page.url.split("/")[-2]
        if definition:
            editing.put(page, definition)
            page.reload()
        page.locator(".section").first.wait_for()
        editing.until(page, "editor.store.preview !== undefined")
        return page, key

    return make
