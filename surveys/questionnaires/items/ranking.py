"""A ranking of options. Packed as a byte for each option: 0 not asked, from 1 its rank, 255 left blank."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from surveys.inputs.problems import Faults, Problem
from surveys.inputs.text import pick
from surveys.inputs.translations import Gettext
from surveys.questionnaires.items.base import (
    AnswerLine,
    Fields,
    Item,
    Keys,
    Option,
    Reading,
    Totals,
    folded,
    is_blank_typed,
    position_of,
    typed_in,
)
from surveys.questionnaires.items.options import read_options

LEAST_OPTIONS, MAX_OPTIONS = 2, 10
_BLANK = 0xFF


@dataclass(frozen=True, kw_only=True)
class RankingItem(Item):
    """Options to be put in order, each with a rank of its own, or none at all.

    A form has a field for the rank of each option: that of the slot, a dot, and the option's position.
    """

    type: ClassVar[str] = "ranking"
    names: ClassVar[tuple[str, ...]] = ("options",)
    script: ClassVar[str] = "ranking.js"

    options: tuple[Option, ...]

    @classmethod
    def read(cls, row: Mapping[str, Any], where: str, scales: Mapping[str, Any]) -> Self:
        faults, place = Faults(), f"{where}.options"
        options = faults.take(lambda: read_options(row.get("options"), MAX_OPTIONS, place, least=LEAST_OPTIONS))
        common = faults.take(lambda: cls.read_common(row, where))
        faults.check()
        return cls(**common, options=options)

    @property
    def seconds(self) -> float:
        return 4.0 + 3.0 * len(self.options)

    @property
    def answer_codes(self) -> tuple[str, ...]:
        return tuple(option.code for option in self.options)

    @property
    def ranks(self) -> range:
        """The ranks to be given."""
        return range(1, len(self.options) + 1)

    def fields_given(self, answers: frozenset[str], name: str) -> list[tuple[str, str]]:
        return [
            (field, "1")
            for field, option in zip(self.field_names(name), self.options, strict=True)
            if option.code in answers
        ]

    def field_names(self, name: str) -> tuple[str, ...]:
        return tuple(f"{name}.{position}" for position in self.ranks)

    @property
    def width(self) -> int:
        return len(self.options)

    @property
    def blank(self) -> bytes:
        return bytes([_BLANK]) * self.width

    def read_form(self, fields: Fields, name: str) -> Reading:
        typed = [typed_in(fields, field, self.most_characters) for field in self.field_names(name)]
        if not any(typed):
            return Reading(self.blank, True)
        known = {str(rank): rank for rank in self.ranks}
        if any(text and text not in known for text in typed):
            return Reading(self.blank, True, problem=Problem("This is not one of the answers."))
        ranks = [known.get(text, 0) for text in typed]
        problem = self._problem(ranks)
        if problem is not None:
            return Reading(self.blank, True, problem=problem)
        return Reading(bytes(ranks), False, frozenset((self.options[ranks.index(1)].code,)))

    def _problem(self, ranks: list[int]) -> Problem | None:
        """What is wrong with the ranks of the options (0: none given)."""
        twice = [str(rank) for rank in self.ranks if ranks.count(rank) > 1]
        missing = [str(rank) for rank in self.ranks if rank not in ranks]
        if twice:
            return Problem(
                "Each rank from 1 to %(last)s is given once. Given more than once: %(twice)s. Missing: %(missing)s.",
                last=self.width, twice=", ".join(twice), missing=", ".join(missing),
            )  # fmt: skip
        if missing:
            return Problem(
                "Each rank from 1 to %(last)s is given once. Missing: %(missing)s.",
                last=self.width, missing=", ".join(missing),
            )  # fmt: skip
        return None

    def describe(self, packed: bytes) -> str:
        if packed[0] in (0, _BLANK):
            return "-" if packed[0] else ""
        return ">".join(self.options[packed.index(rank)].code for rank in self.ranks)

    def read_cell(self, cell: str, name: str) -> dict[str, list[str]]:
        words = [[option.code, *option.text.values()] for option in self.options]
        order = [position_of(part.strip(), words) for part in re.split("[>＞]", cell)]
        if len(set(order)) < len(order):
            raise ValueError(cell)
        return {f"{name}.{position}": [str(rank)] for rank, position in enumerate(order, 1)}

    def keys(self) -> Keys:
        return Keys(False, 3 * self.width)

    def typing_hint(self, gettext: Gettext) -> str:
        example = "2\N{NO-BREAK SPACE}1\N{NO-BREAK SPACE}3"
        return gettext("The ranks in the order of the boxes, such as %(example)s", example=example)

    def canonical(self, typed: str) -> str:
        text = folded(typed)
        if is_blank_typed(text, one_key=False):
            return ""
        parts = [part for part in re.split(r"[ ,+;、]+", text) if part]
        if self.width < 10:  # "213": the second option is first
            parts = [digit for part in parts for digit in part]
        if sorted(parts) != sorted(map(str, self.ranks)):
            raise ValueError(typed)
        return " ".join(parts)

    def typed_fields(self, typed: str, name: str) -> dict[str, list[str]]:
        return {field: [rank] for field, rank in zip(self.field_names(name), typed.split(" "), strict=True)}

    def tally(self, raw: NDArray[np.uint8], groups: NDArray[np.int64], group_count: int) -> Totals:
        valid = (raw[:, 0] > 0) & (raw[:, 0] != _BLANK)
        ranks, of, k = raw[valid].astype(np.int64), groups[valid], self.width
        counts = np.zeros((group_count, k * k), np.int64)
        sums = np.zeros((group_count, k))
        for option in range(k):  # counts: of each option how often it had each rank; sums: of its ranks
            np.add.at(counts, (of, option * k + ranks[:, option] - 1), 1)
            np.add.at(sums[:, option], of, ranks[:, option])
        return Totals(np.bincount(of, minlength=group_count), counts, sums)

    def lines(self, counts: Sequence[int], means: Sequence[float], language: str, gettext: Gettext) -> list[AnswerLine]:
        lines = []
        for number, option in enumerate(self.options):
            name = pick(option.text, language)
            lines.append(AnswerLine(gettext("%(option)s · mean rank", option=name), mean=means[number]))
            for rank in self.ranks:
                text = gettext("%(option)s · rank %(rank)s", option=name, rank=rank)
                lines.append(AnswerLine(text, counts[number * self.width + rank - 1]))
        return lines
