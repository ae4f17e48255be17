"""The line chart of a campaign: a line for each unit over the rounds, as numbers for an SVG element."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

WIDTH, LEFT, RIGHT, TOP, BOTTOM = 400, 30, 250, 16, 190
_LABEL = 12
"""The least distance between two labels."""
_MOST_LABELS = 12


@dataclass(frozen=True)
class Line:
    """One unit: the pieces of its line (a round without a score breaks it), its dots, and its label where it has one.

    `kind` is "up", "down" or "" (no change that is clear).
    """

    name: str
    pieces: list[str]
    dots: list[tuple[float, float]]
    kind: str
    label: str
    label_y: float


@dataclass(frozen=True)
class Chart:
    """Lines, ticks as (y, score), and the places of rounds (x)."""

    lines: list[Line]
    ticks: list[tuple[float, int]]
    places: list[float]


def round_chart(rows: Sequence[tuple[str, str, Sequence[float | None]]]) -> Chart | None:
    """From (name, kind, scores in all rounds) of units; None where there are fewer than two rounds or no score."""
    shown = [score for _, _, scores in rows for score in scores if score is not None]
    rounds = len(rows[0][2]) if rows else 0
    if rounds < 2 or not shown:
        return None
    floor = max(0, int(min(shown) // 10) * 10)
    floor = min(floor, 90)
    step = 10 if 100 - floor > 20 else 5

    def down(score: float) -> float:
        return round(BOTTOM - (BOTTOM - TOP) * (score - floor) / (100 - floor), 1)

    places = [round(LEFT + (RIGHT - LEFT) * place / (rounds - 1), 1) for place in range(rounds)]
    labelled = _labels(rows, down)
    lines = [
        Line(
            name,
            _pieces([None if score is None else (x, down(score)) for x, score in zip(places, scores, strict=True)]),
            [(x, down(score)) for x, score in zip(places, scores, strict=True) if score is not None],
            kind,
            name if number in labelled else "",
            labelled.get(number, 0),
        )
        for number, (name, kind, scores) in enumerate(rows)
    ]
    return Chart(lines, [(down(score), score) for score in range(floor, 101, step)], places)


def _pieces(points: list[tuple[float, float] | None]) -> list[str]:
    pieces: list[list[str]] = [[]]
    for point in points:
        if point is None:
            pieces.append([])
        else:
            pieces[-1].append(f"{point[0]},{point[1]}")
    return [" ".join(piece) for piece in pieces if len(piece) > 1]


def _labels(
    rows: Sequence[tuple[str, str, Sequence[float | None]]], down: Callable[[float], float]
) -> dict[int, float]:
    """Which lines have a label, and where: those whose change is clear, or all where they are few; moved apart."""
    ends = [(down(end), n) for n, (_, _, scores) in enumerate(rows) if (end := scores[-1]) is not None]
    if len(ends) > _MOST_LABELS:
        ends = [(y, n) for y, n in ends if rows[n][1]][:_MOST_LABELS]
    found, last = {}, float(TOP) - _LABEL
    for y, n in sorted(ends):
        last = max(y, last + _LABEL)
        found[n] = last
    over = last - (BOTTOM + _LABEL)
    if over > 0:
        found = {n: round(y - over, 1) for n, y in found.items()}
    return found
