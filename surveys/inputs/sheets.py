"""Reading the first visible sheet of a workbook, in a process whose memory and time are limited."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

from surveys.inputs import sheet_process
from surveys.inputs.lines import Cell, Lines
from surveys.inputs.problems import InputError, Problem, shortened
from surveys.inputs.sheet_cells import MAX_COLUMNS, MAX_ROWS
from surveys.inputs.text import clean
from surveys.inputs.translations import message_id

MAX_UNPACKED = 200 * 1024 * 1024
_WAIT_SECONDS = 2 * sheet_process.SECONDS
_SCRIPT = Path(sheet_process.__file__)

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_ODS = b"application/vnd.oasis.opendocument"  # an ods file begins with what it is
_WORD = "WordDocument".encode("utf-16-le")

_DAMAGED = message_id("The workbook is damaged. Open it, save it again as xlsx and retry.")
_TEXT_DOCUMENT = message_id("This is a text document. Copy its table into a workbook and save that.")
_SENTENCES = {
    "damaged": _DAMAGED,
    "encrypted": message_id("The workbook is protected with a password. Save it without one and retry."),
    "no visible sheet": message_id("All sheets of the workbook are hidden."),
    "no such sheet": message_id("The workbook has no sheet of this name."),
    "no table": message_id("The workbook has no sheet with cells, only charts or nothing at all."),
    "missing sheet": message_id("A sheet is missing in the file, which is damaged. Open it, save it again as xlsx and retry."),
    "table in a cell": message_id("A cell of the table holds a table of its own. Keep only one table and retry."),
    "order": message_id("The rows or cells of the sheet are not in order, or there twice. Open the file in Excel, WPS or "
                        "LibreOffice, save it again and retry."),
    "strict": message_id("This is a workbook in the format “Strict Open XML”. Save it as “Excel workbook (xlsx)” and retry."),
    "rows": message_id("The file has more than %(limit)s rows."),
    "columns": message_id("Row %(at)s has more than %(limit)s columns."),
    "large": message_id("The workbook is too large or too complicated to read. Keep only the table that is needed."),
}  # fmt: skip
_LIMITS = {"rows": MAX_ROWS, "columns": MAX_COLUMNS}


def read_sheet(name: str, data: bytes, wanted: str = "") -> Lines:
    """The first visible sheet of xlsx, xls or ods data, with what a reader should know of it. Raises InputError.

    `wanted` is the name of another sheet, which ods data cannot be asked for.
    """
    wanted = clean(wanted)[:100].casefold()
    found = _found(name, data, [wanted] if wanted else [])[0]
    if "problem" in found:
        raise _refused(name, found)
    remarks = [Problem("The sheet “%(sheet)s” is read.", sheet=found["sheet"])]
    if found["other_sheets"]:
        names = shortened(found["other_sheets"], 5)
        remarks = [Problem("The sheet “%(sheet)s” is read; not read: %(names)s.", sheet=found["sheet"], names=names)]
    if found["hidden_rows"]:
        remarks.append(Problem("%(n)s hidden or filtered rows are read, too.", n=found["hidden_rows"]))
    if found["hidden_columns"]:
        remarks.append(Problem("%(n)s hidden columns are read, too.", n=found["hidden_columns"]))
    others = () if _ODS in data[:100] else tuple(found["other_sheets"])
    return Lines(_lines(found), remarks, found["sheet"], others)


def read_sheets(name: str, data: bytes, wanted: list[str]) -> list[Lines | None]:
    """The sheets of these names (in small letters) of xlsx or xls data; None where there is none. Raises InputError."""
    sheets: list[Lines | None] = []
    for found in _found(name, data, wanted):
        if found.get("problem") == "no such sheet":
            sheets.append(None)
        elif "problem" in found:
            raise _refused(name, found)
        else:
            sheets.append(Lines(_lines(found), other_sheets=tuple(found["other_sheets"])))
    return sheets


def _found(name: str, data: bytes, wanted: list[str]) -> list[dict[str, Any]]:
    """What the process says of each sheet. Raises InputError."""
    _check_kind(name, data)
    try:
        done = subprocess.run(  # noqa: S603  (our own script, by this interpreter)
            [sys.executable, "-I", str(_SCRIPT), *wanted],
            input=data,
            capture_output=True,
            timeout=_WAIT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise _refused(name, {"problem": "large"}) from None
    try:
        found = [json.loads(line) for line in done.stdout.splitlines()]
    except ValueError:  # it ran into a limit, and said half a sentence
        found = []
    if len(found) != max(1, len(wanted)):  # or nothing
        raise _refused(name, {"problem": "large"})
    return found


def _lines(found: dict[str, Any]) -> list[tuple[int, list[Cell]]]:
    return [(number, [_cell(cell) for cell in cells]) for number, cells in found["rows"]]


def _cell(found: str | list[str]) -> Cell:
    return Cell(found) if isinstance(found, str) else Cell(*found)


def _refused(name: str, found: dict[str, str]) -> InputError:
    problem = found["problem"]
    values: dict[str, Any] = {"limit": _LIMITS[problem]} if problem in _LIMITS else {}
    if problem == "columns":
        values["at"] = found["at"]
    return InputError(Problem(_SENTENCES[problem], name, **values))


def _check_kind(name: str, data: bytes) -> None:
    """Raise InputError for what only looks like a workbook, before a process is started for it."""
    if data[:8] == OLE:
        if _ENCRYPTED in data:
            raise _refused(name, {"problem": "encrypted"})
        if _WORD in data:
            raise InputError(Problem("This is a Word document. Copy its table into a workbook and save that.", name))
        return
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.namelist()
            names = set(parts)
            locked = any(entry.flag_bits & 1 for entry in archive.infolist())
            unpacked = sum(entry.file_size for entry in archive.infolist())
            kind = _small_part(archive, "mimetype")
            manifest = _small_part(archive, "META-INF/manifest.xml")
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise InputError(Problem(_DAMAGED, name)) from None
    if len(parts) > len(names):  # two parts of one name: programs do not agree on which of them counts
        raise _refused(name, {"problem": "damaged"})
    if unpacked > MAX_UNPACKED:
        raise InputError(Problem("The workbook is too large when unpacked.", name))
    if locked or b"encryption-data" in manifest:
        raise _refused(name, {"problem": "encrypted"})
    if kind.startswith(b"application/vnd.oasis.opendocument") and b"spreadsheet" not in kind:
        raise InputError(Problem(_TEXT_DOCUMENT, name))
    if "word/document.xml" in names:
        raise InputError(Problem("This is a Word document. Copy its table into a workbook and save that.", name))
    if "xl/workbook.bin" in names:
        raise InputError(Problem("This is a binary workbook (xlsb). Save it as xlsx and retry.", name))
    if not names & {"xl/workbook.xml", "content.xml"}:
        raise InputError(Problem("This is an archive and no workbook. Unpack it and choose the workbook.", name))


def _small_part(archive: zipfile.ZipFile, part: str) -> bytes:
    """The beginning of a part of an archive; empty where there is none."""
    try:
        with archive.open(part) as source:
            return source.read(1_000_000)
    except (KeyError, RuntimeError):
        return b""
