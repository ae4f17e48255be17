"""How groups differ: the score that each gives a unit less that of the first group."""

from __future__ import annotations

from dataclasses import dataclass

from surveys.results.export.words import Words
from surveys.results.pictures.figures import Figure, change_of, figure_of


@dataclass(frozen=True)
class Gap:
    """Of one unit: the score of both groups, and the difference with its interval."""

    first: Figure
    group: Figure
    difference: Figure

    @property
    def clear(self) -> bool:
        """Whether zero lies outside the interval."""
        low, high = self.difference.low, self.difference.high
        return low is not None and high is not None and (low > 0 or high < 0)


@dataclass(frozen=True)
class GroupGap:
    """A group against the first one, by unit."""

    first: str
    group: str
    rows: list[Gap]
    finding: str


def gaps_of(words: Words) -> list[GroupGap]:
    """Each further group against the first one; none where no unit has the scores of both."""
    found = [_gap(words, group) for group in range(1, len(words.groups))]
    return [one for one in found if any(row.difference.value is not None for row in one.rows)]


def _gap(words: Words, group: int) -> GroupGap:
    report, result, _ = words.report, words.report.result, words.gettext
    names = words.groups[0][1], words.groups[group][1]

    def score(of: int, unit: int) -> Figure:
        value, low, high = (figures[of][unit] for figures in (result.group_score, result.group_low, result.group_high))
        return figure_of(words, value, low, high, report.missing(of, unit))

    differences = result.difference, result.difference_low, result.difference_high
    rows = [
        Gap(
            score(0, unit), score(group, unit), change_of(words, *(figures[group - 1][unit] for figures in differences))
        )
        for unit in words.rated_units
    ]
    compared = [row for row in rows if row.difference.value is not None]
    finding = _(
        "%(group)s minus %(first)s: the interval of the difference leaves out zero for %(n)s of %(of)s units.",
        group=names[1], first=names[0], n=sum(row.clear for row in compared), of=len(compared),
    )  # fmt: skip
    return GroupGap(names[0], names[1], rows, finding)
