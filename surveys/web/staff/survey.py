"""A survey's own page: turnout, link, moves from state to state, preview, and the survey file."""

from __future__ import annotations

import json
import time
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from surveys.admission.handouts import qr_svg
from surveys.ballots.turnout import turnout_of
from surveys.campaigns.states import ALLOWED, Move
from surveys.campaigns.surveys import late_until, move_survey, plan_of, state_of, stored_state
from surveys.inputs.problems import InputError
from surveys.inputs.values import read_datetime
from surveys.web.access import EVERYONE, PUBLISHERS, actor, allow
from surveys.web.addresses import public_address
from surveys.web.languages import format_datetime, format_duration
from surveys.web.messages import localised
from surveys.web.questionnaire_pages import Form, Tail, questionnaire_page
from surveys.web.staff.downloads import download
from surveys.web.staff.lookup import survey_or_404
from surveys.web.staff.survey_forms import ReopenForm

blueprint = Blueprint("survey", __name__, url_prefix="/staff/surveys/<slug>")


@blueprint.get("/")
@allow(EVERYONE)
def show(slug: str) -> str:
    survey = survey_or_404(slug)
    plan, state = plan_of(survey), state_of(survey)
    link = public_address("welcome.welcome", slug=slug)
    form = ReopenForm()
    zone = ZoneInfo(current_app.config["TIMEZONE"])
    form.closes.data = datetime.fromtimestamp(max(survey.closes_at, time.time() + 86400), zone).replace(tzinfo=None)
    form.grace_minutes.data = survey.grace_minutes
    return render_template(
        "staff/surveys/show.html",
        survey=survey,
        plan=plan,
        state=state,
        late=late_until(survey),
        moves={act.value for act in Move if state in ALLOWED[act]},
        turnout=turnout_of(survey.id, plan),
        link=link,
        qr=qr_svg(link),
        form=form,
    )


@blueprint.post("/move/<act>")
@allow(PUBLISHERS)
def change(slug: str, act: str) -> BaseResponse:
    survey_or_404(slug)
    if act not in (Move.PUBLISH, Move.OPEN, Move.CLOSE, Move.REOPEN):
        abort(404)
    try:
        if act == Move.REOPEN:
            closes = read_datetime(request.form.get("closes", ""), current_app.config["TIMEZONE"], _("Closes"))
            grace = request.form.get("grace_minutes", "")
            # What is no number is refused below, as one that is too large is; left out, it stays as it was.
            minutes = (int(grace) if grace.isdecimal() and len(grace) < 10 else -1) if grace else None
            moved = move_survey(actor(), slug, Move(act), closes_at=closes, grace_minutes=minutes)
        else:
            moved = move_survey(actor(), slug, Move(act))
    except InputError as error:
        flash(localised(error.problems[0]), "error")
    else:
        flash({
            Move.PUBLISH: _("The survey is published. Its questionnaire, units and rule are fixed now."),
            Move.OPEN: _("The survey is open."),
            Move.CLOSE: _("The survey is closed. It can be opened again until it is sealed."),
            Move.REOPEN: _("The survey is open until %(time)s, for %(length)s more.", time=format_datetime(moved.closes_at),
                           length=format_duration(int(moved.closes_at - time.time()))),
        }[Move(act)])  # fmt: skip
    return redirect(url_for("survey.show", slug=slug))


@blueprint.get("/preview")
@allow(EVERYONE)
def preview(slug: str) -> Response:
    """The questionnaire as respondents of the first group will see it; what is sent from it is refused."""
    survey = survey_or_404(slug)
    plan = plan_of(survey)
    group = plan.group_indices[0]
    form = Form(plan, survey.plan_digest, slug, group, plan.units_for_preview(group), stored_state(survey), "../../..")
    return Response(questionnaire_page(form, Tail("preview", ""), packed=False), mimetype="text/html")


@blueprint.get("/file")
@allow(PUBLISHERS)
def survey_file(slug: str) -> Response:
    """The survey as a survey file, to keep or to begin another one with."""
    survey = survey_or_404(slug)
    zone = ZoneInfo(current_app.config["TIMEZONE"])
    data = json.loads(survey.plan)
    for name, seconds in (("opens", survey.opens_at), ("closes", survey.closes_at)):
        data[name] = datetime.fromtimestamp(seconds, zone).isoformat()
    data["grace_minutes"] = survey.grace_minutes
    return download(json.dumps(data, ensure_ascii=False, indent=1), f"{slug}.json", "application/json")
