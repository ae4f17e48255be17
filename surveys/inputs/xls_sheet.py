"""Reading a sheet of an old xls workbook."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from typing import Any

import xlrd

from surveys.inputs.sheet_cells import DATE, ERROR, FORMULA, Cell, RefusedError, Sheet, cell_text, choose, number_text

_FORMULA_RECORD, _END_RECORD = 0x0006, 0x000A
_FORMULA = struct.Struct("<HHH8sH")
_COMPUTE_ON_LOAD = 0b11
_EMPTY = b"\x03\0\0\0\0\0\xff\xff"


def read_xls(data: bytes, wanted: str = "") -> Sheet:
    """The first visible sheet of an old xls workbook, or the one with the wanted name."""
    try:
        book = xlrd.open_workbook(file_contents=data, formatting_info=True, on_demand=True, logfile=io.StringIO())
    except xlrd.XLRDError as error:
        raise RefusedError("encrypted" if "encrypted" in str(error).lower() else "damaged") from None
    if not book.nsheets:
        raise RefusedError("no table")
    sheets = book.sheets()
    visible = [at for at, sheet in enumerate(sheets) if sheet.visibility == 0]
    sheet = sheets[choose([sheet.name for sheet in sheets], visible, wanted)]
    found = Sheet(sheet.name, [other.name for other in book.sheets() if other is not sheet], {})
    for number in range(sheet.nrows):
        cells = [_xls_text(book, cell) for cell in sheet.row(number)]
        if any(cells):
            found.rows[number + 1] = cells
    for row, column in _without_value(book, sheet):
        if row + 1 in found.rows:
            found.rows[row + 1][column] = ["", FORMULA]
    found.hidden = {number + 1 for number, info in sheet.rowinfo_map.items() if info.hidden}
    found.hidden_columns = {column + 1 for column, info in sheet.colinfo_map.items() if info.hidden}
    found.merged = [(top + 1, bottom, left + 1, right) for top, bottom, left, right in sheet.merged_cells]
    return found


def _without_value(book: Any, sheet: Any) -> Iterator[tuple[int, int]]:
    """Cells whose formula is perhaps still to be computed: 0 or empty is what programs leave there that compute none.

    A record of a formula holds row, column, format, value, and whether it is to be computed when the file is opened.
    """
    at, data = book._sh_abs_posn[sheet.number], book.mem
    while at + 4 <= len(data):
        record, length = struct.unpack_from("<HH", data, at)
        if record == _FORMULA_RECORD and length >= _FORMULA.size:
            row, column, _format, value, flags = _FORMULA.unpack_from(data, at + 4)
            if value == _EMPTY or (not any(value) and flags & _COMPUTE_ON_LOAD):
                yield row, column
        elif record == _END_RECORD:
            return
        at += 4 + length


def _xls_text(book: Any, cell: Any) -> Cell:
    if cell.ctype == xlrd.XL_CELL_NUMBER:
        return number_text(cell.value, book.format_map[book.xf_list[cell.xf_index].format_key].format_str)
    if cell.ctype == xlrd.XL_CELL_DATE:
        try:
            return cell_text(xlrd.xldate_as_datetime(cell.value, book.datemode), "")
        except (ValueError, OverflowError):
            return [str(cell.value), DATE]
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return cell_text(bool(cell.value), "")
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return [xlrd.error_text_from_code.get(cell.value, "#ERROR"), ERROR]
    return str(cell.value)
