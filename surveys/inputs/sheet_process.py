"""Reads a workbook in a process of its own, whose memory and time are limited: `python sheet_process.py [SHEET …] < file`.

It prints a line of JSON for each sheet that is asked for: {"sheet": name, "other_sheets": [names], "hidden_rows": count, "hidden_columns": count, "rows": [[number, cells]]}, or {"problem":
code, "at": place}. A cell is its text, or [text, doubt] where the text may not be what was typed. Rows and columns count
from 1; rows without content are left out.
"""

from __future__ import annotations

import io
import json
import resource
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

if __name__ == "__main__":
    # Only the modules that are imported below, not all that surveys/__init__.py brings: so this starts fast.
    package = ModuleType("surveys")
    package.__path__ = [str(Path(__file__).resolve().parent.parent)]
    sys.modules["surveys"] = package
    # openpyxl takes these along where they are there, for what is not read here; loading them would be half of the time.
    sys.modules.update({"numpy": None, "PIL": None})  # type: ignore[dict-item]

from surveys.inputs.sheet_cells import MAX_AREA, MAX_COLUMNS, MAX_ROWS, RefusedError, Sheet

MEMORY = 1536 * 1024 * 1024
SECONDS = 120


def check_area(sheet: Sheet) -> Sheet:
    """Take empty cells off the ends of rows. Raises RefusedError where more is left than any table of people has."""
    widest = 0
    for number, cells in sheet.rows.items():
        while cells and not isinstance(cells[-1], list) and not cells[-1].strip():
            cells.pop()
        widest = max(widest, len(cells))
        if widest > MAX_COLUMNS:
            raise RefusedError("columns", str(number))
    filled = sum(1 for cells in sheet.rows.values() if cells)
    if filled > MAX_ROWS:
        raise RefusedError("rows")
    if filled * widest > MAX_AREA:
        raise RefusedError("large")
    return sheet


def read(data: bytes, wanted: str = "") -> Sheet:
    """The first visible sheet of a workbook in any of the three formats, or the one with the wanted name (not of ods)."""
    if data[:2] != b"PK":
        from surveys.inputs.xls_sheet import read_xls

        return read_xls(data, wanted)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = set(archive.namelist())
    if "[Content_Types].xml" in names:
        from surveys.inputs.xlsx_sheet import read_xlsx

        return read_xlsx(data, wanted)
    from surveys.inputs.ods_sheet import read_ods

    if wanted:
        raise RefusedError("no such sheet")

    return read_ods(data)


def _answer(data: bytes, wanted: str) -> Iterator[str]:
    try:
        yield from json.JSONEncoder(ensure_ascii=True).iterencode(check_area(read(data, wanted)).as_json())
    except RefusedError as error:
        yield json.dumps({"problem": error.problem, "at": error.at})
    except MemoryError:
        yield json.dumps({"problem": "large", "at": ""})
    except Exception as error:  # whatever the libraries raise for a file that is none of theirs
        yield json.dumps({"problem": "damaged", "at": type(error).__name__})


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    workbook = sys.stdin.buffer.read()
    for sheet_name in sys.argv[1:] or [""]:
        sys.stdout.writelines(_answer(workbook, sheet_name))
        sys.stdout.write("\n")
