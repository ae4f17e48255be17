"""Every page there is: reached by its links, in both languages, light on a desktop and dark on a phone.

Each has its language and one heading, fits, reports no error, and axe finds nothing on it. A new page that no link leads to, or that
stands in none of the lists here, fails.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from surveys import create_app
from tests.browser.conftest import DESKTOP, PHONE, _filled, fits, follow
from tests.helpers import PASSWORD
from tests.serving import Service

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("every page")]

FILES = {
    "administration.audit_file", "api.openapi", "api.survey", "api.surveys", "api.table", "bulletin.receipts", "campaigns.changes",
    "editor.state", "editor.where", "evaluation_files.template", "help.picture", "help.schema", "health.live", "health.ready", "metrics.metrics", "item_sources.source", "item_sources.sources",
    "letterhead.logo", "printed.report", "printed.unit", "printed.units", "printed.workbooks", "questionnaires.export",
    "results.export", "results.workbook", "rosters.template", "running.poster_file", "running.progress", "running.turnout",
    "running.turnout_file", "static", "survey.survey_file", "units.example", "units.template", "welcome.service_worker",
}  # fmt: skip
"""Addresses that answer with a file, with data, or with a part of a page."""
ELSEWHERE = {
    "accounts.welcome": "test_accessibility.py", "editor.preview": "test_editor.py", "welcome.by_open_link": "test_answering.py",
    "paper.compare": "test_paper.py", "paper.typing": "test_paper.py",
    "rosters.classes": "test_accessibility.py", "rosters.index": "test_accessibility.py", "rosters.mail": "test_accessibility.py",
    "sign_on.callback": "test_sign_on.py", "sign_on.login": "test_sign_on.py",
}  # fmt: skip
"""Pages that need what this college has not, with the browser tests that open them."""
FRAMES = {
    "paper.sheet",
    "editor.preview",
    "running.poster",
    "survey.preview_page",
    "trial.ballot",
    "welcome.by_open_link",
    "welcome.welcome",
}
"""Pages for respondents, which have a heading for each unit or stand in a frame, and what is printed (poster, paper ballot), which has a
title of its own."""
BY_FORMS = [
    "/staff/surveys/second-half/people", "/staff/surveys/second-half/seal", "/staff/surveys/second-half/paper/print?group=0&unit=1&form=B",
    "/staff/surveys/first-half/bulletin/preview?part=ranking&part=method", "/staff/accounts/2/deactivate"
]  # fmt: skip
"""Pages that a form or a state leads to, not a link."""
PER_SURVEY = 3
"""So many surveys are looked at of pages that are there for each: a draft, an open and a sealed one are different pages."""
LOOKS = [("zh-CN", "light", DESKTOP), ("en", "dark", PHONE)]


@pytest.fixture(scope="module")
def college(tmp_path_factory):
    """The demo with a draft, actions, an evaluation that has begun, and the links that were handed out."""
    service = Service.__new__(Service)
    Service.__init__(service, _filled(tmp_path_factory.mktemp("every page")))
    service.flask("survey", "next-round", "second-half")
    service.flask("actions", "add", "first-half", "B11", "2099-12-31", "多开窗口")
    service.flask("evaluation", "make", "first-half", "--preset", "by_source")
    scale = service.instance / "scale.json"
    scale.write_text(service.flask("scales", "show", "satisfaction4"), "utf-8")
    service.flask("scales", "save", str(scale))
    handed_out = [
        service.flask("evaluation", "links", "first-half", "--until", "2099-12-31T17:00"),
        service.flask("evaluation", "links", "first-half", "--make", "B11", "--base", service.base),
        service.flask("actions", "link", "first-half", "1", "--base", service.base),
    ]
    service.links = re.findall(r"https?://\S+", " ".join(handed_out))
    service.flask("account", "create", "Wang", "administrator", "--password", PASSWORD)
    yield service
    service.stop()


class Walk:
    """Follows links, and remembers which pages were opened."""

    def __init__(self, service, page):
        self.service, self.page = service, page
        app = create_app(INSTANCE=str(service.instance))
        app.extensions["database"].close()
        self.rules = app.url_map
        self.adapter = self.rules.bind("127.0.0.1")
        self.seen: dict[tuple[str, ...], set[str]] = {}
        self.waiting = [
            "/",
            "/staff/",
            "/staff/help/",
            "/anonymity",
            "/s/first-half/bulletin",
            "/s/second-half",
            *BY_FORMS,
            *service.links,
        ]

    def next(self):
        """The next address to open, with its endpoint; None where none is left."""
        while self.waiting:
            address = self.waiting.pop(0)
            parts = urlsplit(address)
            try:
                endpoint, values = self.adapter.match(parts.path, method="GET")
            except RequestRedirect as elsewhere:
                self.waiting.append(urlsplit(elsewhere.new_url).path)
                continue
            except HTTPException:
                continue
            # One page of each kind, and those of a few surveys; help and steps each.
            kind = (endpoint, str(values.get("part") or values.get("page") or ""))
            slugs = self.seen.setdefault(kind, set())
            slug = str(values.get("slug", ""))
            if endpoint in FILES or slug in slugs or len(slugs) >= (PER_SURVEY if slug else 1):
                continue
            slugs.add(slug)
            return endpoint, parts.path + (f"?{parts.query}" if parts.query else "")
        return None

    def note_links(self):
        found = self.page.eval_on_selector_all("a[href], iframe[src]", "all => all.map((one) => one.href || one.src)")
        self.waiting += [address for address in found if address.startswith(self.service.base)]

    @property
    def opened(self) -> set[str]:
        return {endpoint for endpoint, _ in self.seen} - FILES

    @property
    def pages(self) -> set[str]:
        """The endpoints of all pages."""
        return {rule.endpoint for rule in self.rules.iter_rules() if "GET" in rule.methods} - FILES


@pytest.mark.parametrize(("language", "scheme", "viewport"), LOOKS)
def test_every_page(college, open_page, check_accessibility, language, scheme, viewport):
    page = open_page(locale=language, color_scheme=scheme, viewport=viewport)
    page.goto(f"{college.base}/staff/login")
    page.locator("#name").fill("Wang")
    page.locator("#password").fill(PASSWORD)
    follow(page, page.locator("main button"))
    walk, faults = Walk(college, page), []
    while step := walk.next():
        endpoint, path = step
        answer = page.goto(college.base + path)
        found = [] if answer.status == 200 else [f"status {answer.status}"]
        if page.locator("html").get_attribute("lang") != language:
            found.append("another language")
        if endpoint not in FRAMES and page.locator("h1").count() != 1:
            found.append(f"{page.locator('h1').count()} headings")
        if not fits(page):
            found.append("has to be scrolled sideways")
        try:
            check_accessibility(page)
        except AssertionError as error:
            found.append(str(error))
        walk.note_links()
        faults += [f"{path} ({endpoint}): {fault}" for fault in found + page.problems]
        page.problems.clear()
    assert page.goto(f"{college.base}/staff/surveys/nothing/").status == 404
    check_accessibility(page)
    assert not faults, "\n".join(faults)
    assert walk.pages - walk.opened - set(ELSEWHERE) == set()
    assert set(ELSEWHERE) & walk.opened == set()
    print(f"{sum(map(len, walk.seen.values()))} pages")
