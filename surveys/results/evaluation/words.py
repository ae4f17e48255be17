"""What stands in words beside an evaluation: how totals are made, what is missing, who stands at a cut."""

from __future__ import annotations

from surveys.campaigns.indices import UnitIndex
from surveys.inputs.text import pick
from surveys.inputs.translations import Gettext
from surveys.inputs.values import plain_number
from surveys.results.certainty import compare
from surveys.results.evaluation.overview import Overview, column_label
from surveys.results.notes import quota_sentence
from surveys.scoring.composite import QuotaState, Scheme


def scheme_sentences(scheme: Scheme, language: str, gettext: Gettext) -> list[str]:
    """How totals are made from points."""
    _, sentences = gettext, []
    if scheme.maximum != 100:
        sentences.append(
            _(
                "The maximum points are %(sum)s together; totals are brought to 100.",
                sum=plain_number(float(scheme.maximum)),
            )
        )
    if any(len(scheme.used(one)) < len(scheme.sources) for one in scheme.criteria):
        sentences.append(_("The weights of sources count among those that are used for a criterion."))
    for source in scheme.sources:
        if source.kind == "judges":
            name = pick(source.name, language)
            sentences.append(
                _("%(source)s: the mean of %(n)s judges.", source=name, n=len(source.judges))
                if source.drop_above is None
                else _("%(source)s: with more than %(above)s judges one highest and one lowest are dropped, then the mean.",
                       source=name, above=source.drop_above)
            )  # fmt: skip
        if source.kind == "survey":
            name = pick(source.name, language)
            sentences.append(_("%(source)s: the score of this survey, brought to the maximum points.", source=name))
    for gate in scheme.gates:
        grade, figure = pick(scheme.grades[gate.cap].name, language), plain_number(gate.under)
        sentences.append(
            _(
                "With a satisfaction rate under %(figure)s %% the grade is “%(grade)s” at best.",
                figure=figure,
                grade=grade,
            )
            if gate.kind == "rate"
            else _("With a turnout under %(figure)s %% the grade is “%(grade)s” at best.", figure=figure, grade=grade)
        )
    return sentences


def unit_notes(now: Overview, unit: UnitIndex, language: str, gettext: Gettext) -> list[str]:
    """Why a unit has no total, or a lower grade than its points give."""
    _, found, notes = gettext, now.composite.units[unit], []
    if found.missing:
        names = [column_label(now.scheme, column, language) for column in found.missing]
        shown = _("; ").join(names[:4]) + (f" … (+{len(names) - 4})" if len(names) > 4 else "")
        notes.append(_("Missing: %(names)s.", names=shown))
    if found.lacks_survey:
        notes.append(_("The survey gives no score, so there is no total."))
    for gate in found.gates:
        figure = plain_number(gate.under)
        notes.append(
            _("Satisfaction rate under %(figure)s %%.", figure=figure)
            if gate.kind == "rate"
            else _("Turnout under %(figure)s %%.", figure=figure)
        )
    for number, quota in enumerate(now.composite.quotas):
        if quota.decided is not None and unit in quota.places and unit not in quota.decided and not quota.check.kept:
            notes.append(_("Lowered by the committee's decision on quota %(number)s.", number=number + 1))
    return notes


def quota_words(now: Overview, quota: QuotaState, language: str, gettext: Gettext) -> str:
    """A quota with what was found, who stands at its cut or is tied there, and whether the survey tells them apart."""
    _, check = gettext, quota.check
    text = quota_sentence(now.report, check, language, gettext, now.scheme.grades)
    if check.kept or check.cut is None:
        return text
    inside, outside = (UnitIndex(unit) for unit in check.cut)
    if not check.tied:
        units, plan = now.composite.units, now.plan
        text += " " + _(
            "The cut lies between %(inside)s (%(inside_score)s) and %(outside)s (%(outside_score)s).",
            inside=pick(plan.units[inside].text, language), inside_score=units[inside].printed,
            outside=pick(plan.units[outside].text, language), outside_score=units[outside].printed,
        )  # fmt: skip
    found = compare(now.report, inside, outside)
    if found is None:
        return text
    return f"{text} " + (
        _("By their survey scores they can be told apart.")
        if found.difference.clears_zero
        else _("By their survey scores they cannot be told apart.")
    )
