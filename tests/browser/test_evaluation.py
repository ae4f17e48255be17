"""The committee types points on a phone and on a desk, a unit hands in without JavaScript, and axe finds nothing."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, PHONE, fits, follow
from tests.helpers import PASSWORD, survey_file, units
from tests.serving import Service

pytestmark = pytest.mark.browser

LOOKS = [("zh-CN", "light", DESKTOP), ("en", "dark", PHONE)]
SCHEME = {
    "criteria": [
        {"code": "work", "name": {"zh": "工作实绩", "en": "Work done"}, "maximum": 60, "uses": ["own", "check"]},
        {"code": "people", "name": {"zh": "群众评价", "en": "Public response"}, "maximum": 40, "uses": ["survey"]},
    ],
    "sources": [
        {"code": "own", "name": {"zh": "自评", "en": "Own score"}, "weight": 30, "kind": "own"},
        {"code": "check", "name": {"zh": "考核组评价", "en": "Check group"}, "weight": 70},
        {"code": "survey", "name": {"zh": "群众测评", "en": "Survey"}, "kind": "survey"},
    ],
    "grades": "grading2012",
    "quotas": [{"at_least": 0.3, "grade": 1}],
}


@pytest.fixture(scope="module")
def college(tmp_path_factory):
    """A sealed survey of twelve units with an evaluation that is not filled in yet."""
    folder = tmp_path_factory.mktemp("evaluation")
    service = Service.prepared(folder / "instance")
    data = survey_file(units=units(12))
    text = json.dumps({**data, "opens": str(data["opens"]), "closes": str(data["closes"])})
    (folder / "survey.json").write_text(text, "utf-8")
    (folder / "scheme.json").write_text(json.dumps(SCHEME), "utf-8")
    codes = [f"B{number:02}" for number in range(1, 13)]
    rows = ["group," + ",".join(f"{code}/overall" for code in codes), *["students," + ",".join("1" * 12)] * 6]
    (folder / "ballots.csv").write_text("\n".join(rows), "utf-8")
    service.flask("survey", "create", str(folder / "survey.json"), "--publish")
    service.flask("survey", "close", "test", "--reason", "done")
    service.flask("ballots", "import", "test", str(folder / "ballots.csv"))
    service.flask("survey", "seal", "test")
    service.flask("evaluation", "make", "test", "--file", str(folder / "scheme.json"))
    service.flask("evaluation", "links", "test", "--until", "2099-12-31T17:00")
    for name in ("Zhao", "Qian"):
        service.flask("account", "create", name, "committee", "--password", PASSWORD)
    service.page = f"{service.base}/staff/surveys/test/evaluation"
    yield service
    service.stop()


def signed_in(college, open_page, name="Zhao", **options):
    page = open_page(**options)
    page.goto(f"{college.base}/staff/login")
    page.locator("#name").fill(name)
    page.locator("#password").fill(PASSWORD)
    follow(page, page.locator("main button"))
    return page


@pytest.mark.parametrize(("language", "scheme", "viewport"), LOOKS)
def test_all_pages_are_accessible_and_fit(college, open_page, check_accessibility, language, scheme, viewport):
    page = signed_in(college, open_page, locale=language, color_scheme=scheme, viewport=viewport)
    for path in ("", "/points", "/points/B02", "/links", "/table", "/scheme"):
        page.goto(college.page + path)
        check_accessibility(page)
        assert fits(page), path
    assert page.problems == []


@pytest.mark.parametrize(("language", "scheme", "viewport"), LOOKS)
def test_a_unit_hands_in_without_javascript(college, open_page, check_accessibility, language, scheme, viewport):
    number = "B01" if language == "en" else "B02"
    link = college.flask("evaluation", "links", "test", "--make", number, "--base", college.base).split()[-1]
    watched = open_page(locale=language, color_scheme=scheme, viewport=viewport)
    watched.goto(link)
    check_accessibility(watched)
    assert fits(watched)
    page = open_page(locale=language, viewport=viewport, java_script_enabled=False)
    page.goto(link)
    page.locator("#points-work").fill("58.5")
    page.locator("#reason-work").fill("全年工作总结")
    follow(page, page.locator("main button.primary"))
    expect(page.locator(".good")).to_be_visible()
    assert page.locator("#points-work").input_value() == "58.5"


def test_points_are_typed_on_a_phone_one_unit_after_another_and_two_members_sign(
    college, open_page, check_accessibility
):
    page = signed_in(college, open_page, viewport=PHONE, locale="en")
    page.goto(f"{college.page}/points/B01")
    for number in range(1, 13):
        for place in ("1", "2"):
            page.locator(f"#f{place}").fill(str(60 - number))
        page.locator("#reason").fill("档案")
        follow(page, page.locator("#points button.primary"))
    page.goto(college.page)
    expect(page.locator("#quota-1 input[type=checkbox]").first).to_be_visible()
    check_accessibility(page)
    assert fits(page)
    allowed = page.locator("#quota-1 input[type=checkbox]").count() - 4
    for place in range(allowed):
        page.locator("#quota-1 input[type=checkbox]").nth(place).check()
    page.locator("#why-0").fill("表决")
    follow(page, page.locator("#quota-1 button"))
    for name in ("Zhao", "Qian"):
        member = signed_in(college, open_page, name, locale="en")
        member.goto(college.page)
        member.on("dialog", lambda dialog: dialog.accept())
        follow(member, member.locator("#signatures button"))
    page.goto(college.page)
    expect(page.locator("#signatures .digest")).to_be_visible()
    check_accessibility(page)
    assert college.flask("evaluation", "verify", "test").startswith("evaluation: as signed")
