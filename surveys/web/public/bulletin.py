"""The public bulletin of a sealed survey."""

from __future__ import annotations

from flask import Blueprint, Response, abort, render_template, stream_with_context
from flask_babel import gettext

from surveys.campaigns.states import State
from surveys.followup.bulletin import digest_command, receipt_lines
from surveys.results.method import lost_sentence
from surveys.results.models import StoredResult
from surveys.results.withholding import publishable
from surveys.web.published import PublishedSurvey, published_survey

blueprint = Blueprint("bulletin", __name__, url_prefix="/s/<slug>")


def _sealed_survey(slug: str) -> PublishedSurvey:
    survey = published_survey(slug)
    if survey.state is not State.SEALED:
        abort(404)
    return survey


@blueprint.get("/bulletin")
def bulletin(slug: str) -> str:
    survey = _sealed_survey(slug)
    stored = StoredResult.get_by_id(survey.id)
    return render_template(
        "public/bulletin.html",
        survey=survey,
        plan=survey.plan,
        stored=stored,
        result=publishable(stored.result(), survey.plan.rule.minimum).result,
        command=digest_command(slug),
        lost=lost_sentence(stored, gettext),
    )


@blueprint.get("/receipts.txt")
def receipts(slug: str) -> Response:
    """All receipts in their order, one a line: their digest can be computed without this service."""
    survey = _sealed_survey(slug)
    headers = {"Content-Disposition": f'attachment; filename="{slug}-receipts.txt"'}
    return Response(stream_with_context(receipt_lines(survey.id)), mimetype="text/plain", headers=headers)
