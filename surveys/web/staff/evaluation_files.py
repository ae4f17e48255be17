"""The table of points that is filled in offline: download, preview, import."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from werkzeug.wrappers import Response
from wtforms import StringField
from wtforms.validators import Length

from surveys.campaigns.models import Survey
from surveys.inputs.problems import InputError
from surveys.results.evaluation.entries import MAX_REASON
from surveys.results.evaluation.importing import import_points, points_template, read_points_file
from surveys.results.evaluation.overview import Overview, column_label, find_evaluation, overview_of, revision_of
from surveys.web.access import EVERYONE, actor, allow
from surveys.web.languages import language
from surveys.web.messages import localised, sentence
from surveys.web.staff.downloads import XLSX, download
from surveys.web.staff.lookup import sealed_or_404
from surveys.web.staff.uploads import MAX_PREVIEW, Listed, Upload, listed, returned_file

blueprint = Blueprint("evaluation_files", __name__, url_prefix="/staff/surveys/<slug>/evaluation/table")


class PointsForm(FlaskForm):
    """A table that was filled in, and what its points rest on."""

    file = FileField(_l("Table (xlsx, xls, ods or csv)"), [FileRequired()], render_kw={"data-drop": ""})
    reason = StringField(
        _l("What the points rest on"), [Length(max=MAX_REASON)],
        description=_l("Needed where points are changed that are stored already. It is kept with each change."),
    )  # fmt: skip


@blueprint.route("", methods=["GET", "POST"])
@allow(EVERYONE)
def index(slug: str) -> str | tuple[str, int]:
    """Choose a file; sent, it shows what the import would change, or what is wrong with the file."""
    survey = sealed_or_404(slug)
    now, form, problems = _overview_or_404(survey), PointsForm(), None
    if form.validate_on_submit():
        upload, reason = Upload(form.file.data.filename or "file", form.file.data.read()), form.reason.data or ""
        try:
            return _preview(survey, now, upload, reason)
        except InputError as error:
            problems = listed(error)
    return _form(survey, now, form, problems)


def _form(survey: Survey, now: Overview, form: PointsForm, problems: Listed | None) -> tuple[str, int]:
    page = render_template(
        "staff/evaluation/import.html", survey=survey, plan=now.plan, evaluation=now, form=form, problems=problems
    )
    return page, 422 if problems or form.errors else 200


def _preview(survey: Survey, now: Overview, upload: Upload, reason: str) -> str:
    if len(upload.data) > MAX_PREVIEW:
        abort(413)
    file = read_points_file(now, upload.name, upload.data, reason)
    return render_template(
        "staff/evaluation/import_preview.html", survey=survey, plan=now.plan, upload=upload, reason=reason,
        changes=[(change, column_label(now.scheme, change.column, language())) for change in file.changes],
        remarks=[sentence(remark) for remark in file.remarks], revision=revision_of(survey.id),
    )  # fmt: skip


@blueprint.post("/import")
@allow(EVERYONE)
def confirm(slug: str) -> Response:
    """Import what was shown, all or nothing; the page sends the file back, and it is read and checked again."""
    survey = sealed_or_404(slug)
    _overview_or_404(survey)
    try:
        upload, revision = returned_file(), request.form.get("revision", 0, type=int)
        count = import_points(actor(), slug, upload.name, upload.data, request.form.get("reason", ""), revision)
    except InputError as error:
        for problem in error.problems:
            flash(localised(problem), "error")
        return redirect(url_for("evaluation_files.index", slug=slug))
    flash(ngettext("%(num)s cell is changed.", "%(num)s cells are changed.", count))
    return redirect(url_for("evaluation.index", slug=slug))


@blueprint.get("/template.xlsx")
@allow(EVERYONE)
def template(slug: str) -> Response:
    """The workbook to fill in."""
    now = _overview_or_404(sealed_or_404(slug))
    return download(points_template(now, language(), _), f"{slug}-points.xlsx", XLSX)


def _overview_or_404(survey: Survey) -> Overview:
    if find_evaluation(survey.id) is None:
        abort(404)
    return overview_of(survey)
