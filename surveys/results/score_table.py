"""The ranked table alone, in words and printed figures: what the csv of scores holds."""

from __future__ import annotations

from surveys.inputs.text import pick
from surveys.inputs.translations import Gettext
from surveys.results.notes import full_notes, missing_text, not_valid
from surveys.results.report import Report


def score_rows(report: Report, language: str, gettext: Gettext) -> list[list[str]]:
    """A row of headings, and a row for each unit in the order of ranks; every figure as it is printed elsewhere."""
    _, plan, result = gettext, report.plan, report.result
    grades = [pick(grade.name, language) for grade in plan.rule.grades]
    headings = [
        _("Rank"), _("Unit code"), _("Unit"), _("General branch"), *(pick(group.text, language) for group in plan.groups),
        _("Score"), _("95 percent from"), _("to"), _("Rank 95 percent"), _("Satisfaction rate"), "n", _("Grade by points"),
        _("Grade"), _("Note"),
    ]  # fmt: skip
    rows = [headings]
    for unit in report.order:
        of_groups = [
            report.figure(score[unit]) if score[unit] is not None else missing_text(report.missing(g, unit), plan, _)
            for g, score in enumerate(result.group_score)
        ]
        low, high = result.rank_low[unit], result.rank_high[unit]
        by_points, grade = result.grade_points[unit], result.grade[unit]
        notes = [*filter(None, [not_valid(report, _)]), *full_notes(report, unit, language, _)]
        rows.append([
            str(result.rank[unit] or "—"), plan.units[unit].code, pick(plan.units[unit].text, language),
            _parent(report, unit, language), *of_groups,
            *(report.figure(values[unit]) for values in (result.score, result.low, result.high)),
            "—" if low is None or high is None else f"{low:.0f}–{high:.0f}", report.rate(result.rate[unit]),
            str(result.n[unit]) if result.n[unit] else missing_text(report.missing_together(unit), plan, _),
            "—" if by_points is None else grades[by_points], "—" if grade is None else grades[grade], " ".join(notes),
        ])  # fmt: skip
    return rows


def _parent(report: Report, unit: int, language: str) -> str:
    parent = report.plan.units[unit].parent
    return pick(parent, language) if parent else ""
