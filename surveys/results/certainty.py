"""How sure scores and ranks are, in sentences: for the top of the result, the comparison of two units, and the method."""

from __future__ import annotations

from dataclasses import dataclass

from surveys.campaigns.indices import UnitIndex
from surveys.campaigns.plan import SurveyPlan
from surveys.inputs.text import pick
from surveys.inputs.translations import Gettext
from surveys.results.report import Report
from surveys.scoring.comparison import Difference, difference
from surveys.scoring.grading import GradeQuotaCheck

OVERLAP = "1"
"""The first version of the method, whose marks went by whether intervals overlap."""


def may_be_first(report: Report) -> list[int]:
    """The units that may be first, by rank."""
    return [unit for unit in report.scored if report.result.rank_low[unit] == 1]


def alike_runs(report: Report) -> list[tuple[int, int]]:
    """Runs of places in the ranking (first and last, from 0) in which no two units can be told apart."""
    if report.stored.method == OVERLAP:
        return []
    return [(first, last) for first, last in report.result.runs]


def ranking_sentence(report: Report, gettext: Gettext) -> str:
    """What matters most about the ranking: which ranks cannot be told apart, and how many units may be first."""
    _, units = gettext, len(report.scored)
    if units < 2 or report.stored.method == OVERLAP:
        return ""
    runs, first = alike_runs(report), len(may_be_first(report))
    if not runs:
        return _("All ranks can be told apart.")
    if runs == [(0, units - 1)]:
        return _("No two of the units can be told apart: this survey does not say which is better.")
    longest = max(end - start for start, end in runs)
    named = [
        _("ranks %(first)s to %(last)s", first=start + 1, last=end + 1)
        for start, end in runs if end - start == longest
    ]  # fmt: skip
    apart = _("These cannot be told apart: %(ranks)s.", ranks=_("; ").join(named))
    lead = _("One unit is shown to be first.") if first == 1 else _("%(n)s units may be first.", n=first)
    return f"{lead} {apart}"


@dataclass(frozen=True)
class Comparison:
    """Two units with the difference of their scores.

    `among_all`: whether they are told apart by the statements about all pairs, which are right together with probability 0.95. The
    interval of the difference is that of this pair alone: of many pairs some leave out zero by chance.
    """

    one: UnitIndex
    other: UnitIndex
    difference: Difference
    among_all: bool


def compare(report: Report, one: UnitIndex, other: UnitIndex) -> Comparison | None:
    """Compare two units that have scores, the higher one first; None where one has none, and for results of the first method."""
    score = report.result.score
    first, second = score[one], score[other]
    if first is None or second is None or one == other:
        return None
    if first < second:
        return compare(report, other, one)
    draws = report.stored.draws_of((one, other))
    if draws is None:
        return None
    return Comparison(
        one,
        other,
        difference(draws.scores[:, 0], draws.scores[:, 1], first - second),
        report.stored.is_better(one, other),
    )


def comparison_sentence(report: Report, found: Comparison, language: str, gettext: Gettext) -> str:
    """What a comparison shows."""
    _, each, plan = gettext, found.difference, report.plan
    values = {
        "one": pick(plan.units[found.one].text, language), "other": pick(plan.units[found.other].text, language),
        "difference": report.figure(each.value), "low": report.figure(each.low).replace("-", "−"),
        "high": report.figure(each.high),
    }  # fmt: skip
    fact = _(
        "%(one)s has %(difference)s points more than %(other)s (95 percent interval %(low)s to %(high)s).", **values
    )
    if found.among_all:
        verdict = _("They can be told apart, among all units together, too.")
    elif each.clears_zero:
        verdict = _(
            "That holds if this pair was chosen before the result was known. Among all units together they are not told apart: of "
            "so many pairs some differ as much by chance."
        )
    else:
        verdict = _("The interval contains zero: this survey does not tell them apart.")
    return f"{fact} {verdict}"


def cut_sentence(report: Report, check: GradeQuotaCheck, language: str, gettext: Gettext) -> str:
    """Who stands at the cut of a broken quota, and whether they can be told apart; empty where nobody does or they are tied."""
    _, plan = gettext, report.plan
    if check.cut is None or check.tied:
        return ""
    inside, outside = (UnitIndex(unit) for unit in check.cut)
    values = {
        "inside": pick(plan.units[inside].text, language), "inside_score": report.figure(report.result.score[inside]),
        "outside": pick(plan.units[outside].text, language), "outside_score": report.figure(report.result.score[outside]),
    }  # fmt: skip
    cut = _("The cut lies between %(inside)s (%(inside_score)s) and %(outside)s (%(outside_score)s).", **values)
    found = compare(report, inside, outside)
    if found is None:
        return cut
    apart = _("They can be told apart.") if found.among_all else _("This survey does not tell them apart.")
    return f"{cut} {apart}"


def population_sentence(plan: SurveyPlan, gettext: Gettext) -> str:
    """What intervals are about."""
    _ = gettext
    if plan.rule.population == "finite":
        return _(
            "Intervals are about the people entitled to answer: where their number is known, they are the shorter the more "
            "of them answered, and have no length where all did."
        )
    return _(
        "Intervals are about people like those asked: how much the figures might change with other people like them."
    )


def interval_sentences(report: Report, gettext: Gettext) -> str:
    """How intervals, marks and ranks were made, by the version of the method that the result was sealed under."""
    _, result = gettext, report.result
    if report.stored.method == OVERLAP:
        return _(
            "95 %%: percentiles of %(n)s resamples of the ballots within groups (bootstrap, seed %(seed)s).",
            n=result.resamples, seed=result.seed,
        ) + " " + _("Neighbours whose intervals overlap cannot be told apart by this survey.")  # fmt: skip
    sentences = [
        _("95 %%: Bayesian bootstrap of the ballots within groups, with half a pseudo-ballot at each end of the scale, "
          "shared by the groups as their weights are (%(n)s draws, seed %(seed)s).", n=result.resamples, seed=result.seed),
        population_sentence(report.plan, _),
        _("Neighbours are marked ≈ where the interval of their difference contains zero, at 5 percent over all neighbours "
          "together (Holm)."),
        _("Ranks that a unit may have: step-down max-t over all pairs; at 95 percent they are right for all units "
          "at once."),
    ]  # fmt: skip
    return " ".join(sentences)
