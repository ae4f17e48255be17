"""The ranking of the printed report: the table with brackets and cuts, what it says in words, the chart."""

from __future__ import annotations

from surveys.results.certainty import alike_runs, cut_sentence, population_sentence, ranking_sentence
from surveys.results.notes import quota_sentence, unit_notes
from surveys.results.printed.blocks import (
    LANE,
    TEXT_WIDTH,
    Bar,
    Bars,
    Block,
    Column,
    Heading,
    Paragraph,
    Points,
    Table,
    lanes_of,
)
from surveys.results.printed.source import Source
from surveys.scoring.grading import GradeQuotaCheck

MOST_LANES = 8
"""More brackets side by side than these cannot be read: then the ranks that a unit may have say it alone."""


def ranking(source: Source) -> list[Block]:
    """The ranking in all its parts; nothing for a survey that rates no units."""
    report, _ = source.report, source.gettext
    if not report.plan.rated_items:
        return []
    blocks: list[Block] = [Heading(_("Ranking"), 2), ranking_table(source)]
    sentences = [ranking_sentence(report, _)]
    for check in report.grade_quotas():
        words = quota_sentence(report, check, source.language, _)
        sentences.append(f"{words} {cut_sentence(report, check, source.language, _)}".strip())
    if any(alike_runs(report)):
        sentences.append(_("Units in one bracket cannot be told apart by this survey."))
    sentences.append(population_sentence(report.plan, _))
    blocks += [Paragraph(sentence) for sentence in sentences if sentence]
    colon = "：" if source.language == "zh" else ": "
    notes = [
        f"{source.unit(unit)}{colon}{' '.join(said)}"
        for unit in report.order
        if (said := unit_notes(report, unit, source.language, _))
    ]
    if notes:
        blocks += [Heading(_("Notes"), 3), Points(notes)]
    return blocks


def ranking_table(source: Source) -> Table:
    """A row for each unit by rank, all figures as the result page prints them."""
    report, result, _ = source.report, source.report.result, source.gettext
    runs = lanes_of(alike_runs(report))
    lanes = runs if len(runs) <= MOST_LANES else []
    columns = [
        Column(_("Rank"), 10, "C"), Column(_("Unit"), 44), Column(_("General branch"), 27), Column(_("Score"), 13, "R"),
        Column(_("95 percent interval"), 21.5, "C"), Column(_("Rank 95 percent"), 13, "C"),
        Column(_("Satisfaction rate"), 16, "R"), Column("n", 9, "R"), Column(_("Grade"), 14, "C"),
    ]  # fmt: skip
    spare = sum(column.width for column in columns) + LANE * len(lanes) - TEXT_WIDTH
    columns[1] = Column(columns[1].heading, columns[1].width - spare * 0.5)
    columns[2] = Column(columns[2].heading, columns[2].width - spare * 0.5)
    rows = [
        [
            str(result.rank[unit] or "—"), source.unit(unit), source.text(report.plan.units[unit].parent),
            report.figure(result.score[unit]), source.interval(result.low[unit], result.high[unit]), source.ranks(unit),
            source.rate(unit), source.n(unit), source.grade(unit),
        ]
        for unit in report.order
    ]  # fmt: skip
    return Table(columns, rows, lanes, "", _cuts(source))


def _cuts(source: Source) -> dict[int, str]:
    """After which row each quota cuts the ranking."""
    report, _ = source.report, source.gettext
    cuts: dict[int, str] = {}
    for check in report.grade_quotas():
        place = _cut_after(check, len(report.scored))
        if place is not None:
            grade = source.text(report.plan.rule.grades[check.quota.grade].name)
            words = (
                _("at most %(n)s “%(grade)s” or better", n=check.limit, grade=grade)
                if check.quota.kind == "at_most"
                else _("at least %(n)s “%(grade)s” or lower", n=check.limit, grade=grade)
            )
            cuts[place] = "; ".join(filter(None, (cuts.get(place), words)))
    return cuts


def _cut_after(check: GradeQuotaCheck, scored: int) -> int | None:
    """The last row above a quota's cut; None where it cuts nothing off."""
    above = check.limit if check.quota.kind == "at_most" else scored - check.limit
    return above - 1 if 0 < above < scored else None


def ranking_chart(source: Source) -> list[Block]:
    """Bars of all scores with their intervals."""
    report, result, _ = source.report, source.report.result, source.gettext
    bars = [
        Bar(source.unit(unit), result.score[unit] or 0.0, report.figure(result.score[unit]), result.low[unit], result.high[unit])
        for unit in report.scored
    ]  # fmt: skip
    return [Bars(_("Scores with 95 percent intervals"), bars, report.chart_floor)] if bars else []
