"""Reading csv, as Excel, WPS and other programs write it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator

from surveys.inputs.lines import Cell, Lines
from surveys.inputs.problems import InputError, Problem

MAX_ROWS = 100_000
_LOOK_AT = 20
"""So many lines tell what separates the cells."""

_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")

_MARKUP = (b"<html", b"<table", b"<!doctype", b"<meta", b"<div", b"<body", b"<head")


def read_csv(name: str, data: bytes, named: Callable[[list[str]], int]) -> Lines:
    """The lines of csv data, numbered as a spreadsheet shows them: a record is a row, however many lines it has.

    `named` counts the columns that a row names. Raises InputError: another format, an unknown encoding, too many rows.
    """
    _check_kind(name, data)
    text = decode(name, data)
    if data[:2] in _UTF16_MARKS:
        _check_kind(name, text[:4000].encode())
    csv.field_size_limit(len(data) + 1_000_000)  # of the process: cells are bounded where tables are read
    separator = re.match(r"sep=(.)(\r\n|\r|\n)", text, re.IGNORECASE)
    if separator:
        text, delimiter = text[separator.end() :], separator[1]
    else:
        delimiter = _delimiter(text, named)
    lines: list[tuple[int, list[Cell]]] = []
    number = 0
    try:
        for number, cells in enumerate(_records(text, delimiter), 1):
            if any(_holds_rows(cell, delimiter, len(cells)) for cell in cells):
                number -= 1
                raise csv.Error
            if any(cell.strip() for cell in cells):
                lines.append((number, [Cell(_unguarded(cell)) for cell in cells]))
            if len(lines) > MAX_ROWS:
                raise InputError(Problem("The file has more than %(limit)s rows.", name, limit=MAX_ROWS))
    except csv.Error:
        raise InputError(
            Problem("The row cannot be read as csv: a quotation mark may be open.", row=number + 1)
        ) from None
    return Lines(lines)


def _records(text: str, delimiter: str, *, strict: bool = True) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=strict)


def _delimiter(text: str, named: Callable[[list[str]], int]) -> str:
    """What separates the cells: with it one of the first rows names most columns, or else it comes most often."""
    head = re.split(r"\r\n|\r|\n", text[:1_000_000], maxsplit=_LOOK_AT)[:_LOOK_AT]
    begin = "\n".join(head)

    def weight(delimiter: str) -> tuple[int, int]:
        rows = list(_records(begin, delimiter, strict=False))
        return max((named(cells) for cells in rows), default=0), sum(line.count(delimiter) for line in head)

    return max(",;\t", key=weight)


def _holds_rows(cell: str, delimiter: str, columns: int) -> bool:
    """Whether a cell of several lines looks like rows that an open quotation mark has swallowed."""
    return columns > 1 and any(line.count(delimiter) >= columns - 1 for line in cell.splitlines()[1:])


def _unguarded(cell: str) -> str:
    """A cell without the apostrophe that keeps spreadsheets from taking it for a formula (see csv_writing.py)."""
    return cell[1:] if re.match(r"'[=+\-@\t\r]", cell) else cell


def _is_no_gb18030(data: bytes, text: str) -> bool:
    """Whether it is UTF-8 with a few damaged bytes, or an encoding of which only characters for private use come out."""
    as_utf8 = data.decode("utf-8", "replace")
    wide = sum(character > "\x7f" for character in as_utf8)
    damaged = as_utf8.count("\ufffd")
    return damaged * 4 < wide or any("\ue000" <= character <= "\uf8ff" for character in text)


def _check_kind(name: str, data: bytes) -> None:
    head = data[:1000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<?xml", b"<workbook")) and b"spreadsheet" in data[:4000].lower():
        raise InputError(Problem("This is a workbook in XML. Open it, save it as xlsx and retry.", name))
    if head.startswith(_MARKUP) or (head.startswith(b"<") and any(mark in head for mark in _MARKUP)):
        raise InputError(
            Problem("This is a web page with the name of a table. Open it in Excel or WPS and save it as xlsx.", name)
        )
    if head.startswith(b"mime-version:") or b"content-type: multipart/related" in head:
        raise InputError(
            Problem("This is a web page saved as one file (mht). Open it in Excel or WPS and save it as xlsx.", name)
        )
    if head.startswith((b"%pdf", b"{\\rtf", b"\x89png", b"\xff\xd8\xff", b"gif8", b"rar!", b"7z\xbc\xaf", b"\x1f\x8b")):
        raise InputError(
            Problem("This is neither a table in csv nor a workbook. Save the table as xlsx or csv and retry.", name)
        )


def decode(name: str, data: bytes) -> str:
    encodings = ["utf-8-sig", "gb18030"]
    if data[:2] in _UTF16_MARKS:
        encodings = ["utf-16"]
    elif b"\x00" in data:
        raise InputError(
            Problem("This is neither a table in csv nor a workbook. Save the table as xlsx or csv and retry.", name)
        )
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text and not (encoding == "gb18030" and _is_no_gb18030(data, text)):
            return text
    raise InputError(
        Problem("The csv file is neither UTF-8 nor GB18030. Save it again as “CSV UTF-8”, or as xlsx.", name)
    )
