"""Lists of units without codes, pasted as offices have them: which unit a row means, and that none is lost or doubled."""

import html

import pytest

from surveys.units.importing import UnitRow, read_units
from surveys.units.models import Unit
from tests.acting import store_units
from tests.units.test_office_tables import again, send

COLLEGES = "\n".join([
    "党支部名称\t所属党总支", "教工党支部\t理学院党总支", "学生党支部\t理学院党总支", "教工党支部\t文学院党总支",
    "学生党支部\t文学院党总支",
])  # fmt: skip


@pytest.fixture
def office(staff):
    return staff("publisher")


def paste(office, text, **changes):
    """Paste a table and import it as it is guessed; returns the page of the guess."""
    page = send(office, b"", text=text)
    again(office, page.text, do="import", **changes)
    return html.unescape(page.text)


def stored():
    return [(unit.code, unit.name, unit.parent and unit.parent.name) for unit in Unit.select().order_by(Unit.code)]


class TestImportedTwice:
    def test_units_of_one_name_below_different_units_are_found_again(self, office):
        paste(office, COLLEGES)
        before = stored()
        assert len(before) == 6
        page = paste(office, COLLEGES)
        assert stored() == before
        assert page.count("as it was") == 4

    def test_the_unit_above_may_be_named_by_its_code_or_with_its_own_unit_above(self, office):
        store_units(
            [UnitRow("P1", "校党委", "", "committee", ""), UnitRow("Z7", "理学院党总支", "", "general_branch", "P1")]
        )
        paste(office, COLLEGES)
        before = stored()
        for word in ("Z7", "理学院党总支（校党委）", "理学院党总支(Z7)"):
            paste(office, COLLEGES.replace("理学院党总支", word))
            assert stored() == before

    def test_a_unit_of_the_same_name_in_another_college_does_not_move_the_stored_one(self, office):
        paste(office, "党支部名称\t所属党总支\n学生党支部\t理学院党总支\n")
        page = paste(office, "党支部名称\t所属党总支\n学生党支部\t文学院党总支\n")
        assert "is stored as B001 (理学院党总支) already" in page
        assert [(name, above) for _, name, above in stored() if name == "学生党支部"] == [
            ("学生党支部", "理学院党总支"), ("学生党支部", "文学院党总支"),
        ]  # fmt: skip

    def test_a_unit_that_moved_keeps_its_code_if_somebody_says_so(self, office):
        paste(office, "党支部名称\t所属党总支\n数学党支部\t理学院党总支\n")
        paste(office, "党支部名称\t所属党总支\n数学党支部\t文学院党总支\n", e_2_code="B001")
        assert ("B001", "数学党支部", "文学院党总支") in stored()
        assert len(stored()) == 3

    def test_a_unit_without_one_above_is_put_below_the_one_that_is_named_now(self, office):
        paste(office, "党支部名称\n数学党支部\n")
        paste(office, "党支部名称\t所属党总支\n数学党支部\t理学院党总支\n")
        assert stored() == [("B001", "数学党支部", "理学院党总支"), ("Z001", "理学院党总支", None)]

    def test_a_name_that_several_units_have_is_not_guessed(self, office):
        paste(office, COLLEGES)
        before = stored()
        page = paste(office, "党支部名称\n教工党支部\n")
        assert "There are several units called “教工党支部”: B001 (理学院党总支), B003 (文学院党总支)." in page
        assert stored() == before

    def test_a_file_with_codes_that_adds_a_second_unit_of_the_name_says_so(self, office):
        paste(office, COLLEGES)
        file = "编号,名称,类型,上级\nX1,教工党支部,党支部,Z001\nX2,离退休党支部,党支部,Z001\n"
        remarks = read_units("units.csv", file.encode()).remarks
        assert [(remark.row, remark.values["code"]) for remark in remarks] == [(2, "B001")]


class TestWithoutHeadings:
    @pytest.mark.parametrize(
        "names",
        [
            ["数学教工党支部", "物理教工党支部", "化学教工党支部"],
            ["数学教工党支部", "校工会"],
            ["数学教工党支部", "校党委", "党办", "保卫处"],
            ["工会", "团委", "党委办公室"],
            ["党委", "工会", "团委"],
        ],
    )
    def test_the_first_of_a_list_of_names_is_not_lost(self, office, names):
        page = paste(office, "\n".join(names) + "\n")
        assert "No headings were found" in page
        assert {name for _, name, _ in stored()} == set(names)

    @pytest.mark.parametrize("heading", ["支部名称", "党支部", "单位", "党支部全称", "所在党支部", "name"])
    def test_a_heading_alone_is_one(self, office, heading):
        paste(office, f"{heading}\n数学教工党支部\n物理教工党支部\n")
        assert len(stored()) == 2

    def test_of_two_columns_none_is_lost_and_they_are_assigned_by_hand(self, office):
        page = send(office, b"", text="数学教工党支部\t理学院党总支\n中文教工党支部\t文学院党总支\n")
        assert page.status_code == 422
        assert "Say which column holds the names" in page.text
        again(office, page.text, do="import", m_0="name", m_1="parent")
        assert {name for _, name, _ in stored()} == {"数学教工党支部", "中文教工党支部", "理学院党总支", "文学院党总支"}

    def test_what_stands_above_the_headings_is_named(self, office):
        page = paste(office, "理学院各党支部\t\n党支部名称\t类别\n甲支部\t教工\n")
        assert "What stands above the headings is not read: 理学院各党支部." in page

    def test_by_command(self, runner, tmp_path):
        file = tmp_path / "支部.csv"
        file.write_text("数学教工党支部\n物理教工党支部\n", "utf-8")
        run = runner.invoke(args=["units", "import", str(file), "--column", "1=name"])
        assert run.exit_code == 0, run.output
        assert len(stored()) == 2


class TestTheSameUnitInSeveralRows:
    def test_rows_that_say_the_same_are_one_unit(self, office):
        page = paste(
            office, "党支部名称\t所属党总支\n甲支部\t理学院党总支\n甲支部\t理学院党总支\n甲支部 \t理学院党总支\n"
        )
        assert page.count("is passed over") == 2
        assert [name for _, name, _ in stored()] == ["甲支部", "理学院党总支"]

    def test_without_a_unit_above_nobody_can_tell_which_is_which(self, office):
        page = paste(office, "党支部名称\n学生党支部\n教工党支部\n学生党支部\n")
        assert "“学生党支部” is also in row 2." in page
        assert stored() == []

    def test_rows_that_say_something_else_beside_it_are_refused(self, office):
        text = "党支部名称\t所属党总支\t简介\n甲支部\t理学院党总支\t甲\n甲支部\t理学院党总支\t乙\n"
        page = send(office, b"", text=text)
        assert "with something else beside it" in html.unescape(page.text)
        again(office, page.text, do="import")
        assert stored() == []
        again(office, page.text, do="import", x_3="1")
        assert [name for _, name, _ in stored()] == ["甲支部", "理学院党总支"]


class TestPersons:
    TABLE = "序号\t姓名\t单位\t职务\n1\t张三\t理学院党总支\t书记\n2\t李四\t文学院党总支\t副书记\n"

    def test_a_list_of_persons_is_one_of_nominees(self, office):
        page = paste(office, self.TABLE)
        assert "The names in the table are those of persons" in page
        assert [(unit.name, unit.kind, unit.parent.name) for unit in Unit.select().where(Unit.kind == "person")] == [
            ("张三", "person", "理学院党总支"), ("李四", "person", "文学院党总支"),
        ]  # fmt: skip

    def test_if_the_units_are_meant_the_columns_are_assigned_differently(self, office):
        page = send(office, b"", text=self.TABLE)
        again(office, page.text, do="import", m_1="", m_2="name")
        assert [(unit.name, unit.kind) for unit in Unit.select()] == [
            ("理学院党总支", "general_branch"), ("文学院党总支", "general_branch"),
        ]  # fmt: skip

    def test_a_table_of_units_with_the_names_of_their_secretaries_is_one_of_units(self, office):
        paste(office, "党支部名称\t姓名\t职务\n甲支部\t张三\t书记\n乙支部\t李四\t书记\n")
        assert [unit.name for unit in Unit.select()] == ["甲支部", "乙支部"]

    def test_two_persons_of_one_name_in_two_units_are_two(self, office):
        paste(office, "姓名\t所在单位\n张伟\t理学院党总支\n张伟\t文学院党总支\n")
        assert Unit.select().where(Unit.name == "张伟").count() == 2
