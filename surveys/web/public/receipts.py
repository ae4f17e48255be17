"""Checking a receipt."""

from __future__ import annotations

import binascii

from flask import Blueprint, render_template, request

from surveys.ballots.receipts import has_receipt
from surveys.campaigns.states import State
from surveys.web.published import published_survey

blueprint = Blueprint("receipts", __name__, url_prefix="/s")


@blueprint.route("/<slug>/check", methods=["GET", "POST"])
def check(slug: str) -> str:
    """After the seal anyone can see whether a receipt was counted."""
    survey = published_survey(slug)
    typed = request.form.get("receipt", "")[:100]
    counted = None
    if survey.state is State.SEALED and typed.strip():
        try:
            number = binascii.unhexlify("".join(c for c in typed.lower() if c.isalnum()))
        except (binascii.Error, ValueError):
            number = b""
        counted = len(number) == 16 and has_receipt(survey.id, number)
    return render_template("public/check.html", survey=survey, plan=survey.plan, typed=typed, counted=counted)
