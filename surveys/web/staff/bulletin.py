"""The committee's page of the bulletin: choose the parts, look at them, publish, withdraw."""

from __future__ import annotations

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as BaseResponse

from surveys.campaigns.models import Survey
from surveys.campaigns.states import State
from surveys.campaigns.surveys import plan_of, stored_state
from surveys.followup.bulletin import (
    MAX_DAYS,
    MAX_REASON,
    Part,
    Publication,
    publication_of,
    publish_bulletin,
    withdraw_bulletin,
)
from surveys.followup.objections import objections_of
from surveys.inputs.identifiers import half_width
from surveys.inputs.problems import InputError, Problem
from surveys.inputs.text import clean
from surveys.storage.audit import Action, record_reading
from surveys.web.access import EVERYONE, actor, allow
from surveys.web.bulletin_pages import bulletin_page, parts_of
from surveys.web.errors import FRAMED_POLICY
from surveys.web.messages import localised
from surveys.web.staff.lookup import survey_or_404

blueprint = Blueprint("bulletin_publication", __name__, url_prefix="/staff/surveys/<slug>/bulletin")

PART_NAMES = {
    Part.WINDOW: _l("When the survey was open"),
    Part.TURNOUT: _l("Turnout"),
    Part.METHOD: _l("Scoring method"),
    Part.RANKING: _l("Ranking with scores and grades"),
    Part.EVALUATION: _l("The signed evaluation with totals and grades"),
    Part.REMARKS: _l("Published remarks"),
    Part.ACTIONS: _l("You said, we did: checked actions with their public answers"),
}


DEFAULT_DAYS = "7"


def _days(typed: str) -> int:
    """A number of days as somebody typed it. Raises InputError: none is guessed."""
    text = half_width(clean(typed))
    if not text.isdecimal() or len(text) > 5:
        raise InputError(Problem("Take a whole number from %(low)s to %(high)s.", "days", low=0, high=MAX_DAYS))
    return int(text)


def _sealed_or_404(slug: str) -> Survey:
    survey = survey_or_404(slug)
    if survey.state != State.SEALED:
        abort(404)
    return survey


@blueprint.get("/")
@allow(EVERYONE)
def index(slug: str) -> str:
    """What is public, the choice of parts, and the preview of what was chosen."""
    survey = _sealed_or_404(slug)
    publication, chosen = (
        publication_of(survey.id),
        sorted(parts_of(request.args.getlist("part")), key=list(Part).index),
    )
    return render_template(
        "staff/results/bulletin.html", survey=survey, plan=plan_of(survey), publication=publication, parts=PART_NAMES,
        chosen=chosen, ticked=chosen or publication.parts, max_reason=MAX_REASON, max_days=MAX_DAYS,
        days=clean(request.args.get("days", DEFAULT_DAYS))[:20], objections=len(objections_of(survey.id)),
    )  # fmt: skip


@blueprint.get("/preview")
@allow(EVERYONE)
def preview(slug: str) -> Response:
    """What stands in the frame: the page as it would be."""
    survey = _sealed_or_404(slug)
    publication = Publication(parts_of(request.args.getlist("part")), published_at=0)
    record_reading(actor().name, Action.READ_RESULT, slug)
    page = bulletin_page(survey.id, slug, plan_of(survey), stored_state(survey), publication)
    response = Response(page, mimetype="text/html")
    response.headers["Content-Security-Policy"] = FRAMED_POLICY
    return response


@blueprint.post("/publish")
@allow(EVERYONE)
def publish(slug: str) -> BaseResponse:
    survey_or_404(slug)
    try:
        publish_bulletin(actor(), slug, parts_of(request.form.getlist("part")), _days(request.form.get("days", "0")))
    except InputError as error:
        flash(localised(error.problems[0]), "error")
    else:
        flash(_("The bulletin is published."))
    return redirect(url_for("bulletin_publication.index", slug=slug))


@blueprint.post("/withdraw")
@allow(EVERYONE)
def withdraw(slug: str) -> BaseResponse:
    survey_or_404(slug)
    try:
        withdraw_bulletin(actor(), slug, request.form.get("reason", ""))
    except InputError as error:
        flash(localised(error.problems[0]), "error")
    else:
        flash(_("The bulletin is withdrawn."))
    return redirect(url_for("bulletin_publication.index", slug=slug))
