"""The seal, result pages and downloads."""

from __future__ import annotations

import time

from flask import Blueprint, Response, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import get_translations, gettext
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as BaseResponse
from wtforms import BooleanField
from wtforms.validators import InputRequired

from surveys.ballots.turnout import turnout_of
from surveys.campaigns.indices import UnitIndex
from surveys.campaigns.models import Survey
from surveys.campaigns.states import State
from surveys.campaigns.surveys import late_until, plan_of, state_of
from surveys.followup.remarks import workbook_rows
from surveys.inputs.problems import InputError
from surveys.results.before_seal import seal_warnings
from surveys.results.certainty import (
    OVERLAP,
    compare,
    comparison_sentence,
    cut_sentence,
    population_sentence,
    ranking_sentence,
)
from surveys.results.choice_tables import choice_tables
from surveys.results.evaluation.overview import overview_if_begun
from surveys.results.export.files import FORMATS, export_file
from surveys.results.lost_ballots import Loss, agree_to_lose, loss_of
from surveys.results.method import lost_sentence, method_sentences, turnout_notes
from surveys.results.models import stored_result
from surveys.results.notes import missing_text, not_valid, quota_sentence, unit_notes
from surveys.results.printed.letterhead import head_of
from surveys.results.report import Report, report_of
from surveys.results.rounds import rounds_until
from surveys.results.seal_run import seal_run
from surveys.results.sealing import give_seal_up, seal_for
from surveys.results.verification import verify
from surveys.results.withholding import Missing
from surveys.results.workbook import Beside, write_workbook
from surveys.services import mix
from surveys.storage.audit import Action, record, record_reading
from surveys.web.access import ADMINISTRATORS, EVERYONE, PUBLISHERS, actor, allow, has_role
from surveys.web.languages import language
from surveys.web.messages import localised, sentence
from surveys.web.staff.downloads import XLSX, download
from surveys.web.staff.lookup import survey_or_404

SEAL_SECONDS = 3
"""So long a page works on a seal before it says how far it has come, and the next one goes on."""

blueprint = Blueprint("results", __name__, url_prefix="/staff/surveys/<slug>")


class SealForm(FlaskForm):
    """Yes, really; `aware`: and with the warnings, too."""

    sure = BooleanField(validators=[InputRequired()])
    aware = BooleanField()


@blueprint.route("/seal", methods=["GET", "POST"])
@allow(PUBLISHERS)
def seal_page(slug: str) -> str | BaseResponse:
    survey = survey_or_404(slug)
    form, plan = SealForm(), plan_of(survey)
    turnout = turnout_of(survey.id, plan)
    warnings = [" ".join(sentence(problem) for problem in warning) for warning in seal_warnings(plan, turnout)]
    confirmed = form.validate_on_submit()
    if confirmed and warnings and state_of(survey) is State.CLOSED and not late_until(survey) and not form.aware.data:
        form.aware.errors, confirmed = [_("Tick this box, too.")], False
    if confirmed:
        return _go_on_sealing(slug)
    if survey.state == State.SEALING:
        return _seal_progress(survey, False)
    loss, fault = Loss(), ""
    try:
        loss = loss_of(mix(), survey.id)
    except InputError as error:  # the folder of keys is another one: nobody can say what is lost
        fault = localised(error.problems[0])
    return render_template(
        "staff/results/seal.html", survey=survey, plan=plan, form=form, state=state_of(survey),
        turnout=turnout, late=late_until(survey), loss=loss, fault=fault, warnings=warnings,
        may_agree=has_role(ADMINISTRATORS) and loss.first != current_user.name,
    )  # fmt: skip


def _go_on_sealing(slug: str) -> str | BaseResponse:
    """Do some steps of the seal. The page that says how far it has come sends for the next ones."""
    try:
        stored = seal_for(SEAL_SECONDS, actor(), mix(), slug)
    except InputError as error:
        flash(localised(error.problems[0]), "error")
        return redirect(url_for("survey.show", slug=slug))
    if stored is None:
        return _seal_progress(survey_or_404(slug), True)
    flash(_("The survey is sealed: %(n)s ballots.", n=stored.ballots))
    return redirect(url_for("results.result", slug=slug))


def _seal_progress(survey: Survey, going_on: bool) -> str:
    run = seal_run(survey.id)
    return render_template(
        "staff/results/sealing.html", survey=survey, plan=plan_of(survey), going_on=going_on,
        percent=min(99, 100 * run.done // max(run.total, 1)) if run else 99,
    )  # fmt: skip


@blueprint.post("/seal/go-on")
@allow(PUBLISHERS)
def go_on_sealing(slug: str) -> str | BaseResponse:
    """Go on with a seal that was begun."""
    if survey_or_404(slug).state != State.SEALING:
        return redirect(url_for("survey.show", slug=slug))
    return _go_on_sealing(slug)


@blueprint.post("/seal/give-up")
@allow(PUBLISHERS)
def stop_sealing(slug: str) -> BaseResponse:
    """Let a survey whose seal was begun be closed as before."""
    survey_or_404(slug)
    try:
        give_seal_up(actor(), slug)
    except InputError as error:
        flash(localised(error.problems[0]), "error")
    else:
        flash(_("The survey is not sealed. It is closed as before, and nothing was lost."))
    return redirect(url_for("survey.show", slug=slug))


@blueprint.post("/seal/without-lost")
@allow(ADMINISTRATORS)
def give_up_lost(slug: str) -> BaseResponse:
    """An administrator agrees to seal without ballots whose keys are gone."""
    survey_or_404(slug)
    try:
        loss = agree_to_lose(actor(), mix(), slug, actor().name)
    except InputError as error:
        flash(localised(error.problems[0]), "error")
    else:
        flash(
            _("You have agreed. The survey can be sealed now.")
            if loss.agreed
            else _("You have agreed. A second administrator has to agree, too.")
        )
    return redirect(url_for("results.seal_page", slug=slug))


def _report(survey: Survey) -> Report:
    """The report of a sealed survey; before the seal there is nothing to see."""
    if survey.state != State.SEALED:
        abort(404)
    return report_of(plan_of(survey), stored_result(survey))


@blueprint.get("/result")
@allow(EVERYONE)
def result(slug: str) -> str:
    survey = survey_or_404(slug)
    report, lang = _report(survey), language()
    record_reading(actor().name, Action.READ_RESULT, slug)
    pair = _pair(report)

    def missing(reason: Missing | None) -> str:
        return missing_text(reason, report.plan, gettext)

    return render_template(
        "staff/results/result.html",
        survey=survey,
        plan=report.plan,
        report=report,
        result=report.result,
        gettext=gettext,
        certainty=ranking_sentence(report, gettext),
        choice_tables=choice_tables(report, lang, gettext),
        population=population_sentence(report.plan, gettext),
        pair=pair,
        may_try=bool(report.scored),
        compared=_compared(report, pair),
        missing=missing,
        few=missing(Missing.FEW),
        notes=[unit_notes(report, unit, lang, gettext) for unit in range(len(report.order))],
        quotas=[
            (
                check,
                f"{quota_sentence(report, check, lang, gettext)} {cut_sentence(report, check, lang, gettext)}".strip(),
            )
            for check in report.grade_quotas()
        ],
        invalid=not_valid(report, gettext),
        method=method_sentences(report, lang, gettext),
        lost=lost_sentence(report.stored, gettext),
        turnout_notes=turnout_notes(report, lang, gettext),
    )


def _pair(report: Report) -> tuple[UnitIndex, UnitIndex] | None:
    """The two units that the address asks to compare, or the first two by rank."""
    scored = [UnitIndex(unit) for unit in report.scored]
    codes = {report.plan.units[unit].code: unit for unit in scored}
    asked = codes.get(request.args.get("one", "")), codes.get(request.args.get("other", ""))
    if asked[0] is not None and asked[1] is not None:
        return asked[0], asked[1]
    return (scored[0], scored[1]) if len(scored) > 1 else None


def _compared(report: Report, pair: tuple[UnitIndex, UnitIndex] | None) -> str | bool:
    """What the comparison shows if one is asked for, else whether there can be one."""
    if pair is None or report.stored.method == OVERLAP:
        return False
    if "one" not in request.args:
        return True
    found = compare(report, *pair)
    return comparison_sentence(report, found, language(), gettext) if found else _("Choose two different units.")


@blueprint.route("/verify", methods=["GET", "POST"])
@allow(EVERYONE)
def verification(slug: str) -> str:
    """Whether a sealed survey is still what was sealed: computed again when asked to, for it reads all ballots."""
    survey = survey_or_404(slug)
    if survey.state != State.SEALED:
        abort(404)
    found, at = (verify(slug), time.time()) if request.method == "POST" else (None, None)
    return render_template(
        "staff/results/verify.html", survey=survey, plan=plan_of(survey), stored=stored_result(survey),
        verification=found, at=at, lost=lost_sentence(stored_result(survey), gettext),
    )  # fmt: skip


@blueprint.get("/workbook.xlsx")
@allow(EVERYONE)
def workbook(slug: str) -> Response:
    survey = survey_or_404(slug)
    window = (survey.opens_at, survey.closes_at)
    zone, remarks = current_app.config["TIMEZONE"], workbook_rows(survey.id)
    report = _report(survey)
    beside = Beside(remarks, rounds_until(survey), overview_if_begun(survey), head_of(survey, zone))
    body = write_workbook(report, window, zone, language(), get_translations(), beside)
    record(actor().name, Action.EXPORT_WORKBOOK, slug)
    return download(body, f"{slug}.xlsx", XLSX)


@blueprint.get("/export/<kind>")
@allow(EVERYONE)
def export(slug: str, kind: str) -> Response:
    """The tables of the result, in a format for other programs."""
    if survey_or_404(slug).state != State.SEALED or kind not in FORMATS:
        abort(404)
    file = export_file(actor(), slug, kind, "", current_app.config["TIMEZONE"], language(), get_translations())
    return download(file.body, file.name, file.media_type)
