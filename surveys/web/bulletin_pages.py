"""The bulletin's page, for everybody and as the committee's preview."""

from __future__ import annotations

from collections.abc import Iterable

from flask import render_template
from flask_babel import gettext

from surveys.campaigns.indices import SurveyId
from surveys.campaigns.models import Survey
from surveys.campaigns.plan import SurveyPlan
from surveys.campaigns.states import StoredState
from surveys.followup.actions import answered_actions
from surveys.followup.bulletin import Part, Publication, digest_command
from surveys.followup.objections import public_answers
from surveys.followup.remarks import published_remarks
from surveys.results.evaluation.overview import Overview, overview_if_begun
from surveys.results.method import correction_sentence, lost_sentence, method_sentences
from surveys.results.models import StoredResult
from surveys.results.notes import missing_text, not_valid, unit_notes
from surveys.results.report import report_of
from surveys.web.languages import language


def bulletin_page(
    survey_id: SurveyId, slug: str, plan: SurveyPlan, window: StoredState, publication: Publication
) -> str:
    """The page of a sealed survey with the parts that are published."""
    stored = StoredResult.get_by_id(survey_id)
    report, lang = report_of(plan, stored), language()
    missing = [missing_text(report.missing_together(unit), plan, gettext) for unit in range(len(plan.units))]
    return render_template(
        "public/bulletin.html",
        slug=slug,
        plan=plan,
        window=window,
        stored=stored,
        report=report,
        result=report.result,
        publication=publication,
        shown={part.value for part in publication.parts},
        missing=missing,
        notes=[unit_notes(report, unit, lang, gettext) for unit in range(len(plan.units))],
        invalid=not_valid(report, gettext),
        method=method_sentences(report, lang, gettext) if Part.METHOD in publication.parts else [],
        answers=public_answers(survey_id) if publication.stands else [],
        evaluation=_signed_evaluation(survey_id) if Part.EVALUATION in publication.parts else None,
        remarks=published_remarks(survey_id) if Part.REMARKS in publication.parts else [],
        actions=answered_actions(survey_id, with_figures=Part.RANKING in publication.parts)
        if Part.ACTIONS in publication.parts
        else [],
        command=digest_command(slug),
        lost=lost_sentence(stored, gettext),
        corrections=[correction_sentence(one, gettext) for one in plan.corrections],
    )


def _signed_evaluation(survey_id: SurveyId) -> Overview | None:
    """The committee's evaluation, once two members have signed it: before, it may change."""
    found = overview_if_begun(Survey.get_by_id(survey_id))
    return found if found is not None and found.is_signed else None


def parts_of(words: Iterable[str]) -> frozenset[Part]:
    """The parts with these names; other words are passed over."""
    known = {part.value: part for part in Part}
    return frozenset(known[word] for word in words if word in known)
