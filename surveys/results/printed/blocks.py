"""A printed document as blocks, which the PDF and the file for Word both are made of: so they say the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from surveys.results.printed.letterhead import PrintedHead

TEXT_WIDTH = 166
"""Millimetres across an A4 page inside its margins."""
LANE = 1.9
"""Millimetres that a bracket beside a table takes."""


@dataclass(frozen=True)
class Heading:
    """A heading; one of level 1 may begin a page."""

    text: str
    level: int = 2
    starts_page: bool = False
    below: str = ""


@dataclass(frozen=True)
class Paragraph:
    """Sentences: as usual, small and grey, or a warning."""

    text: str
    kind: Literal["body", "small", "warning"] = "body"


@dataclass(frozen=True)
class Facts:
    """Names with what is said of each, in two columns."""

    rows: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Column:
    """A column of a table, so many millimetres wide."""

    heading: str
    width: float
    align: Literal["L", "C", "R"] = "L"


@dataclass(frozen=True)
class Table:
    """Rows under headings that are repeated on each page.

    `lanes`: runs of rows (first and last) that a bracket holds together, side by side where they overlap. `cuts`: a line
    below a row, with what it says.
    """

    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    lanes: Sequence[Sequence[tuple[int, int]]] = ()
    lanes_heading: str = ""
    cuts: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Bar:
    """A figure with its interval, if it has one. `shown` is the figure as it is printed."""

    label: str
    value: float
    shown: str
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Bars:
    """A chart of figures from `floor` to 100."""

    title: str
    rows: Sequence[Bar]
    floor: int = 0


@dataclass(frozen=True)
class Points:
    """A list; `numbered` or with dots."""

    rows: Sequence[str]


@dataclass(frozen=True)
class Digest:
    """The digest as text and as a picture to scan, with what is said of it. `signed`: lines to sign on stand below it."""

    digest: str
    sentences: str
    signed: bool = False


@dataclass(frozen=True)
class Signatures:
    """Lines to sign on, each with who signs."""

    labels: Sequence[str]


Block = Heading | Paragraph | Facts | Table | Bars | Points | Digest | Signatures


@dataclass(frozen=True)
class Printed:
    """A document: what stands at its head, its title with what is said below it, its blocks."""

    title: str
    below: str
    head: PrintedHead
    blocks: Sequence[Block]
    language: str


def lanes_of(runs: Sequence[tuple[int, int]]) -> list[list[tuple[int, int]]]:
    """Runs in as few lanes as keep those that overlap apart."""
    lanes: list[list[tuple[int, int]]] = []
    for run in sorted(runs):
        free = next((lane for lane in lanes if lane[-1][1] < run[0]), None)
        if free is None:
            lanes.append([run])
        else:
            free.append(run)
    return lanes
