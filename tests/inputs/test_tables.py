"""Reading what people upload: encodings, formats, bounds, and errors that say where."""

import io

import pytest
import xlsxwriter

from surveys.inputs import csv_reading, sheets, tables
from surveys.inputs.problems import InputError
from surveys.inputs.tables import Column
from surveys.inputs.text import clean

COLUMNS = (Column("code", ("编号", "代码"), required=True, identifier=True), Column("name", ("名称",)))
ROWS = "code,name\nB1,机电党支部\nB2,信息党支部\n"


def read_table(name, data, columns=COLUMNS, **options):
    table = tables.read_table(name, data, columns, **options)
    table.check([])
    return table


def xlsx(rows) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"strings_to_formulas": False}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return out.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_may_be_utf8_with_or_without_bom_or_gb18030(encoding):
    table = read_table("t.csv", ROWS.encode(encoding))
    assert table.rows[0] == (2, {"code": "B1", "name": "机电党支部"})


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_csv_may_be_separated_by_semicolons_or_tabs(delimiter):
    assert read_table("t.csv", ROWS.replace(",", delimiter).encode()).columns == ("code", "name")


def test_xlsx_keeps_codes_typed_as_numbers_whole():
    table = read_table("t.xlsx", xlsx([["code", "name"], [1024, "甲"]]))
    assert [cells["code"] for _, cells in table.rows] == ["1024"]


def test_rows_keep_the_numbers_they_have_in_the_file():
    assert [number for number, _ in read_table("t.csv", b"code\n\nB1\n\nB2\n").rows] == [3, 5]
    assert [number for number, _ in read_table("t.xlsx", xlsx([["code"], [], ["B1"]])).rows] == [3]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "The file is empty."),
        (b"\n\n", "The file holds no rows."),
        (b"code,name\n", "a heading but no rows"),
        (b"code,code\nB1,B1\n", "two columns"),
        (b"name\nx\n", "column code / 编号 / 代码 is missing"),
        (b"\xff\xfe\xff\xff\x81", "neither"),
        (b"code\x00\n1\n", "neither a table"),
        (b"PK\x03\x04not a workbook", "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 not a workbook", "damaged"),
        (b'code\n"open', "a quotation mark may be open"),
    ],
)
def test_a_bad_file_gets_a_clear_error(data, message):
    with pytest.raises(InputError, match=message):
        read_table("t.csv", data)


def test_sizes_are_bounded(monkeypatch):
    with pytest.raises(InputError, match="longer than"):
        read_table("t.csv", b"code\n" + b"x" * (tables.MAX_CELL + 1))
    with pytest.raises(InputError, match="columns"):
        read_table("t.csv", b"x," * (tables.MAX_COLUMNS + 1) + b"\n1")
    monkeypatch.setattr(csv_reading, "MAX_ROWS", 3)
    with pytest.raises(InputError, match="more than 3 rows"):
        read_table("t.csv", b"code\n1\n2\n3\n4\n")
    monkeypatch.setattr(sheets, "MAX_UNPACKED", 100)
    with pytest.raises(InputError, match="too large when unpacked"):
        read_table("t.xlsx", xlsx([["code"], [1]]))
    monkeypatch.setattr(tables, "MAX_FILE", 3)
    with pytest.raises(InputError, match="larger than 0 MB"):
        read_table("t.csv", b"code")


def test_text_is_normalised_and_control_characters_go():
    assert clean("  e\u0301\x00\x07 a\u202eb\ud800 ") == "é ab"
    assert clean("a\r\nb", lines=True) == "a\nb"
    assert clean("a\r\nb") == "a b"
    assert clean("=HYPERLINK(1)") == "=HYPERLINK(1)"
