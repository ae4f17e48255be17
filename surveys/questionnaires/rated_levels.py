"""The levels of all scales on which units are rated, one scale after the other: the columns of every table of counts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from surveys.questionnaires.scales import Scale


@dataclass(frozen=True)
class RatedLevels:
    """The scales in the order in which items use them; equal ones once."""

    scales: tuple[Scale, ...]

    @cached_property
    def points(self) -> tuple[float, ...]:
        """Points by position."""
        return tuple(points for scale in self.scales for points in scale.points)

    @cached_property
    def satisfied(self) -> tuple[bool, ...]:
        """By position, whether it counts as satisfied."""
        return tuple(satisfied for scale in self.scales for satisfied in scale.satisfied)

    @cached_property
    def colours(self) -> tuple[str, ...]:
        """By position, the colour of a level; numbers have none."""
        return tuple(
            colour
            for scale in self.scales
            for colour in ([level.colour for level in scale.levels] or [""] * len(scale.points))
        )

    @property
    def has_numbers(self) -> bool:
        """Whether people type numbers on one of the scales, which has too many levels to draw."""
        return any(scale.direct for scale in self.scales)

    def span(self, scale: Scale) -> tuple[int, int]:
        """The position of a scale's first level, and the one after its last."""
        place = self.scales.index(scale)
        first = sum(len(before.points) for before in self.scales[:place])
        return first, first + len(scale.points)

    def order(self) -> list[int]:
        """The positions as columns go: scale by scale, the level with most points first."""
        spans = [self.span(scale) for scale in self.scales]
        return [
            position
            for first, last in spans
            for position in sorted(range(first, last), key=lambda level: -self.points[level])
        ]

    def words(self, language: str) -> list[str]:
        """The levels in words, by position; with the number of the scale where two scales have a word in common."""
        of_scales = [scale.words(language) for scale in self.scales]
        every = [word for words in of_scales for word in words]
        return [
            word if every.count(word) == 1 else f"{word} ({number})"
            for number, words in enumerate(of_scales, 1)
            for word in words
        ]
