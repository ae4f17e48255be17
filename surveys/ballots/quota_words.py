"""The quotas of a ballot in words, so that nobody's ballot is refused or void by surprise."""

from __future__ import annotations

from surveys.campaigns.indices import UnitIndex
from surveys.campaigns.plan import SurveyPlan
from surveys.inputs.text import pick
from surveys.inputs.translations import Gettext


def quota_sentences(plan: SurveyPlan, units: tuple[UnitIndex, ...], language: str, gettext: Gettext) -> list[str]:
    """A sentence for each limit, as counts for the units on the ballot."""
    _ = gettext
    sentences = []
    for quota in plan.questionnaire.quotas:
        item = next(item for item in plan.rated_items if item.code == quota.item)
        words = quota.words(item.scale, language)
        least, most = quota.bounds(len(units))
        values = {"answer": words, "item": pick(item.text, language), "units": len(units)}
        if most < len(units):
            sentences.append(_("“%(answer)s” for “%(item)s” at most %(n)s times among %(units)s.", n=most, **values))
        if least:
            sentences.append(_("“%(answer)s” for “%(item)s” at least %(n)s times among %(units)s.", n=least, **values))
    return sentences
