"""Staff pages of surveys: the list, and writing drafts."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response
from wtforms import SelectChoice

from surveys.campaigns.draft_units import UnitDifferences, unit_differences
from surveys.campaigns.models import Survey
from surveys.campaigns.states import State
from surveys.campaigns.surveys import (
    DraftConflictError,
    all_surveys,
    create_draft,
    delete_draft,
    find_survey,
    late_until,
    plan_of,
    state_of,
    update_draft,
)
from surveys.inputs.problems import InputError, Problem
from surveys.inputs.text import pick
from surveys.questionnaires.library import all_questionnaires, load_definition
from surveys.services import mix
from surveys.storage.instance import Belonging
from surveys.units.models import all_units, units_with_depth
from surveys.web.access import EVERYONE, PUBLISHERS, actor, allow
from surveys.web.languages import language
from surveys.web.messages import add_to_form, localised
from surveys.web.staff.lookup import survey_or_404
from surveys.web.staff.survey_forms import FieldDifference, SurveyForm, differences, fill_form, survey_data

blueprint = Blueprint("surveys", __name__, url_prefix="/staff")


@blueprint.get("/")
@allow(EVERYONE)
def index() -> str:
    rows = [(survey, plan_of(survey), state_of(survey), late_until(survey)) for survey in all_surveys()]
    unreadable, damaged = mix().undecryptable(), mix().damaged()
    return render_template(
        "staff/surveys/index.html", surveys=rows, any_units=bool(all_units()), unreadable=unreadable,
        damaged=damaged.total(), trapped=unreadable.total() - damaged.total(),
        own_folder=mix().folder.belonging() is Belonging.OWN,
    )  # fmt: skip


@blueprint.route("/surveys/new", methods=["GET", "POST"], strict_slashes=False)  # not the page of a survey "new"
@allow(PUBLISHERS)
def new() -> str | Response:
    form = _survey_form()
    if form.validate_on_submit():
        try:
            survey = create_draft(actor(), _data(form), current_app.config["TIMEZONE"])
        except InputError as error:
            add_to_form(form, error)
        else:
            return _saved(survey)
    return _form_page(form)


@blueprint.route("/surveys/<slug>/edit", methods=["GET", "POST"])
@allow(PUBLISHERS)
def edit(slug: str) -> str | Response | tuple[str, int]:
    """The form again, for a draft. A draft made from a file may say more than the form can; the page warns of that."""
    survey = find_survey(slug)
    if survey is None or survey.state != State.DRAFT:
        return _draft_is_gone()
    form = _survey_form()
    if request.method == "GET":
        _fill(form, survey)
    conflict, status = None, 200
    if form.validate_on_submit():
        revision = request.form.get("revision", 0, int)
        try:
            saved = update_draft(actor(), slug, revision, _data(form), current_app.config["TIMEZONE"])
        except DraftConflictError as error:
            # Both are shown: what was typed stays in the form, and what is stored now stands above it.
            stored = _survey_form(stored=True)
            _fill(stored, error.stored)
            conflict, status = (error.stored, differences(form, stored)), 409
            form.revision.data = str(error.stored.revision)
        except InputError as error:
            add_to_form(form, error)
        else:
            return _saved(saved)
    found = unit_differences(plan_of(survey))
    return _form_page(form, editing=True, conflict=conflict, differences_of_units=found), status


def _draft_is_gone() -> tuple[str, int]:
    """Somebody moved, removed or published the draft since the form was opened: what was typed can become a new one."""
    if request.method == "GET":
        abort(404)
    form = _survey_form()
    add_to_form(form, InputError(Problem(
        "The draft is not here any more: somebody removed it, published it or gave it another address. Nothing you "
        "typed is lost; save it as a new draft, at an address of its own.")))  # fmt: skip
    return _form_page(form), 409


def _form_page(
    form: SurveyForm,
    *,
    editing: bool = False,
    conflict: tuple[Survey, list[FieldDifference]] | None = None,
    differences_of_units: UnitDifferences | None = None,
) -> str:
    return render_template(
        "staff/surveys/edit.html", form=form, units=units_with_depth(), editing=editing, conflict=conflict,
        differences=differences_of_units,
    )  # fmt: skip


@blueprint.post("/surveys/<slug>/delete")
@allow(PUBLISHERS)
def delete(slug: str) -> Response:
    survey_or_404(slug)
    try:
        delete_draft(actor(), slug)
    except InputError as error:
        flash(localised(error.problems[0]), "error")
        return redirect(url_for("survey.show", slug=slug))
    flash(_("The draft is removed."))
    return redirect(url_for("surveys.index"))


def _saved(survey: Survey) -> Response:
    flash(_("The draft is saved. Look it over, then publish it."))
    return redirect(url_for("survey.show", slug=survey.slug))


def _zone() -> ZoneInfo:
    return ZoneInfo(current_app.config["TIMEZONE"])


def _survey_form(*, stored: bool = False) -> SurveyForm:
    """The form with its choices, and with what a new survey begins with; `stored`: past what was sent."""
    form = SurveyForm(formdata=None) if stored else SurveyForm()
    form.questionnaire.choices = [SelectChoice(q.key, pick(q.title, language())) for q in all_questionnaires()]
    units = all_units()
    form.units.choices = [SelectChoice(unit.code, unit.name) for unit in units]
    if request.method == "GET":
        now = datetime.now(_zone()).replace(second=0, microsecond=0, tzinfo=None)
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


def _fill(form: SurveyForm, survey: Survey) -> None:
    """Fill the form with a draft."""
    fill_form(form, plan_of(survey))
    form.revision.data = str(survey.revision)
    form.opens.data = datetime.fromtimestamp(survey.opens_at, _zone()).replace(tzinfo=None)
    form.closes.data = datetime.fromtimestamp(survey.closes_at, _zone()).replace(tzinfo=None)
    form.grace_minutes.data = survey.grace_minutes


def _data(form: SurveyForm) -> dict[str, Any]:
    """The form as the data of a survey file."""
    definition = load_definition(form.questionnaire.data or "")
    items = {
        item["code"] for section in definition["sections"] for item in section["items"] if item["type"] == "rating"
    }
    data = survey_data(form, items)
    data.setdefault("title", definition["title"])
    return data
