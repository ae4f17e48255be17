"""The scales of a pasted text: equal ones once, with guessed points."""

from __future__ import annotations

from typing import Any

from surveys.inputs.problems import InputError, Problem
from surveys.questionnaires.guessed_points import UNKNOWN, direction, guess_points, outside_of, points_said
from surveys.questionnaires.scales import MAX_LEVELS


class PastedScales:
    """Scales by their keys, and the lines that they come from."""

    def __init__(self, remarks: list[Problem]) -> None:
        self.remarks = remarks
        self.found: dict[str, Any] = {}
        self.lines: dict[str, int] = {}
        self._keys: dict[tuple[str, ...], str] = {}

    def is_certain(self, words: list[str]) -> bool:
        """Whether words say which of them is better."""
        return direction(words) not in (UNKNOWN, None)

    def key_of(self, words: list[str], line: int) -> str:
        """The key of the scale with these words. Raises InputError: they are no scale."""
        known = self._keys.get(tuple(words))
        if known:
            return known
        outside = outside_of([[word] for word in words], line)
        levels = [word for at, word in enumerate(words) if at != outside]
        if not 2 <= len(levels) <= MAX_LEVELS:
            raise InputError(Problem("A scale has 2 to %(limit)s answers; here are %(n)s.", "", line,
                                     limit=MAX_LEVELS, n=len(levels)))  # fmt: skip
        points = guess_points([[word] for word in levels], line)
        key = f"scale{len(self.found) + 1}"
        self._keys[tuple(words)] = self._keys[tuple(levels)] = key
        self.lines[key] = line
        self.found[key] = {
            "levels": [{"code": f"l{n}", "text": word, "points": worth, "satisfied": worth > 50}
                       for n, (word, worth) in enumerate(zip(levels, points, strict=True), 1)],
            **({"dont_know": words[outside]} if outside is not None else {}),
        }  # fmt: skip
        self.remarks.append(points_said(line, zip(levels, points, strict=True)))
        if outside is not None:
            self.remarks.append(
                Problem("“%(text)s” has no points: it stands outside the order.", "", line, text=words[outside])
            )
        return key
