"""Correcting typos of a published survey, with both wordings kept."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import ngettext
from werkzeug.wrappers import Response

from surveys.campaigns.corrections import correct_texts, wordings
from surveys.campaigns.states import UNCHANGEABLE
from surveys.campaigns.surveys import plan_of
from surveys.inputs.identifiers import fold
from surveys.inputs.problems import InputError, Problem
from surveys.inputs.text import clean
from surveys.web.access import PUBLISHERS, actor, allow
from surveys.web.messages import sentence
from surveys.web.staff.lookup import published_or_404

MOST_SHOWN = 20

blueprint = Blueprint("corrections", __name__, url_prefix="/staff/surveys/<slug>/corrections")


@blueprint.route("/", methods=["GET", "POST"])
@allow(PUBLISHERS)
def index(slug: str) -> str | tuple[str, int] | Response:
    """The texts of a survey, found by what they say, each with a field to correct it."""
    survey = published_or_404(slug)
    if survey.state in UNCHANGEABLE:
        abort(404)
    wanted = request.values.get("q", "")[:60]
    old, new = (request.form.getlist(name)[:MOST_SHOWN] for name in ("before", "after"))
    typed = {clean(before, lines=True): after for before, after in zip(old, new, strict=False)}
    problems: list[str] = []
    if request.method == "POST":
        try:
            if "same" not in request.form:
                raise InputError(Problem("Say that the meaning is the same. Anything else is asked by a new survey."))
            reason = request.form.get("reason", "")
            changed = correct_texts(actor(), slug, typed, reason, current_app.config["TIMEZONE"])
        except InputError as error:
            problems = [sentence(problem) for problem in error.problems]
        else:
            done = len(plan_of(changed).corrections) - len(plan_of(survey).corrections)
            flash(ngettext("%(num)s text is corrected.", "%(num)s texts are corrected.", done))
            return redirect(url_for("corrections.index", slug=slug))
    found = [one for one in wordings(survey) if fold(wanted) in fold(one.text) or _changes(typed, one.text)]
    found.sort(key=lambda one: not _changes(typed, one.text))
    page = render_template(
        "staff/surveys/corrections.html", survey=survey, plan=plan_of(survey), shown=found[:MOST_SHOWN], found=len(found), wanted=wanted,
        typed=typed, problems=problems, reason=request.form.get("reason", ""),
    )  # fmt: skip
    return page, 422 if problems else 200


def _changes(typed: Mapping[str, str], text: str) -> bool:
    return clean(typed.get(text, text), lines=True) != text
