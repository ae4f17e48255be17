"""A clerk's ten minutes: from an empty installation and a natural Excel file to a projected QR code, and on to the workbook.

Every click, key and page is counted.
"""

from __future__ import annotations

import io
import os
import re
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP
from tests.processes import ROOT
from tests.serving import Service

pytestmark = pytest.mark.browser

MOST_CLICKS, MOST_KEYS, MOST_PAGES = 28, 40, 12

TABLE = [
    ["机电学院党支部基本情况一览表（2026年）"],
    ["序号", "党支部名称", "类别", "所属党总支", "书记", "联系电话"],
    [1, "机电系教师第一党支部", "教工党支部", "机电系党总支", "王某", "13800000001"],
    [2, "机电系学生第一党支部", "学生党支部", "机电系党总支", "李某", "13800000002"],
    [3, "机关第一党支部", "教工党支部", "机关党总支", "张某", "13800000003"],
]


class Clerk:
    """Somebody at a desk, whose clicks, keys and pages are counted."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.clicks = self.keys = self.pages = 0
        self.shot = 0
        page.on("framenavigated", self._navigated)
        page.on("dialog", self._accept)

    def _navigated(self, frame) -> None:
        self.pages += frame == self.page.main_frame

    def _accept(self, dialog) -> None:
        self.clicks += 1
        dialog.accept()

    def click(self, role: str, name: str) -> None:
        self.clicks += 1
        self.page.get_by_role(role, name=name, exact=True).first.click()

    def type(self, text: str) -> None:
        self.keys += len(text)
        self.page.keyboard.type(text)

    def press(self, key: str) -> None:
        self.keys += 1
        self.page.keyboard.press(key)

    def choose(self, data: bytes) -> None:
        """Choose a file: a click on the field, and one in the dialogue of the system."""
        self.clicks += 2
        file = {"name": "党支部.xlsx", "mimeType": "application/octet-stream", "buffer": data}
        self.page.locator("input[type=file]").set_input_files(file)

    def shoot(self, name: str) -> None:
        """Keep a picture for the clerk's page of the docs when asked to (make screenshots)."""
        if os.environ.get("SCREENSHOTS"):
            self.page.screenshot(path=ROOT / "docs" / "screenshots" / f"clerk-{name}.png")


@pytest.fixture
def service(tmp_path):
    running = Service.prepared(tmp_path / "instance", BASE_URL="")
    yield running
    running.stop()


def workbook() -> bytes:
    book = openpyxl.Workbook()
    for row in TABLE:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_from_an_empty_installation_to_the_projector_and_the_workbook(service, open_page):
    link = re.search(r"http\S+", service.flask("account", "first-link", "--base", service.base))[0]
    page = open_page(viewport=DESKTOP)
    clerk = Clerk(page)
    page.goto(link)
    sign_up(clerk)
    bring_units(clerk)
    publish(clerk)
    codes = hand_out(clerk)
    project(clerk)
    for number, code in enumerate([*codes[:6], *codes[-6:]]):  # of students and of staff
        answer(service, open_page(), code, level=1 + number % 3)
    expect(page.locator("[data-ballots]")).to_have_text("12", timeout=15_000)
    clerk.shoot("projector")
    close_and_seal(clerk)
    rows = take_workbook(clerk)
    column = next(row.index("得分") for row in rows if "得分" in row)
    scores = {row[1]: row[column] for row in rows if str(row[1]).endswith("支部")}
    assert scores == dict.fromkeys((row[1] for row in TABLE[2:]), pytest.approx((100 + 80 + 60) / 3))
    assert page.problems == []
    assert clerk.clicks <= MOST_CLICKS
    assert clerk.keys <= MOST_KEYS
    assert clerk.pages <= MOST_PAGES


def sign_up(clerk: Clerk) -> None:
    expect(clerk.page.get_by_label("姓名")).to_be_focused()
    clerk.type("王主任")
    clerk.press("Tab")
    clerk.type("petrel-91-lamp")
    clerk.press("Tab")
    clerk.type("petrel-91-lamp")
    clerk.press("Enter")
    clerk.page.wait_for_url("**/staff/")
    clerk.shoot("guide")


def bring_units(clerk: Clerk) -> None:
    clerk.choose(workbook())
    expect(clerk.page.get_by_text("各列的含义")).to_be_visible()
    clerk.shoot("units")
    clerk.click("button", "导入")
    expect(clerk.page.get_by_text("新增 5 个单位")).to_be_visible()


def publish(clerk: Clerk) -> None:
    clerk.click("button", "新建评议")
    expect(clerk.page.get_by_role("heading", name="先试填")).to_be_visible()
    clerk.shoot("draft")
    clerk.click("button", "发布并立即开放")
    expect(clerk.page.get_by_text("评议已发布").or_(clerk.page.get_by_text("评议已开放")).first).to_be_visible()


def hand_out(clerk: Clerk) -> list[str]:
    clerk.click("button", "为所有群体发放参评码")
    expect(clerk.page.get_by_role("heading", name="已发放")).to_be_visible()
    codes = clerk.page.locator("input[name=codes]").first.input_value().split("\n")
    with clerk.page.expect_download() as download:
        clerk.click("button", "参评条和领取单（PDF）")
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF")
    return [line.split()[-1] for line in codes]


def project(clerk: Clerk) -> None:
    clerk.click("link", "投屏")
    expect(clerk.page.locator(".screen .qr")).to_be_visible()


def answer(service: Service, phone: Page, code: str, level: int) -> None:
    slug = phone_slug(service)
    phone.goto(f"{service.base}/s/{slug}#{code}")
    phone.get_by_role("button", name="开始").click()
    phone.locator("[data-page]").first.wait_for()
    phone.evaluate(
        """level => { for (const box of document.querySelectorAll(`input[type=radio][value="${level}"]`)) box.click();
                      document.getElementById("ballot").requestSubmit(); }""",
        level,
    )
    phone.get_by_role("heading", name="已收到，谢谢").wait_for()
    phone.context.close()


def phone_slug(service: Service) -> str:
    return service.flask("survey", "list").split("\t")[0].strip()


def close_and_seal(clerk: Clerk) -> None:
    clerk.click("link", "返回评议")
    clerk.page.get_by_text("立即结束", exact=True).first.click()
    clerk.clicks += 1
    clerk.page.get_by_label("原因（记入操作记录）").last.click()
    clerk.clicks += 1
    clerk.type("评完")
    clerk.click("button", "立即结束")
    clerk.click("link", "封存")
    for box in clerk.page.locator("main input[type=checkbox]").all():
        clerk.clicks += 1
        box.check()
    clerk.click("button", "封存")
    clerk.page.wait_for_url("**/result")


def take_workbook(clerk: Clerk) -> list[list]:
    with clerk.page.expect_download() as download:
        clerk.click("link", "评分表（xlsx）")
    book = openpyxl.load_workbook(io.BytesIO(Path(download.value.path()).read_bytes()), data_only=True)
    return [[cell.value for cell in row] for row in book["汇总"].iter_rows()]
