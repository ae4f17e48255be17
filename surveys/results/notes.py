"""What stands in words beside the figures of a result: why one is not there, and what to know about a unit's score."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from surveys.campaigns.plan import SurveyPlan
from surveys.inputs.text import pick
from surveys.inputs.translations import Gettext
from surveys.inputs.values import plain_number
from surveys.results.report import Report
from surveys.results.withholding import Missing
from surveys.scoring.grading import GradeQuotaCheck
from surveys.scoring.rounding import round_half_up
from surveys.scoring.rule import Grade


def missing_text(missing: Missing | None, plan: SurveyPlan, gettext: Gettext) -> str:
    """What a cell says in place of a figure."""
    _ = gettext
    if missing is Missing.FEW:
        return f"n < {plan.rule.minimum}"
    words = {Missing.NO_BALLOTS: _("no ballots"), Missing.NOT_COUNTED: _("not counted")}
    return words.get(missing, "—") if missing else "—"


def unit_notes(report: Report, unit: int, language: str, gettext: Gettext) -> list[str]:
    """Sentences about a unit's score: groups that fell short, and gates."""
    _ = gettext
    plan, result, notes = report.plan, report.result, []
    for short in report.short_groups(unit, language):
        fact = (
            _("%(group)s: no ballots.", group=short.group)
            if short.nobody
            else _("%(group)s: too few ratings.", group=short.group)
        )
        used = " · ".join(f"{name} {plain_number(weight)}" for name, weight in short.used)
        notes.append(" ".join([fact, *([_("Weights used: %(used)s.", used=used)] if used else [])]))
    by_points = result.grade_points[unit]
    if by_points is not None and result.grade[unit] != by_points:
        notes.append(
            _("By points “%(grade)s”, lowered by a gate.", grade=pick(plan.rule.grades[by_points].name, language))
        )
    if must_improve(report, unit):
        notes.append(
            _(
                "Improvements are required: the satisfaction rate is under %(limit)s %%.",
                limit=plain_number(plan.rule.improve_under or 0),
            )
        )
    if any(gate.kind == "turnout" for gate in plan.rule.gates) and not result.turnout.of_unit(unit)[1]:
        notes.append(_("The turnout of its own people is not known, so no gate goes by it."))
    return notes


def must_improve(report: Report, unit: int) -> bool:
    """Whether a unit has the status 整改 by the rule: its printed satisfaction rate is under the limit."""
    limit, rate = report.plan.rule.improve_under, report.result.rate[unit]
    return limit is not None and rate is not None and round_half_up(rate) < Decimal(repr(limit))


def full_notes(report: Report, unit: int, language: str, gettext: Gettext) -> list[str]:
    """These and what has columns or marks of its own on pages: the shrunk score, and the next in rank."""
    _, result, notes = gettext, report.result, unit_notes(report, unit, language, gettext)
    if report.shows_shrunk and result.shrunk[unit] is not None:
        notes.append(_("Shrunk score, for information: %(score)s.", score=report.figure(result.shrunk[unit])))
    if result.differs_from_next[unit] is False:
        notes.append(_("Not distinguishable from the next."))
    return notes


def quota_sentence(
    report: Report, check: GradeQuotaCheck, language: str, gettext: Gettext, grades: Sequence[Grade] | None = None
) -> str:
    """A grade quota with what was found, and the units tied at its border. `grades`: those of the rule, or others."""
    _, plan = gettext, report.plan
    values = {
        "grade": pick((grades or plan.rule.grades)[check.quota.grade].name, language),
        "limit": check.limit,
        "found": check.found,
    }
    text = (
        _("Quota: at most %(limit)s units “%(grade)s” or better; there are %(found)s.", **values)
        if check.quota.kind == "at_most"
        else _("Quota: at least %(limit)s units “%(grade)s” or lower; there are %(found)s.", **values)
    )
    if not check.tied:
        return text
    names = ", ".join(pick(plan.units[unit].text, language) for unit in check.tied)
    return text + " " + _("Tied at the border, for the committee to decide: %(units)s.", units=names)


def not_valid(report: Report, gettext: Gettext) -> str:
    """What is said wherever figures stand, if the result does not count; empty if it does."""
    _ = gettext
    return "" if report.valid else _("Under the rule of this survey the result is not valid.")
