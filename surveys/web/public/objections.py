"""Objecting to a published bulletin: a form without a session, and the number under which the answer is found."""

from __future__ import annotations

import time

from flask import Blueprint, abort, current_app, render_template, request

from surveys.followup.bulletin import publication_of
from surveys.followup.objections import MAX_LENGTH, object_to
from surveys.inputs.problems import InputError
from surveys.web.messages import sentence
from surveys.web.published import published_survey
from surveys.web.throttle import may_object_again

blueprint = Blueprint("objections", __name__, url_prefix="/s/<slug>/objection")


@blueprint.route("", methods=["GET", "POST"])
def form(slug: str) -> str | tuple[str, int]:
    """The form; sent, it says under which number the objection is kept. What cannot be taken stays in the form."""
    survey = published_survey(slug)
    publication = publication_of(survey.id)
    if publication.published_at is None:
        abort(404)
    typed, number, problems = request.form.get("body", ""), "", []
    if request.method == "POST":
        if not may_object_again():
            abort(429)
        try:
            number = object_to(survey.id, typed, current_app.config["TIMEZONE"])
        except InputError as error:
            problems = [sentence(problem) for problem in error.problems]
    page = render_template(
        "public/objection.html", slug=slug, plan=survey.plan, typed=typed, number=number, problems=problems,
        publication=publication, open=publication.takes_objections(time.time()), limit=MAX_LENGTH,
    )  # fmt: skip
    return (page, 422) if problems else page
