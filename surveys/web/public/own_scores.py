"""The page on which a unit hands in its own score by its link, without an account."""

from __future__ import annotations

import time

from flask import Blueprint, abort, render_template, request

from surveys.campaigns.models import Survey
from surveys.inputs.problems import InputError
from surveys.results.evaluation.overview import overview_of
from surveys.results.evaluation.own_scores import (
    find_by_link,
    hand_in,
    is_taken_over,
    may_hand_in,
    note_opened,
    own_columns,
)
from surveys.web.messages import localised
from surveys.web.throttle import may_be_wrong_again

blueprint = Blueprint("own_scores", __name__)


@blueprint.route("/own-score/<token>", methods=["GET", "POST"])
def own_score(token: str) -> tuple[str, int]:
    """What is asked, until when, and a form for points and what they rest on."""
    link = find_by_link(token)
    if link is None:
        abort(404 if may_be_wrong_again() else 429)
    problems: list[str] = []
    if request.method == "POST":
        points = {name[7:]: text for name, text in request.form.items() if name.startswith("points-")}
        reasons = {name[7:]: text for name, text in request.form.items() if name.startswith("reason-")}
        try:
            hand_in(token, points, reasons)
        except InputError as error:
            problems = [localised(problem) for problem in error.problems]
    else:
        note_opened(link)
    survey = Survey.get_by_id(link.survey_id)
    now, taken_over = overview_of(survey), is_taken_over(survey, link.unit)
    rows = [(criterion, now.entry(link.unit, column)) for column, criterion in own_columns(now.scheme)]
    page = render_template(
        "public/own_score.html", plan=now.plan, unit=now.plan.units[link.unit], rows=rows, until=now.stored.own_until,
        open=may_hand_in(now.stored, time.time()) and not taken_over, taken_over=taken_over, signed=now.is_signed, problems=problems, typed=request.form,
        saved=request.method == "POST" and not problems,
    )  # fmt: skip
    return page, 422 if problems else 200
