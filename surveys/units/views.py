"""Staff pages of units: the tree, and import with a preview."""

from __future__ import annotations

import base64

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from werkzeug.wrappers import Response as BaseResponse
from wtforms import SubmitField

from surveys.accounts.access import EVERYONE, PUBLISHERS, allow
from surveys.accounts.models import record
from surveys.text import InputError, Problem
from surveys.units.importing import read_units
from surveys.units.models import Unit, UnitRow, all_units, delete_unit, store_units
from surveys.web.messages import localised, localised_place, sentence

# The page carries the file back when the import is confirmed.
MAX_PREVIEW = 4 * 1024 * 1024

blueprint = Blueprint("units", __name__, url_prefix="/staff/units")

EXAMPLE = "code,name,name_en,kind,parent\nP01,院党委,College Committee,committee,\nZ01,机电系党总支,General Branch of Mechanics,general_branch,P01\nB0101,机电教师党支部,Teachers' Branch of Mechanics,branch,Z01\n"


class ImportForm(FlaskForm):
    """A table of units."""

    file = FileField(_l("Table (xlsx, xls, ods or csv)"), [FileRequired(_l("Please choose a file."))])
    submit = SubmitField(_l("Preview"))


@blueprint.route("/", methods=["GET", "POST"])
@allow(EVERYONE)
def index() -> str | BaseResponse:
    form = ImportForm()
    problems = None
    if (
        request.method == "POST"
        and current_user.role in {role.value for role in PUBLISHERS}
        and form.validate_on_submit()
    ):
        name = form.file.data.filename or "file"
        data = form.file.data.read()
        try:
            if len(data) > MAX_PREVIEW:
                raise InputError(Problem("The form or file is larger than this service takes.", name))
            rows = read_units(name, data)
        except InputError as error:
            problems = [(localised_place(problem), sentence(problem)) for problem in error.problems]
        else:
            known = {unit.code: unit for unit in Unit.select()}
            preview = [(row, _change(row, known.get(row.code))) for row in rows]
            return render_template(
                "units/preview.html", name=name, preview=preview, data=base64.b64encode(data).decode()
            )
    depth: dict[int, int] = {}
    tree = []
    for unit in all_units():
        depth[unit.id] = depth.get(unit.parent_id or 0, -1) + 1
        tree.append((unit, depth[unit.id]))
    return render_template("units/index.html", form=form, tree=tree, problems=problems)


def _change(row: UnitRow, unit: Unit | None) -> str:
    if unit is None:
        return "new"
    parent = unit.parent.code if unit.parent_id else ""
    same = (unit.name, unit.name_en, unit.kind, parent) == (row.name, row.name_en, row.kind, row.parent)
    return "same" if same else "changed"


@blueprint.post("/import")
@allow(PUBLISHERS)
def confirm() -> BaseResponse:
    """Import what was previewed; the page sends the file back, and it is read and checked again."""
    try:
        data = base64.b64decode(request.form.get("data", ""), validate=True)
        added, changed = store_units(read_units(request.form.get("name", "file")[:200], data))
    except InputError as error:
        flash(localised(error.problems[0]), "error")
    except ValueError:  # no base64
        flash(_("The file did not arrive whole. Choose it again."), "error")
    else:
        record(current_user.name, "imported units", f"{added} new, {changed} changed")
        flash(_("%(added)s units added, %(changed)s changed.", added=added, changed=changed))
    return redirect(url_for("units.index"))


@blueprint.post("/delete")
@allow(PUBLISHERS)
def delete() -> BaseResponse:
    code = request.form.get("code", "")
    try:
        delete_unit(code)
    except InputError as error:
        flash(localised(error.problems[0]), "error")
    else:
        record(current_user.name, "removed a unit", code)
        flash(_("The unit %(code)s is removed.", code=code))
    return redirect(url_for("units.index"))


@blueprint.get("/example.csv")
@allow(EVERYONE)
def example() -> Response:
    headers = {"Content-Disposition": 'attachment; filename="units-example.csv"'}
    return Response(b"\xef\xbb\xbf" + EXAMPLE.encode(), mimetype="text/csv", headers=headers)
