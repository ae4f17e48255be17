"""A clerk's roster is mended cell by cell, and 300 units are searched and unfolded with the keyboard."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, PHONE, fits, follow
from tests.helpers import PASSWORD, survey_file
from tests.inputs.files import book
from tests.serving import Service

pytestmark = pytest.mark.browser

ROSTER = [
    ["参评人员名单"],
    ["序号", "姓名", "学号/工号（必填）", "所在支部", "人员类别"],
    [1, "张三", "2011001", "第1党支部", "学生"],
    [2, "李四", "2011 002", "图书馆", "进修"],
    [3, "王五", "2011003", "第2党支部", "学生"],
]
UNITS = [
    "code,name,kind,parent", "P,院党委,党委,", *(f"Z{i},第{i}党总支,党总支,P" for i in range(30)),
    *(f"B{i}-{j},第{i}总支第{j}党支部,党支部,Z{i}" for i in range(30) for j in range(9)),
]  # fmt: skip
HIGHEST = 2500


@pytest.fixture(scope="module")
def college(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tables")
    service = Service.prepared(folder / "instance")
    groups = [
        {"code": "students", "name": {"zh": "学生", "en": "Students"}, "admission": "roster"},
        {"code": "staff", "name": {"zh": "教职工", "en": "Staff"}, "admission": "roster"},
    ]
    data = survey_file(groups=groups)
    text = json.dumps({**data, "opens": str(data["opens"]), "closes": str(data["closes"])})
    (folder / "survey.json").write_text(text, "utf-8")
    (folder / "units.csv").write_text("\n".join(UNITS), "utf-8")
    service.flask("survey", "create", str(folder / "survey.json"), "--publish")
    service.flask("units", "import", str(folder / "units.csv"))
    service.flask("account", "create", "Wang", "publisher", "--password", PASSWORD)
    yield service
    service.stop()


@pytest.mark.parametrize(("language", "scheme", "viewport"), [("zh-CN", "light", DESKTOP), ("en", "dark", PHONE)])
def test_a_roster_is_mended_and_long_lists_stay_short(
    college, open_page, check_accessibility, language, scheme, viewport
):
    page = open_page(locale=language, color_scheme=scheme, viewport=viewport)
    page.goto(f"{college.base}/staff/login")
    page.locator("#name").fill("Wang")
    page.locator("#password").fill(PASSWORD)
    follow(page, page.locator("main button"))

    def looked_at() -> None:
        check_accessibility(page)
        assert fits(page), page.url

    page.goto(f"{college.base}/staff/surveys/test/roster/")
    looked_at()
    file = {"name": "r.xlsx", "mimeType": "application/octet-stream", "buffer": book(ROSTER)}
    with page.expect_navigation():
        page.locator("input[type=file]").set_input_files(file)  # which sends it
    looked_at()
    with page.expect_navigation():
        page.locator("select[id='w-group-进修']").select_option("students")  # which reads the table again
    page.locator("#e-4-number").fill("2011002")
    page.locator("#e-4-unit").fill("第3党支部")
    page.locator("[name=x-5]").check()
    follow(page, page.locator("button[name=add]"))
    expect(page.locator("#e-4-number")).to_have_value("2011002")
    looked_at()
    follow(page, page.locator("button[name=preview]"))
    expect(page.locator("tbody tr")).to_have_count(2)
    looked_at()

    page.goto(f"{college.base}/staff/units/")
    looked_at()
    assert page.evaluate("document.body.scrollHeight") <= HIGHEST
    part = page.locator(".units details:not([open]) > summary").first
    part.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".units details[open] .units .units li").first).to_be_visible()
    page.locator("#q").fill("b29-8")
    page.keyboard.press("Enter")
    expect(page.locator(".units .units .units li")).to_have_count(1)
    follow(page, page.locator(".unit-edit").last)
    looked_at()
    assert [text for text in page.problems if "422" not in text] == []
