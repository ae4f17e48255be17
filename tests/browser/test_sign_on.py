"""Campus sign-on in a real browser: away to the provider, back, and into the questionnaire."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect

from tests.admission.test_roster import FILE, GROUPS
from tests.browser.conftest import DESKTOP, PHONE, fits, follow
from tests.browser.test_network import answer_all
from tests.helpers import PASSWORD, survey_file
from tests.serving import Service
from tests.web.respond.sign_on.provider import CLIENT, SECRET, Provider

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("demo")]


@pytest.fixture(scope="module")
def campus(tmp_path_factory):
    """A service with a roster, and the provider by which its persons sign in."""
    folder = tmp_path_factory.mktemp("campus")
    provider = Provider()
    settings = {"OIDC_ISSUER": provider.issuer, "OIDC_CLIENT_ID": CLIENT, "OIDC_CLIENT_SECRET": SECRET}
    service = Service.prepared(folder / "instance", **settings)
    service.provider = provider
    provider.client.redirect_uris = (f"{service.base}/s/-/oidc",)
    data = survey_file(groups=GROUPS)
    text = json.dumps({**data, "opens": str(data["opens"]), "closes": str(data["closes"])})
    (folder / "survey.json").write_text(text, "utf-8")
    (folder / "roster.csv").write_text(FILE, "utf-8")
    service.flask("survey", "create", str(folder / "survey.json"), "--publish")
    service.flask("roster", "import", "test", str(folder / "roster.csv"))
    yield service
    service.stop()
    provider.stop()


def test_from_the_link_to_received_without_a_cookie_or_a_code(campus, open_page, check_accessibility):
    campus.provider.user = "2011001"
    page = open_page()
    page.goto(f"{campus.base}/s/test")
    check_accessibility(page)
    follow(page, page.locator(".entry .button").first)
    expect(page.locator("main")).to_contain_text("张三")
    check_accessibility(page)
    assert fits(page)
    follow(page, page.locator("button.primary"))
    answer_all(page)
    page.locator("[data-submit]").click()
    expect(page.locator("h1")).to_have_text("已收到，谢谢")
    assert [cookie for cookie in page.context.cookies() if campus.base.endswith(str(campus.port))] == []
    page.locator(".message form button").first.click()
    expect(page.locator(".picture")).to_contain_text("机电1班")
    check_accessibility(page)
    page.goto(f"{campus.base}/s/test?lang=en")
    follow(page, page.locator(".entry .button").first)
    follow(page, page.locator("button.primary"))
    expect(page.locator("h1")).to_have_text("Already answered")
    assert page.problems == []


def test_somebody_who_is_not_on_the_roster_can_sign_in_as_somebody_else(campus, open_page, check_accessibility):
    campus.provider.user = "999"
    page = open_page(locale="en", color_scheme="dark", java_script_enabled=False)
    page.goto(f"{campus.base}/s/test")
    follow(page, page.locator(".entry .button").first)
    expect(page.locator("h1")).to_have_text("You are not on the roster")
    assert fits(page)
    campus.provider.user = "2011002"
    follow(page, page.locator(".message a"))
    assert campus.provider.asked[-1]["prompt"] == "login"
    expect(page.locator("main")).to_contain_text("李四")


@pytest.mark.parametrize(("language", "scheme", "viewport"), [("zh-CN", "light", PHONE), ("en", "dark", DESKTOP)])
def test_the_pages_of_the_roster(campus, open_page, check_accessibility, language, scheme, viewport):
    name = f"office-{language}"
    campus.flask("account", "create", name, "publisher", "--password", PASSWORD)
    page = open_page(locale=language, color_scheme=scheme, viewport=viewport)
    page.goto(f"{campus.base}/staff/login")
    page.locator("#name").fill(name)
    page.locator("#password").fill(PASSWORD)
    follow(page, page.locator("main button"))
    for path in ("", "?q=nobody", "mail", "classes"):
        page.goto(f"{campus.base}/staff/surveys/test/roster/{path}")
        check_accessibility(page)
        assert fits(page), path
    page.goto(f"{campus.base}/staff/surveys/test/roster/")
    file = {"name": "r.csv", "mimeType": "text/csv", "buffer": FILE.replace("李四", "李思").encode("gb18030")}
    with page.expect_navigation():
        page.locator("input[type=file]").set_input_files(file)  # which sends it
    check_accessibility(page)
    assert fits(page)
