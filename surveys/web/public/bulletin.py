"""The public bulletin of a sealed survey."""

from __future__ import annotations

from flask import Blueprint, Response, abort, stream_with_context

from surveys.campaigns.states import State
from surveys.followup.bulletin import publication_of, receipt_lines
from surveys.web.bulletin_pages import bulletin_page
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
    return bulletin_page(survey.id, slug, survey.plan, survey.stored, publication_of(survey.id))


@blueprint.get("/receipts.txt")
def receipts(slug: str) -> Response:
    """All receipts in their order, one a line: their digest can be computed without this service."""
    survey = _sealed_survey(slug)
    headers = {"Content-Disposition": f'attachment; filename="{slug}-receipts.txt"'}
    return Response(stream_with_context(receipt_lines(survey.id)), mimetype="text/plain", headers=headers)
