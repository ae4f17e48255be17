"""What a respondent's way costs over the network, as Chromium counts it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from bench.serving import Served, an_application
from bench.table import say
from tests.acting import close_running, issue_codes
from tests.browser.conftest import FLAGS, PHONE, chromium

MOST = 20 * 1024


def over_the_wire(folder: Path) -> None:
    """From the link with a code to the questionnaire of 80 ratings, in a new profile."""
    app, survey = an_application(folder)
    code = issue_codes(survey, app.config["CODE_KEY"], 0, 1)[0].code
    service = Served(folder)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        for name in ("zh-CN", "en"):
            sizes = _sizes(browser.new_context(viewport=PHONE, locale=name), f"{service.base}/s/test#{code}")
            total = sum(sizes.values())
            files = ", ".join(f"{path} {size:,}" for path, size in sizes.items())
            say(f"bytes over the wire from the link to the questionnaire, {name}, as Chromium's network log counts them",
                f"{total / 1024:.1f} KB ({files})", "at most 20 KB", total <= MOST)  # fmt: skip
        browser.close()
    service.stop()
    close_running()


def _sizes(context: Any, link: str) -> dict[str, int]:
    """Bytes by path, headers and all, until the network has been quiet for half a second."""
    page = context.new_page()
    log = context.new_cdp_session(page)
    paths: dict[str, str] = {}
    sizes: dict[str, int] = {}
    log.on("Network.responseReceived", lambda event: paths.update({event["requestId"]: event["response"]["url"]}))

    def finished(event: Any) -> None:
        path = paths.get(event["requestId"], "?").split("/", 3)[-1]
        sizes[path] = sizes.get(path, 0) + int(event["encodedDataLength"])

    log.on("Network.loadingFinished", finished)
    log.send("Network.enable")
    page.goto(link)
    page.locator("[data-code-form] button").first.click()
    page.wait_for_selector("[data-page]")
    page.wait_for_load_state("networkidle")
    assert page.locator("#ballot fieldset.q").count() >= 80
    context.close()
    return sizes
