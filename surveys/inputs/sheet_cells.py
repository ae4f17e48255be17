"""What the sheets of all formats have in common: cells, doubts about them, merged areas, bounds."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

MAX_COLUMNS = 2_000
MAX_ROWS = 100_000
MAX_AREA = 2_000_000
"""Rows × columns of the area that holds something."""

DATE, DIGITS, FORMAT, FORMULA, ERROR = "date", "digits", "format", "formula", "error"
"""Doubts: a date; more digits than a spreadsheet keeps; shown otherwise than stored; no value yet; an error value."""
VALUE, SHOWN = "value", "shown"
"""A number that is certain but no identifier, such as 1.5; an identifier that is certain as it is shown, but no number."""

_GENERAL = ("General", "@", "", "G/通用格式")

Cell = Any
"""A text, or [text, doubt]."""


class RefusedError(Exception):
    """The workbook cannot be read: a code that `sheets.py` puts into words, and a place."""

    def __init__(self, problem: str, at: str = "") -> None:
        self.problem, self.at = problem, at
        super().__init__(problem)


@dataclass
class Sheet:
    """What was read of a sheet."""

    name: str
    other_sheets: list[str]
    rows: dict[int, list[Cell]]
    hidden: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    """First row, last row, first column, last column."""

    def as_json(self) -> dict[str, Any]:
        """What the process prints."""
        fill_merged(self.rows, self.merged)
        kept = [(number, cells) for number, cells in sorted(self.rows.items()) if any(cells)]
        hidden = len(self.hidden & {number for number, _ in kept})
        filled = {
            column for _, cells in kept for column in self.hidden_columns if column <= len(cells) and cells[column - 1]
        }
        return {
            "sheet": self.name, "other_sheets": self.other_sheets, "hidden_rows": hidden, "hidden_columns": len(filled),
            "rows": kept,
        }  # fmt: skip


def fill_merged(rows: dict[int, list[Cell]], merged: Iterable[tuple[int, int, int, int]]) -> None:
    """Repeat the value of cells that are merged downwards: a class beside ten students is that of all ten."""
    for first_row, last_row, first, last in merged:
        top = rows.get(first_row, [])
        value = top[first - 1] if len(top) >= first else ""
        if not value:
            continue
        if first != last:
            value = top[first - 1] = [value[0] if isinstance(value, list) else value, "merged"]
        for number in range(first_row + 1, last_row + 1):
            cells = rows.get(number)
            if cells is not None and any(cells):
                cells.extend([""] * (first - len(cells)))
                cells[first - 1] = value


def number_text(value: float, number_format: str) -> Cell:
    """A number as its cell shows it, where that is certain: whole, and with a format of zeros and fixed text."""
    if not float(value).is_integer():
        return [repr(float(value)), VALUE if _is_plain(value, number_format) else FORMAT]
    whole = int(value)
    if abs(whole) >= 10**15:
        return [str(whole), DIGITS]
    if number_format in _GENERAL:
        return str(whole)
    parts = _first_section(number_format)
    zeros = [part for part in parts if set(part) == {"0"}]
    if whole < 0 or parts == ["#"] or len(zeros) != 1 or any(part[0] not in '"\\-0' for part in parts):
        certain = parts == ["#"] and whole > 0
        return str(whole) if certain else [str(whole), VALUE if _is_plain(value, number_format) else FORMAT]
    text = "".join(str(whole).zfill(len(p)) if p in zeros else p.strip('"').removeprefix("\\") for p in parts)
    return text if text.isdecimal() and int(text) == whole else [text, SHOWN]


def _is_plain(value: float, number_format: str) -> bool:
    """Whether a number is shown whole by a format of digits, separators and decimal places."""
    if number_format in _GENERAL:
        return True
    plain = re.fullmatch(r"[#,]*0+(\.[0#]+)?", "".join(_first_section(number_format)))
    places = len(plain[1] or ".") - 1 if plain else 0
    return plain is not None and round(value, places) == value and (value >= 0 or ";" not in number_format)


def _first_section(number_format: str) -> list[str]:
    """The parts of a number format that holds for positive numbers, without padding and colours."""
    parts = []
    for part in re.findall(r'"[^"]*"|\\.|[_*].|\[[^\]]*\]|0+|.', number_format):
        if part == ";":
            break
        colour = re.fullmatch(
            r"\[(Black|Blue|Cyan|Green|Magenta|Red|White|Yellow|Color ?[0-9]+|\$-[0-9A-F]+)\]", part, re.I
        )
        if not colour and part[0] not in "_*":
            parts.append(part)
    return parts


def choose(names: list[str], visible: list[int], wanted: str) -> int:
    """Which sheet is read: the first visible one, or the one with the `wanted` name, in whatever capitals."""
    if wanted:
        found = [at for at, name in enumerate(names) if name.strip().casefold() == wanted]
        if len(found) != 1:
            raise RefusedError("no such sheet" if not found else "damaged")
        return found[0]
    if not visible:
        raise RefusedError("no visible sheet")
    return visible[0]


def cell_text(value: object, number_format: str) -> Cell:
    """Any value of a cell."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return [str(value).upper(), FORMAT]
    if isinstance(value, int | float):
        return number_text(value, number_format)
    if isinstance(value, datetime | date | time):
        return [value.isoformat(), DATE]
    if isinstance(value, timedelta):
        return [str(value), DATE]
    text = re.sub(
        "_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found[1], 16)), str(value)
    )  # as the format writes controls
    return (
        [text, ERROR]
        if re.fullmatch(r"#(N/A|REF!|VALUE!|NAME\?|DIV/0!|NUM!|NULL!|SPILL!|CALC!)|Err:[0-9]+", text)
        else text
    )
