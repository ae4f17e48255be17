"""What the formats of tables hide: order, formulas, number formats, texts with marks in them, parts that are missing."""

import io
import time
import zipfile

import openpyxl
import pytest
import xlsxwriter
import xlwt

from tests.inputs.files import (
    HEAD,
    book,
    cells,
    checked,
    ods,
    ods_cell,
    ods_row,
    ods_table,
    refused,
    sheet_of,
    with_parts,
)


def xml_row(number, *texts, columns="ABC"):
    found = "".join(
        f'<c r="{column}{number}" t="inlineStr"><is><t>{text}</t></is></c>'
        for column, text in zip(columns, texts, strict=False)
    )
    return f'<row r="{number}">{found}</row>'


class TestOrder:
    """Rows and cells of an xlsx that are there twice or out of order, which openpyxl overwrites or leaves out."""

    HEADING = xml_row(1, *HEAD)

    def test_rows_in_order_are_read(self):
        assert len(cells(sheet_of(self.HEADING + xml_row(2, "1", "甲") + xml_row(5, "2", "乙")))) == 2

    @pytest.mark.parametrize(
        "rows",
        [
            xml_row(2, "1", "甲") + xml_row(2, "2", "乙"),
            xml_row(3, "1", "甲") + xml_row(2, "2", "乙"),
            xml_row(2, "1", "甲", "x", columns="AAB"),
            xml_row(2, "甲", "1", columns="BA"),
            xml_row(2, "1", "甲").replace('r="B2"', 'r="B7"'),
        ],
    )
    def test_rows_and_cells_twice_or_out_of_order_are_refused(self, rows):
        text = refused(sheet_of(self.HEADING + rows))
        assert "not in order, or there twice" in text
        assert "save it again" in text


class TestFormulas:
    """Formulas that were never computed, in the old and the open format."""

    def test_one_in_xls_that_no_program_computed_is_refused(self):
        made = xlwt.Workbook()
        sheet = made.add_sheet("s")
        for column, word in enumerate(HEAD):
            sheet.write(0, column, word)
        sheet.write(1, 0, xlwt.Formula("1+1"))
        sheet.write(1, 1, "张三")
        out = io.BytesIO()
        made.save(out)
        assert "row 2, 学号: This formula has no value yet" in refused(out.getvalue())

    def test_one_in_xls_with_zero_that_is_to_be_computed_on_opening_is_refused(self):
        from xlwt.BIFFRecords import FormulaRecord

        made = xlwt.Workbook()
        sheet = made.add_sheet("s")
        for column, word in enumerate(HEAD):
            sheet.write(0, column, word)
        sheet.write(1, 0, xlwt.Formula("1+1"))
        sheet.write(1, 1, "张三")
        old = FormulaRecord(1, 0, 17, b"")._rec_data[6:16]
        out = io.BytesIO()
        made.save(out)
        assert out.getvalue().count(old) == 1
        waiting, seven = b"\0" * 8 + b"\2\0", b"\0\0\0\0\0\0\x1c@\2\0"
        assert "row 2, 学号: This formula has no value yet" in refused(out.getvalue().replace(old, waiting))
        assert cells(out.getvalue().replace(old, seven))[0]["number"] == "7"

    def test_one_in_xlsx_with_zero_that_is_to_be_computed_on_opening_is_refused(self):
        out = io.BytesIO()
        with xlsxwriter.Workbook(out) as made:
            sheet = made.add_worksheet()
            sheet.write_row(0, 0, HEAD)
            sheet.write_formula(1, 0, "=1+1")
            sheet.write(1, 1, "张三")
            sheet.write_formula(2, 0, "=1+1", value=2)
            sheet.write(2, 1, "李四")
        assert refused(out.getvalue()).count("This formula has no value yet") == 1
        computed = with_parts(out.getvalue(), lambda _name, part: part.replace(b'fullCalcOnLoad="1"', b""))
        assert [row["number"] for row in cells(computed)] == ["0", "2"]

    @pytest.mark.parametrize(
        "attributes", ['table:formula="of:=1+1"', 'table:formula="of:=1+1" office:value-type="float"']
    )
    def test_one_in_ods_without_a_value_is_refused(self, attributes):
        rows = ods_row(*HEAD), ods_row(ods_cell("", attributes), "张三")
        assert "row 2, 学号: This formula has no value yet" in refused(ods(ods_table(*rows)))

    def test_one_in_ods_that_is_an_error_is_refused(self):
        cell = ods_cell("Err:502", 'table:formula="of:=X" office:value-type="string" calcext:value-type="error"')
        assert "the error of a formula" in refused(ods(ods_table(ods_row(*HEAD), ods_row(cell, "张三"))))

    def test_one_in_ods_whose_value_is_empty_is_empty(self):
        cell = ods_cell("", 'table:formula="of:=&quot;&quot;" office:value-type="string" office:string-value=""')
        assert cells(ods(ods_table(ods_row(*HEAD), ods_row("1", "张三", cell))))[0]["class"] == ""


class TestNumbers:
    """Numbers that are shown otherwise than they are stored, as answers and as identifiers."""

    @pytest.mark.parametrize("number_format", ['0"00"', '"1"0', "0%", '0"分"', "[DBNum1]0", "00E+0"])
    def test_an_answer_that_is_shown_as_another_number_is_refused(self, number_format):
        def change(made):
            made.active["C2"].number_format = number_format

        text = refused(book([["学号", "姓名", "评分"], ["1", "张三", 5]], change))
        assert "row 2, 评分: This number is shown otherwise" in text

    @pytest.mark.parametrize(
        ("value", "number_format", "text"),
        [(5, "General", "5"), (5, "0.00", "5"), (5, "00", "05"), (1.5, "0.0", "1.5"), (1200, "#,##0", "1200")],
    )
    def test_an_answer_that_is_shown_as_it_is_is_taken(self, value, number_format, text):
        def change(made):
            made.active["C2"].number_format = number_format

        assert cells(book([["学号", "姓名", "评分"], ["1", "张三", value]], change))[0]["score"] == text

    def test_an_answer_that_is_rounded_for_the_eye_is_refused(self):
        def change(made):
            made.active["C2"].number_format = "0.0"

        assert "shown otherwise" in refused(book([["学号", "姓名", "评分"], ["1", "张三", 1.25]], change))

    def test_one_long_number_in_csv_with_zeros_at_the_end_is_refused(self):
        assert "row 2, 学号: This has become a number" in refused("学号,姓名\n110101199001011000,张三\n".encode())

    def number(self, value: str, shown: str, kind: str = "float") -> bytes:
        cell = ods_cell(shown, f'office:value-type="{kind}" office:value="{value}"')
        return ods(ods_table(ods_row(*HEAD), ods_row(cell, "张三")))

    @pytest.mark.parametrize(("value", "shown"), [("12345", "12345"), ("12345", "0000012345"), ("7", "007")])
    def test_a_number_in_ods_is_taken_as_it_is_shown_where_that_is_certain(self, value, shown):
        assert cells(self.number(value, shown))[0]["number"] == shown

    @pytest.mark.parametrize(
        ("value", "shown", "kind"),
        [
            ("12345", "12,345", "float"),
            ("1234567", "1.23E+06", "float"),
            ("5", "500", "float"),
            ("5", "", "float"),
            ("0.5", "50%", "percentage"),
            ("7", "￥7", "currency"),
            ("1.5", "1.5", "float"),
        ],
    )
    def test_where_it_is_not_certain_in_ods_it_is_refused(self, value, shown, kind):
        assert "row 2, 学号: This number is shown otherwise" in refused(self.number(value, shown, kind))

    def test_long_numbers_and_dates_in_ods_are_refused(self):
        assert "digits are lost" in refused(self.number("1234567890123456789", "1234567890123460000"))
        cell = ods_cell("2.1.", 'office:value-type="date" office:date-value="2026-01-02"')
        assert "become a date" in refused(ods(ods_table(ods_row(*HEAD), ods_row(cell, "张三"))))


class TestTextsOfOds:
    """What stands in a text of an ods file beside its letters, and its hidden, merged and repeated rows."""

    @pytest.mark.parametrize(
        ("text", "name"),
        [
            ("张<text:s/>三", "张 三"),
            ("A<text:s text:c='3'/>B", "A   B"),
            ("张<text:tab/>三", "张\t三"),
            ("张<text:line-break/>三", "张\n三"),
            ("张</text:p><text:p>三", "张\n三"),
            ("<text:span>张</text:span><text:a>三</text:a>", "张三"),
            ("<text:ruby><text:ruby-base>张三</text:ruby-base><text:ruby-text>zhangsan</text:ruby-text></text:ruby>", "张三"),
            ("张\n  三", "张 三"),
            ("张三<draw:rect><text:p>框</text:p></draw:rect>", "张三"),
            ("</text:p><office:annotation><text:p>问过</text:p></office:annotation><text:p>张三", "张三"),
        ],
    )  # fmt: skip
    def test_marks_in_a_text_are_what_they_show(self, text, name):
        assert cells(ods(ods_table(ods_row(*HEAD), ods_row("1", text))))[0]["name"] == name

    def test_a_long_run_of_spaces_costs_no_more_than_its_length(self):
        spaces = "甲" + "<text:s text:c='1000'/>" * 120 + "乙"
        started = time.monotonic()
        assert "longer than" in refused(ods(ods_table(ods_row(*HEAD), ods_row("1", spaces))))
        assert time.monotonic() - started < 30

    def test_hidden_and_filtered_rows_are_remarked(self):
        rows = [
            ods_row(*HEAD),
            ods_row("1", "甲", visibility="collapse"),
            ods_row("2", "乙", visibility="filter"),
            ods_row("3", "丙"),
        ]
        table = checked(ods(ods_table(*rows)))
        assert len(table.rows) == 3
        assert "2 hidden or filtered rows are read, too." in [str(remark) for remark in table.remarks]

    def test_the_first_visible_sheet_is_read(self):
        hidden = ods_table(ods_row(*HEAD), ods_row("1", "甲"), name="旧", style="hidden")
        table = checked(ods(hidden, ods_table(ods_row(*HEAD), ods_row("2", "乙"))))
        assert [row["number"] for _, row in table.rows] == ["2"]
        assert str(table.remarks[0]) == "The sheet “名单” is read; not read: 旧."

    def test_repeated_rows_and_cells_are_as_many_as_they_are(self):
        rows = [
            ods_row(*HEAD),
            ods_row("", number_rows_repeated="3"),
            ods_row("1", ods_cell("甲", 'table:number-columns-repeated="2"')),
        ]
        table = checked(ods(ods_table(*rows)))
        assert [(number, row["name"], row["class"]) for number, row in table.rows] == [(5, "甲", "甲")]

    def test_empty_rows_to_the_end_of_the_sheet_cost_nothing(self):
        rows = [ods_row(*HEAD), ods_row("1", "甲"), ods_row("", number_rows_repeated="1048574")]
        assert len(cells(ods(ods_table(*rows)))) == 1

    def test_a_row_repeated_more_often_than_any_table_has_rows_is_refused(self):
        assert "more than 100000 rows" in refused(ods(ods_table(ods_row("x", number_rows_repeated="1000000000"))))
        wide = ods_cell("x", 'table:number-columns-repeated="1000000000"')
        assert "more than 2000 columns" in refused(ods(ods_table(ods_row(wide))))

    def test_cells_merged_downwards_hold_for_all_their_rows(self):
        rows = [
            ods_row(*HEAD),
            ods_row("1", "甲", ods_cell("一班", 'table:number-rows-spanned="2" table:number-columns-spanned="1"')),
            ods_row("2", "乙", "<table:covered-table-cell/>"),
        ]
        assert [row["class"] for row in cells(ods(ods_table(*rows)))] == ["一班", "一班"]

    def test_cells_merged_over_columns_are_refused(self):
        over = ods_cell("甲", 'table:number-columns-spanned="2" table:number-rows-spanned="1"')
        rows = [ods_row(*HEAD), ods_row("1", over, "<table:covered-table-cell/>")]
        assert "row 2, 姓名: This cell is merged" in refused(ods(ods_table(*rows)))


class TestHiddenColumns:
    """Columns that nobody sees are read, and the preview says so."""

    REMARK = "1 hidden columns are read, too."

    def test_of_xlsx(self):
        def change(made):
            made.active.column_dimensions["C"].hidden = made.active.column_dimensions["F"].hidden = True

        table = checked(book([HEAD, ["1", "甲", "一班"]], change))
        assert self.REMARK in [str(remark) for remark in table.remarks]

    def test_of_xls(self):
        made = xlwt.Workbook()
        sheet = made.add_sheet("s")
        for column, (word, value) in enumerate(zip(HEAD, ["1", "甲", "一班"], strict=True)):
            sheet.write(0, column, word)
            sheet.write(1, column, value)
        sheet.col(2).hidden = sheet.col(5).hidden = True
        out = io.BytesIO()
        made.save(out)
        assert self.REMARK in [str(remark) for remark in checked(out.getvalue()).remarks]

    def test_of_ods(self):
        columns = (
            '<table:table-column table:number-columns-repeated="2"/><table:table-column table:visibility="collapse"/>'
        )
        table = checked(ods(ods_table(columns, ods_row(*HEAD), ods_row("1", "甲", "一班"))))
        assert self.REMARK in [str(remark) for remark in table.remarks]


class TestNoTables:
    """Files that are no table, each with its own sentence."""

    def test_a_strict_workbook_is_named(self):
        old, new = (
            b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
            b"http://purl.oclc.org/ooxml/spreadsheetml/main",
        )
        data = with_parts(book([HEAD, ["1", "甲"]]), lambda _name, part: part.replace(old, new))
        assert "Strict Open XML" in refused(data)

    def test_a_workbook_without_the_part_of_a_sheet_is_named(self):
        def change(made):
            made.create_sheet("b").append(HEAD)

        data = book([HEAD, ["1", "甲"]], change)
        without = with_parts(data, lambda name, part: None if name == "xl/worksheets/sheet1.xml" else part)
        assert "A sheet is missing" in refused(without)

    def test_a_workbook_with_charts_only_is_named(self):
        made = openpyxl.Workbook()
        made.create_chartsheet("图")
        made.remove(made.worksheets[0])
        out = io.BytesIO()
        made.save(out)
        assert "no sheet with cells" in refused(out.getvalue())

    def test_an_encrypted_ods_is_named(self):
        manifest = '<manifest:file-entry><manifest:encryption-data manifest:checksum="x"/></manifest:file-entry>'
        assert "protected with a password" in refused(ods(ods_table(ods_row(*HEAD)), manifest=manifest))
        assert "protected with a password" in refused(
            ods(manifest=manifest, kind="application/vnd.oasis.opendocument.text")
        )

    @pytest.mark.filterwarnings("ignore:Duplicate name")
    def test_a_workbook_with_a_part_twice_is_refused(self):
        out = io.BytesIO(book([HEAD, ["1", "甲"]]))
        with zipfile.ZipFile(out, "a") as archive:
            archive.writestr("xl/worksheets/sheet1.xml", archive.read("xl/worksheets/sheet1.xml"))
        assert "damaged" in refused(out.getvalue())

    def test_an_archive_with_a_password_is_named(self):
        data = bytearray(book([HEAD, ["1", "甲"]]))
        at = data.index(b"PK\x01\x02")
        data[at + 8] |= 1
        assert "protected with a password" in refused(bytes(data))

    def test_a_text_document_in_the_open_format_is_named(self):
        assert "This is a text document" in refused(ods(kind="application/vnd.oasis.opendocument.text"))

    @pytest.mark.parametrize(
        ("data", "words"),
        [
            ("<html><table><tr><td>学号</td></tr></table></html>".encode("utf-16"), "This is a web page"),
            (b"MIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n", "web page saved as one file"),
            (b"From: x\r\nSubject: y\r\nContent-Type: multipart/related;\r\n", "web page saved as one file"),
        ],
    )
    def test_pages_are_named(self, data, words):
        assert words in refused(data)


class TestCsv:
    """What separates cells and rows, and how rows are counted."""

    @pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
    def test_lines_may_end_in_any_way(self, end):
        for text in ("sep=;\n学号;姓名\n1;张三\n", "学号,姓名\n1,张三\n"):
            assert cells(text.replace("\n", end).encode()) == [{"number": "1", "name": "张三"}]

    def test_the_heading_row_tells_what_separates_the_cells(self):
        rows = "".join(f'{n};张三;"一,二,三,四,五"\n' for n in range(30))
        assert len(cells(f"学号;姓名;说明\n{rows}".encode())) == 30
        assert cells("名单,一,二,三,四,五,六\n学号;姓名\n1;甲,乙,丙,丁,戊\n".encode())[0]["name"] == "甲,乙,丙,丁,戊"

    def test_rows_have_the_numbers_that_a_spreadsheet_shows(self):
        text = '学号,姓名,班级\n1,"张\n三",一班\n\n2,2026-01-02,\n'
        assert refused(text.encode()).startswith("row 4, 姓名: This has become a date")
        assert refused(f"sep=,\n{text}".encode()).startswith("row 4, 姓名: ")

    def test_an_open_quotation_mark_is_named_with_the_row_in_which_it_opens(self):
        assert refused('学号,姓名\n"1\n1",甲\n2,"乙\n3,丙\n'.encode()).startswith("row 3: ")
