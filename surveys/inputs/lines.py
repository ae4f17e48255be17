"""What is read of a file before its heading is known: numbered lines of cells."""

from __future__ import annotations

from dataclasses import dataclass, field

from surveys.inputs.problems import Problem


@dataclass(frozen=True)
class Cell:
    """A text, and why it may not be what was typed (one of the doubts of sheet_process.py), if there is a doubt."""

    text: str
    doubt: str = ""


@dataclass(frozen=True)
class Lines:
    """Lines with their numbers in the file, and remarks that a preview shows.

    `sheet` is the one that they are of, and `other_sheets` are those that could be read in its place.
    """

    lines: list[tuple[int, list[Cell]]]
    remarks: list[Problem] = field(default_factory=list)
    sheet: str = ""
    other_sheets: tuple[str, ...] = ()
