"""Tables as Excel and WPS write them and as people leave them: understood where it is certain, refused otherwise."""

import datetime
import io
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
import xlwt

from surveys.inputs import sheet_process, xlsx_sheet
from surveys.inputs.problems import InputError
from surveys.inputs.sheet_cells import SHOWN, RefusedError, number_text
from surveys.inputs.tables import Column, read_table

COLUMNS = (
    Column("number", ("学号", "编号"), required=True, identifier=True),
    Column("name", ("姓名",), required=True, named=True),
    Column("class", ("班级",), identifier=True),
    Column("note", ("说明",)),
)


def read(data: bytes, name: str = "t"):
    table = read_table(name, data, COLUMNS)
    table.check([])
    return table


def cells(data: bytes) -> list[dict[str, str]]:
    return [row for _, row in read(data).rows]


def refused(data: bytes) -> str:
    with pytest.raises(InputError) as caught:
        read(data)
    return str(caught.value)


def book(rows=(), change=None) -> bytes:
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(row)
    if change:
        change(made)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


HEAD = ["学号", "姓名", "班级"]


class TestIdentifiers:
    """What spreadsheets do to numbers, codes and classes."""

    @pytest.mark.parametrize(
        ("value", "number_format", "text"),
        [
            (12345, "0000000000", "0000012345"),
            (12345, "General", "12345"),
            (12345, "0", "12345"),
            (12345, "0_ ", "12345"),
            (12345, "0_);[Red]\\(0\\)", "12345"),
            (7, '"T-"000', "T-007"),
            (7, "\\A00", "A07"),
            (7, '"S_1"000', "S_1007"),
            (7, "\\_000", "_007"),
            (7, '"[x]"000', "[x]007"),
            (7, '"A*B"000;"C"000', "A*B007"),
            (123456789012345, "General", "123456789012345"),
        ],
    )
    def test_a_number_is_taken_as_it_is_shown_where_that_is_certain(self, value, number_format, text):
        assert number_text(value, number_format) == (text if text.isdecimal() else [text, SHOWN])

        def change(made):
            made.active["A2"].number_format = number_format

        assert cells(book([HEAD, [value, "张三", "一班"]], change))[0]["number"] == text

    @pytest.mark.parametrize(
        ("value", "number_format", "words"),
        [
            (1234567890123456789, "0", "digits are lost"),
            (1e11, "0.00E+00", "shown otherwise"),
            (1234.5, "General", "shown otherwise"),
            (12345, "#,##0", "shown otherwise"),
            (150, '[<100]"A"000;"B"000', "shown otherwise"),
            (7, "[DBNum1]0", "shown otherwise"),
            (7, "00\\_00", "shown otherwise"),
            (-7, "000", "shown otherwise"),
            (0.5, "0%", "shown otherwise"),
            (datetime.date(2026, 1, 2), "m-d", "become a date"),
            (datetime.time(8, 30), "h:mm", "become a date"),
            (True, "General", "shown otherwise"),
        ],
    )
    def test_where_it_is_not_certain_it_is_refused_with_what_to_do(self, value, number_format, words):
        def change(made):
            made.active["A2"].number_format = number_format

        text = refused(book([HEAD, [value, "张三", "一班"]], change))
        assert text.startswith("row 2, 学号: ")
        assert words in text
        assert "Format the column as text" in text

    def test_other_columns_take_them_all(self):
        rows = [[*HEAD, "说明"], ["1", "甲", "一班", 2011.5], ["2", "乙", "一班", datetime.date(2026, 1, 2)]]
        assert [row["note"] for row in cells(book(rows))] == ["2011.5", "2026-01-02T00:00:00"]

    @pytest.mark.parametrize("value", [datetime.date(2011, 7, 1), True, 1.5, datetime.time(8)])
    def test_a_name_is_no_date_and_no_fraction(self, value):
        assert "row 2, 姓名: " in refused(book([HEAD, ["1", value, "一班"]]))

    def test_control_characters_of_a_workbook_are_no_letters(self):
        out = io.BytesIO()
        with xlsxwriter.Workbook(out) as made:
            sheet = made.add_worksheet()
            sheet.write_row(0, 0, HEAD)
            sheet.write_row(1, 0, ["2011001\r", "张\r三", "一\x0b班"])
        assert cells(out.getvalue())[0] == {"number": "2011001", "name": "张\n三", "class": "一班"}

    def test_an_old_workbook_is_read_in_the_same_way(self):
        old = xlwt.Workbook()
        sheet = old.add_sheet("s")
        for column, word in enumerate(HEAD):
            sheet.write(0, column, word)
        sheet.write(1, 0, 12345, xlwt.easyxf(num_format_str="0000000000"))
        sheet.write(1, 1, "张三")
        sheet.write_merge(1, 2, 2, 2, "一班")
        sheet.write(2, 0, "7")
        sheet.write(2, 1, "李四")
        out = io.BytesIO()
        old.save(out)
        assert [(row["number"], row["class"]) for row in cells(out.getvalue())] == [
            ("0000012345", "一班"),
            ("7", "一班"),
        ]
        sheet.write(3, 0, 40000, xlwt.easyxf(num_format_str="yyyy-mm-dd"))
        out = io.BytesIO()
        old.save(out)
        assert "row 4, 学号: This has become a date" in refused(out.getvalue())

    @pytest.mark.parametrize("number", ["1.00E+11", "2.01101E+11", "2026/1/2", "2026-01-02", "1月2日", "2-Jan", "Jan-02", "2011/12/1 0:00", "1/2/2011",
                                        "101.0", "50%", "TRUE", "#N/A", "########"])  # fmt: skip
    def test_what_excel_left_of_them_in_csv_is_refused(self, number):
        assert "row 2, 学号: This " in refused(f"学号,姓名\n{number},张三\n".encode())

    def test_long_numbers_that_all_end_in_zeros_were_altered(self):
        text = "学号,姓名\n110101199001011000,张三\n110101199001012000,李四\n"
        assert refused(text.encode()).count("digits are lost") == 2
        assert len(cells(text.replace("2000", "2345").encode())) == 2

    def test_a_guarded_cell_of_our_own_csv_comes_back(self):
        assert cells("学号,姓名\n'-12,'=张三\n".encode())[0] == {"number": "-12", "name": "=张三"}


class TestHeadings:
    """Finding the heading, and columns of one meaning."""

    def test_two_headings_of_one_meaning_are_named(self):
        assert refused("学号,姓名,编号\n1,张三,2\n".encode()) == (
            "row 1: The columns 学号 and 编号 mean the same. Remove one of them."
        )

    @pytest.mark.parametrize(
        "heading", ["学 号", "学　号", "学号*", "＊学号（必填）", "学号：", " 学\u200b号 ", "NUMBER", "ｎｕｍｂｅｒ"]
    )
    def test_white_space_marks_and_width_do_not_matter(self, heading):
        assert cells(f"{heading},姓　名\n1,张三\n".encode()) == [{"number": "1", "name": "张三"}]

    def test_a_title_above_the_heading_is_left_out_and_remarked(self):
        table = read(book([["2011级学生名单"], [], HEAD, ["1", "张三", "一班"]]))
        assert [row["number"] for _, row in table.rows] == ["1"]
        assert [str(remark) for remark in table.remarks][1:] == [
            "The heading is in row 3; what is above it is left out."
        ]

    def test_what_is_missing_is_said_with_what_was_found(self):
        assert refused("工资号,名字\n1,张三\n".encode()) == (
            "row 1: The column number / 学号 / 编号 is missing. The headings that were found are: 工资号, 名字.; "
            "row 1: The column name / 姓名 is missing. The headings that were found are: 工资号, 名字."
        )

    def test_columns_that_are_not_read_are_remarked(self):
        table = read("学号,姓名,电话,\n1,张三,135,x\n".encode())
        assert [str(remark) for remark in table.remarks] == [
            "These columns are not read: 电话.", "Columns without a heading are not read.",
        ]  # fmt: skip


class TestSheets:
    """Merged cells, hidden sheets and rows, stray cells."""

    def test_cells_merged_downwards_hold_for_all_their_rows(self):
        def change(made):
            made.active.merge_cells("C2:C4")

        data = book([HEAD, ["1", "张三", "一班"], ["2", "李四"], ["3", "王五"], ["4", "赵六", "二班"]], change)
        assert [row["class"] for row in cells(data)] == ["一班", "一班", "一班", "二班"]

    def test_cells_merged_over_columns_are_refused(self):
        def change(made):
            made.active.merge_cells("B2:C3")

        assert "row 3, 姓名: This cell is merged" in refused(book([HEAD, ["1", "张三"], ["2"]], change))

        def in_one_row(made):
            made.active.merge_cells("B2:C2")

        assert "row 2, 姓名: This cell is merged" in refused(book([HEAD, ["1", "张三"]], in_one_row))

        def in_the_heading(made):
            made.active.merge_cells("B1:C1")

        assert "row 1, 姓名: This cell is merged" in refused(
            book([["学号", "姓名", ""], ["1", "张", "三"]], in_the_heading)
        )

    def test_the_first_visible_sheet_is_read_and_named(self):
        def change(made):
            made.active.sheet_state = "hidden"
            sheet = made.create_sheet("名单")
            for row in (HEAD, ["2", "李四", "二班"]):
                sheet.append(row)

        table = read(book([HEAD, ["1", "张三", "一班"]], change))
        assert [row["number"] for _, row in table.rows] == ["2"]
        assert [str(remark) for remark in table.remarks] == ["The sheet “名单” is read; not read: Sheet."]

    def test_hidden_rows_are_read_and_counted(self):
        def change(made):
            made.active.row_dimensions[2].hidden = True

        table = read(book([HEAD, ["1", "张三", "一班"], ["2", "李四", "一班"]], change))
        assert len(table.rows) == 2
        assert "1 hidden or filtered rows are read, too." in [str(remark) for remark in table.remarks]

    def test_a_stray_blank_far_away_does_not_matter(self):
        def change(made):
            made.active["XFD1048576"] = " "
            made.active["ZZ9"] = "\u3000"

        assert len(cells(book([HEAD, ["1", "张三", "一班"]], change))) == 1

    def test_a_formula_without_a_value_and_an_error_are_refused(self):
        def change(made):
            made.active["A2"] = "=1+1"
            made.active["B2"] = "#N/A"

        text = refused(book([HEAD, ["1", "张三", "一班"]], change))
        assert "row 2, 学号: This formula has no value yet" in text
        assert "row 2, 姓名: This cell holds the error of a formula" in text

    def test_rows_keep_their_numbers_where_rows_between_are_empty(self):
        assert [number for number, _ in read(book([HEAD, [], ["1", "张三", "一班"]])).rows] == [3]


class TestOtherFormats:
    """What is no table in one of the formats says what it seems to be."""

    @pytest.mark.parametrize(
        ("data", "words"),
        [
            (b"<html><table><tr><td>x</td></tr></table></html>", "This is a web page"),
            ("\ufeff<meta charset=utf-8><table>".encode(), "This is a web page"),
            (
                b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">',
                "workbook in XML",
            ),
            (b"%PDF-1.7 x", "neither a table"),
            (b"{\\rtf1 x}", "neither a table"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "protected with a password"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le"), "Word document"),
        ],
    )
    def test_it_is_named(self, data, words):
        assert words in refused(data)

    def test_an_archive_and_a_word_document_are_named(self):
        import zipfile

        for name, words in (("a.txt", "This is an archive"), ("word/document.xml", "Word document")):
            out = io.BytesIO()
            with zipfile.ZipFile(out, "w") as archive:
                archive.writestr(name, "x")
            assert words in refused(out.getvalue())

    @pytest.mark.parametrize("encoding", ["utf-16", "utf-8", "utf-8-sig", "gb18030"])
    def test_unicode_text_of_excel_is_read(self, encoding):
        assert cells("学号\t姓名\n007\t张三\n".encode(encoding)) == [{"number": "007", "name": "张三"}]

    @pytest.mark.parametrize("sign", [";", "|", "\t"])
    def test_a_line_that_names_the_separator_is_understood(self, sign):
        table = read(f"sep={sign}\r\n学号{sign}姓名\r\n1{sign}张,三\r\n".encode())
        assert table.rows == ((2, {"number": "1", "name": "张,三"}),)

    def test_a_title_row_does_not_hide_the_separator(self):
        assert cells("名单，2011级\n学号;姓名\n1;张三\n".encode()) == [{"number": "1", "name": "张三"}]

    @pytest.mark.parametrize(
        "rows", ['1,张三,"见附件\n2,李四,\n3,王五,\n', '1,张三,"x\n2,李四,y"\n3,王五,\n', '1,"张"三,\n2,李四,\n']
    )
    def test_rows_that_a_quotation_mark_swallows_are_not_lost(self, rows):
        assert "a quotation mark may be open" in refused(f"学号,姓名,班级\n{rows}".encode())

    def test_a_cell_of_several_lines_is_read(self):
        assert cells('学号,姓名,说明\n1,张三,"一\n二"\n2,李四,\n'.encode())[0]["note"] == "一\n二"

    def test_damaged_utf8_is_not_taken_for_another_encoding(self):
        data = "number,name\n1,张三李四王五\n".encode().replace("五".encode(), b"\xff")
        assert "neither UTF-8 nor GB18030" in refused(data)


class TestBounds:
    """No file costs more than it may."""

    def one_far_cell(self) -> bytes:
        out = io.BytesIO()
        with xlsxwriter.Workbook(out) as made:
            made.add_worksheet().write(1_048_575, 16_383, "x")
        return out.getvalue()

    def test_a_cell_in_the_last_row_and_column_takes_no_memory(self):
        data = self.one_far_cell()
        assert len(data) < 7000
        assert "Row 1048576 has more than 2000 columns." in refused(data)

    def test_reading_runs_in_a_process_whose_memory_and_time_are_limited(self, monkeypatch, tmp_path):
        script = tmp_path / "sheet_process.py"
        source, head = (
            Path(sheet_process.__file__).read_text("utf-8"),
            'def read(data: bytes, wanted: str = "") -> Sheet:\n',
        )
        assert head in source
        folder = "Path(__file__).resolve().parent.parent"
        assert folder in source
        source = source.replace(folder, repr(str(Path(sheet_process.__file__).parent.parent)))
        script.write_text(source, "utf-8")
        monkeypatch.setattr("surveys.inputs.sheets._SCRIPT", script)
        assert cells(book([HEAD, ["1", "张三", "一班"]]))
        script.write_text(source.replace(head, f"{head}    bytearray(8 << 30)\n"), "utf-8")
        assert "too large or too complicated" in refused(book([HEAD]))

    def test_a_process_that_takes_too_long_is_ended(self, monkeypatch, tmp_path):
        script = tmp_path / "sheet_process.py"
        script.write_text("while True: pass\n", "utf-8")
        monkeypatch.setattr("surveys.inputs.sheets._SCRIPT", script)
        monkeypatch.setattr("surveys.inputs.sheets._WAIT_SECONDS", 0.5)
        assert "too large or too complicated" in refused(book([HEAD]))

    def test_more_rows_than_any_roster_has_are_refused_before_they_are_read(self, monkeypatch):
        monkeypatch.setattr(xlsx_sheet, "MAX_ROWS", 3)
        with pytest.raises(RefusedError):
            sheet_process.read(book([["x"]] * 4))
