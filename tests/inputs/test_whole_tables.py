"""A sheet with two tables, and a table with several faults: nothing is lost, and no fault hides another."""

import pytest

from surveys.inputs.problems import InputError
from tests.inputs.files import HEAD, book, cells, checked, refused


class TestTwoTables:
    """A sheet with more than one table: one of them would be lost, or taken for data of the other."""

    def test_a_table_above_a_larger_one_is_not_taken_for_a_title(self):
        rows = [["编号", "负责人"], *[[f"{n}", "甲"] for n in range(4)], [*HEAD, "邮箱"], ["1", "张三", "一班", ""]]
        assert "look like a table, too" in refused(book(rows))

    def test_a_small_table_above_a_larger_one_is_not_lost(self):
        rows = [["编号", "姓名"], ["1", "李四"], HEAD, ["2", "张三", "二班"]]
        assert "look like a table, too" in refused(book(rows))

    def test_a_row_as_wide_as_the_heading_is_not_taken_for_a_title(self):
        assert "look like a table, too" in refused(book([["1", "李四", "一班"], HEAD, ["2", "张三", "二班"]]))

    def test_a_list_above_the_heading_is_not_taken_for_a_title(self):
        assert "look like a table, too" in refused(book([*[[f"{n}"] for n in range(6)], HEAD, ["2", "张三", "二班"]]))

    def test_titles_and_notes_above_the_heading_are_left_out(self):
        rows = [["名单"], ["学院：机电", "2011级"], ["注：按学号排列"], [], HEAD, ["1", "张三", "一班"]]
        assert len(cells(book(rows))) == 1

    @pytest.mark.parametrize("second", [HEAD, ["班级", "姓名", "学号"], ["编号", "姓名"]])
    def test_a_second_heading_further_down_is_no_person(self, second):
        rows = [HEAD, ["1", "张三", "一班"], [], ["第二部分"], second, ["2", "李四", "二班"]]
        assert "row 5: This row is a heading again" in refused(book(rows))


class TestAllFaultsAtOnce:
    """No fault hides another, and all are counted."""

    def test_a_missing_heading_does_not_hide_the_faults_of_cells(self):
        text = refused("学号,班级\n1,2026-01-02\n50%,一班\n".encode())
        assert [part[:11] for part in text.split("; row")] == ["row 1: The ", " 2, 班级: Thi", " 3, 学号: Thi"]

    def test_faults_keep_the_remarks_on_what_was_read(self):
        def change(made):
            made.create_sheet("b")

        with pytest.raises(InputError) as caught:
            checked(book([HEAD, ["50%", "张三"]], change))
        assert [str(remark) for remark in caught.value.remarks] == ["The sheet “Sheet” is read; not read: b."]

    def test_more_sheets_and_columns_than_are_listed_are_counted(self):
        def change(made):
            for number in range(8):
                made.create_sheet(f"表{number}")

        rows = [[*HEAD, *(f"备注{number}" for number in range(23))], ["1", "甲"]]
        first, second = (str(remark) for remark in checked(book(rows, change)).remarks)
        assert first.endswith("表3, 表4, … (+3).")
        assert second.endswith("备注19, … (+3).")

    def test_more_faults_than_are_listed_are_counted(self):
        with pytest.raises(InputError) as caught:
            checked(("学号,姓名\n" + "50%,张三\n" * 130).encode())
        assert (len(caught.value.problems), str(caught.value.problems[-1])) == (101, "30 more faults are not listed.")

    @pytest.mark.parametrize(
        ("heading", "near"), [("邮件箱", "邮箱"), ("emial", "email"), ("E-mai l", "email"), ("班级名", "班级")]
    )
    def test_a_column_named_nearly_like_a_known_one_is_asked_about(self, heading, near):
        table = checked(f"学号,姓名,{heading}\n1,张三,x\n".encode())
        assert [str(remark) for remark in table.remarks] == [
            f"The column {heading} is not read. Is it meant to be {near}? Then name it so and choose the file again."
        ]

    @pytest.mark.parametrize("heading", ["电话", "性别", "备注", "出生日期", "mobile", "年级"])
    def test_other_columns_are_only_remarked(self, heading):
        table = checked(f"学号,姓名,{heading}\n1,张三,x\n".encode())
        assert [str(remark) for remark in table.remarks] == [f"These columns are not read: {heading}."]
