"""A survey's own page, the seal, result pages and downloads."""

from __future__ import annotations

import time
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, abort, current_app, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as BaseResponse
from wtforms import BooleanField
from wtforms.validators import InputRequired

from surveys.accounts.access import EVERYONE, PUBLISHERS, allow
from surveys.accounts.models import record
from surveys.publishing.forms import ReopenForm
from surveys.publishing.handouts import qr_svg
from surveys.publishing.machine import ALLOWED, Move, State
from surveys.publishing.models import Survey
from surveys.publishing.operations import plan_of, state_of
from surveys.publishing.views import survey_or_404
from surveys.reporting.method import method_sentences, turnout_notes
from surveys.reporting.models import StoredResult
from surveys.reporting.present import Report, report_of
from surveys.reporting.sealing import seal, verify
from surveys.reporting.turnout import turnout_of
from surveys.reporting.workbook import write_workbook
from surveys.responding.models import Remark
from surveys.responding.pages import store
from surveys.text import InputError
from surveys.web.addresses import public_base
from surveys.web.languages import language
from surveys.web.messages import localised

blueprint = Blueprint("reporting", __name__, url_prefix="/staff/surveys/<slug>")

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class SealForm(FlaskForm):
    """Yes, really."""

    sure = BooleanField(validators=[InputRequired()])


@blueprint.get("/")
@allow(EVERYONE)
def show(slug: str) -> str:
    survey = survey_or_404(slug)
    plan, state = plan_of(survey), state_of(survey)
    link = f"{public_base()}/s/{slug}"
    form = ReopenForm()
    zone = ZoneInfo(current_app.config["TIMEZONE"])
    form.closes.data = datetime.fromtimestamp(max(survey.closes_at, time.time() + 86400), zone).replace(tzinfo=None)
    return render_template(
        "surveys/show.html",
        survey=survey,
        plan=plan,
        state=state,
        moves={act.value for act in Move if state in ALLOWED[act]},
        turnout=turnout_of(survey, plan),
        link=link,
        qr=qr_svg(link),
        form=form,
    )


@blueprint.get("/preview")
@allow(EVERYONE)
def preview(slug: str) -> Response:
    """The questionnaire as respondents of the first group will see it; what is sent from it is refused."""
    survey = survey_or_404(slug)
    plan = plan_of(survey)
    group = plan.groups[0]
    units = tuple(sorted({*group.fixed, *group.draw_from[: group.draw], *((0,) if group.own else ())}))
    body = store().page(plan, survey.plan_digest, slug, 0, units, language(), "preview", False)
    return Response(body, mimetype="text/html")


@blueprint.route("/seal", methods=["GET", "POST"])
@allow(PUBLISHERS)
def seal_page(slug: str) -> str | BaseResponse:
    survey = survey_or_404(slug)
    form = SealForm()
    if form.validate_on_submit():
        try:
            stored = seal(slug)
        except InputError as error:
            flash(localised(error.problems[0]), "error")
            return redirect(url_for("reporting.show", slug=slug))
        record(current_user.name, "sealed", f"{slug} {stored.digest}")
        flash(_("The survey is sealed: %(n)s ballots.", n=stored.ballots))
        return redirect(url_for("reporting.result", slug=slug))
    plan = plan_of(survey)
    return render_template("surveys/seal.html", survey=survey, plan=plan, form=form, state=state_of(survey),
                           turnout=turnout_of(survey, plan))  # fmt: skip


def _report(survey: Survey) -> Report:
    """The report of a sealed survey; before the seal there is nothing to see."""
    if survey.state != State.SEALED:
        abort(404)
    return report_of(plan_of(survey), StoredResult.get_by_id(survey.id))


@blueprint.get("/result")
@allow(EVERYONE)
def result(slug: str) -> str:
    survey = survey_or_404(slug)
    report = _report(survey)
    return render_template(
        "results/result.html",
        survey=survey,
        plan=report.plan,
        report=report,
        result=report.result,
        method=method_sentences(report.plan, report.result, report.withheld, language()),
        turnout_notes=turnout_notes(report.plan, report.result, language()),
    )


@blueprint.get("/verify")
@allow(EVERYONE)
def verification(slug: str) -> str:
    """Whether a sealed survey is still what was sealed: recomputed now, from what is stored."""
    survey = survey_or_404(slug)
    report = _report(survey)
    return render_template(
        "results/verify.html", survey=survey, plan=report.plan, stored=report.stored, found=verify(slug)
    )


@blueprint.get("/remarks")
@allow(EVERYONE)
def remarks(slug: str) -> str:
    survey = survey_or_404(slug)
    report = _report(survey)
    rows = list(Remark.select().where(Remark.survey == survey.id).order_by(Remark.unit, Remark.item, Remark.number))
    items = {item.code: item for item in report.plan.questionnaire.items}
    return render_template("results/remarks.html", survey=survey, plan=report.plan, rows=rows, items=items)


@blueprint.get("/workbook.xlsx")
@allow(EVERYONE)
def workbook(slug: str) -> Response:
    survey = survey_or_404(slug)
    report = _report(survey)
    body = write_workbook(report, survey.opens_at, survey.closes_at, current_app.config["TIMEZONE"], language())
    record(current_user.name, "took the workbook", slug)
    headers = {"Content-Disposition": f'attachment; filename="{slug}.xlsx"'}
    return Response(body, mimetype=XLSX, headers=headers)
