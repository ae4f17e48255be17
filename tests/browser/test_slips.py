"""Slips for all units are one file, and while it comes the page says how much of it is there."""

from __future__ import annotations

import json
from pathlib import Path
from zipfile import ZipFile

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, follow
from tests.browser.editing import fill_in
from tests.helpers import PASSWORD, survey_file, units
from tests.serving import Service

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("slips")]


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    folder = tmp_path_factory.mktemp("slips")
    running = Service.prepared(folder / "instance")
    groups = [{"code": code, "name": code, "admission": "code", "own": True} for code in ("students", "staff")]
    data = survey_file(units=units(60), groups=groups)
    text = json.dumps({**data, "opens": str(data["opens"]), "closes": str(data["closes"])})
    (folder / "survey.json").write_text(text, "utf-8")
    running.flask("survey", "create", str(folder / "survey.json"), "--publish")
    running.flask("account", "create", "Wang", "publisher", "--password", PASSWORD)
    yield running
    running.stop()


@pytest.mark.parametrize("script", [True, False], ids=["with scripts", "without scripts"])
def test_more_than_a_file_holds_come_as_a_zip(service, open_page, script):
    page = open_page(viewport=DESKTOP, java_script_enabled=script)
    page.goto(f"{service.base}/staff/login")
    fill_in(page, "Wang")
    page.goto(f"{service.base}/staff/surveys/test/codes")
    follow(page, page.get_by_role("button", name="为所有群体发放参评码"))
    expect(page.get_by_role("heading", name="已发放 6000 个参评码")).to_be_visible()
    if script:
        page.evaluate(
            """() => {
              window.said = [];
              const place = document.querySelector("[data-said]");
              new MutationObserver(() => window.said.push(place.textContent)).observe(place, { childList: true });
            }"""
        )
    with page.expect_download(timeout=120_000) as download:
        page.get_by_role("button", name="参评条和领取单").click()
    assert download.value.suggested_filename == "test-slips.zip"
    with ZipFile(Path(download.value.path())) as archive:
        assert archive.testzip() is None
        assert len(archive.namelist()) == 4
        assert all(archive.read(name).startswith(b"%PDF") for name in archive.namelist())
    if script:
        percents = [int("".join(filter(str.isdigit, text))) for text in page.evaluate("said") if text]
        assert percents[0] == 0
        assert len(percents) > 3
        assert percents == sorted(percents)
        expect(page.locator("[data-said]")).to_be_hidden()
    assert page.problems == []
