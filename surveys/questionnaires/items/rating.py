"""A rating on a scale. Ratings of units are what scores are made of; they are tallied in `scoring/`.

Packed as one byte: 0 not asked, from 1 the position of the level, 254 don't know, 255 left blank.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from surveys.inputs.identifiers import fold
from surveys.inputs.problems import Faults, InputError, Problem
from surveys.inputs.translations import Gettext
from surveys.inputs.values import as_number
from surveys.questionnaires.items.base import (
    BLANK_DIGIT,
    BLANK_KEY,
    MOST_ON_ONE_KEY,
    AnswerLine,
    Fields,
    Item,
    Keys,
    Reading,
    Totals,
    count_positions,
    folded,
    position_of,
    typed_in,
)
from surveys.questionnaires.scales import Scale, read_scale
from surveys.scoring.ratings import BLANK, DONT_KNOW, NOT_ASKED


def _read_scale(named: object, scales: Mapping[str, Scale], where: str) -> Scale:
    if isinstance(named, Mapping):
        return read_scale("own", named, where)
    scale = scales.get(str(named))
    if scale is None:
        raise InputError(Problem("There is no scale %(name)s.", where, name=str(named)[:50]))
    return scale


@dataclass(frozen=True, kw_only=True)
class RatingItem(Item):
    """A rating. `weight` is that of the item in a score."""

    type: ClassVar[str] = "rating"
    names: ClassVar[tuple[str, ...]] = ("scale", "weight")

    scale: Scale
    weight: float = 1.0

    @classmethod
    def read(cls, row: Mapping[str, Any], where: str, scales: Mapping[str, Scale]) -> Self:
        faults = Faults()
        scale = faults.take(lambda: _read_scale(row.get("scale"), scales, f"{where}.scale"))
        weight = faults.take(lambda: as_number(row.get("weight", 1), 0, 1000, f"{where}.weight"))
        common = faults.take(lambda: cls.read_common(row, where, required=True))
        faults.check()
        return cls(**common, scale=scale, weight=weight)

    @property
    def seconds(self) -> float:
        return 3.0

    @property
    def answer_codes(self) -> tuple[str, ...]:
        return tuple(level.code for level in self.scale.levels)

    @property
    def width(self) -> int:
        return 1

    @property
    def blank(self) -> bytes:
        return bytes([BLANK])

    def field_names(self, name: str) -> tuple[str, ...]:
        return (name, f"{name}dk")

    def read_form(self, fields: Fields, name: str) -> Reading:
        values = fields.get(name)
        typed = values[0] if values else ""
        byte = self.scale.field_values.get(typed)
        problem = None
        if byte is None:
            dont_know = fields.get(self.field_names(name)[1])
            byte, problem = self.read_unusual(typed_in(fields, name, self.most_characters), dont_know)
        given = self.scale.answer_codes[byte - 1] if byte < DONT_KNOW and self.scale.levels else frozenset()
        return Reading(bytes([byte]), byte == BLANK, given, problem=problem)

    def read_unusual(self, text: str, dont_know: list[str] | None) -> tuple[int, Problem | None]:
        """A rating that is none of the expected values: blank, don't know by its own box, or wrong."""
        scale = self.scale
        if dont_know and scale.dont_know is not None and not text:
            return DONT_KNOW, None
        if not text:
            return BLANK, None
        if scale.direct:
            if text.isdecimal() and len(text) <= 4:
                byte = scale.field_values.get(str(int(text)))  # full-width digits and leading zeros too
                if byte is not None:
                    return byte, None
            return BLANK, Problem(
                "A whole number from %(low)s to %(high)s is expected.", low=scale.low, high=scale.high
            )
        return BLANK, Problem("This is not one of the answers.")

    def describe(self, packed: bytes) -> str:
        value = packed[0]
        if value in (NOT_ASKED, BLANK, DONT_KNOW):
            return {NOT_ASKED: "", BLANK: "-", DONT_KNOW: "?"}[value]
        return str(self.scale.low + value - 1) if self.scale.direct else self.scale.levels[value - 1].code

    def read_cell(self, cell: str, name: str) -> dict[str, list[str]]:
        scale = self.scale
        if scale.dont_know is not None and fold(cell) in map(fold, ("?", *scale.dont_know.values())):
            return {name: ["dk"]}
        if scale.direct:
            return {name: [cell]}
        return {name: [str(position_of(cell, [[level.code, *level.text.values()] for level in scale.levels]))]}

    def keys(self) -> Keys:
        if self.scale.direct:
            return Keys(False, len(str(self.scale.high)))
        return Keys(len(self.scale.levels) <= MOST_ON_ONE_KEY, 2)

    def canonical(self, typed: str) -> str:
        text = folded(typed)
        # A blank is typed, too: an empty field would not tell a blank from an answer that the clerk missed.
        if text == BLANK_KEY or (self.keys().one and text == BLANK_DIGIT):
            return BLANK_KEY
        number = str(int(text)) if text.isdecimal() and len(text) <= 4 else ""
        known = (
            self.scale.field_values
            if self.scale.direct
            else {*self.scale.keys, *(["0"] if self.scale.dont_know else [])}
        )
        if number not in known:
            raise ValueError(typed)
        return number

    def typed_fields(self, typed: str, name: str) -> dict[str, list[str]]:
        if typed == BLANK_KEY:
            return {}
        keys = self.scale.keys
        return {name: [str(keys.index(typed) + 1) if typed in keys else typed]}

    def tally(self, raw: NDArray[np.uint8], groups: NDArray[np.int64], group_count: int) -> Totals:
        values = raw[:, 0].astype(np.int64)
        valid = (values > NOT_ASKED) & (values < DONT_KNOW)
        return count_positions(values, valid, groups, group_count, len(self.scale.points))

    def lines(self, counts: Sequence[int], means: Sequence[float], language: str, gettext: Gettext) -> list[AnswerLine]:
        return [AnswerLine(text, count) for text, count in zip(self.scale.words(language), counts, strict=True)]
