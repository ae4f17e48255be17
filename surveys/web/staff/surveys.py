"""Staff pages of surveys: the list, and beginning a draft."""

from __future__ import annotations

import time
from dataclasses import dataclass

from flask import Blueprint, current_app, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import RadioField, SelectChoice
from wtforms.validators import InputRequired

from surveys.campaigns.draft_changes import begin_draft, begin_next_round, delete_draft
from surveys.campaigns.drafts import proposed_address, read_draft
from surveys.campaigns.models import Survey
from surveys.campaigns.states import State
from surveys.campaigns.surveys import all_surveys, late_until, plan_of, state_of
from surveys.inputs.problems import InputError
from surveys.inputs.text import Text, pick
from surveys.questionnaires.library import all_questionnaires
from surveys.questionnaires.questionnaire import Questionnaire
from surveys.services import mix
from surveys.storage.instance import Belonging
from surveys.units.models import Unit, all_units
from surveys.web.access import EVERYONE, PUBLISHERS, actor, allow, may_publish
from surveys.web.languages import language
from surveys.web.messages import add_to_form, localised
from surveys.web.staff.lookup import survey_or_404
from surveys.web.staff.uploads import TableForm

blueprint = Blueprint("surveys", __name__, url_prefix="/staff")


@dataclass(frozen=True)
class Row:
    """A survey in the list."""

    survey: Survey
    title: Text
    units: int
    state: State
    late: int | None


def _row(survey: Survey) -> Row:
    state = state_of(survey)
    if state is State.DRAFT:
        draft = read_draft(survey)
        return Row(survey, draft.title, len(draft.data.get("units") or []), state, None)
    plan = plan_of(survey)
    return Row(survey, plan.title, len(plan.units), state, late_until(survey))


@blueprint.get("/")
@allow(EVERYONE)
def index() -> str:
    if may_publish() and not session.get("guide_left") and not Survey.select().exists():
        return _guide()
    unreadable, damaged = mix().undecryptable(), mix().damaged()
    return render_template(
        "staff/surveys/index.html", surveys=[_row(survey) for survey in all_surveys()], any_units=bool(all_units()),
        unreadable=unreadable, damaged=damaged.total(), trapped=unreadable.total() - damaged.total(),
        own_folder=mix().folder.belonging() is Belonging.OWN,
    )  # fmt: skip


def _guide() -> str:
    """The first steps in an empty installation: units, questionnaire, survey."""
    units, questionnaires = Unit.select().count(), all_questionnaires()
    form = _new_form(questionnaires)
    form.questionnaire.data = next((q.key for q in questionnaires), None)
    return render_template(
        "staff/guide.html", units=units, table=TableForm(formdata=None), form=form,
        lengths={q.key: len(q.items) for q in questionnaires},
    )  # fmt: skip


@blueprint.post("/leave-guide")
@allow(PUBLISHERS)
def leave_guide() -> Response:
    """Show the list of surveys in place of the first steps."""
    session["guide_left"] = True
    return redirect(url_for("surveys.index"))


class NewForm(FlaskForm):
    """What a new survey asks."""

    questionnaire = RadioField(_l("Questionnaire"), [InputRequired(_l("Choose a questionnaire."))])


@blueprint.route("/surveys/new", methods=["GET", "POST"], strict_slashes=False)  # not the page of a survey "new"
@allow(PUBLISHERS)
def new() -> str | Response:
    """Choose a questionnaire; all else is proposed, and can be changed in the draft."""
    questionnaires = all_questionnaires()
    form = _new_form(questionnaires)
    if request.method == "GET":
        wanted = request.args.get("questionnaire", "")
        keys = [q.key for q in questionnaires]
        form.questionnaire.data = wanted if wanted in keys else next(iter(keys), None)
    if form.validate_on_submit():
        chosen = next(q for q in questionnaires if q.key == form.questionnaire.data)
        try:
            draft = begin_draft(actor(), _proposal(chosen), current_app.config["TIMEZONE"], time.time())
        except InputError as error:
            add_to_form(form, error)
        else:
            return redirect(url_for("survey.show", slug=draft.slug))
    earlier = [_row(survey) for survey in all_surveys()]
    return render_template("staff/drafts/new.html", form=form, earlier=earlier,
                           lengths={q.key: len(q.items) for q in questionnaires})  # fmt: skip


def _new_form(questionnaires: list[Questionnaire]) -> NewForm:
    form = NewForm()
    form.questionnaire.choices = [SelectChoice(q.key, pick(q.title, language())) for q in questionnaires]
    return form


def _proposal(chosen: Questionnaire) -> dict[str, object]:
    """What a new survey begins with: students and staff, half the weight each, and all branches."""
    rule: dict[str, object] = {}
    if "overall" in [item.code for item in chosen.rated]:
        rule["rate_item"] = "overall"
    many = len(all_units()) > 5  # nobody rates 24 units on 8 items
    students = {"own": True, "draw": 2} if many and chosen.rated else {}
    return {
        "slug": proposed_address(f"{chosen.key}-{time.strftime('%Y-%m')}"),
        "title": dict(chosen.title),
        "questionnaire": chosen.key,
        "groups": [
            {"code": "students", "name": {"zh": "学生", "en": "Students"}, "weight": 50, **students},
            {"code": "staff", "name": {"zh": "教职工", "en": "Staff"}, "weight": 50, **students},
        ],
        "rule": rule,
    }


@blueprint.post("/surveys/<slug>/again")
@allow(PUBLISHERS)
def again(slug: str) -> Response:
    """Begin the next round of a survey."""
    survey_or_404(slug)
    try:
        draft, gone = begin_next_round(actor(), slug, current_app.config["TIMEZONE"], time.time())
    except InputError as error:
        flash(localised(error.problems[0]), "error")
        return redirect(url_for("survey.show", slug=slug))
    flash(_("This draft asks what the last round asked. Its window and address are proposed anew."))
    if gone:
        flash(_("These units are not in the list of units any more and were left out: %(names)s.",
                names=_(", ").join(gone[:20]) + (" …" if len(gone) > 20 else "")), "error")  # fmt: skip
    return redirect(url_for("survey.show", slug=draft.slug))


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
