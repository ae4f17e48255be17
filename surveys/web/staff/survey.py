"""A survey's own page: turnout, link, moves from state to state, preview, and the survey file."""

from __future__ import annotations

import json
import time
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as BaseResponse

from surveys.admission.handouts import qr_svg
from surveys.admission.roster import classes_of
from surveys.ballots.turnout import turnout_of
from surveys.campaigns.campaigns import campaign_of
from surveys.campaigns.checked import DraftChangedError
from surveys.campaigns.drafts import read_draft, survey_data
from surveys.campaigns.indices import GroupIndex
from surveys.campaigns.models import Survey
from surveys.campaigns.people import people_of, set_people
from surveys.campaigns.plan import SurveyPlan
from surveys.campaigns.states import ALLOWED, NEED_REASON, UNTIL_THE_END, Move, State
from surveys.campaigns.surveys import late_until, move_survey, plan_of, publish_and_open, state_of, stored_state
from surveys.inputs.problems import InputError
from surveys.inputs.text import clean, pick
from surveys.inputs.values import read_datetime
from surveys.results.before_seal import seal_warnings
from surveys.scoring.totals import Turnout
from surveys.web.access import EVERYONE, PUBLISHERS, actor, allow
from surveys.web.addresses import public_address
from surveys.web.errors import FRAMED_POLICY
from surveys.web.languages import format_datetime, format_duration, language
from surveys.web.messages import sentence
from surveys.web.questionnaire_pages import Form, Tail, questionnaire_page
from surveys.web.staff.downloads import download
from surveys.web.staff.draft_check import check_of, check_page
from surveys.web.staff.handouts import proposed_codes
from surveys.web.staff.lookup import survey_or_404
from surveys.web.staff.running import share_texts
from surveys.web.staff.survey_forms import AllCodesForm, ReopenForm
from surveys.web.staff.survey_path import short_of_access, steps_of_draft, steps_of_survey

blueprint = Blueprint("survey", __name__, url_prefix="/staff/surveys/<slug>")


_DONE = {
    Move.PUBLISH: _l("The survey is published. Its questionnaire, units and rule are fixed now."),
    Move.OPEN: _l("The survey is open."),
    Move.PAUSE: _l("The survey is paused. No ballots are taken until it goes on."),
    Move.RESUME: _l("The survey goes on."),
    Move.EXTEND: _l("The survey ends on %(time)s now."),
    Move.CLOSE: _l("The survey is closed. It can be opened again until it is sealed."),
    Move.REOPEN: _l("The survey is open until %(time)s, for %(length)s more."),
}


@blueprint.get("/")
@allow(EVERYONE)
def show(slug: str) -> str:
    survey = survey_or_404(slug)
    if survey.state == State.DRAFT:
        draft = read_draft(survey)
        return render_template(
            "staff/surveys/draft.html", survey=survey, draft=draft, plan=draft.plan, steps=steps_of_draft(draft),
            check=check_of(draft), qr="",
        )  # fmt: skip
    return _published(survey)


def _published(survey: Survey, failed: str = "") -> str:
    """The page; `failed` is the move that this request asked for and that was refused: its form keeps what was typed."""
    plan, state, slug = plan_of(survey), state_of(survey), survey.slug
    link = public_address("welcome.welcome", slug=slug)
    form = ReopenForm()
    zone = ZoneInfo(current_app.config["TIMEZONE"])
    form.closes.data = datetime.fromtimestamp(max(survey.closes_at, time.time() + 86400), zone).replace(tzinfo=None)
    form.grace_minutes.data = survey.grace_minutes
    if failed:
        form.closes.raw_data = [request.form.get("closes") or form.closes._value()]
        form.grace_minutes.raw_data = [request.form.get("grace_minutes") or str(survey.grace_minutes)]
    turnout = turnout_of(survey.id, plan)
    without = [
        number for number, row, group in zip(plan.group_indices, turnout.groups, plan.groups, strict=True)
        if not (row.admissions or group.admission == "open")
    ]  # fmt: skip
    short = short_of_access(plan, turnout) if state in UNTIL_THE_END else []
    return render_template(
        "staff/surveys/show.html",
        survey=survey,
        plan=plan,
        state=state,
        late=late_until(survey),
        moves={act.value for act in Move if state in ALLOWED[act]},
        turnout=turnout,
        classes=classes_of(survey.id),
        warnings=_warnings(plan, turnout) if state is State.CLOSED else [],
        link=link,
        qr=qr_svg(link),
        steps=steps_of_survey(survey, plan, state, turnout, without),
        short=short,
        form=form,
        failed=failed,
        reason=request.form.get("reason", ""),
        texts=share_texts(survey, plan),
        all_form=AllCodesForm(),
        proposed=proposed_codes(plan, without),
        campaign=campaign_of(survey.id),
    )


def _warnings(plan: SurveyPlan, turnout: Turnout) -> list[str]:
    """What the seal would make final: said while the survey can still be opened again."""
    return [" ".join(sentence(problem) for problem in warning) for warning in seal_warnings(plan, turnout)]


@blueprint.post("/move/<act>")
@allow(PUBLISHERS)
def change(slug: str, act: str) -> tuple[str, int] | BaseResponse:
    survey = survey_or_404(slug)
    if act not in _DONE:
        abort(404)
    move = Move(act)
    try:
        more: dict[str, Any] = {"reason": request.form.get("reason", "")}
        if move in (Move.REOPEN, Move.EXTEND):
            more["closes_at"] = read_datetime(
                request.form.get("closes", ""), current_app.config["TIMEZONE"], _("Closes")
            )
            grace = request.form.get("grace_minutes", "")
            # What is no number is refused below, as one that is too large is; left out, it stays as it was.
            more["grace_minutes"] = (int(grace) if grace.isdecimal() and len(grace) < 10 else -1) if grace else None
        if move is Move.PUBLISH:
            more["checked"] = request.form.get("seen", "")
        if move is Move.PUBLISH and "open" in request.form:
            moved = publish_and_open(actor(), slug, more["checked"])
        else:
            moved = move_survey(actor(), slug, move, **more)
    except DraftChangedError as error:
        return check_page(survey_or_404(slug), error.changed), 409
    except InputError as error:
        for problem in error.problems:
            flash(sentence(problem), "error")
        if move in NEED_REASON:
            return _published(survey, act), 422
    else:
        length = format_duration(int(moved.closes_at - time.time()))
        flash(str(_DONE[move]) % {"time": format_datetime(moved.closes_at), "length": length})
    return redirect(url_for("survey.show", slug=slug))


@blueprint.route("/people", methods=["GET", "POST"])
@allow(PUBLISHERS)
def people(slug: str) -> str | BaseResponse:
    """How many people the groups have whose number was not fixed at publication."""
    survey = survey_or_404(slug)
    plan, problems = plan_of(survey), []
    known = zip(plan.groups, people_of(survey.id, plan), strict=True)
    typed = {group.code: str(number or "") for group, number in known}
    if request.method == "POST":
        open_ones = [group.code for group in plan.groups if group.expected is None]
        typed.update({code: clean(request.form.get(code, "")) for code in open_ones})
        try:
            set_people(actor(), slug, {code: _whole(typed[code]) for code in open_ones})
        except InputError as error:
            names = {group.code: pick(group.text, language()) for group in plan.groups}
            problems = [f"{names.get(problem.where, '')} {sentence(problem)}".strip() for problem in error.problems]
        else:
            flash(_("The number of people is saved."))
            return redirect(url_for("survey.show", slug=slug))
    return render_template("staff/surveys/people.html", survey=survey, plan=plan, problems=problems, typed=typed)


def _whole(typed: str) -> int | None:
    """A number that was typed; what is none is refused as one that is too small is."""
    return (int(typed) if typed.isdecimal() and len(typed) < 10 else 0) if typed else None


@blueprint.get("/preview")
@allow(EVERYONE)
def preview(slug: str) -> str:
    """The questionnaire as respondents of a group (by default the first) will see it, in the frame of a phone."""
    survey = survey_or_404(slug)
    plan = plan_of(survey)
    return render_template(
        "staff/surveys/preview.html", survey=survey, plan=plan, group=plan.groups[_group_to_preview(plan)]
    )


@blueprint.get("/preview/page")
@allow(EVERYONE)
def preview_page(slug: str) -> Response:
    """What stands in the frame; what is sent from it is refused."""
    survey = survey_or_404(slug)
    plan = plan_of(survey)
    digest = read_draft(survey).require().digest if survey.state == State.DRAFT else survey.plan_digest
    group = _group_to_preview(plan)
    form = Form(plan, digest, slug, group, plan.units_for_preview(group), stored_state(survey), "../../../..")
    response = questionnaire_page(form, Tail("preview", ""), packed=False)
    response.headers["Content-Security-Policy"] = FRAMED_POLICY
    return response


def _group_to_preview(plan: SurveyPlan) -> GroupIndex:
    wanted = request.args.get("group", "")
    known = zip(plan.group_indices, plan.groups, strict=True)
    return next((number for number, one in known if one.code == wanted), plan.group_indices[0])


@blueprint.get("/file")
@allow(PUBLISHERS)
def survey_file(slug: str) -> Response:
    """The survey as a survey file, to keep or to begin another one with."""
    survey = survey_or_404(slug)
    data = survey_data(survey, current_app.config["TIMEZONE"])
    return download(json.dumps(data, ensure_ascii=False, indent=1), f"{slug}.json", "application/json")
