"""The objections to a bulletin, for the committee: read, set the state, answer."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from surveys.campaigns.surveys import plan_of
from surveys.followup.bulletin import publication_of
from surveys.followup.objections import MAX_LENGTH, ObjectionState, answer_objection, objections_of
from surveys.inputs.problems import InputError
from surveys.web.access import EVERYONE, actor, allow
from surveys.web.messages import sentence
from surveys.web.staff.lookup import survey_or_404

blueprint = Blueprint("objection_answers", __name__, url_prefix="/staff/surveys/<slug>/objections")

STATE_NAMES = {
    ObjectionState.RECEIVED: _l("received"),
    ObjectionState.REVIEW: _l("under review"),
    ObjectionState.ANSWERED: _l("answered"),
}


@blueprint.route("/", methods=["GET", "POST"])
@allow(EVERYONE)
def index(slug: str) -> str | tuple[str, int] | Response:
    survey = survey_or_404(slug)
    number, state = request.form.get("number", ""), request.form.get("state", "")
    problems: list[str] = []
    if request.method == "POST" and state in STATE_NAMES:
        try:
            answer_objection(
                actor(), slug, number, ObjectionState(state), request.form.get("answer", ""),
                public="public" in request.form,
            )  # fmt: skip
        except InputError as error:
            problems = [sentence(problem) for problem in error.problems]
        else:
            flash(_("Saved."))
            return redirect(url_for("objection_answers.index", slug=slug))
    page = render_template(
        "staff/results/objections.html", survey=survey, plan=plan_of(survey), objections=objections_of(survey.id),
        publication=publication_of(survey.id), states=STATE_NAMES, problems=problems, number=number, limit=MAX_LENGTH,
        typed=request.form,
    )  # fmt: skip
    return (page, 422) if problems else page
