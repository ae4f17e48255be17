"""Tables of units as offices have them: read, guessed, shown cell by cell, mended on the page and imported."""

import html
import io
import re

import lxml.html
import openpyxl
import pytest

from surveys.units.importing import UnitRow
from surveys.units.models import Unit, units_with_depth
from tests.acting import store_units

NATURAL = [
    ["机电学院党支部基本情况一览表（2026年）"],
    ["序号", "党支部名称", "类别", "所属党总支", "书记", "联系电话"],
    [1, "机电系教师第一党支部", "教工党支部", "机电系党总支", "王某", "138"],
    [2, "机电系学生第一党支部", "学生党支部", "机电系党总支", "李某", "139"],
    [3, "机关第一党支部", "教工", "机关党总支", "张某", ""],
    [4, "校团委", "", "", "赵某", ""],
]


def workbook(rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


@pytest.fixture
def office(staff):
    return staff("publisher")


def send(office, data, name="支部.xlsx", text=None):
    page = office.get("/staff/units/").text
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1]
    fields = {"csrf_token": token, "text": text} if text else {"csrf_token": token, "file": (io.BytesIO(data), name)}
    return office.post("/staff/units/?lang=en", data=fields, content_type="multipart/form-data")


def again(office, page, *, do="", **changes):
    """Send the page of the table again, with changes, as its script does: changed cells alone have names."""
    form = lxml.html.fromstring(page).get_element_by_id("grid")
    fields = {name: value for name, value in form.form_values() if name not in ("", None)}
    for name, value in changes.items():
        fields[name.replace("_", "-", 2)] = value
    if do:
        fields[do] = "1"
    return office.post("/staff/units/table/?lang=en", data=fields)


def tree():
    return [(depth, unit.name, unit.kind) for unit, depth in units_with_depth()]


def test_the_row_of_a_sum_is_no_unit(office):
    page = send(office, workbook([*NATURAL, ["", "共　计", "", "", "4 个", ""]]))
    assert "The row of a sum is passed over." in page.text
    assert again(office, page.text, do="import").status_code == 302
    assert "共计" not in {unit.name.replace(" ", "") for unit in Unit.select()}
    assert Unit.select().count() == 6


def test_a_natural_table_is_understood_and_imported_with_one_click(office):
    page = send(office, workbook(NATURAL))
    assert page.status_code == 200
    assert 'id="problems"' not in page.text
    assert "机电系党总支, 机关党总支" in html.unescape(page.text)
    done = again(office, page.text, do="import")
    assert done.status_code == 302
    assert tree() == [
        (0, "校团委", "youth_league"),
        (0, "机电系党总支", "general_branch"),
        (1, "机电系教师第一党支部", "branch"),
        (1, "机电系学生第一党支部", "branch"),
        (0, "机关党总支", "general_branch"),
        (1, "机关第一党支部", "branch"),
    ]
    assert len({unit.code for unit in Unit.select()}) == 6


def test_the_same_table_again_changes_nothing(office):
    again(office, send(office, workbook(NATURAL)).text, do="import")
    codes = {unit.name: unit.code for unit in Unit.select()}
    page = send(office, workbook(NATURAL)).text
    assert page.count("as it was") == 4
    again(office, page, do="import")
    assert {unit.name: unit.code for unit in Unit.select()} == codes


def test_it_can_be_pasted_from_a_spreadsheet(office):
    text = "\n".join("\t".join(str(cell) for cell in row) for row in NATURAL[1:])
    page = send(office, b"", text=text)
    assert page.status_code == 200
    again(office, page.text, do="import")
    assert len(tree()) == 6


def test_a_fault_is_mended_in_its_cell(office):
    rows = [["名称", "类型"], ["甲支部", "党支部"], ["神秘", "神秘"]]
    page = send(office, workbook(rows))
    assert page.status_code == 422
    assert "1 row still has a fault" in page.text
    assert again(office, page.text, do="import").status_code == 422
    assert not Unit.select().exists()
    mended = again(office, page.text, e_3_kind="office")
    assert mended.status_code == 200
    assert again(office, mended.text, do="import").status_code == 302
    assert sorted(unit.kind for unit in Unit.select()) == ["branch", "office"]


def test_a_cell_that_a_spreadsheet_changed_is_empty_and_no_code_is_made_for_it(office):
    from datetime import date

    rows = [["编号", "名称", "类型"], ["A1", "甲支部", "党支部"], [date(2026, 3, 1), "乙支部", "党支部"]]
    page = send(office, workbook(rows))
    assert page.status_code == 422
    assert "become a date" in html.unescape(page.text)
    assert again(office, page.text, do="import").status_code == 422
    mended = again(office, page.text, e_3_code="3-1")
    assert again(office, mended.text, do="import").status_code == 302
    assert sorted(unit.code for unit in Unit.select()) == ["3-1", "A1"]


def test_columns_can_be_assigned_by_hand(office):
    rows = [["甲", "乙", "丙"], ["一支部", "x", "党支部"], ["二支部", "y", "党支部"]]
    page = send(office, workbook([["对象", "备注", "类别"], *rows[1:]]))
    assert page.status_code == 422
    assert "Say which column holds the names" in page.text
    assigned = again(office, page.text, m_0="name")
    assert assigned.status_code == 200
    again(office, assigned.text, do="import")
    assert [unit.name for unit in Unit.select()] == ["一支部", "二支部"]


def test_two_columns_assigned_to_one_are_refused(office):
    page = send(office, workbook(NATURAL)).text
    done = again(office, page, m_0="name")
    assert "assigned to the same" in office.get(done.location or "/staff/units/").text


def test_the_row_of_headings_can_be_chosen(office):
    page = send(office, workbook(NATURAL)).text
    assert 'value="2"' in page
    moved = again(office, page, heading="3")
    assert "机电系教师第一党支部" in moved.text
    assert again(office, page, heading="0").status_code == 422


def test_a_unit_above_that_is_no_unit_is_a_fault_and_not_made_up(office):
    page = send(office, workbook([["名称", "类型", "所属单位"], ["甲支部", "党支部", "暂无"]]))
    assert page.status_code == 422
    assert "There is no unit 暂无" in html.unescape(page.text)


def test_known_units_above_are_found_by_name(office):
    store_units([UnitRow("Z9", "机电系党总支", "", "general_branch", "")])
    again(office, send(office, workbook(NATURAL)).text, do="import")
    assert Unit.get(Unit.name == "机电系学生第一党支部").parent.code == "Z9"


def test_what_is_no_table_is_refused_as_before(office):
    page = send(office, b"\x00\x01", name="x.xlsx").text
    assert 'id="problems"' in page
    assert "/staff/units/table/" not in page


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_template_is_read_as_it_is(office, language):
    data = office.get(f"/staff/units/template.xlsx?lang={language}").data
    page = send(office, data, name="template.xlsx")
    assert page.status_code == 200
    assert again(office, page.text, do="import").status_code == 302
    assert [(depth, kind) for depth, _name, kind in tree()] == [(0, "general_branch"), (1, "branch")]


def test_rows_are_left_out_and_added(office):
    page = send(office, workbook(NATURAL))
    page = again(office, page.text, x_5="1", add="1")
    assert "<s>机关第一党支部</s>" in page.text
    cells = {"e_7_name": "图书馆党支部", "e_7_kind": "branch"}
    assert again(office, page.text, do="import", **cells).status_code == 302
    branches = {name for _, name, kind in tree() if kind == "branch"}
    assert branches == {"机电系教师第一党支部", "机电系学生第一党支部", "图书馆党支部"}


def test_of_a_long_table_mended_rows_stay_mended(office, monkeypatch):
    monkeypatch.setattr("surveys.web.staff.unit_grid.MOST_ROWS", 2)
    page = send(
        office,
        workbook([["名称", "类型"], ["甲支部", "党支部"], ["乙支部", "党支部"], ["神秘", "神秘"], ["奇怪", "奇怪"]]),
    )
    page = again(office, page.text, e_4_kind="office")
    assert page.status_code == 422
    assert again(office, page.text, do="import", e_5_kind="office").status_code == 302
    assert Unit.select().count() == 4


def test_the_command_assigns_columns_by_heading(runner, tmp_path):
    file = tmp_path / "u.xlsx"
    file.write_bytes(workbook([["对象", "类别", "所属党总支"], ["机电系教师党支部", "教工党支部", "机电系党总支"]]))
    assert "is missing" in runner.invoke(args=["units", "import", str(file)]).stderr
    assert "no column 丁" in runner.invoke(args=["units", "import", str(file), "--column", "丁=name"]).stderr
    assert "HEADING" in runner.invoke(args=["units", "import", "--help"]).output
    done = runner.invoke(args=["units", "import", str(file), "--column", "对象=name"])
    assert "2 units added" in done.output, done.stderr
    assert "codes are proposed" in done.stderr
    assert tree() == [(0, "机电系党总支", "general_branch"), (1, "机电系教师党支部", "branch")]
