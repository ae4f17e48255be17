"""The ranking: scores with their intervals, and which units cannot be told apart."""

from __future__ import annotations

from dataclasses import dataclass

from surveys.results.certainty import alike_runs, ranking_sentence
from surveys.results.export.words import Words
from surveys.results.pictures.figures import Figure, figure_of


@dataclass(frozen=True)
class RankedUnit:
    """One unit. `ranks`: those that it may have, as text."""

    rank: int | None
    score: Figure
    ranks: str
    grade: str


@dataclass(frozen=True)
class Ranking:
    """The units by rank. `alike`: runs of places (first and last, from 0) in which no two can be told apart.

    `floor`: where the axis begins.
    """

    rows: list[RankedUnit]
    alike: list[tuple[int, int]]
    floor: int
    finding: str


def ranking_of(words: Words) -> Ranking | None:
    """The ranking; None where no unit has a score."""
    report, result, _ = words.report, words.report.result, words.gettext
    if not words.rated_units or not report.scored:
        return None
    rows = []
    for unit in words.rated_units:
        low, high = result.rank_low[unit], result.rank_high[unit]
        ranks = "" if low is None or high is None else f"{low:.0f} – {high:.0f}" if low != high else f"{low:.0f}"
        score = figure_of(words, result.score[unit], result.low[unit], result.high[unit], report.missing_together(unit))
        rows.append(RankedUnit(result.rank[unit], score, ranks, words.grade(result.grade[unit]) or ""))
    first = report.scored[0]
    finding = ranking_sentence(report, _) or _(
        "The highest score is %(score)s: %(unit)s.",
        score=report.figure(result.score[first]),
        unit=words.unit(first)["unit"],
    )
    return Ranking(rows, alike_runs(report), min(90, report.chart_floor), finding)
