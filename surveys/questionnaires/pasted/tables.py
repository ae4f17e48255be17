"""Tables of a pasted text: a line with the columns, and a line for each row with empty boxes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import takewhile

from surveys.inputs.problems import Faults, InputError, Problem
from surveys.questionnaires.guessed_points import is_level
from surveys.questionnaires.pasted.lines import Line, answers_of, cells, numbered, row_cells
from surveys.questionnaires.pasted.outline import Below, Question


@dataclass(frozen=True)
class Table:
    """The words of the columns, and the rows with their lines."""

    columns: list[str]
    rows: list[tuple[int, str]]


def is_table(below: list[Below]) -> bool:
    """Whether the lines under a question look like a table: one with columns, then rows with empty boxes."""
    if len(below) < 2 or len(cells(below[0].text)) < 2 or row_cells(below[0].text)[1]:
        return False
    return all(name and boxes > 1 for name, boxes in (row_cells(one.text) for one in below[1:]))


def read_table(below: list[Below], kind: str, line: int) -> Table:
    """The table under a question. Raises InputError with all faults: it is none, or its rows do not fit its columns."""
    if kind == "text":
        return _table_of_texts(below, line)
    if not below or row_cells(below[0].text)[1]:
        raise _no_columns(line)
    columns = cells(below[0].text)
    if len(columns) < 2:
        columns = below[0].text.split()
    faults, rows = Faults(), []
    found = [(one, *row_cells(one.text)) for one in below[1:] if cells(one.text) != columns]
    if len(columns) < 2 or not found:
        raise _no_columns(line)
    counts = {boxes for _, _, boxes in found if boxes}
    if (
        counts == {len(columns) - 1} and len(columns) > 2 and not below[0].indented
    ):  # the heading of the rows stands before the columns
        columns = columns[1:]
    for one, name, boxes in found:
        name = _without_number(name)
        if not name or len(cells(name)) > 1 or (boxes and boxes != len(columns)):
            faults.problems.append(
                Problem("This row does not fit the %(n)s columns of its table: %(text)s.", "", one.number,
                        n=len(columns), text=one.text[:50])
            )  # fmt: skip
        rows.append((one.number, name))
    faults.check()
    return Table(columns, rows)


def sheet_of(lines: list[Line]) -> Question | None:
    """A table of ratings without a numbered question, as on printed forms: 序号, 测评内容, 满意, 基本满意, 不满意.

    None where there is no heading with a scale, or a line below it is no row.
    """
    for at, line in enumerate(lines):
        heading = cells(line.text)
        words = list(takewhile(is_level, reversed(heading)))[::-1]
        if len(words) < 2 or len(words) == len(heading):
            continue
        rows = [Below(line.number, "\t".join(words))]
        for one in lines[at + 1 :]:
            row = cells(row_cells(one.text)[0])
            names = [cell for cell in row if not cell.isdecimal()]
            if len(names) != 1 or len(row) != len(heading) - len(words):
                return None
            rows.append(Below(one.number, names[0]))
        return Question(line.number, "[矩阵量表题]", below=rows) if len(rows) > 1 else None
    return None


def _table_of_texts(below: list[Below], line: int) -> Table:
    """Rows with one blank each."""
    found = [(one, *row_cells(one.text)) for one in below]
    if not found or any(blanks > 1 or not name or len(cells(name)) > 1 for _, name, blanks in found):
        raise InputError(Problem("A table of texts is a line for each row with one blank: “name ____”.", "", line))
    return Table([], [(one.number, _without_number(name)) for one, name, _ in found])


def _without_number(name: str) -> str:
    """The name of a row without a number or letter in front."""
    one = numbered(name)
    if one:
        return one.text
    found = answers_of(name)
    return found[0] if len(found) == 1 else re.sub(r"\s+", " ", name) if len(cells(name)) == 1 else name


def _no_columns(line: int) -> InputError:
    return InputError(
        Problem("A matrix needs a line with its columns, parted by tabs or wide spaces, above its rows.", "", line)
    )
