"""The questionnaires of the installation: which there are, taking one in with a preview, and giving one out."""

from __future__ import annotations

import json

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from werkzeug.wrappers import Response as BaseResponse
from wtforms import SubmitField, TextAreaField
from wtforms.validators import Length

from surveys.campaigns.uses import uses_by_questionnaire
from surveys.inputs.problems import InputError, Problem
from surveys.inputs.text import pick
from surveys.questionnaires.editing import begin_questionnaire
from surveys.questionnaires.foreign import PASTED, ForeignQuestionnaire, read_foreign
from surveys.questionnaires.library import load_definition, save_questionnaire, title_of
from surveys.questionnaires.search import ORDERS, SHOWN, search_questionnaires
from surveys.questionnaires.xlsform.writer import write_xlsform
from surveys.storage.unit_of_work import RepeatedFormError
from surveys.web.access import EVERYONE, PUBLISHERS, actor, allow, has_role
from surveys.web.languages import language
from surveys.web.messages import localised
from surveys.web.staff.downloads import XLSX, download
from surveys.web.staff.once import OnceForm
from surveys.web.staff.uploads import MAX_PREVIEW, Upload, listed, returned_file

blueprint = Blueprint("questionnaires", __name__, url_prefix="/staff/questionnaires")

KINDS = {
    "rating": _l("rating"), "choice": _l("one answer"), "multi": _l("several answers"), "ranking": _l("put in order"),
    "number": _l("a number"), "date": _l("a date"), "text": _l("a text"), "note": _l("note, not a question"),
}  # fmt: skip


NARROWED = {
    "": _l("all but archived"), "ready-made": _l("ready-made"), "own": _l("of the college"), "archived": _l("archived"),
}  # fmt: skip
ORDER_NAMES = {"changed": _l("last changed first"), "title": _l("by title")}
USUAL_UNITS = 10
"""For so many units the list says how long a questionnaire takes, as the editor does."""


class QuestionnaireForm(FlaskForm):
    """A file, or text."""

    file = FileField(_l("File (XLSForm, JSON, TOML or text)"))
    text = TextAreaField(
        _l("Or paste the text of a questionnaire"), [Length(max=200_000)], render_kw={"rows": 10},
        description=_l("Numbered questions with their answers below, as in Word or 问卷星. You see first what was understood."),
    )  # fmt: skip
    submit = SubmitField(_l("Preview"))


@blueprint.route("/", methods=["GET", "POST"])
@allow(EVERYONE)
def index() -> str | tuple[str, int]:
    form, problems = QuestionnaireForm(), None
    if request.method == "POST" and has_role(PUBLISHERS) and form.validate_on_submit():
        try:
            upload = _chosen(form)
            return _preview(upload, read_foreign(upload.name, upload.data))
        except InputError as error:
            problems = listed(error)
    wanted, shown, order = (request.args.get(name, "").strip()[:100] for name in ("q", "show", "order"))
    shown, order = shown if shown in SHOWN else "", order if order in ORDERS else ORDERS[0]
    search = search_questionnaires(wanted, shown, order, request.args.get("page", type=int) or 1)
    page = render_template(
        "staff/questionnaires/index.html", form=form, problems=problems, search=search, wanted=wanted, shown=shown,
        order=order, uses=uses_by_questionnaire(), narrowed=NARROWED, orders=ORDER_NAMES, units=USUAL_UNITS,
    )  # fmt: skip
    return page, 422 if problems else 200


def _chosen(form: QuestionnaireForm) -> Upload:
    """The file of the form, or its text as one. Raises InputError."""
    if form.file.data:
        upload = Upload(form.file.data.filename or "file", form.file.data.read())
    elif (form.text.data or "").strip():
        upload = Upload("pasted.txt", (form.text.data or "").encode())
    else:
        raise InputError(Problem("Choose a file, or paste the text of a questionnaire."))
    if len(upload.data) > MAX_PREVIEW:
        raise InputError(Problem("The form or file is larger than this service takes.", upload.name))
    return upload


def _preview(upload: Upload, found: ForeignQuestionnaire) -> str:
    stored = load_definition(_own_key(found))
    return render_template(
        "staff/questionnaires/preview.html", upload=upload, questionnaire=found.questionnaire, kinds=KINDS, form=OnceForm(formdata=None),
        same=title_of(stored) if stored is not None else None, remarks=[localised(remark) for remark in found.remarks],
    )  # fmt: skip


def _own_key(found: ForeignQuestionnaire) -> str:
    """The key that a file brings along; a text that was pasted has none."""
    return "" if found.questionnaire.key == PASTED else found.questionnaire.key


@blueprint.post("/import")
@allow(PUBLISHERS)
def confirm() -> BaseResponse:
    """Store what was previewed; the page sends the file back, and it is read and checked again.

    It becomes a new questionnaire under a key that is free, or takes the place of the one that has its key.
    """
    form = OnceForm()
    try:
        upload = returned_file()
        found = read_foreign(upload.name, upload.data)
        key = _own_key(found)
        if request.form.get("replace") and load_definition(key) is not None:
            save_questionnaire(actor(), found.definition)
        else:
            begin_questionnaire(actor(), found.definition, wanted=key, once=form.key)
    except RepeatedFormError:
        return redirect(url_for("questionnaires.index"))
    except InputError as error:
        flash(localised(error.problems[0]), "error")
        return redirect(url_for("questionnaires.index"))
    title = pick(found.questionnaire.title, language())
    flash(_("The questionnaire “%(name)s” is stored. New surveys can use it.", name=title))
    return redirect(url_for("questionnaires.index"))


@blueprint.get("/<key>.<kind>")
@allow(EVERYONE)
def export(key: str, kind: str) -> Response:
    """A questionnaire as JSON or as an XLSForm."""
    definition = load_definition(key)
    if definition is None or kind not in ("json", "xlsx"):
        abort(404)
    if kind == "xlsx":
        return download(write_xlsform(definition), f"{key}.xlsx", XLSX)
    return download(json.dumps(definition, ensure_ascii=False, indent=1), f"{key}.json", "application/json")
