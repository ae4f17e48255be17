"""A seal that was cut off: the page says how far it is, goes on by itself once asked to, or gives it up."""

import json

import pytest
from playwright.sync_api import expect

from surveys import create_app
from surveys.results import sealing
from tests.acting import TESTER, close_running, mix, use
from tests.browser.conftest import DESKTOP, PHONE, fits, follow
from tests.helpers import PASSWORD, survey_file
from tests.serving import Service

pytestmark = pytest.mark.browser

LOOKS = [("zh-CN", "light", PHONE), ("zh-CN", "dark", DESKTOP), ("en", "dark", PHONE), ("en", "light", DESKTOP)]


@pytest.fixture
def office(tmp_path):
    """A service with a closed survey whose seal has begun."""
    service = Service.prepared(tmp_path / "instance")
    data = survey_file()
    file = tmp_path / "survey.json"
    file.write_text(json.dumps({**data, "opens": str(data["opens"]), "closes": str(data["closes"])}), "utf-8")
    service.flask("survey", "create", str(file), "--publish")
    service.flask("survey", "close", "test", "--reason", "x")
    service.flask("account", "create", "Wang", "publisher", "--password", PASSWORD)
    use(create_app(INSTANCE=str(service.instance), DATABASE_URL="", BASE_URL=""))
    sealing._begin(TESTER, mix(), "test")
    close_running()
    yield service
    service.stop()


@pytest.mark.parametrize(("locale", "scheme", "viewport"), LOOKS)
def test_it_goes_on_or_is_given_up(office, open_page, check_accessibility, locale, scheme, viewport):
    page = open_page(locale=locale, color_scheme=scheme, viewport=viewport)
    page.goto(f"{office.base}/staff/login")
    page.locator("#name").fill("Wang")
    page.locator("#password").fill(PASSWORD)
    follow(page, page.locator("main button"))
    page.goto(f"{office.base}/staff/surveys/test/")
    expect(page.locator(".badge.sealing")).to_be_visible()
    check_accessibility(page)
    assert fits(page)
    follow(page, page.locator("a.button.primary"))
    check_accessibility(page)
    assert fits(page)
    page.on("dialog", lambda dialog: dialog.accept())
    if viewport == DESKTOP:
        follow(page, page.locator("main form[action$='give-up'] button"))
        expect(page.locator(".badge.closed")).to_be_visible()
    else:
        follow(page, page.locator("main form[action$='go-on'] button"))
        assert page.url.endswith("/result")
    assert page.problems == []
