"""Staff pages that add one unit, and change one."""

from __future__ import annotations

import json
from collections.abc import Callable

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import HiddenField, SelectField, StringField

from surveys.inputs.problems import InputError
from surveys.units.editing import FIELDS, UnitConflictError, add_unit, cells_of, change_unit, find_unit
from surveys.units.importing import UnitRow
from surveys.units.models import KINDS, Unit, all_units, units_with_depth
from surveys.units.tree import is_below
from surveys.web.access import PUBLISHERS, actor, allow
from surveys.web.messages import add_to_form, kind_name

blueprint = Blueprint("unit_form", __name__, url_prefix="/staff/units")


class UnitForm(FlaskForm):
    """A unit. What may be typed is said by the domain alone, for this form as for tables."""

    name = StringField(_l("Name of the unit"))
    name_en = StringField(_l("English name"), description=_l("May be left empty."))
    kind = SelectField(_l("Kind"), validate_choice=False)
    parent = SelectField(_l("Unit above"), validate_choice=False)
    code = StringField(_l("Unit code"), description=_l("May be left empty: one is made then."))
    description = StringField(
        _l("Description"),
        description=_l("A few words for people who may not know the unit; they stand beside its name."),
    )
    description_en = StringField(_l("Description in English"), description=_l("May be left empty."))
    seen = HiddenField()

    def offer(self, unit: Unit | None) -> None:
        """The choices: a unit does not stand below itself."""
        units = all_units()
        self.kind.choices = [("", "")] + [(kind, kind_name(kind)) for kind in KINDS]
        self.parent.choices = [("", _("none"))] + [
            (other.code, "\u3000" * depth + other.name)
            for other, depth in units_with_depth()
            if unit is None or not is_below(other, unit, units)
        ]

    @property
    def typed(self) -> dict[str, str]:
        """What was typed, by the columns of a table."""
        return {name: self[name].data or "" for name in FIELDS if name in self}


@blueprint.route("/new", methods=["GET", "POST"])
@allow(PUBLISHERS)
def new() -> str | tuple[str, int] | Response:
    """Add a unit, perhaps below the one that the address names."""
    form = UnitForm(kind=request.args.get("kind"), parent=request.args.get("below"))
    return _page(form, None, lambda: add_unit(actor(), form.typed))


@blueprint.route("/edit/<code>", methods=["GET", "POST"])
@allow(PUBLISHERS)
def edit(code: str) -> str | tuple[str, int] | Response:
    """Change a unit. Its code stays: files and drafts name it by that."""
    unit = find_unit(code)
    if unit is None:
        abort(404)
    form = UnitForm(data={**cells_of(unit), "seen": json.dumps(cells_of(unit))})
    del form.code
    return _page(form, unit, lambda: change_unit(actor(), code, form.typed, _seen(form)))


def _seen(form: UnitForm) -> dict[str, str]:
    """The unit as the form was filled with it; nothing, where that was changed by hand."""
    try:
        found = json.loads((form.seen.data or "")[:4000])
    except (ValueError, RecursionError):
        return {}
    return {name: str(value) for name, value in found.items()} if isinstance(found, dict) else {}


def _page(form: UnitForm, unit: Unit | None, save: Callable[[], UnitRow]) -> str | tuple[str, int] | Response:
    form.offer(unit)
    status = 200
    if form.validate_on_submit():
        try:
            row = save()
        except InputError as error:
            add_to_form(form, error)
            if isinstance(error, UnitConflictError):
                form.seen.data = json.dumps(error.stored)
            status = 422
        else:
            flash(_("“%(name)s” is saved.", name=row.name))
            if "more" in request.form:
                return redirect(url_for("unit_form.new", below=row.parent or None, kind=row.kind))
            return redirect(url_for("units.index", q=row.code))
    return render_template("staff/units/form.html", form=form, unit=unit), status
