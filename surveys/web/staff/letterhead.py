"""The letterhead of the installation: organisation, how documents are numbered, logo."""

from __future__ import annotations

from flask import Blueprint, Response, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from werkzeug.wrappers import Response as BaseResponse
from wtforms import BooleanField, StringField
from wtforms.validators import Length

from surveys.inputs.problems import InputError
from surveys.results.printed.letterhead import (
    MAX_LOGO,
    MAX_ORGANISATION,
    MAX_PATTERN,
    letterhead,
    set_letterhead,
)
from surveys.web.access import ADMINISTRATORS, actor, allow
from surveys.web.messages import add_to_form
from surveys.web.staff.downloads import PNG

blueprint = Blueprint("letterhead", __name__, url_prefix="/staff/letterhead")


class LetterheadForm(FlaskForm):
    """What stands at the head of printed results."""

    organisation = StringField(
        _l("Organisation"), [Length(max=MAX_ORGANISATION)],
        description=_l("In full, as it stands at the head of official documents."),
    )  # fmt: skip
    pattern = StringField(
        _l("How documents are numbered"), [Length(max=MAX_PATTERN)],
        description=_l("For example 评议〔{year}〕{number}号. {number} is what is entered for each result, {year} the year of its "
                       "seal."),
    )  # fmt: skip
    logo = FileField(
        _l("Logo (PNG or JPEG)"),
        description=_l("At most 200 KB. Without a file the present logo stays."),
        render_kw={"accept": "image/png,image/jpeg"},
    )
    remove_logo = BooleanField(_l("Remove the logo"))


@blueprint.route("", methods=["GET", "POST"])
@allow(ADMINISTRATORS)
def index() -> str | BaseResponse:
    """Show it; sent, it is stored."""
    now = letterhead()
    form = LetterheadForm(organisation=now.organisation, pattern=now.pattern)
    if form.validate_on_submit():
        file = form.logo.data
        data = file.read(MAX_LOGO + 1) if file else None
        try:
            set_letterhead(
                actor(), form.organisation.data or "", form.pattern.data or "", data, remove_logo=form.remove_logo.data
            )
        except InputError as error:
            add_to_form(form, error)
        else:
            flash(_("The letterhead is stored."))
            return redirect(url_for("letterhead.index"))
    return render_template("staff/accounts/letterhead.html", form=form, letterhead=now)


@blueprint.get("/logo.png")
@allow(ADMINISTRATORS)
def logo() -> Response:
    """The logo as it is stored."""
    found = letterhead().logo
    if found is None:
        abort(404)
    return Response(found, mimetype=PNG, headers={"Cache-Control": "no-store"})
