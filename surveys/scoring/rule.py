"""The score rule of a survey: how ratings become scores. Plain values; fixed before opening, printed in the result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

Text = Mapping[str, str]
"""A text by language."""

DEFAULT_SEED = 20100401


@dataclass(frozen=True)
class Trim:
    """What is left out before a mean, within unit, item and group.

    "drop_ends": the `count` highest and lowest, when there are more than `above` ratings; "share": sort and drop
    the whole part of n × `share` at each end.
    """

    kind: Literal["none", "drop_ends", "share"] = "none"
    count: int = 1
    above: int = 5
    share: Fraction = Fraction(0)


@dataclass(frozen=True)
class Grade:
    """A grade and the lowest score that earns it."""

    name: Text
    at: float


@dataclass(frozen=True)
class Gate:
    """Caps the grade at position `cap` when the satisfaction rate or the turnout (in percent) is under `under`."""

    kind: Literal["rate", "turnout"]
    under: float
    cap: int


@dataclass(frozen=True)
class GradeQuota:
    """At most a share of the units may get grade `grade` or better, or at least a share `grade` or lower."""

    kind: Literal["at_most", "at_least"]
    grade: int
    share: float


@dataclass(frozen=True)
class Part:
    """A part of the committee's composite: typed in, or (`survey`) the score of this survey."""

    name: Text
    weight: float
    survey: bool


@dataclass(frozen=True)
class ScoreRule:
    """Everything that decides a score beside the answers, the points and the weights of groups."""

    minimum: int = 5
    trim: Trim = Trim()
    item_weights: Mapping[str, float] | None = None
    short_group: Literal["reweigh", "no_score"] = "reweigh"
    void_same_over: int | None = None
    void_quota: bool = False
    rate_item: str | None = None
    decimals: int = 2
    grades: tuple[Grade, ...] = ()
    gates: tuple[Gate, ...] = ()
    improve_under: float | None = None
    """A unit whose satisfaction rate, in percent, is under this has the status 整改: improvements are required of it."""
    quotas: tuple[GradeQuota, ...] = ()
    turnout_required: bool = False
    open_apart: bool = False
    parts: tuple[Part, ...] = ()
    population: Literal["people_like_these", "finite"] = "people_like_these"
    """Whom intervals are about: people like those asked, or those entitled, where their number is known."""
    resamples: int = 2000
    seed: int = DEFAULT_SEED
