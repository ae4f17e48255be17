"""Staff pages of units: the tree, and import with a preview."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from surveys.campaigns.drafts import delete_unit
from surveys.inputs.problems import InputError
from surveys.inputs.text import clean
from surveys.units.changes import alike_codes, compare_units, store_units
from surveys.units.importing import read_units
from surveys.units.models import KINDS, all_units, units_with_depth
from surveys.units.template import units_template
from surveys.units.tree import find_units
from surveys.web.access import EVERYONE, PUBLISHERS, actor, allow, has_role
from surveys.web.languages import language
from surveys.web.messages import localised, sentence
from surveys.web.staff.downloads import XLSX, download
from surveys.web.staff.table_grid import Chosen
from surveys.web.staff.unit_grid import can_be_mended, grid_page
from surveys.web.staff.uploads import Listed, TableForm, after_units, listed, returned_file

blueprint = Blueprint("units", __name__, url_prefix="/staff/units")

EXAMPLE = """\
code,name,name_en,kind,parent
P01,院党委,College Committee,committee,
Z01,机电系党总支,General Branch of Mechanics,general_branch,P01
B0101,机电教师党支部,Teachers' Branch of Mechanics,branch,Z01
"""


@blueprint.route("/", methods=["GET", "POST"])
@allow(EVERYONE)
def index() -> str | tuple[str, int] | BaseResponse:
    form = TableForm()
    problems, upload = None, None
    if request.method == "POST" and has_role(PUBLISHERS) and form.validate_on_submit():
        try:
            upload = form.upload()
            found = read_units(upload.name, upload.data)
        except InputError as error:
            if upload is not None and can_be_mended(upload, error):
                return grid_page(upload, Chosen())
            problems = listed(error)
        else:
            return render_template(
                "staff/units/preview.html", upload=upload, preview=compare_units(found.rows),
                alike=alike_codes(found.rows), remarks=[sentence(remark) for remark in found.remarks],
            )  # fmt: skip
    return _units_page(form, problems)


def _units_page(form: TableForm, problems: Listed | None) -> str:
    units = all_units()
    wanted = {name: clean(request.args.get(name, ""))[:60] for name in ("q", "kind", "parent")}
    parts = find_units(units, wanted["q"], wanted["kind"], wanted["parent"])
    above = {unit.parent_id for unit in units}
    return render_template(
        "staff/units/index.html", form=form, problems=problems, total=len(units), parts=parts, wanted=wanted,
        found=sum(part.count for part in parts), searched=any(wanted.values()),
        kinds=[kind for kind in KINDS if any(unit.kind == kind for unit in units)],
        parents=[(unit, depth) for unit, depth in units_with_depth() if unit.id in above],
    )  # fmt: skip


@blueprint.post("/import")
@allow(PUBLISHERS)
def confirm() -> BaseResponse:
    """Import what was previewed; the page sends the file back, and it is read and checked again."""
    try:
        upload = returned_file()
        done = store_units(actor(), read_units(upload.name, upload.data).rows)
    except InputError as error:
        flash(localised(error.problems[0]), "error")
    else:
        flash(_("%(added)s units added, %(changed)s changed.", added=done.added, changed=done.changed))
        return redirect(after_units())
    return redirect(url_for("units.index"))


@blueprint.post("/delete")
@allow(PUBLISHERS)
def delete() -> BaseResponse:
    code = clean(request.form.get("code", ""))
    try:
        delete_unit(actor(), code)
    except InputError as error:
        flash(localised(error.problems[0]), "error")
    else:
        flash(_("The unit %(code)s is removed.", code=code))
    return redirect(url_for("units.index"))


@blueprint.get("/example.csv")
@allow(EVERYONE)
def example() -> Response:
    return download(b"\xef\xbb\xbf" + EXAMPLE.encode(), "units-example.csv", "text/csv")


@blueprint.get("/template.xlsx")
@allow(EVERYONE)
def template() -> Response:
    """A workbook to fill in, with notes."""
    return download(units_template(language()), "units.xlsx", XLSX)
