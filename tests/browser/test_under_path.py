"""The service under a path that it shares a host with others by, in a browser: everything stays under that path."""

import csv
import http.client
import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, follow
from tests.browser.test_network import kept
from tests.helpers import PASSWORD, survey_file, units, wait_until
from tests.serving import Service

pytestmark = pytest.mark.browser
PREFIX = "/survey"


class Mounted(Service):
    """Mounted by a WSGI server."""

    module, health = "tests.browser.under_path:app", f"{PREFIX}/livez"


class Named(Service):
    """Told by gunicorn's SCRIPT_NAME; a proxy passes on whole paths."""

    health = f"{PREFIX}/livez"


@contextmanager
def proxy(port: int):
    """A proxy that takes the path off and names it in a header, as nginx does; yields its address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if not self.path.startswith(f"{PREFIX}/"):
                self.send_error(404)
                return
            line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            headers = {**dict(self.headers.items()), "X-Forwarded-Prefix": PREFIX}
            line.request(self.command, self.path.removeprefix(PREFIX), body, headers)
            answer = line.getresponse()
            text = answer.read()
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in ("content-length", "connection", "transfer-encoding", "date", "server"):
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)
            line.close()

        do_GET = do_POST = pass_on  # the names that the library asks for

        def log_message(self, *_: object) -> None:
            """Nothing is written."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}{PREFIX}"
    server.shutdown()
    server.server_close()


@pytest.fixture(params=["mounted", "SCRIPT_NAME", "X-Forwarded-Prefix"])
def service(request, tmp_path):
    """A running service with a survey; `at` is its address with the path, `code` one of a student."""
    kind, settings = {
        "mounted": (Mounted, {}),
        "SCRIPT_NAME": (Named, {"SCRIPT_NAME": PREFIX}),
        "X-Forwarded-Prefix": (Service, {"PROXIES": "1"}),
    }[request.param]
    running = kind.prepared(tmp_path / "instance", **settings)
    data = survey_file(units=units(2))
    text = json.dumps({**data, "opens": str(data["opens"]), "closes": str(data["closes"])})
    (tmp_path / "survey.json").write_text(text, "utf-8")
    running.flask("survey", "create", str(tmp_path / "survey.json"), "--publish")
    (tmp_path / "units.csv").write_text("编号,名称,类型\nB01,第一党支部,党支部\nB02,第二党支部,党支部\n", "utf-8")
    running.flask("units", "import", str(tmp_path / "units.csv"))
    running.flask("account", "create", "Wang", "publisher", "--password", PASSWORD)
    running.flask("codes", "issue", "test", "students", "1", "--out", str(tmp_path / "codes.csv"))
    with (tmp_path / "codes.csv").open(encoding="utf-8-sig") as file:
        running.code = next(csv.DictReader(file))["code"]
    running.at = f"{running.base}{PREFIX}"
    if request.param == "X-Forwarded-Prefix":
        with proxy(running.port) as running.at:
            yield running
    else:
        yield running
    running.stop()


@pytest.fixture
def watched(open_page):
    """Opens pages of which every request is remembered: watched(…); `watched.requests` are (address, status)."""
    requests = []

    def make(**options):
        page = open_page(**options)
        page.context.on("request", lambda request: requests.append((request.url, None)))
        page.context.on("response", lambda response: requests.append((response.url, response.status)))
        return page

    make.requests = requests
    return make


def answer(phone, service) -> str:
    """From the code to the received page, with a draft resumed in between. Returns the receipt."""
    begin = phone.get_by_role("button", name="开始", exact=True)
    phone.goto(f"{service.at}/s/Test/#{service.code}")
    assert phone.url == f"{service.at}/s/test#{service.code}"
    follow(phone, begin)
    phone.locator("textarea").first.fill("写到一半")
    wait_until(lambda: "写到一半" in phone.evaluate("Object.values(localStorage).join()"))
    assert kept(phone) == ["draft:survey/test"]
    files = "caches.open('survey/files').then((files) => files.keys()).then((all) => all.length)"
    wait_until(lambda: phone.evaluate(files) >= 4)
    assert sorted(phone.evaluate("caches.keys()")) == ["survey/files", "survey/pages"]
    scope = phone.evaluate("navigator.serviceWorker.ready.then((found) => found.scope)")
    assert scope == f"{service.at}/s/"
    phone.goto(f"{service.at}/s/test#{service.code}")
    follow(phone, begin)
    follow(phone, phone.locator("[data-continue]"))
    assert phone.url.startswith(f"{service.at}/s/test/resume")
    expect(phone.locator("textarea").first).to_have_value("写到一半")
    for card in phone.locator("[data-page]").all():
        card.locator("[data-all]").click()
        phone.locator("[data-forward]").click()
    phone.locator("[data-submit]").click()
    expect(phone.locator("h1")).to_have_text("已收到，谢谢")
    assert kept(phone) == ["receipts:survey/"]
    return phone.locator(".receipt").text_content()


def sign_in(office, address: str) -> None:
    office.goto(address)
    office.locator("input[name=name]").fill("Wang")
    office.locator("input[name=password]").fill(PASSWORD)
    follow(office, office.locator("main form button"))


def make_survey(service, office) -> None:
    """Make a survey by the steps of a draft, and publish it: a draft has no link yet."""
    follow(office, office.locator(".brand"))
    follow(office, office.get_by_role("link", name="新建评议"))
    follow(office, office.get_by_role("button", name="新建评议"))
    follow(office, office.get_by_role("link", name="标题和网址"))
    office.get_by_label("网址代号").fill("Autumn")
    office.get_by_label("标题", exact=True).fill("秋季测评")
    follow(office, office.get_by_role("button", name="保存并返回"))
    assert office.url == f"{service.at}/staff/surveys/autumn/"
    assert f"{service.at}/s/autumn" not in office.locator("main").inner_text()
    office.once("dialog", lambda dialog: dialog.accept())
    follow(office, office.get_by_role("button", name="发布", exact=True))
    assert f"{service.at}/s/autumn" in office.locator("main").inner_text()


def test_everything_stays_under_the_path(service, watched):
    phone = watched()
    receipt = answer(phone, service)
    phone.locator("details summary").click()
    phone.get_by_role("link", name="回执").click()
    phone.wait_for_url(f"{service.at}/s/test/check")
    service.flask("survey", "close", "test", "--reason", "done")
    service.flask("survey", "seal", "test")
    phone.reload()
    phone.locator("#receipt").fill(receipt)
    follow(phone, phone.locator("main form button"))
    expect(phone.locator(".good")).to_be_visible()
    assert phone.context.cookies() == []

    office = watched(viewport=DESKTOP)
    sign_in(office, f"{service.at}/staff/surveys/test/result")
    assert office.url == f"{service.at}/staff/surveys/test/result"
    assert sorted(cookie["path"] for cookie in office.context.cookies()) == [PREFIX, f"{PREFIX}/staff"]
    make_survey(service, office)
    follow(office, office.get_by_role("link", name="预览").first)
    assert office.url == f"{service.at}/staff/surveys/autumn/preview"
    expect(office.frame_locator("iframe").locator("[data-forward]")).to_be_visible()
    office.goto(f"{service.at}/staff/")
    follow(office, office.locator("header form button"))
    assert office.url == f"{service.at}/staff/login"
    outside = [url for url, _ in watched.requests if not urlsplit(url).path.startswith(f"{PREFIX}/")]
    assert outside == []
    assert [one for one in watched.requests if one[1] and one[1] >= 400] == []
    assert (phone.problems, office.problems) == ([], [])
