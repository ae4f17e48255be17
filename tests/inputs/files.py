"""Tables made for tests: workbooks whose parts can be changed, and ods from its XML."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import openpyxl
import pytest

from surveys.inputs.problems import InputError
from surveys.inputs.tables import Column, Table, read_table

COLUMNS = (
    Column("number", ("学号", "编号"), required=True, identifier=True),
    Column("name", ("姓名",), required=True, named=True),
    Column("class", ("班级",), identifier=True),
    Column("email", ("邮箱", "电子邮箱")),
    Column("score", ("评分",), answer=True),
)
HEAD = ["学号", "姓名", "班级"]

_ODS = """<?xml version="1.0" encoding="UTF-8"?>
<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"
 xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"
 xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0">
<office:automatic-styles><style:style style:name="hidden" style:family="table"><style:table-properties
 table:display="false"/></style:style></office:automatic-styles>
<office:body><office:spreadsheet>%s</office:spreadsheet></office:body></office:document-content>"""


def checked(data: bytes) -> Table:
    """The table of a file without any fault."""
    table = read_table("t", data, COLUMNS)
    table.check([])
    return table


def cells(data: bytes) -> list[dict[str, str]]:
    """The rows of a file without any fault."""
    return [row for _, row in checked(data).rows]


def refused(data: bytes) -> str:
    """The faults of a file."""
    with pytest.raises(InputError) as caught:
        checked(data)
    return str(caught.value)


def book(rows=(), change: Callable[[openpyxl.Workbook], None] | None = None) -> bytes:
    """An xlsx workbook of one sheet."""
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(row)
    if change:
        change(made)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def with_parts(data: bytes, change: Callable[[str, bytes], bytes | None]) -> bytes:
    """An archive with changed parts; those for which `change` returns None are left out."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            part = change(name, old.read(name))
            if part is not None:
                new.writestr(name, part)
    return out.getvalue()


def sheet_of(xml: str) -> bytes:
    """An xlsx workbook whose sheet holds these rows in XML."""
    whole = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f"<sheetData>{xml}</sheetData></worksheet>"
    )
    return with_parts(book(), lambda name, old: whole.encode() if name.startswith("xl/worksheets/") else old)


def ods(*tables: str, **parts: str) -> bytes:
    """An ods file of tables in XML; `manifest` and `kind` replace those parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", parts.get("kind", "application/vnd.oasis.opendocument.spreadsheet"))
        archive.writestr("META-INF/manifest.xml", parts.get("manifest", "<manifest/>"))
        archive.writestr("content.xml", _ODS % "".join(tables))
    return out.getvalue()


def ods_table(*rows: str, name: str = "名单", style: str = "") -> str:
    """A table for `ods`."""
    return f'<table:table table:name="{name}" table:style-name="{style}">{"".join(rows)}</table:table>'


def ods_row(*found: str, **attributes: str) -> str:
    """A row of an ods table: cells in XML, or texts."""
    given = "".join(f' table:{name.replace("_", "-")}="{value}"' for name, value in attributes.items())
    made = "".join(one if one.startswith("<table:") else ods_cell(one) for one in found)
    return f"<table:table-row{given}>{made}</table:table-row>"


def ods_cell(text: str = "", attributes: str = 'office:value-type="string"') -> str:
    """A cell of an ods table; the text may hold XML."""
    return f"<table:table-cell {attributes}>{f'<text:p>{text}</text:p>' if text else ''}</table:table-cell>"
