"""Units: import by page and command, preview, errors by row and column."""

import io

import pytest

from surveys.inputs.problems import InputError
from surveys.units.changes import UnitImport
from surveys.units.importing import UnitRow, read_units
from surveys.units.models import Unit, all_units
from tests.acting import store_units
from tests.helpers import csrf, post
from tests.inputs.files import book

GOOD = "code,name,name_en,kind,parent\nP,院党委,Committee,committee,\nB1,第一党支部,First,branch,P\n"


def upload(browser, data: bytes, name="units.csv"):
    token = csrf(browser, "/staff/units/")
    fields = {"csrf_token": token, "file": (io.BytesIO(data), name)}
    return browser.post("/staff/units/", data=fields, content_type="multipart/form-data")


def test_importing_again_updates_and_never_duplicates(app):
    assert store_units(read_units("u.csv", GOOD.encode()).rows) == UnitImport(added=2, changed=0)
    assert store_units(read_units("u.csv", GOOD.encode()).rows) == UnitImport(added=0, changed=0)
    assert store_units(read_units("u.csv", GOOD.replace("第一", "甲").encode()).rows) == UnitImport(added=0, changed=1)
    assert [(unit.code, unit.name) for unit in all_units()] == [("P", "院党委"), ("B1", "甲党支部")]


def test_chinese_headings_and_kinds_are_understood(app):
    rows = read_units(
        "u.csv", "编号,名称,类型,上级\nZ1,机电党总支,党总支,\nB1,一支部,党支部,Z1\n".encode("gb18030")
    ).rows
    assert rows == [UnitRow("Z1", "机电党总支", "", "general_branch", ""), UnitRow("B1", "一支部", "", "branch", "Z1")]


@pytest.mark.parametrize(
    ("rows", "place", "message"),
    [
        ("B 1,甲,,branch,", "row 2, code", "letters, digits"),
        (",甲,,branch,", "row 2, code", "letters, digits"),
        ("B1,,,branch,", "row 2, name", "1 to 100"),
        ("B1," + "长" * 101 + ",,branch,", "row 2, name", "1 to 100"),
        ("B1,甲,,village,", "row 2, kind", "must be one of"),
        ("B1,甲,,branch,X9", "row 2, parent", "no unit X9"),
        ("B1,甲,,branch,B1", "row 2, parent", "its own parent"),
        ("B1,甲,,branch,\nB1,乙,,branch,", "row 3, code", "also in row 2"),
    ],
)
def test_errors_name_row_and_column(app, rows, place, message):
    with pytest.raises(InputError) as caught:
        read_units("u.csv", f"code,name,name_en,kind,parent\n{rows}\n".encode())
    assert caught.value.problems[0].place() == place
    assert message in str(caught.value)


def test_units_cannot_stand_in_a_circle(app):
    store_units([UnitRow("A", "甲", "", "branch", ""), UnitRow("B", "乙", "", "branch", "A")])
    with pytest.raises(InputError, match="its own parent"):
        store_units([UnitRow("A", "甲", "", "branch", "B")])
    assert Unit.get(Unit.code == "A").parent_id is None


def test_the_page_shows_a_preview_and_imports_only_when_confirmed(staff):
    browser = staff("publisher")
    preview = upload(browser, GOOD.encode())
    assert "第一党支部" in preview.text
    assert Unit.select().count() == 0
    import re

    data = re.search(r'name="data" value="([^"]+)"', preview.text)[1]
    post(browser, "/staff/units/import", form_on="/staff/units/", name="units.csv", data=data)
    assert Unit.select().count() == 2


def test_the_page_shows_errors_by_row_and_imports_nothing(staff):
    browser = staff("publisher")
    page = upload(browser, "code,name,kind\nB1,甲,村\n".encode("gb18030"))
    assert "第 2 行，类型 列" in page.text
    assert Unit.select().count() == 0


def test_a_file_is_required(staff):
    browser = staff("publisher")
    assert "请选择文件，或粘贴表格" in post(browser, "/staff/units/").text


def test_formula_like_names_stay_text(staff):
    browser = staff("publisher")
    page = upload(browser, b'code,name,kind\nB1,"=HYPERLINK(""http://x"",""y"")",branch\n')
    assert "=HYPERLINK(&#34;http://x&#34;,&#34;y&#34;)" in page.text


def test_a_unit_with_units_below_it_is_not_removed(staff):
    browser = staff("publisher")
    store_units(read_units("u.csv", GOOD.encode()).rows)
    post(browser, "/staff/units/delete", form_on="/staff/units/", code="P")
    assert Unit.select().count() == 2
    post(browser, "/staff/units/delete", form_on="/staff/units/", code="B1")
    assert Unit.select().count() == 1


def test_the_command_imports_and_reports_errors(runner, tmp_path):
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_text(GOOD, "utf-8")
    bad.write_text("code,name,kind\n,甲,branch\n", "utf-8")
    assert "2 units added" in runner.invoke(args=["units", "import", str(good)]).output
    failed = runner.invoke(args=["units", "import", str(bad)])
    assert failed.exit_code == 1
    assert "row 2, code" in failed.stderr


def test_the_page_with_the_faults_says_which_sheet_was_read_and_how_many_more_there_are(app, staff):
    rows = [["编号", "名称", "类型"], *[["B 1", "甲", "党支部"]] * 130]
    page = upload(staff(), book(rows, lambda made: made.create_sheet("备用")), "u.xlsx").text
    assert "第 2 行" in page
    assert "30 处错误未列出" in page
    assert "备用" in page


def test_the_command_with_faults_says_which_sheet_was_read(runner, tmp_path):
    (tmp_path / "u.xlsx").write_bytes(book([["编号", "名称", "类型"], ["B 1", "甲", "党支部"]]))
    done = runner.invoke(args=["units", "import", str(tmp_path / "u.xlsx")])
    assert done.exit_code == 1
    assert done.stderr.splitlines()[0] == "note: The sheet “Sheet” is read."
