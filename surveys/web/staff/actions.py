"""Actions of a sealed survey: the list, one action, the reviews of units, reminders."""

from __future__ import annotations

from dataclasses import fields
from datetime import date, datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from surveys.admission.invitation_mail import mail_server
from surveys.campaigns.models import Survey
from surveys.campaigns.states import State
from surveys.campaigns.surveys import plan_of
from surveys.followup.action_states import NAMES, NEXT, ActionState
from surveys.followup.actions import (
    ActionAnswer,
    ActionFields,
    actions_of,
    add_action,
    add_low_figures,
    answer_action,
    change_action,
    is_overdue,
    make_link,
    review_unit,
    reviews_of,
    revoke_link,
)
from surveys.followup.models import ActionItem
from surveys.followup.remarks import read_remarks
from surveys.followup.reminders import due_for_reminder, remind
from surveys.inputs.problems import InputError
from surveys.inputs.translations import message_id
from surveys.storage.audit import Action, record_reading
from surveys.web.access import EVERYONE, actor, allow
from surveys.web.addresses import public_address
from surveys.web.languages import language
from surveys.web.messages import localised
from surveys.web.staff.lookup import survey_or_404

T = TypeVar("T")
HEADINGS = {
    "achievements": message_id("Achievements"),
    "problems": message_id("Problems found"),
    "direction": message_id("Direction of effort"),
}

blueprint = Blueprint("actions", __name__, url_prefix="/staff/surveys/<slug>/actions")


@blueprint.route("", methods=["GET", "POST"])
@allow(EVERYONE)
def index(slug: str) -> str | tuple[str, int] | Response:
    """All actions, or those that are overdue or in one state; and a form for a new one."""
    survey = _sealed_or_404(slug)
    plan, problems = plan_of(survey), []
    if request.method == "POST":
        unit = plan.unit_lookup.find(request.form.get("unit", ""))
        if unit is None:
            abort(400)
        try:
            add_action(actor(), slug, unit, _typed(ActionFields))
        except InputError as error:
            problems = [localised(problem) for problem in error.problems]
        else:
            flash(_("The action is added."))
            return redirect(url_for("actions.index", slug=slug))
    today, wanted = _today(), request.args.get("state", "")
    every = actions_of(survey.id)
    overdue = {action.id for action in every if is_overdue(action, today)}
    shown = [
        action for action in every if wanted in ("", action.state) or (wanted == "overdue" and action.id in overdue)
    ]
    page = render_template(
        "staff/actions/index.html", survey=survey, plan=plan, shown=shown, count=len(every), overdue=overdue, wanted=wanted, names=NAMES,
        problems=problems, typed=request.form or _from_remark(survey), reviews=reviews_of(survey.id), reminders=len(due_for_reminder(slug, today)),
    )  # fmt: skip
    return page, 422 if problems else 200


@blueprint.post("/low")
@allow(EVERYONE)
def low(slug: str) -> Response:
    """An action for each low item that has none."""
    _sealed_or_404(slug)
    try:
        added = add_low_figures(actor(), slug, request.form.get("due_on", ""), language(), _)
        flash(ngettext("%(num)s action is added.", "%(num)s actions are added.", added))
    except InputError as error:
        flash(localised(error.problems[0]), "error")
    return redirect(url_for("actions.index", slug=slug))


@blueprint.route("/<int(max=2147483647):number>", methods=["GET", "POST"])
@allow(EVERYONE)
def action(slug: str, number: int) -> str | tuple[str, int] | Response:
    """One action: what is to be done, and what was answered."""
    survey = _sealed_or_404(slug)
    one = _action_or_404(survey, number)
    problems: list[str] = []
    if request.method == "POST":
        try:
            if "body" in request.form:
                change_action(actor(), slug, number, _typed(ActionFields))
            else:
                answer_action(actor(), slug, number, _typed(ActionAnswer))
        except InputError as error:
            problems = [localised(problem) for problem in error.problems]
        else:
            flash(_("Saved."))
            return redirect(url_for("actions.action", slug=slug, number=number))
    return _shown(survey, one, problems), 422 if problems else 200


def _shown(survey: Survey, one: ActionItem, problems: list[str], link: str = "") -> str:
    return render_template(
        "staff/actions/action.html", survey=survey, plan=plan_of(survey), one=one, names=NAMES, problems=problems, typed=request.form,
        steps=NEXT[ActionState(one.state)], overdue=is_overdue(one, _today()), link=link,
    )  # fmt: skip


@blueprint.post("/<int(max=2147483647):number>/link")
@allow(EVERYONE)
def link(slug: str, number: int) -> str | Response:
    """Make the link by which the unit answers, and show it once; or revoke it."""
    survey = _sealed_or_404(slug)
    _action_or_404(survey, number)
    if "revoke" in request.form:
        revoke_link(actor(), slug, number)
        flash(_("The link is revoked."))
        return redirect(url_for("actions.action", slug=slug, number=number))
    token = make_link(actor(), slug, number)
    return _shown(survey, _action_or_404(survey, number), [], public_address("action_answers.answer", token=token))


@blueprint.post("/remind", endpoint="remind")
@allow(EVERYONE)
def remind_all(slug: str) -> Response:
    """Mail those whose actions are overdue or due soon."""
    _sealed_or_404(slug)
    try:
        sent = remind(
            actor(), slug, _today(), mail_server(current_app.config),
            lambda token: public_address("action_answers.answer", token=token), current_app.config["ORGANISATION"],
        )  # fmt: skip
        flash(ngettext("%(num)s reminder is sent.", "%(num)s reminders are sent.", sent))
    except InputError as error:
        flash(localised(error.problems[0]), "error")
    return redirect(url_for("actions.index", slug=slug))


@blueprint.route("/units/<code>", methods=["GET", "POST"])
@allow(EVERYONE)
def review(slug: str, code: str) -> str | tuple[str, int] | Response:
    """What the supervision says of a unit under its three headings."""
    survey = _sealed_or_404(slug)
    plan, problems = plan_of(survey), []
    unit = plan.unit_lookup.find(code)
    if unit is None:
        abort(404)
    stored = reviews_of(survey.id).get(unit)
    texts = {name: request.form.get(name, getattr(stored, name, "")) for name in HEADINGS}
    if request.method == "POST":
        try:
            review_unit(actor(), slug, unit, **texts)
        except InputError as error:
            problems = [localised(problem) for problem in error.problems]
        else:
            flash(_("Saved."))
            return redirect(url_for("actions.index", slug=slug))
    page = render_template(
        "staff/actions/review.html", survey=survey, plan=plan, unit=plan.units[unit], texts=texts, headings=HEADINGS, problems=problems,
        theirs=[action for action in actions_of(survey.id) if action.unit == unit], names=NAMES,
    )  # fmt: skip
    return page, 422 if problems else 200


def _from_remark(survey: Survey) -> dict[str, str]:
    """The fields of a new action about the remark whose number the address names: as it is masked."""
    found = read_remarks(survey) if request.args.get("remark") else None
    if found:
        record_reading(actor().name, Action.READ_REMARKS, survey.slug)
    one = next((one for one in found.remarks if one.key == request.args["remark"]), None) if found else None
    if one is None or found is None:
        return {}
    return {"unit": "" if one.unit is None else found.plan.units[one.unit].code, "body": one.text}


def _sealed_or_404(slug: str) -> Survey:
    survey = survey_or_404(slug)
    if survey.state != State.SEALED:
        abort(404)
    return survey


def _action_or_404(survey: Survey, number: int) -> ActionItem:
    found = next((action for action in actions_of(survey.id) if action.id == number), None)
    if found is None:
        abort(404)
    return found


def _typed(kind: type[T]) -> T:
    """What a form says, as the domain takes it."""
    return kind(**{field.name: request.form.get(field.name, "") for field in fields(kind)})  # type: ignore[arg-type]


def _today() -> date:
    return datetime.now(ZoneInfo(current_app.config["TIMEZONE"])).date()
