"""The whole way in a browser: set-up, units, survey, codes, an answer on a phone, seal, workbook."""

from __future__ import annotations

import io
import os
import re
from datetime import datetime, timedelta
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, fits
from tests.browser.test_network import kept
from tests.processes import ROOT
from tests.serving import Service

pytestmark = pytest.mark.browser

UNITS = (
    "编号,名称,英文名称,类型,上级\nP,学院党委,College Committee,党委,\nZ1,机电工程系党总支,Mechanics,党总支,P\n"
    + "".join(f"B1{i},机电工程系第{i}党支部,Branch {i} of Mechanics,党支部,Z1\n" for i in (1, 2, 3))
)


@pytest.fixture
def service(tmp_path):
    """A fresh installation, as `make run` leaves it."""
    running = Service.prepared(tmp_path / "instance")
    yield running
    running.stop()


@pytest.fixture
def shoot():
    """Keep a screenshot under docs/ when asked to (make screenshots)."""

    def shoot_if_asked(page, name: str, **options) -> None:
        if os.environ.get("SCREENSHOTS"):
            page.screenshot(path=ROOT / "docs" / "screenshots" / f"{name}.png", **options)

    return shoot_if_asked


def test_from_set_up_to_the_workbook(service, open_page, shoot):
    office = open_page(viewport=DESKTOP)
    set_up(service, office, shoot)
    import_units(service, office, shoot)
    publish(service, office, shoot)
    codes = issue(service, office, shoot)
    for number, code in enumerate(codes):
        answer_on_a_phone(service, open_page(), code, level=1 + number % 4, shoot=shoot if number == 3 else None)
    office.goto(f"{service.base}/staff/surveys/spring/")
    expect(office.locator("main").get_by_text("60.00 %").first).to_be_visible()
    office.on("dialog", lambda dialog: dialog.accept())
    office.get_by_text("立即结束").first.click()
    office.get_by_label("原因（记入操作记录）").last.fill("全部参评")
    office.get_by_role("button", name="立即结束").click()
    office.get_by_role("link", name="封存").first.click()
    office.get_by_label("是的，封存").check()
    office.get_by_role("button", name="封存").click()
    office.wait_for_url("**/result")
    assert "6 份答卷" in office.locator("main").inner_text()
    shoot(office, "result", full_page=False)
    with office.expect_download() as download:
        office.get_by_role("link", name="评分表（xlsx）").first.click()
    data = Path(download.value.path()).read_bytes()
    book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    rows = [[cell.value for cell in row] for row in book["汇总"].iter_rows()]
    scores = {row[1]: row[4] for row in rows if str(row[1]).startswith("机电工程系第")}
    assert scores == dict.fromkeys(scores, pytest.approx((100 + 80 + 60 + 0 + 100 + 80) / 6))
    assert len(scores) == 3
    assert office.problems == []


def set_up(service, office, shoot):
    link = re.search(r"http\S+", service.flask("account", "first-link", "--base", service.base))[0]
    office.goto(link)
    office.get_by_label("姓名").fill("王主任")
    office.get_by_label("新密码").fill("好记 又 难猜 的 密码")
    office.get_by_label("再输一遍").fill("好记 又 难猜 的 密码")
    office.get_by_role("button", name="创建账号").click()
    office.wait_for_url("**/staff/")
    expect(office.get_by_text("要评价哪些单位？")).to_be_visible()


def import_units(service, office, shoot):
    file = {"name": "单位.csv", "mimeType": "text/csv", "buffer": UNITS.encode("gb18030")}
    office.locator("input[type=file]").set_input_files(file)  # which sends it
    expect(office.get_by_text("机电工程系第2党支部")).to_be_visible()
    office.get_by_role("button", name="导入").click()
    expect(office.get_by_text("新增 5 个单位")).to_be_visible()


def publish(service, office, shoot):
    office.goto(f"{service.base}/staff/surveys/new")
    office.get_by_role("button", name="新建评议").click()
    office.get_by_role("link", name="标题和网址").click()
    office.get_by_label("网址代号").fill("spring")
    office.get_by_label("标题", exact=True).fill("春季群众反映测评")
    shoot(office, "draft")
    office.get_by_role("button", name="保存并继续").click()
    office.get_by_role("link", name="谁来答").click()
    office.get_by_label("应参评人数").first.fill("10")
    office.get_by_role("button", name="删除此群体").last.click()
    office.get_by_role("button", name="保存并继续").click()
    now = datetime.now()
    office.get_by_label("开放时间").fill(f"{now - timedelta(days=1):%Y-%m-%dT%H:%M}")
    office.get_by_label("结束时间").fill(f"{now + timedelta(days=2):%Y-%m-%dT%H:%M}")
    office.get_by_role("button", name="保存并返回").click()
    expect(office.get_by_text("约 2 分钟")).to_be_visible()
    office.once("dialog", lambda dialog: dialog.accept())
    office.get_by_role("button", name="发布", exact=True).click()
    expect(office.get_by_text("评议已发布")).to_be_visible()


def issue(service, office, shoot):
    office.get_by_role("link", name="参评码").click()
    office.get_by_label("数量").fill("6")
    office.get_by_role("button", name="发放参评码", exact=True).click()
    with office.context.expect_page() as opened:
        office.get_by_role("button", name="参评条（打印）").click()
    slips = opened.value
    slips.wait_for_load_state()
    codes = slips.locator(".slip .code").all_inner_texts()
    assert len(codes) == 6
    shoot(slips, "slips")
    return codes


def answer_on_a_phone(service, phone, code, level, shoot=None):
    shoot = shoot or (lambda *_, **__: None)
    phone.goto(f"{service.base}/s/spring#{code}")
    assert phone.get_by_label("参评条上的参评码").input_value() == code
    shoot(phone, "welcome")
    phone.get_by_role("button", name="开始").click()
    for unit in range(3):
        card = phone.locator("[data-page]").nth(unit)
        expect(card).to_be_visible()
        assert phone.locator("[data-page]:visible").count() == 1
        assert fits(phone)
        for question in range(8):
            card.locator("fieldset").nth(question).locator(f"input[value='{level}']").check()
        reasons = card.get_by_text("您不满意的主要原因")
        assert reasons.is_visible() == (level == 4)
        if level == 4:
            card.get_by_label("效率").check()
            card.get_by_label("您对该党组织的意见和建议").fill("希望及时回音")
        if unit == 0:
            phone.evaluate("scrollTo(0, 0)")
            shoot(phone, "card")
        phone.get_by_role("button", name="下一个" if unit < 2 else "检查").click()
    assert phone.get_by_text("已答完").count() == 3
    shoot(phone, "review")
    phone.get_by_role("button", name="提交答卷").dblclick()
    phone.get_by_role("heading", name="已收到，谢谢").wait_for()
    expect(phone.locator(".receipt")).to_be_hidden()
    shoot(phone, "thanks")
    assert phone.context.cookies() == []
    assert kept(phone) == ["receipts:"]
    assert phone.problems == []
