"""axe finds nothing on pages that are reached by forms, in either language, light and dark (for all others see test_every_page.py)."""

from __future__ import annotations

import json

import pytest

from surveys.campaigns.drafts import PARTS
from tests.browser.conftest import DESKTOP, PHONE, fits, follow
from tests.browser.test_answering import begin
from tests.helpers import PASSWORD, survey_file
from tests.serving import Service

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("demo")]

NOTHING = "/staff/surveys/nothing/"
"""Not found: the page that says so."""
STAFF_PAGES = [
    "/staff/", "/staff/units/", "/staff/surveys/new", "/staff/surveys/second-half/", "/staff/surveys/second-half/projector",
    "/staff/surveys/second-half/poster", "/staff/questionnaires/", "/anonymity", "/staff/surveys/second-half/codes",
    "/staff/surveys/second-half/paper/", "/staff/surveys/second-half/paper/print?group=0&unit=1&form=B",
    "/staff/surveys/second-half/seal", "/staff/surveys/second-half/people", "/staff/surveys/first-half/", "/staff/surveys/first-half/result", "/staff/surveys/first-half/result/pictures",
    "/staff/surveys/first-half/remarks", "/staff/surveys/first-half/verify", "/staff/accounts", "/staff/accounts/1", "/staff/accounts/2/deactivate", "/staff/audit", "/staff/password", NOTHING,
    "/staff/campaigns/", "/staff/campaigns/excellence", "/staff/campaigns/excellence/edit", "/staff/campaigns/excellence/units/second-half",
    "/staff/help/office", "/staff/help/clerk", "/staff/surveys/second-half/corrections/", "/staff/surveys/second-half/preview",
    "/staff/accounts/api-tokens/", "/staff/letterhead", "/staff/surveys/first-half/report", "/staff/surveys/first-half/bulletin/", "/staff/surveys/first-half/bulletin/preview?part=ranking&part=method",
    "/staff/surveys/first-half/what-if", "/staff/surveys/first-half/actions", "/staff/surveys/first-half/evaluation", "/staff/surveys/first-half/remarks/alike",
    "/staff/surveys/first-half/objections/", "/s/first-half/bulletin", "/s/first-half/objection",
]  # fmt: skip
STEPS = [*PARTS, "check"]
LOOKS = [("zh-CN", "light", DESKTOP), ("en", "dark", PHONE)]
"""Each language, scheme and size once: colours depend on the scheme alone, sizes on language and width."""
NARROW = [("zh-CN", "light", PHONE), ("en", "light", {"width": 320, "height": 640})]


@pytest.mark.parametrize(("language", "scheme", "viewport"), NARROW)
def test_staff_pages_fit_narrow_screens(demo, open_page, language, scheme, viewport):
    page = open_page(locale=language, color_scheme=scheme, viewport=viewport)
    page.goto(f"{demo.base}/staff/login")
    page.locator("#name").fill("admin")
    page.locator("#password").fill(demo.password)
    follow(page, page.locator("main button"))
    wide = [path for path in STAFF_PAGES if page.goto(demo.base + path) and not fits(page)]
    assert wide == []


@pytest.mark.parametrize(("language", "scheme", "viewport"), LOOKS)
def test_codes_and_slips(demo, open_page, check_accessibility, language, scheme, viewport):
    page = open_page(locale=language, color_scheme=scheme, viewport=viewport)
    page.goto(f"{demo.base}/staff/login")
    page.locator("#name").fill("admin")
    page.locator("#password").fill(demo.password)
    follow(page, page.locator("main button"))
    page.goto(demo.base + "/staff/surveys/second-half/codes")
    page.locator("#unit").select_option("0")
    page.locator("#count").fill("2")
    follow(page, page.locator("form:has(#unit) button"))
    check_accessibility(page)
    page.locator("button[formaction$=slips]").evaluate("button => button.removeAttribute('formtarget')")
    follow(page, page.locator("button[formaction$=slips]"))
    page.locator(".slip").first.wait_for()
    check_accessibility(page)
    assert page.problems == []


@pytest.fixture(scope="module")
def college(tmp_path_factory):
    """A fresh installation with the link of its first administrator, a draft and a closed survey."""
    folder = tmp_path_factory.mktemp("college")
    service = Service.prepared(folder / "instance")
    service.link = service.flask("account", "first-link", "--base", service.base).split()[-1]
    for slug in ("draft", "closed"):
        data = {key: str(value) for key, value in survey_file(slug=slug).items() if key in ("opens", "closes")}
        (folder / f"{slug}.json").write_text(json.dumps({**survey_file(slug=slug), **data}), "utf-8")
        service.flask("survey", "create", str(folder / f"{slug}.json"), *(["--publish"] if slug == "closed" else []))
    service.flask("survey", "close", "closed", "--reason", "done")
    yield service
    service.stop()


def test_setting_up_importing_drafting_previewing_and_sealing(college, open_page, check_accessibility):
    pages = [(look, open_page(locale=look[0], color_scheme=look[1], viewport=look[2])) for look in LOOKS]
    for _, page in pages:
        page.goto(college.link)
        check_accessibility(page)
        assert fits(page)
    first = pages[0][1]
    first.locator("#name").fill("admin")
    for name in ("password", "again"):
        first.locator(f"#{name}").fill(PASSWORD)
    follow(first, first.locator("main button"))
    for look, page in pages:
        page.goto(college.link)  # used by now
        check_accessibility(page)
        page.goto(f"{college.base}/staff/login")
        page.locator("#name").fill("admin")
        page.locator("#password").fill("wrong password")
        follow(page, page.locator("main button"))
        check_accessibility(page)
        page.locator("#password").fill(PASSWORD)
        follow(page, page.locator("main button"))
        for path in (
            "/staff/surveys/draft/", "/staff/surveys/draft/preview", *(f"/staff/surveys/draft/draft/{step}" for step in STEPS),
            "/staff/surveys/closed/", "/staff/surveys/closed/preview", "/staff/surveys/closed/seal",
        ):  # fmt: skip
            page.goto(college.base + path)
            check_accessibility(page)
            assert fits(page), (look, path)
        page.locator("#sure, #aware").evaluate_all("boxes => boxes.forEach((box) => { box.required = false; })")
        follow(page, page.locator("main form button.primary"))  # not ticked: the form says so
        check_accessibility(page)
        page.goto(f"{college.base}/staff/surveys/draft/draft/window")
        page.locator("#closes").fill("2001-01-01T00:00")
        follow(page, page.locator("#step button.primary"))
        check_accessibility(page)
        for table in ("code,name,kind\nB01,甲,branch\nB02,乙,branch\n", "code,name,kind\nB01,甲,village\n"):
            page.goto(f"{college.base}/staff/units/")
            file = {"name": "u.csv", "mimeType": "text/csv", "buffer": table.encode()}
            with page.expect_navigation():
                page.locator("input[type=file]").set_input_files(file)  # which sends it
            check_accessibility(page)
            assert fits(page), (look, table)


@pytest.mark.parametrize(("language", "scheme", "viewport"), LOOKS)
def test_respondents_pages(demo, open_page, check_accessibility, language, scheme, viewport):
    page = open_page(locale=language, color_scheme=scheme, viewport=viewport)
    for path in ("/", "/s/second-half", "/s/first-half", "/s/first-half/check", "/nothing"):
        page.goto(demo.base + path)
        check_accessibility(page)
        assert fits(page), path
    begin(page, demo, code=1)
    check_accessibility(page)
    page.locator("[data-page]").first.locator("fieldset").first.locator("input[value='4']").check()
    check_accessibility(page)
    for _ in range(3):
        page.locator("[data-forward]").click()
    check_accessibility(page)
    with page.expect_navigation():
        page.evaluate("document.getElementById('ballot').submit()")
    page.locator("#problems").wait_for()
    check_accessibility(page)


def test_the_thank_you_page(demo, open_page, check_accessibility):
    for language in ("zh-CN", "en"):
        page = open_page(locale=language)
        demo_code = demo.codes.pop()
        page.goto(f"{demo.base}/s/second-half#{demo_code}")
        follow(page, page.locator("button.primary"))
        for button in page.locator("[data-all]").all():
            button.evaluate("b => b.click()")
        for _ in range(5):
            if page.locator("[data-forward]").is_visible():
                page.locator("[data-forward]").click()
        page.locator("[data-submit]").click()
        page.locator("[data-done]").wait_for()
        check_accessibility(page)
        page.goto(f"{demo.base}/s/second-half#{demo_code}")
        follow(page, page.locator("button.primary"))
        check_accessibility(page)
