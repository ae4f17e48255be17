"""Checking a receipt."""

from __future__ import annotations

from flask import Blueprint, abort, render_template, request

from surveys.ballots.receipts import has_receipt, read_receipt
from surveys.campaigns.states import State
from surveys.results.models import StoredResult
from surveys.web.published import published_survey
from surveys.web.throttle import may_be_wrong_again

blueprint = Blueprint("receipts", __name__, url_prefix="/s")


@blueprint.route("/<slug>/check", methods=["GET", "POST"])
def check(slug: str) -> str:
    """After the seal anyone can see whether a receipt was counted."""
    survey = published_survey(slug)
    typed = request.form.get("receipt", "")[:300]
    counted, lost = None, 0
    if survey.state is State.SEALED and typed.strip():
        number = read_receipt(typed)
        counted = number is not None and has_receipt(survey.id, number)
        lost = StoredResult.get_by_id(survey.id).lost
        if not counted and not may_be_wrong_again():
            abort(429)
    return render_template(
        "public/check.html", survey=survey, plan=survey.plan, typed=typed, counted=counted, lost=lost
    )  # fmt: skip
