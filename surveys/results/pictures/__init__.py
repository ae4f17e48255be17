"""The pictures of a sealed result as plain data: what they draw, and the same figures as text for the tables behind them.

All of it comes from the report, in which what is withheld is not there (withholding.py). Means over units and sums over items are of
figures that are shown.
"""

from __future__ import annotations

from dataclasses import dataclass

from surveys.inputs.translations import Gettext
from surveys.results.export.words import Words
from surveys.results.pictures.figures import PictureUnit, units_of
from surveys.results.pictures.gaps import GroupGap, gaps_of
from surveys.results.pictures.heat import HeatMap, Radar, heat_of, radar_of
from surveys.results.pictures.levels import LevelPicture, levels_of
from surveys.results.pictures.ranking import Ranking, ranking_of
from surveys.results.pictures.trend import Trend, trend_of
from surveys.results.report import Report
from surveys.results.rounds import Rounds


@dataclass(frozen=True)
class Pictures:
    """All pictures of a result. Rows of all of them are `units`, by rank; None or empty: there is nothing to draw."""

    units: list[PictureUnit]
    branches: list[str]
    ranking: Ranking | None
    heat: HeatMap | None
    levels: list[LevelPicture]
    radar: Radar | None
    gaps: list[GroupGap]
    trend: Trend | None

    @property
    def any(self) -> bool:
        """Whether there is a picture."""
        return bool(self.ranking or self.heat or self.levels or self.gaps)


def pictures_of(report: Report, rounds: Rounds | None, language: str, gettext: Gettext) -> Pictures:
    """The pictures of a sealed survey; with those of its rounds where it has earlier ones."""
    words = Words(report, language, gettext)
    units, branches = units_of(words)
    return Pictures(
        units, branches, ranking_of(words), heat_of(words), levels_of(words), radar_of(words), gaps_of(words),
        trend_of(words, rounds) if rounds else None,
    )  # fmt: skip
