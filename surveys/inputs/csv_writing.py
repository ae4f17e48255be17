"""Writing csv that spreadsheets open rightly and take no text in for a formula. Every csv that leaves is written here."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from typing import Any, TextIO

BOM = "\ufeff"
"""With it Excel and WPS know that a file is UTF-8."""

_NUMBER = re.compile(r"[+-]?[0-9]+([.,][0-9]+)?")


class CsvWriter:
    """Rows into an open text file (newline="")."""

    def __init__(self, file: TextIO) -> None:
        self._writer = csv.writer(file)

    def row(self, cells: Iterable[Any]) -> None:
        """Write one row."""
        self._writer.writerow([guarded(cell) for cell in cells])


def guarded(cell: Any) -> Any:
    """A cell; a text that begins like a formula gets an apostrophe, which spreadsheets show as text.

    Numbers and a dash alone are no formulas.
    """
    if not isinstance(cell, str) or cell[:1] not in {"=", "+", "-", "@", "\t", "\r"}:
        return cell
    return cell if cell == "-" or _NUMBER.fullmatch(cell) else f"'{cell}"
