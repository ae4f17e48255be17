"""Where respondents begin: the survey's page, and the questionnaire by code or by open link."""

from __future__ import annotations

from flask import Blueprint, Response, abort, current_app, request
from flask_babel import gettext as _

from surveys.admission.codes import faults_of, hash_code, normalise
from surveys.admission.issuing import find_admission
from surveys.ballots.token import holder_of
from surveys.campaigns.states import State
from surveys.inputs.values import code_in_front
from surveys.services import sign_on_services
from surveys.web.messages import localised
from surveys.web.published import PublishedSurvey, published_survey
from surveys.web.respond import replies
from surveys.web.respond.tokens import hand_out
from surveys.web.throttle import may_be_wrong_again

blueprint = Blueprint("welcome", __name__, url_prefix="/s")


@blueprint.get("/<slug>")
def welcome(slug: str) -> str | tuple[str, int]:
    survey = published_survey(slug)
    if survey.state is not State.OPEN:
        return replies.not_open(survey), 200
    return replies.welcome(survey, {**sign_on_services()})


@blueprint.post("/<slug>/ballot")
def by_code(slug: str) -> Response | tuple[str, int]:
    """The questionnaire for somebody with a code."""
    survey = published_survey(slug)
    typed = request.form.get("code", "")[:300]
    if survey.state is not State.OPEN:
        # Without looking the code up: what is shown must not tell whether there is one.
        hashed = hash_code(current_app.config["CODE_KEY"], survey.id, normalise(typed) or "")
        return replies.not_open(survey, _holder(survey, hashed)), 200
    admission = find_admission(survey.id, current_app.config["CODE_KEY"], typed)
    if admission is None:
        if not may_be_wrong_again():
            text = _("Too many wrong codes came from this network. Wait a minute, then try again; check each letter.")
            return replies.welcome(survey, {**sign_on_services()}, text, typed=typed), 429
        text = _("Please type the code from your slip.")
        if typed.strip():
            text = _("This code is not known here. Check each letter.")
            faults = faults_of(typed) if normalise(typed) is None else []
            if faults:
                text = " ".join([_("This is not a whole code."), *(localised(fault) for fault in faults)])
            text += " " + _("There is no 0, O, 1, I, 2, Z, 5, S, 8 or B in a code.")
        return replies.welcome(survey, {**sign_on_services()}, text, typed=typed), 422
    if admission.used:
        return replies.already_answered(survey, _holder(survey, bytes(admission.code_hash)), code=typed), 200
    if admission.group >= len(survey.plan.groups):
        abort(404)
    return hand_out(survey, admission.group, admission.own_unit, bytes(admission.code_hash))


def _holder(survey: PublishedSurvey, admission: bytes) -> str:
    return holder_of(survey.id, admission, current_app.config["TOKEN_KEY"])


@blueprint.get("/<slug>/ballot")
def by_open_link(slug: str) -> Response | tuple[str, int]:
    """The questionnaire for an open link; `group` and, for those who rate their own unit, `unit` are codes."""
    survey = published_survey(slug)
    if survey.state is not State.OPEN:
        return replies.not_open(survey, _holder(survey, b"")), 200
    plan, code = survey.plan, code_in_front(request.args.get("group", ""))
    number = next(
        (n for n, g in zip(plan.group_indices, plan.groups, strict=True) if g.admission == "open" and g.code == code),
        None,
    )
    if number is None:
        return replies.welcome(survey, {**sign_on_services()}), 200
    own_unit = None
    if plan.groups[number].own:
        codes = [unit.code for unit in plan.units]
        unit = code_in_front(request.args.get("unit", ""))
        if unit not in codes:
            return replies.welcome(survey, {**sign_on_services()}, _("Please choose your unit.")), 422
        own_unit = plan.unit_indices[codes.index(unit)]
    return hand_out(survey, number, own_unit, b"")


@blueprint.get("/worker.js")
def service_worker() -> Response:
    """The service worker; its address says which pages it may answer for."""
    response = current_app.send_static_file("js/worker.js")
    response.direct_passthrough = False
    response.make_sequence()  # what is streamed is not compressed
    return response
