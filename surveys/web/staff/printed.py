"""What is printed of a result: the report to sign, pages of units, workbooks of general branches, and the document's number."""

from __future__ import annotations

from flask import Blueprint, Response, abort, current_app, flash, redirect, render_template, url_for
from flask_babel import get_translations
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as BaseResponse
from wtforms import StringField
from wtforms.validators import Length

from surveys.followup.remarks import workbook_rows
from surveys.inputs.problems import InputError
from surveys.results.export.files import ExportFile, sealed_report
from surveys.results.printed.files import (
    KINDS,
    MOST_BY_PAGE,
    Wanted,
    branch_workbooks,
    branches_of,
    report_file,
    unit_file,
    unit_files,
)
from surveys.results.printed.letterhead import MAX_NUMBER, head_of, letterhead, number_of, set_number
from surveys.web.access import ADMINISTRATORS, EVERYONE, actor, allow, has_role
from surveys.web.languages import language
from surveys.web.messages import add_to_form, localised
from surveys.web.staff.downloads import download
from surveys.web.staff.lookup import sealed_or_404

blueprint = Blueprint("printed", __name__, url_prefix="/staff/surveys/<slug>")


class NumberForm(FlaskForm):
    """The number of the document."""

    number = StringField(
        _l("Number of the document"), [Length(max=MAX_NUMBER)],
        description=_l("As the college files it. It is printed below the letterhead; empty: none."),
    )  # fmt: skip


@blueprint.route("/report", methods=["GET", "POST"])
@allow(EVERYONE)
def index(slug: str) -> str | BaseResponse:
    """All files that are printed; sent, the document gets its number."""
    survey = sealed_or_404(slug)
    report, form = sealed_report(survey), NumberForm(number=number_of(survey))
    if form.validate_on_submit():
        try:
            set_number(actor(), slug, form.number.data or "")
        except InputError as error:
            add_to_form(form, error)
        else:
            flash(_("The number is stored. It stands in the report, the pages of units and the workbook."))
            return redirect(url_for("printed.index", slug=slug))
    return render_template(
        "staff/results/printed.html", survey=survey, plan=report.plan, report=report, form=form, letterhead=letterhead(),
        head=head_of(survey, current_app.config["TIMEZONE"]), most=MOST_BY_PAGE, may_set=has_role(ADMINISTRATORS),
        branches=branches_of(report, language(), _("units without a general branch")),
    )  # fmt: skip


def _wanted(slug: str) -> Wanted:
    survey = sealed_or_404(slug)
    return Wanted(slug, current_app.config["TIMEZONE"], language(), get_translations(), workbook_rows(survey.id))


def _handed_out(file: ExportFile) -> Response:
    return download(file.body, file.name, file.media_type)


def _refused(slug: str, error: InputError) -> BaseResponse:
    flash(localised(error.problems[0]), "error")
    return redirect(url_for("printed.index", slug=slug))


@blueprint.get("/report.<kind>")
@allow(EVERYONE)
def report(slug: str, kind: str) -> BaseResponse:
    """The report to sign."""
    if kind not in KINDS:
        abort(404)
    wanted = _wanted(slug)
    try:
        return _handed_out(report_file(actor(), wanted, kind, MOST_BY_PAGE))
    except InputError as error:
        return _refused(slug, error)


@blueprint.get("/units/<code>.pdf")
@allow(EVERYONE)
def unit(slug: str, code: str) -> Response:
    """The page of one unit."""
    wanted = _wanted(slug)
    try:
        return _handed_out(unit_file(actor(), wanted, code))
    except InputError:
        abort(404)


@blueprint.get("/units.zip")
@allow(EVERYONE)
def units(slug: str) -> BaseResponse:
    """The pages of all units."""
    wanted = _wanted(slug)
    try:
        return _handed_out(unit_files(actor(), wanted, most=MOST_BY_PAGE))
    except InputError as error:
        return _refused(slug, error)


@blueprint.get("/workbooks.zip")
@allow(EVERYONE)
def workbooks(slug: str) -> Response:
    """A workbook for each general branch."""
    return _handed_out(branch_workbooks(actor(), _wanted(slug)))
