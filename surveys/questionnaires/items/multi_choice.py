"""A choice of any number of options.

Packed as two bytes: bit 15 says that it was asked, bits 0 to 14 are the options; bit 15 alone is left blank.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from surveys.inputs.problems import Faults
from surveys.inputs.text import pick
from surveys.inputs.translations import Gettext
from surveys.questionnaires.items.base import (
    AnswerLine,
    Fields,
    Keys,
    Reading,
    Totals,
    folded,
    is_blank_typed,
    position_of,
    whole_numbers,
)
from surveys.questionnaires.items.options import ItemWithOther, chosen_positions, read_options, read_other

MAX_OPTIONS = 15
_ASKED = 0x8000


@dataclass(frozen=True, kw_only=True)
class MultiChoiceItem(ItemWithOther):
    """A choice of several options."""

    type: ClassVar[str] = "multi"
    names: ClassVar[tuple[str, ...]] = ("options", "other")

    @classmethod
    def read(cls, row: Mapping[str, Any], where: str, scales: Mapping[str, Any]) -> Self:
        faults = Faults()
        options = faults.take(lambda: read_options(row.get("options"), MAX_OPTIONS, f"{where}.options"))
        common = faults.take(lambda: cls.read_common(row, where))
        faults.check()
        options = read_other(row, options, MAX_OPTIONS, where)
        return cls(**common, options=options, other=bool(row.get("other", False)))

    @property
    def seconds(self) -> float:
        return 6.0

    @property
    def width(self) -> int:
        return 2

    @property
    def blank(self) -> bytes:
        return _ASKED.to_bytes(2, "little")

    @property
    def most_values(self) -> int:
        return len(self.options)

    def read_form(self, fields: Fields, name: str) -> Reading:
        chosen, problem = chosen_positions(fields.get(name, []), len(self.options))
        text, wrong = self.text_typed(fields, name)
        if text:
            chosen.append(len(self.options))  # who writes what it is means "other"
        bits = _ASKED
        for position in chosen:
            bits |= 1 << (position - 1)
        given = frozenset(self.options[position - 1].code for position in chosen)
        return self.with_text(Reading(bits.to_bytes(2, "little"), not chosen, given, problem=problem), text, wrong)

    def describe(self, packed: bytes) -> str:
        value = int.from_bytes(packed, "little")
        if not value:
            return ""
        return "+".join(option.code for i, option in enumerate(self.options) if value >> i & 1) or "-"

    def read_cell(self, cell: str, name: str) -> dict[str, list[str]]:
        words = [[option.code, *option.text.values()] for option in self.options]
        parts = re.split("[+＋;；]", cell)
        return {name: [str(position_of(part.strip(), words)) for part in parts]}

    def keys(self) -> Keys:
        return Keys(False, 60)

    def typing_hint(self, gettext: Gettext) -> str:
        return gettext("The numbers of the options ticked, such as %(example)s", example="1\N{NO-BREAK SPACE}3")

    def canonical(self, typed: str) -> str:
        text = folded(typed)
        if is_blank_typed(text, one_key=False):
            return ""
        parts = [part for part in re.split(r"[ ,+;、]+", text) if part]
        if len(self.options) < 10:  # "135" is the first, third and fifth
            parts = [digit for part in parts for digit in part]
        chosen = sorted({int(part) for part in parts if part.isdecimal()})
        if not chosen or len(chosen) < len(set(parts)) or not 1 <= chosen[0] <= chosen[-1] <= len(self.options):
            raise ValueError(typed)
        return " ".join(map(str, chosen))

    def tally(self, raw: NDArray[np.uint8], groups: NDArray[np.int64], group_count: int) -> Totals:
        values = whole_numbers(raw)
        given, of = values[values > _ASKED], groups[values > _ASKED]
        counts = np.zeros((group_count, len(self.options)), np.int64)
        for bit in range(len(self.options)):
            counts[:, bit] = np.bincount(of[given >> bit & 1 == 1], minlength=group_count)
        return Totals(np.bincount(of, minlength=group_count), counts, np.zeros((group_count, 0)))

    def lines(self, counts: Sequence[int], means: Sequence[float], language: str, gettext: Gettext) -> list[AnswerLine]:
        texts = [pick(option.text, language) for option in self.options]
        return [AnswerLine(text, count) for text, count in zip(texts, counts, strict=True)]
