"""Showing that one took part."""

from __future__ import annotations

from flask import Blueprint, Response, abort, current_app, render_template, request
from flask_babel import gettext as _

from surveys.admission.issuing import find_admission
from surveys.admission.pictures import completion_picture
from surveys.admission.roster import class_of
from surveys.ballots.receipts import has_receipt
from surveys.inputs.text import pick
from surveys.web.languages import language
from surveys.web.published import PublishedSurvey, published_survey
from surveys.web.respond import replies
from surveys.web.respond.tokens import sent_token
from surveys.web.throttle import may_be_wrong_again

blueprint = Blueprint("participation", __name__, url_prefix="/s")


@blueprint.post("/<slug>/picture")
def picture(slug: str) -> Response | str | tuple[str, int]:
    """A picture for the class monitor: the same for everyone of the class, so it tells of nobody and ties to nothing."""
    survey = published_survey(slug)
    participant = _participant(survey)
    if participant is None:
        if not may_be_wrong_again():
            abort(429)
        text = _("No ballot was received for this code, so there is nothing to show yet.")
        return replies.message(survey, _("This did not work"), text), 400
    group, admission = participant
    who = class_of(survey.id, admission) if admission else ""
    who = who or pick(survey.plan.groups[group].text, language())
    if request.form.get("format") == "png":
        lines = (pick(survey.plan.title, language()), who)
        picture = completion_picture(lines, _("I took part"), current_app.config["ORGANISATION"])
        return Response(picture, mimetype="image/png")
    return render_template("respond/picture.html", survey=survey, plan=survey.plan, who=who)


def _participant(survey: PublishedSurvey) -> tuple[int, bytes] | None:
    """Group and admission of whoever sends a token whose ballot was received, or a code that was used."""
    token = sent_token(survey)
    if token is not None:
        return (token.group, token.admission) if has_receipt(survey.id, token.number) else None
    admission = find_admission(survey.id, current_app.config["CODE_KEY"], request.form.get("code", "")[:300])
    used = admission is not None and admission.used
    return (admission.group, bytes(admission.code_hash)) if admission is not None and used else None
