"""Staff pages of surveys: list, new, turnout, codes."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from surveys.accounts.access import EVERYONE, PUBLISHERS, allow
from surveys.accounts.models import record
from surveys.authoring.models import all_questionnaires, load_definition
from surveys.publishing.forms import CodesForm, SurveyForm, fill_form, survey_data
from surveys.publishing.handouts import code_rows, codes_as_text, codes_csv, codes_from_text, codes_xlsx, qr_svg
from surveys.publishing.machine import Move, State
from surveys.publishing.models import Survey
from surveys.publishing.operations import (
    admission_counts,
    create_survey,
    delete_draft,
    get_survey,
    issue_codes,
    move_survey,
    plan_of,
    state_of,
)
from surveys.publishing.plan import read_moment
from surveys.text import InputError
from surveys.units.models import all_units
from surveys.web.addresses import public_base
from surveys.web.languages import language
from surveys.web.messages import add_to_form, localised

blueprint = Blueprint("publishing", __name__, url_prefix="/staff")

MAX_CODES_BY_PAGE = 20_000


def survey_or_404(slug: str) -> Survey:
    """The survey of a page's address."""
    try:
        return get_survey(slug)
    except InputError:
        abort(404)


@blueprint.get("/")
@allow(EVERYONE)
def index() -> str:
    surveys = [
        (survey, plan_of(survey), state_of(survey)) for survey in Survey.select().order_by(Survey.opens_at.desc())
    ]
    return render_template("surveys/index.html", surveys=surveys, any_units=bool(all_units()))


@blueprint.route("/surveys/new", methods=["GET", "POST"])
@allow(PUBLISHERS)
def new() -> str | BaseResponse:
    form = _survey_form()
    if form.validate_on_submit() and (survey := _save(form)):
        flash(_("The draft is saved. Look it over, then publish it."))
        return redirect(url_for("reporting.show", slug=survey.slug))
    return render_template("surveys/new.html", form=form, units=_unit_tree())


@blueprint.route("/surveys/<slug>/edit", methods=["GET", "POST"])
@allow(PUBLISHERS)
def edit(slug: str) -> str | BaseResponse:
    """The form again, for a draft. A draft made from a file may say more than the form can; the page warns of that."""
    survey = survey_or_404(slug)
    if survey.state != State.DRAFT:
        abort(404)
    form = _survey_form()
    if request.method == "GET":
        fill_form(form, plan_of(survey))
        zone = ZoneInfo(current_app.config["TIMEZONE"])
        form.opens.data = datetime.fromtimestamp(survey.opens_at, zone).replace(tzinfo=None)
        form.closes.data = datetime.fromtimestamp(survey.closes_at, zone).replace(tzinfo=None)
    if form.validate_on_submit() and (saved := _save(form)):
        if saved.slug != slug:
            delete_draft(survey)  # the draft moved to another address
        flash(_("The draft is saved. Look it over, then publish it."))
        return redirect(url_for("reporting.show", slug=saved.slug))
    return render_template("surveys/new.html", form=form, units=_unit_tree(), editing=True)


def _survey_form() -> SurveyForm:
    form = SurveyForm()
    form.questionnaire.choices = [(q.key, q.title.get(language(), q.title["zh"])) for q in all_questionnaires()]
    units = all_units()
    form.units.choices = [(unit.code, unit.name) for unit in units]
    if request.method == "GET":
        now = datetime.now(ZoneInfo(current_app.config["TIMEZONE"])).replace(second=0, microsecond=0, tzinfo=None)
        form.opens.data = now.replace(minute=0)
        form.closes.data = (now + timedelta(days=7)).replace(hour=22, minute=0)
        form.units.data = [unit.code for unit in units if unit.kind == "branch"]
        form.groups[0].form.name.data, form.groups[0].form.name_en.data = "学生", "Students"
        form.groups[1].form.name.data, form.groups[1].form.name_en.data = "教职工", "Staff"
        for entry in form.groups[:2]:
            entry.form.weight.data = 50
        form.groups[0].form.rates.data, form.groups[0].form.draw.data = "draw", 3
        form.rate_overall.data = True
    return form


def _save(form: SurveyForm) -> Survey | None:
    definition = load_definition(form.questionnaire.data or "")
    items = {
        item["code"] for section in definition["sections"] for item in section["items"] if item["type"] == "rating"
    }
    data = survey_data(form, items)
    data.setdefault("title", definition["title"])
    try:
        survey = create_survey(data, current_app.config["TIMEZONE"])
    except InputError as error:
        add_to_form(form, error)
        return None
    record(current_user.name, "saved a draft", survey.slug)
    return survey


def _unit_tree() -> list[tuple[Any, int]]:
    """Units with their depth."""
    depth: dict[int, int] = {}
    found = []
    for unit in all_units():
        depth[unit.id] = depth.get(unit.parent_id or 0, -1) + 1
        found.append((unit, depth[unit.id]))
    return found


@blueprint.post("/surveys/<slug>/move/<act>")
@allow(PUBLISHERS)
def change(slug: str, act: str) -> BaseResponse:
    survey_or_404(slug)
    if act not in (Move.PUBLISH, Move.OPEN, Move.CLOSE, Move.REOPEN):
        abort(404)
    try:
        closes = (
            read_moment(request.form.get("closes", ""), current_app.config["TIMEZONE"], _("Closes"))
            if act == Move.REOPEN
            else None
        )
        move_survey(slug, Move(act), closes_at=closes)
    except InputError as error:
        flash(localised(error.problems[0]), "error")
    else:
        record(current_user.name, act, slug)
        flash({
            Move.PUBLISH: _("The survey is published. Its questionnaire, units and rule are fixed now."),
            Move.OPEN: _("The survey is open."),
            Move.CLOSE: _("The survey is closed. It can be opened again until it is sealed."),
            Move.REOPEN: _("The survey is open."),
        }[Move(act)])  # fmt: skip
    return redirect(url_for("reporting.show", slug=slug))


@blueprint.post("/surveys/<slug>/delete")
@allow(PUBLISHERS)
def delete(slug: str) -> BaseResponse:
    survey = survey_or_404(slug)
    try:
        delete_draft(survey)
    except InputError as error:
        flash(localised(error.problems[0]), "error")
        return redirect(url_for("reporting.show", slug=slug))
    record(current_user.name, "removed a draft", slug)
    flash(_("The draft is removed."))
    return redirect(url_for("publishing.index"))


@blueprint.get("/surveys/<slug>/file")
@allow(PUBLISHERS)
def download(slug: str) -> Response:
    """The survey as a survey file, to keep or to begin another one with."""
    survey = survey_or_404(slug)
    zone = ZoneInfo(current_app.config["TIMEZONE"])
    data = json.loads(survey.plan)
    for name in ("opens", "closes"):
        data[name] = datetime.fromtimestamp(getattr(survey, f"{name}_at"), zone).isoformat()
    body = json.dumps(data, ensure_ascii=False, indent=1)
    headers = {"Content-Disposition": f'attachment; filename="{slug}.json"'}
    return Response(body, mimetype="application/json", headers=headers)


@blueprint.route("/surveys/<slug>/codes", methods=["GET", "POST"])
@allow(PUBLISHERS)
def codes(slug: str) -> str:
    survey = survey_or_404(slug)
    plan = plan_of(survey)
    form = CodesForm()
    form.group.choices = [
        (n, g.text.get(language(), g.text["zh"])) for n, g in enumerate(plan.groups) if g.admission == "code"
    ]
    names = [(n, unit.text.get(language(), unit.text["zh"])) for n, unit in enumerate(plan.units)]
    form.unit.choices = [(-1, _("not tied to a unit")), (-2, _("so many for each unit")), *names]
    if form.validate_on_submit():
        targets = range(len(plan.units)) if form.unit.data == -2 else [form.unit.data]
        try:
            if len(targets) * (form.count.data or 0) > MAX_CODES_BY_PAGE:
                flash(
                    _("More than %(n)s codes at a time are issued by the command “codes issue”.", n=MAX_CODES_BY_PAGE),
                    "error",
                )
            else:
                issued = [
                    one
                    for unit in targets
                    for one in issue_codes(
                        survey, current_app.config["CODE_KEY"], form.group.data, form.count.data or 0, unit
                    )
                ]
                record(current_user.name, "issued codes", f"{slug}: {len(issued)}")
                rows = code_rows(plan, issued, public_base(), language())
                return render_template(
                    "surveys/issued.html", survey=survey, plan=plan, rows=rows, text=codes_as_text(issued)
                )
        except InputError as error:
            add_to_form(form, error)
    return render_template("surveys/codes.html", survey=survey, plan=plan, form=form, state=state_of(survey),
                           counts=admission_counts(survey.id))  # fmt: skip


@blueprint.post("/surveys/<slug>/codes/<kind>")
@allow(PUBLISHERS)
def codes_file(slug: str, kind: str) -> Response | str:
    """The codes that were just issued, which the page sends back: the server does not have them any more."""
    survey = survey_or_404(slug)
    plan = plan_of(survey)
    rows = code_rows(plan, codes_from_text(request.form.get("codes", ""), plan), public_base(), language())
    heading = [_("Group"), _("Own unit"), _("Code"), _("Link")]
    if kind == "slips":
        slips = [(group, unit, code, qr_svg(link)) for group, unit, code, link in rows]
        return render_template(
            "surveys/slips.html", survey=survey, plan=plan, slips=slips, address=f"{public_base()}/s/{slug}"
        )
    if kind == "csv":
        body, mimetype = codes_csv(heading, rows), "text/csv"
    elif kind == "xlsx":
        body, mimetype = codes_xlsx(heading, rows), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    else:
        abort(404)
    headers = {"Content-Disposition": f'attachment; filename="{slug}-codes.{kind}"'}
    return Response(body, mimetype=mimetype, headers=headers)
