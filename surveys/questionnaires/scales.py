"""Scales: the ordered answers of a rating, each with its points."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any

from surveys.inputs.identifiers import fold, half_width
from surveys.inputs.problems import Faults, InputError, Problem
from surveys.inputs.text import LANGUAGES, Text, pick
from surveys.inputs.values import (
    as_code,
    as_flag,
    as_list,
    as_number,
    as_table,
    as_whole,
    check_names,
    read_optional_text,
    read_text,
)
from surveys.scoring.ratings import DONT_KNOW

MAX_LEVELS = 11
COLOURS = ("deep-red", "red", "orange", "yellow", "lime", "green", "deep-green")
"""From bad to good. Their values are in static/css/tokens.css, for workbooks in results/workbook/colours.py."""


@dataclass(frozen=True)
class Level:
    """One answer of a scale. `points` are 0 to 100; `satisfied` levels count for the satisfaction rate.

    `colour`, one of COLOURS, goes with its words in charts; it never stands for them.
    """

    code: str
    text: Text
    points: float
    satisfied: bool
    colour: str = ""


@dataclass(frozen=True)
class Scale:
    """The ordered answers of a rating, or whole numbers from `low` to `high` that are their own points.

    `dont_know` is the words of the answer outside the order, or None where it is not offered;
    `dont_know_at` is the number that means it on a direct scale (the custom "50 means don't know").
    """

    key: str
    levels: tuple[Level, ...]
    dont_know: Text | None
    low: int = 0
    high: int = 0
    dont_know_at: int | None = None
    satisfied_from: int | None = None

    @property
    def direct(self) -> bool:
        """Whether people type numbers."""
        return not self.levels

    @property
    def points(self) -> tuple[float, ...]:
        """Points by position: entry 0 belongs to the first level, or to the number `low`."""
        if self.direct:
            return tuple(float(value) for value in range(self.low, self.high + 1))
        return tuple(level.points for level in self.levels)

    @property
    def satisfied(self) -> tuple[bool, ...]:
        """By position, whether it counts as satisfied."""
        if self.direct:
            limit = self.satisfied_from if self.satisfied_from is not None else self.high + 1
            return tuple(value >= limit for value in range(self.low, self.high + 1))
        return tuple(level.satisfied for level in self.levels)

    @cached_property
    def field_values(self) -> dict[str, int]:
        """The byte for each value of a rating's form field: positions, or numbers; "0" or "dk" for don't know."""
        if self.direct:
            values = {str(value): value - self.low + 1 for value in range(self.low, self.high + 1)}
            if self.dont_know_at is not None:
                values[str(self.dont_know_at)] = DONT_KNOW
        else:
            values = {str(position): position for position in range(1, len(self.levels) + 1)}
        if self.dont_know is not None:
            values.setdefault("0", DONT_KNOW)
            values["dk"] = DONT_KNOW
        return values

    @cached_property
    def answer_codes(self) -> tuple[frozenset[str], ...]:
        """By position, the level's code as a set, to compare with conditions."""
        return tuple(frozenset((level.code,)) for level in self.levels)

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """What clerks type for each level of a paper ballot: its position, or the digit that its words begin with.

        Where words are digits (5 4 3 2 1), positions beside them would say the opposite of what is ticked.
        """
        found = [re.match(r"([1-8])(?![0-9])", half_width(level.text["zh"])) for level in self.levels]
        digits = tuple(match[1] for match in found if match)
        if len(digits) == len(self.levels) == len(set(digits)):
            return digits
        return tuple(str(position) for position in range(1, len(self.levels) + 1))

    def has_long_word(self, language: str) -> bool:
        """Whether a word of an answer is too long for a third of a small phone's width: 13 letters without a place to break."""
        texts = [*self.words(language), pick(self.dont_know, language) if self.dont_know else ""]
        return any(re.search(r"[^\W\d_\u2e80-\uffff]{13}", text) for text in texts)

    def words(self, language: str) -> list[str]:
        """The levels in words, by position."""
        if self.direct:
            return [str(value) for value in range(self.low, self.high + 1)]
        return [level.text.get(language) or level.text["zh"] for level in self.levels]


PRESETS: dict[str, dict[str, Any]] = {
    "satisfaction4": {
        "levels": [
            {"code": "satisfied", "text": {"zh": "满意", "en": "Satisfied"}, "points": 100, "satisfied": True},
            {"code": "fairly", "text": {"zh": "比较满意", "en": "Fairly satisfied"}, "points": 80, "satisfied": True},
            {"code": "just", "text": {"zh": "基本满意", "en": "Just satisfied"}, "points": 60},
            {"code": "not", "text": {"zh": "不满意", "en": "Not satisfied"}, "points": 0},
        ],
        "dont_know": {"zh": "不了解", "en": "Don't know"},
    },
    "quality4": {
        "levels": [
            {"code": "excellent", "text": {"zh": "优秀", "en": "Excellent"}, "points": 100, "satisfied": True},
            {"code": "good", "text": {"zh": "良好", "en": "Good"}, "points": 85, "satisfied": True},
            {"code": "fair", "text": {"zh": "一般", "en": "Fair"}, "points": 70},
            {"code": "poor", "text": {"zh": "较差", "en": "Poor"}, "points": 50},
        ],
        "dont_know": {"zh": "不了解", "en": "Don't know"},
    },
    "likert5": {
        "levels": [
            {"code": "5", "text": {"zh": "非常同意", "en": "Strongly agree"}, "points": 100, "satisfied": True},
            {"code": "4", "text": {"zh": "同意", "en": "Agree"}, "points": 75, "satisfied": True},
            {"code": "3", "text": {"zh": "一般", "en": "Neutral"}, "points": 50},
            {"code": "2", "text": {"zh": "不同意", "en": "Disagree"}, "points": 25},
            {"code": "1", "text": {"zh": "非常不同意", "en": "Strongly disagree"}, "points": 0},
        ],
        "dont_know": {"zh": "不了解", "en": "Don't know"},
    },
}
"""Scales ready to use; a questionnaire may define its own, or change the points of these."""


def read_scales(data: object, faults: Faults) -> dict[str, Scale]:
    """The presets and a questionnaire's own scales, by name; a preset is in the place of one that cannot be read."""
    scales = {name: read_scale(name, value, f"scales.{name}") for name, value in PRESETS.items()}
    for name, value in (faults.take(lambda: as_table(data, "scales")) or {}).items():
        faults.take(partial(as_code, name, "scales"))
        read = faults.take(partial(read_scale, name, value, f"scales.{name}"))
        scales[name] = read or scales["satisfaction4"]
    return scales


def read_scale(name: str, data: object, where: str) -> Scale:
    """A scale from plain data. Raises InputError with all faults."""
    row, faults = as_table(data, where), Faults()
    names = ("direct", "dont_know_at", "satisfied_from") if "direct" in row else ("levels",)
    faults.take(lambda: check_names(row, (*names, "dont_know"), where))
    dont_know = faults.take(lambda: read_optional_text(row.get("dont_know"), f"{where}.dont_know", limit=20))
    if "direct" in row:
        scale = faults.take(lambda: _read_direct(name, row, dont_know, where))
        faults.check()
        return scale
    entries = faults.take(lambda: as_list(row.get("levels"), f"{where}.levels")) or []
    levels = faults.each(entries, lambda entry, number: _read_level(entry, f"{where}.levels[{number}]"))
    faults.check()
    if not 2 <= len(levels) <= MAX_LEVELS or len({fold(level.code) for level in levels}) != len(levels):
        raise InputError(Problem("A scale has 2 to %(limit)s levels with different codes.", where, limit=MAX_LEVELS))
    check_words([level.text for level in levels] + ([dont_know] if dont_know else []), where)
    usual = usual_colours([level.points for level in levels])
    coloured = (replace(level, colour=level.colour or one) for level, one in zip(levels, usual, strict=True))
    return Scale(name, tuple(coloured), dont_know)


def scale_data(scale: Scale) -> dict[str, Any]:
    """A scale as plain data that says everything, also what may be left out: equal scales give equal data."""

    def plain(number: float) -> float:
        return int(number) if float(number).is_integer() else number

    data: dict[str, Any] = {}
    if scale.direct:
        data["direct"] = {"low": scale.low, "high": scale.high}
        rest = {"dont_know_at": scale.dont_know_at, "satisfied_from": scale.satisfied_from}
        data |= {name: value for name, value in rest.items() if value is not None}
    else:
        data["levels"] = [
            {"code": level.code, "text": dict(level.text), "points": plain(level.points), "satisfied": level.satisfied,
             "colour": level.colour}
            for level in scale.levels
        ]  # fmt: skip
    return {**data, "dont_know": dict(scale.dont_know)} if scale.dont_know else data


def usual_colours(points: Sequence[float]) -> list[str]:
    """The colours of levels with these points: from the most to the fewest, spread over all colours."""
    last = len(points) - 1
    order = sorted(range(len(points)), key=lambda number: -points[number])
    usual = {number: COLOURS[(12 * (last - place) + last) // (2 * last)] for place, number in enumerate(order)}
    return [usual[number] for number in range(len(points))]


def check_words(texts: Sequence[Text], where: str) -> None:
    """Raise InputError where two answers have the same words, so that nobody can tell them apart."""
    for language in LANGUAGES:
        seen: set[str] = set()
        for text in texts:
            word = fold(pick(text, language))
            if word in seen:
                raise InputError(Problem("Two answers are called %(name)s.", where, name=pick(text, language)[:50]))
            seen.add(word)


def _read_direct(name: str, row: Mapping[str, Any], dont_know: Text | None, where: str) -> Scale:
    bounds = as_table(row["direct"], f"{where}.direct")
    check_names(bounds, ("low", "high"), f"{where}.direct")
    low = as_whole(bounds.get("low"), 0, 100, f"{where}.direct.low")
    high = as_whole(bounds.get("high"), 0, 100, f"{where}.direct.high")
    if low >= high:
        raise InputError(Problem("The lowest number must be below the highest.", f"{where}.direct"))
    at, satisfied = row.get("dont_know_at"), row.get("satisfied_from")
    return Scale(
        name, (), dont_know, low, high,
        None if at is None else as_whole(at, low, high, f"{where}.dont_know_at"),
        None if satisfied is None else as_whole(satisfied, low, high, f"{where}.satisfied_from"),
    )  # fmt: skip


def _read_level(data: object, where: str) -> Level:
    row, faults = as_table(data, where), Faults()
    faults.take(lambda: check_names(row, ("code", "text", "points", "satisfied", "colour"), where))
    code = faults.take(lambda: as_code(row.get("code"), f"{where}.code"))
    text = faults.take(lambda: read_text(row.get("text"), where, limit=20))
    points = faults.take(lambda: as_number(row.get("points"), 0, 100, f"{where}.points"))
    satisfied = faults.take(lambda: as_flag(row.get("satisfied", False), f"{where}.satisfied"))
    colour = faults.take(lambda: _read_colour(row.get("colour"), f"{where}.colour"))
    faults.check()
    return Level(code, text, points, satisfied, colour)


def _read_colour(value: object, where: str) -> str:
    if value is None:
        return ""
    if value not in COLOURS:
        raise InputError(Problem("This must be one of: %(names)s.", where, names=", ".join(COLOURS)))
    return str(value)
