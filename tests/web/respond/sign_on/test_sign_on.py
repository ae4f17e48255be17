"""Getting in by campus sign-on, against a real OpenID Connect provider and a real CAS server that run in the tests."""

import html
import logging
import re
import socket
import subprocess
import sys
import time
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from joserfc.jwk import RSAKey

from surveys import create_app
from surveys.admission.roster import roster_of
from surveys.admission.roster_file import read_roster
from surveys.admission.sign_on.provider import SignOnState, decrypt_state
from surveys.campaigns.surveys import plan_of
from surveys.questionnaires.library import install_ready_made
from surveys.storage.schema import migrate
from tests.acting import close_running, mix, store_roster, use
from tests.admission.test_roster import FILE, GROUPS
from tests.helpers import closed, fill_page, published, wait_until
from tests.processes import ROOT
from tests.web.respond.sign_on.cas_server import PASSWORD
from tests.web.respond.sign_on.provider import CLIENT, SECRET, Provider

BASE = "http://127.0.0.1:9"


@pytest.fixture
def make_app(tmp_path):
    """An application with these settings, a survey with a roster, and a browser."""

    def make(**settings):
        close_running()
        app = use(create_app(INSTANCE=str(tmp_path / "instance"), DATABASE_URL="", BASE_URL=BASE, **settings))
        migrate()
        mix().folder.mark()
        install_ready_made()
        survey = published(groups=GROUPS)
        store_roster("test", app.config["CODE_KEY"], read_roster(plan_of(survey), "r.csv", FILE.encode()).rows)
        return app, survey

    yield make
    close_running()


def path_of(address: str) -> str:
    """Our part of an address, as the test browser asks for it."""
    assert address.startswith(BASE)
    return address.removeprefix(BASE)


def answered(survey) -> list[str]:
    return [one.person.number for one in roster_of(survey) if one.answered]


def begin(browser, page: str):
    """Press the button of the page that greets who came back."""
    code = re.search(r'name="code" value="([^"]+)"', page)[1]
    return browser.post("/s/test/ballot", data={"code": code, "lang": "zh"})


class TestOpenIdConnect:
    """The provider is that of provider.py."""

    @pytest.fixture
    def provider(self):
        provider = Provider()
        provider.client.redirect_uris = (f"{BASE}/s/-/oidc",)
        yield provider
        provider.stop()

    @pytest.fixture
    def place(self, make_app, provider):
        return make_app(OIDC_ISSUER=provider.issuer, OIDC_CLIENT_ID=CLIENT, OIDC_CLIENT_SECRET=SECRET)

    def away(self, browser, query: str = "") -> str:
        """To the provider and back: the address that it sends the browser to."""
        left = browser.get(f"/s/test/sign-on/oidc{query}")
        assert left.status_code == 302, left.text
        back = requests.get(left.location, allow_redirects=False, timeout=10)
        assert back.status_code == 302, back.text
        return path_of(back.headers["Location"])

    def test_somebody_on_the_roster_gets_in_once(self, place, provider):
        app, survey = place
        browser = app.test_client()
        assert "使用校园账号登录" in browser.get("/s/test?lang=zh").text
        page = browser.get(self.away(browser)).text
        assert "张三" in page
        paper = begin(browser, page).text
        assert "已收到" in browser.post("/s/test/submit", data=fill_page(paper)).text
        assert answered(survey) == ["2011001"]
        assert "已经参评" in begin(browser, browser.get(self.away(browser)).text).text

    def test_the_request_is_that_of_the_standard(self, place, provider):
        app, _ = place
        self.away(app.test_client(), "?again=1&lang=en")
        asked = provider.asked[0]
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        assert asked["redirect_uri"] == f"{BASE}/s/-/oidc"
        assert (asked["prompt"], asked["ui_locales"]) == ("login", "en")
        assert {"openid"} <= set(asked["scope"].split())
        assert asked["nonce"] and asked["state"]

    def test_no_cookie_is_set_and_nobody_is_named_in_the_log(self, place, provider, caplog):
        app, _ = place
        browser = app.test_client()
        with caplog.at_level(logging.DEBUG, logger="surveys"):
            address = self.away(browser)
            answers = [browser.get("/s/test/sign-on/oidc"), browser.get(address), browser.get(address)]
        assert [answer.status_code for answer in answers] == [302, 200, 502]
        assert not any("Set-Cookie" in answer.headers for answer in answers)
        assert "2011001" not in caplog.text
        assert "invalid_grant" in caplog.text  # the second use of a code is refused, and the operator is told why

    def test_the_survey_and_the_language_are_remembered_on_the_way(self, place, provider):
        app, _ = place
        browser = app.test_client()
        assert "You are signed in" in browser.get(self.away(browser, "?lang=en")).text
        assert "您已登录" in browser.get(self.away(browser, "?lang=zh")).text

    def test_somebody_who_is_not_on_the_roster_is_told_so(self, place, provider):
        app, survey = place
        provider.user = "999"
        browser = app.test_client()
        refused = browser.get(self.away(browser))
        assert (refused.status_code, "999" in refused.text) == (403, True)
        assert "again=1" in refused.text
        assert answered(survey) == []

    def test_the_number_may_stand_in_another_claim_and_in_the_user_info_only(self, make_app, provider):
        app, _ = make_app(
            OIDC_ISSUER=provider.issuer, OIDC_CLIENT_ID=CLIENT, OIDC_CLIENT_SECRET=SECRET, OIDC_CLAIM="employee"
        )
        provider.claims, provider.in_token = {"employee": "T-7"}, False
        browser = app.test_client()
        assert "王五" in browser.get(self.away(browser)).text
        provider.spoil = {"sub": "somebody else"}
        assert browser.get(self.away(browser)).status_code == 502

    def test_the_provider_may_change_its_key(self, place, provider):
        app, _ = place
        browser = app.test_client()
        assert "张三" in browser.get(self.away(browser)).text
        provider.new_key()
        assert "张三" in browser.get(self.away(browser)).text

    @pytest.mark.parametrize(
        "spoil",
        [
            {"key": RSAKey.generate_key(2048)},
            {"iss": "https://elsewhere.example"},
            {"claims": {"aud": ["another client"]}},
            {"claims": {"exp": 1}},
            {"info": {"nonce": "of another trip"}},
        ],
        ids=["signed with another key", "another issuer", "for another client", "expired", "another nonce"],
    )
    def test_a_forged_token_is_refused(self, place, provider, spoil):
        app, survey = place
        provider.spoil = spoil
        browser = app.test_client()
        refused = browser.get(self.away(browser))
        assert (refused.status_code, "登录未成功" in refused.text) == (502, True), refused.text
        assert answered(survey) == []

    def test_a_code_is_worthless_with_another_trip(self, place, provider):
        """Somebody who overhears the way back cannot use it with a trip of their own: PKCE and nonce."""
        app, _ = place
        browser = app.test_client()
        theirs = parse_qs(urlsplit(self.away(browser)).query)
        mine = parse_qs(urlsplit(browser.get("/s/test/sign-on/oidc").location).query)
        refused = browser.get("/s/-/oidc", query_string={"code": theirs["code"][0], "state": mine["state"][0]})
        assert refused.status_code == 502

    def test_a_trip_that_is_not_ours_or_took_too_long_is_refused(self, place, provider, monkeypatch):
        app, _ = place
        browser = app.test_client()
        address = self.away(browser)
        assert browser.get("/s/-/oidc?code=x&state=forged").status_code == 400
        assert browser.get("/s/-/oidc").status_code == 400
        later = time.time() + 1000
        monkeypatch.setattr("cryptography.fernet.time.time", lambda: later)
        assert browser.get(address).status_code == 400

    def test_who_declines_or_meets_a_dead_provider_is_told_what_to_do(self, place, provider):
        app, _ = place
        browser = app.test_client()
        state = parse_qs(urlsplit(browser.get("/s/test/sign-on/oidc").location).query)["state"][0]
        refused = browser.get("/s/-/oidc", query_string={"error": "access_denied", "state": state})
        assert (refused.status_code, "个人链接" in refused.text) == (502, True)
        app.extensions["sign_on"]["oidc"]._known.clear()
        provider.stop()
        provider._serve.server_close()
        assert browser.get("/s/test/sign-on/oidc").status_code == 502

    @pytest.mark.parametrize(("sent", "logged"), [("access_denied", "access_denied"), ("zhangsan\nerror", "something")])
    def test_an_error_in_the_address_is_logged_only_if_the_standard_knows_it(
        self, place, provider, caplog, sent, logged
    ):
        browser = place[0].test_client()
        away = browser.get("/s/test/sign-on/oidc").headers["Location"]
        state = parse_qs(urlsplit(away).query)["state"][0]
        assert browser.get("/s/-/oidc", query_string={"error": sent, "state": state}).status_code == 502
        assert logged in caplog.text
        assert "zhangsan" not in caplog.text

    def test_a_provider_that_names_another_issuer_is_refused(self, place, provider):
        app, _ = place
        provider.spoil = {"issuer": "https://elsewhere.example"}
        assert app.test_client().get("/s/test/sign-on/oidc").status_code == 502

    def test_a_closed_survey_sends_nobody_away(self, place):
        app, survey = place
        closed(survey)
        assert "已结束" in app.test_client().get("/s/test/sign-on/oidc").text


@pytest.fixture(scope="module")
def cas_server():
    """The address of a running CAS server."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "tests.web.respond.sign_on.cas_server", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}/cas"

    def up() -> bool:
        assert process.poll() is None
        try:
            return requests.get(f"{address}/login", timeout=5).ok
        except requests.ConnectionError:
            return False

    wait_until(up, 30)
    yield address
    process.terminate()
    process.wait()


class TestCas:
    """The server is django-cas-server."""

    @pytest.fixture
    def place(self, make_app, cas_server):
        return make_app(CAS_URL=cas_server)

    def away(self, browser) -> str:
        """Sign in at the CAS server; the address that it sends the browser to."""
        left = browser.get("/s/test/sign-on/cas")
        with requests.Session() as person:
            page = person.get(left.location, timeout=10).text
            names = re.findall(r'<input type="hidden" name="([^"]+)"(?: value="([^"]*)")?', page)
            fields = {name: html.unescape(value) for name, value in names}
            fields |= {"username": "2011001", "password": PASSWORD}
            back = person.post(left.location.split("?")[0], data=fields, allow_redirects=False, timeout=10)
        assert back.status_code in (302, 303), back.text
        return path_of(back.headers["Location"])

    def test_somebody_on_the_roster_gets_in_once_and_a_ticket_is_good_once(self, place):
        app, survey = place
        browser = app.test_client()
        address = self.away(browser)
        page = browser.get(address)
        assert (page.status_code, "张三" in page.text) == (200, True)
        assert "Set-Cookie" not in page.headers
        assert "已收到" in browser.post("/s/test/submit", data=fill_page(begin(browser, page.text).text)).text
        assert answered(survey) == ["2011001"]
        again = browser.get(address)
        assert again.status_code == 502
        assert "已经参评" in begin(browser, browser.get(self.away(browser)).text).text

    def test_the_number_may_be_an_attribute(self, make_app, cas_server):
        app, _ = make_app(CAS_URL=cas_server, CAS_ATTRIBUTE="employeeNumber")
        browser = app.test_client()
        assert "王五" in browser.get(self.away(browser)).text

    def test_an_attribute_that_is_not_told_is_named_in_the_log(self, make_app, cas_server, caplog):
        app, _ = make_app(CAS_URL=cas_server, CAS_ATTRIBUTE="shoeSize")
        browser = app.test_client()
        assert browser.get(self.away(browser)).status_code == 502
        assert "does not tell shoeSize" in caplog.text

    def test_a_ticket_that_the_server_does_not_know_is_refused(self, place, caplog):
        app, _ = place
        browser = app.test_client()
        address = self.away(browser)
        state = parse_qs(urlsplit(address).query)["state"][0]
        for ticket in ("ST-forged", ""):
            refused = browser.get("/s/-/cas", query_string={"state": state, "ticket": ticket})
            assert refused.status_code == 502
        assert "INVALID_TICKET" in caplog.text

    def test_a_ticket_for_another_survey_is_refused(self, place):
        """The ticket belongs to the whole return address, and with it to the state."""
        app, _ = place
        browser = app.test_client()
        ticket = parse_qs(urlsplit(self.away(browser)).query)["ticket"][0]
        other = SignOnState.new("test", "zh").encrypted(app.config["SIGN_ON_KEY"])
        assert browser.get("/s/-/cas", query_string={"state": other, "ticket": ticket}).status_code == 502

    def test_a_server_that_cannot_be_reached_is_an_error_page(self, make_app):
        app, _ = make_app(CAS_URL="http://127.0.0.1:9/cas")
        browser = app.test_client()
        state = parse_qs(
            urlsplit(parse_qs(urlsplit(browser.get("/s/test/sign-on/cas").location).query)["service"][0]).query
        )
        assert browser.get("/s/-/cas", query_string={"state": state["state"][0], "ticket": "ST-1"}).status_code == 502


def test_without_settings_no_sign_on_is_offered(app, client):
    published(groups=GROUPS)
    assert "使用校园账号登录" not in client.get("/s/test?lang=zh").text
    assert client.get("/s/test/sign-on/oidc").status_code == 404
    assert client.get("/s/-/cas").status_code == 404


def test_a_survey_without_a_roster_offers_no_sign_on(make_app):
    app, _ = make_app(CAS_URL="http://127.0.0.1:9/cas")
    published(slug="other")
    browser = app.test_client()
    assert "使用校园账号登录" not in browser.get("/s/other?lang=zh").text
    assert "使用校园账号登录" in browser.get("/s/test?lang=zh").text


def test_a_state_is_read_only_with_its_key():
    state = SignOnState.new("test", "en")
    assert decrypt_state(state.encrypted(b"k" * 32), b"k" * 32) == state
    assert decrypt_state(state.encrypted(b"k" * 32), b"x" * 32) is None
    assert decrypt_state("☃\ud800", b"k" * 32) is None
