"""What staff read: one word has one meaning, and nothing internal is shown."""

import io
import re

import pytest

from surveys.admission.roster_file import PersonRow
from surveys.inputs.problems import InputError, Problem
from surveys.storage.audit import Action, record
from surveys.units.importing import read_units
from surveys.web.messages import localised
from tests.acting import create_draft, erase_roster, seal, store_roster, store_units
from tests.helpers import ZONE, closed, csrf, published, survey_file
from tests.web.staff.steps import save_step
from tests.web.staff.test_administration import ACCOUNTS

GROUPS = [{"code": "students", "name": "学生", "admission": "roster"}]


def text_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def upload(browser, page: str, table: str, name="u.csv"):
    data = {"csrf_token": csrf(browser, page), "file": (io.BytesIO(table.encode()), name)}
    return browser.post(page, data=data, content_type="multipart/form-data").text


def test_the_code_of_a_unit_is_not_called_an_access_code(staff):
    browser = staff("publisher")
    preview = upload(browser, "/staff/units/", "code,name,kind\nB1,甲支部,branch\n")
    store_units(read_units("u.csv", "code,name,kind\nB1,甲支部,branch\n".encode()).rows)
    for page in (preview, browser.get("/staff/units/").text):
        assert "单位编号" in page
        assert "参评码" not in page


@pytest.mark.parametrize(
    ("language", "shown", "hidden"), [("zh", "党委、党总支", "general"), ("en", "general branch, ", "党")]
)
def test_kinds_of_units_are_listed_in_the_readers_language(staff, language, shown, hidden):
    browser = staff("publisher")
    browser.get(f"/staff/?lang={language}")
    page = upload(browser, "/staff/units/", "code,name,kind\nB1,x,village\n")
    cells = re.search(r'id="problems".*?</ul>', page, re.S)[0]
    assert shown in cells
    assert hidden not in cells


def test_a_kind_may_be_typed_as_pages_show_it():
    rows = read_units("u.csv", b"code,name,kind\nB1,x,General branch\nB2,y,youth league\n").rows
    assert [row.kind for row in rows] == ["general_branch", "youth_league"]


def test_a_file_is_not_named_as_a_column(app):
    with pytest.raises(InputError) as refused:
        read_units("名册.xlsx", b"PK\x03\x04 no workbook")
    with app.test_request_context("/staff/?lang=zh"):
        assert localised(refused.value.problems[0]).startswith("名册.xlsx：")
        assert localised(Problem("There is no such account.", "类型", 3)).startswith("第 3 行，类型 列")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_roster_that_never_was_is_not_called_erased(app, staff, lang):
    browser = staff("publisher")
    never = {"zh": "本评议没有按名单参评的群体。", "en": "admitted by a roster"}[lang]
    erased = {"zh": "本评议的名单已清除。", "en": "is erased"}[lang]
    closed(published())
    assert never in browser.get(f"/staff/surveys/test/roster/?lang={lang}").text
    seal("test")
    page = browser.get("/staff/surveys/test/roster/").text
    assert never in page
    assert erased not in page
    survey = published(slug="listed", groups=GROUPS)
    store_roster("listed", app.config["CODE_KEY"], [PersonRow("1", "张三", 0, None, "", "")])
    closed(survey)
    seal("listed")
    assert erased not in browser.get("/staff/surveys/listed/roster/").text
    erase_roster("listed")
    assert erased in browser.get("/staff/surveys/listed/roster/").text
    closed(published(slug="empty", groups=GROUPS))
    seal("empty")
    assert erased not in browser.get("/staff/surveys/empty/roster/").text


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_brand_and_the_menu_have_different_names(staff, lang):
    page = staff().get(f"/staff/?lang={lang}").text
    names = [text_of(link) for link in re.findall(r"<a[^>]*>.*?</a>", page[: page.index("</header>")], re.S)]
    assert len(names) == len(set(names)) >= 6


def test_the_menu_and_the_tabs_mark_where_one_is(app, staff):
    browser = staff()
    closed(published())
    seal("test")

    def marked(path):
        page = browser.get(f"{path}?lang=en").text
        return [text_of(link) for link in re.findall(r'<a[^>]*aria-current="[a-z]+"[^>]*>.*?</a>', page, re.S)]

    survey = "/staff/surveys/test/"
    assert marked("/staff/") == ["Surveys"]
    assert marked("/staff/units/") == ["Units"]
    assert marked(ACCOUNTS) == marked(f"{ACCOUNTS}/1") == ["Accounts"]
    assert marked("/staff/audit") == ["Audit trail"]
    assert marked("/staff/password") == ["administrator-1"]
    for path, tab in (("", "Overview"), ("result", "Result"), ("remarks", "Remarks"), ("verify", "Verification")):
        assert marked(survey + path) == ["Surveys", tab]


def test_who_ran_a_command_is_named_in_the_readers_language(staff):
    browser = staff()
    record("command line (root)", Action.CLOSE, "test")
    assert "命令行（root）" in browser.get("/staff/audit?lang=zh").text


def test_faults_of_the_rule_are_said_in_its_step_without_names_of_files(staff):
    browser = staff("publisher")
    create_draft(survey_file(groups=[{"code": "g", "name": "学生", "admission": "open"}]), ZONE)
    assert save_step(browser, "test", "rule", open_apart="y").status_code == 302
    page = browser.get("/staff/surveys/test/draft/rule?lang=zh").text
    assert "另有" in page[page.index('id="missing"') :] or "参评码" in page
    assert "rule.open_apart" not in page
    assert "groups[" not in page
