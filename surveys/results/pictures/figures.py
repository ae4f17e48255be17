"""Figures and units as all pictures have them."""

from __future__ import annotations

from dataclasses import dataclass

from surveys.inputs.text import pick
from surveys.results.export.words import Words
from surveys.results.notes import missing_text
from surveys.results.withholding import Missing
from surveys.scoring.rounding import round_half_up


@dataclass(frozen=True)
class Figure:
    """A figure as it is printed, with its interval where it has one. Without a `value`, `text` says why there is none."""

    text: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    interval: str = ""


@dataclass(frozen=True)
class PictureUnit:
    """A unit by name, and its general branch as a position in the list of them."""

    code: str
    name: str
    branch: int | None


def units_of(words: Words) -> tuple[list[PictureUnit], list[str]]:
    """The units by rank, and the names of their general branches in the order of the plan."""
    plan, branches = words.report.plan, list[str]()
    for number in range(len(plan.units)):
        name = words.parent(number)
        if name and name not in branches:
            branches.append(name)
    units = []
    for number in words.rated_units:
        parent, unit = words.parent(number), plan.units[number]
        units.append(
            PictureUnit(unit.code, pick(unit.text, words.language), branches.index(parent) if parent else None)
        )
    return units, branches


def figure_of(
    words: Words,
    value: float | None,
    low: float | None = None,
    high: float | None = None,
    reason: Missing | None = None,
) -> Figure:
    """A score with its interval, or why it is not there."""
    if value is None:
        return Figure(missing_text(reason, words.report.plan, words.gettext))
    text = words.report.figure
    interval = "" if low is None or high is None else f"{text(low)} – {text(high)}"
    return Figure(text(value), printed(words, value), printed(words, low), printed(words, high), interval)


def change_of(words: Words, value: float | None, low: float | None = None, high: float | None = None) -> Figure:
    """A difference with its interval, with signs."""
    if value is None:
        return Figure("—")
    interval = "" if low is None or high is None else f"{signed(words, low)} … {signed(words, high)}"
    return Figure(signed(words, value), printed(words, value), printed(words, low), printed(words, high), interval)


def printed(words: Words, value: float | None) -> float | None:
    """The number that is printed."""
    return None if value is None else float(round_half_up(value, words.report.plan.rule.decimals))


def signed(words: Words, value: float) -> str:
    """A difference as text: with a sign, unless it is printed as zero."""
    number = round_half_up(value, words.report.plan.rule.decimals)
    sign = "+" if number > 0 else "−" if number < 0 else ""
    return f"{sign}{abs(number)}"
