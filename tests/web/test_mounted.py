"""The service under a path of a host that it shares with others (https://college.edu/survey/)."""

import gzip
import re
from html import unescape
from urllib.parse import unquote, urljoin

import pytest
from werkzeug.exceptions import NotFound
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.test import Client

from surveys import create_app
from surveys.storage.schema import migrate
from tests.acting import close_running, use
from tests.helpers import PASSWORD, fill_page, published, token_of

AT = "https://college.edu/survey"


def addresses(page: str) -> list[str]:
    """Every address of a page that begins at the host."""
    return [unescape(found) for found in re.findall(r'(?:href|src|action)="(/[^"]*|https?:[^"]*)"', page)]


def under(client, path: str, at: str = AT, **options):
    """Ask for a page where the service is mounted; a proxy or server has taken the path apart."""
    return client.open(path, base_url=at, **options)


def token_on(client, path: str, at: str = AT) -> str:
    """The CSRF token of a page."""
    return re.search(r'name="csrf_token"[^>]*value="([^"]+)"', under(client, path, at).text)[1]


def test_addresses_on_pages_begin_with_the_path(app, client):
    published()
    for path in ("/", "/s/test", "/s/test/check", "/s/none", "/staff/login", "/s/test/ballot?group=none"):
        page = under(client, path).text
        assert addresses(page), path
        assert all(one.startswith("/survey/") for one in addresses(page)), (path, addresses(page))


def test_staff_go_from_page_to_page_under_the_path_with_a_cookie_of_its_own(app, client, staff):
    published()
    staff("publisher")
    first = under(client, "/staff/surveys/test/", method="GET")
    assert unquote(first.headers["Location"]) == "/survey/staff/login?next=/survey/staff/surveys/test/"
    sign_in = first.headers["Location"].removeprefix("/survey")
    data = {"csrf_token": token_on(client, sign_in), "name": "publisher-1", "password": PASSWORD}
    headers = {"Referer": f"{AT}/staff/login"}
    done = under(client, sign_in, method="POST", data=data, headers=headers)
    assert (done.status_code, done.headers["Location"]) == (302, "/survey/staff/surveys/test/")
    paths = {cookie.split("=")[0]: f"{cookie};" for cookie in done.headers.getlist("Set-Cookie")}
    assert "Path=/survey;" in paths["session"]
    assert "Path=/survey/staff;" in paths["device"]
    page = under(client, "/staff/surveys/test/").text
    assert f"{AT}/s/test" in page
    assert all(one.startswith(("/survey/", f"{AT}/")) for one in addresses(page)), addresses(page)
    assert under(client, "/staff/surveys/Test/").headers["Location"] == "/survey/staff/surveys/test/"
    data["csrf_token"] = token_on(client, "/staff/login")
    elsewhere = under(client, "/staff/login?next=/staff/", method="POST", data=data, headers=headers)
    assert elsewhere.headers["Location"] == "/survey/staff/"


def test_pages_that_are_kept_hold_no_path_of_another_request(app, client):
    published()
    pages = []
    for at in (AT, "https://college.edu", "https://college.edu/other", AT):
        page = under(client, "/s/test/ballot?group=staff", at, headers={"Accept-Encoding": "gzip"})
        text = gzip.decompress(page.data).decode()
        sent = under(client, "/s/test/submit", at, method="POST", data=fill_page(text)).text
        receipt = re.search(r'receipt">([^<]+)', sent)[1]
        pages.append((text.replace(token_of(text), ""), sent.replace(token_of(sent), "").replace(receipt, "")))
        assert addresses(text) == addresses(sent) == []
    assert len({re.sub(r'data-(holder|of)="[^"]*"', "", "".join(two)) for two in pages}) == 1


def test_relative_addresses_lead_from_each_kept_page_to_where_the_service_is_mounted(app, staff):
    published()
    office = staff("publisher")
    for path in ("/s/test/ballot?group=staff", "/staff/surveys/test/preview/page"):
        page = office.get(path, base_url="http://localhost").text
        found = re.findall(r'(?:href|src|action)="(\.\.[^"]*)"', page)
        assert len(found) == 6, path
        for one in found:
            leads_to = urljoin(f"{AT}{path}", one)
            assert leads_to.startswith((f"{AT}/static/", f"{AT}/s/test/submit")), leads_to


@pytest.mark.parametrize(("proxies", "path"), [(1, "/survey"), (0, "")])
def test_the_header_of_a_trusted_proxy_says_the_path(tmp_path, proxies, path):
    close_running()
    app = use(create_app(INSTANCE=str(tmp_path / "instance"), DATABASE_URL="", BASE_URL="", PROXIES=proxies))
    migrate()
    headers = {"X-Forwarded-Prefix": "/survey"}
    page = app.test_client().get("/staff/login", headers=headers)
    address = re.search(rf'href="{path}(/static/css/staff\.[0-9a-f]{{8}}\.css)"', page.text)[1]
    with app.test_client().get(address, headers=headers) as file:
        assert file.status_code == 200
    close_running()


@pytest.mark.parametrize("path", ["//example.org", "survey", "/a b", "/" + "x" * 300, "/a\\b"])
def test_what_is_no_path_is_no_prefix(app, client, path):
    page = client.get("/staff/login", environ_overrides={"SCRIPT_NAME": path})
    assert addresses(page.text)
    assert all(one.startswith(("/static/", "/staff/")) for one in addresses(page.text))


def test_links_for_people_begin_with_the_base_address_and_its_path_once(app, staff, runner, tmp_path):
    app.config["BASE_URL"] = f"{AT}/"
    survey = published()
    staff("administrator")
    for at in ("http://localhost", "http://localhost/survey"):
        office = app.test_client()  # under each path the cookie of that path
        data = {"csrf_token": token_on(office, "/staff/login", at), "name": "administrator-1", "password": PASSWORD}
        under(office, "/staff/login", at, method="POST", data=data)
        assert f'"{AT}/s/test"' in under(office, "/staff/surveys/test/", at).text
        data = {"csrf_token": token_on(office, "/staff/accounts", at), "role": "committee"}
        under(office, "/staff/accounts", at, method="POST", data=data)
        assert f"{AT}/staff/welcome/" in under(office, "/staff/accounts", at).text
    done = runner.invoke(args=["codes", "issue", "test", "students", "1", "--out", str(tmp_path / "c.csv")])
    assert done.exit_code == 0, done.output
    assert f"{AT}/s/{survey.slug}#" in (tmp_path / "c.csv").read_text("utf-8-sig")


def test_an_application_mounted_by_wsgi_serves_files_and_the_worker(app):
    mounted = Client(DispatcherMiddleware(NotFound(), {"/survey": app.wsgi_app}))
    for one in (*addresses(mounted.get("/survey/staff/login").text), "/survey/s/worker.js"):
        with mounted.get(one) as answer:
            assert answer.status_code in (200, 302), one
    assert mounted.get("/s/worker.js").status_code == 404
