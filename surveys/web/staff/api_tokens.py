"""API tokens of administrators: which there are, making one, revoking one."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, current_app, flash, redirect, render_template, session, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import DateField, SelectChoice, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from surveys.accounts.api_tokens import TokenWish, all_tokens, end_of, revoke_token
from surveys.accounts.models import Scope
from surveys.followup.api_access import make_token
from surveys.inputs.problems import InputError
from surveys.web.access import ADMINISTRATORS, actor, allow
from surveys.web.messages import add_to_form, localised
from surveys.web.staff.once import OnceForm

blueprint = Blueprint("api_tokens", __name__, url_prefix="/staff/accounts/api-tokens")

SCOPE_NAMES = {
    Scope.RESULTS: _l("Results of sealed surveys"),
    Scope.PUBLIC: _l("What the public bulletin shows"),
}
_MADE = "api_token_made"


class TokenForm(OnceForm):
    """A new token."""

    name = StringField(
        _l("Name of the token"),
        [InputRequired(_l("Give it a name.")), Length(max=60)],
        description=_l("Which program uses it."),
    )
    scopes = SelectMultipleField(
        _l("May read"),
        choices=[SelectChoice(scope.value, name) for scope, name in SCOPE_NAMES.items()],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    surveys = StringField(
        _l("Only these surveys"),
        [Length(max=2000)],
        description=_l("Their addresses, with spaces between them. Empty: all surveys, also later ones."),
    )
    expires = DateField(
        _l("Works until the end of"), [Optional()], description=_l("Empty: until it is revoked.")
    )  # fmt: skip


class RevokeForm(FlaskForm):
    """The token that is revoked."""

    name = StringField(validators=[InputRequired()])


@blueprint.route("/", methods=["GET", "POST"])
@allow(ADMINISTRATORS)
def index() -> str | Response:
    """The tokens; sent, one more is made, which the next page shows once."""
    form = TokenForm()
    if form.validate_on_submit():
        try:
            token = make_token(actor(), _wish(form), once=form.key)
        except InputError as error:
            add_to_form(form, error)
            form.renew()
        else:
            session[_MADE] = token
            return redirect(url_for("api_tokens.index"))
    return render_template(
        "staff/accounts/api_tokens.html", form=form, made=session.pop(_MADE, None), tokens=all_tokens(),
        scopes=SCOPE_NAMES, today=f"{datetime.now(ZoneInfo(current_app.config['TIMEZONE'])):%Y-%m-%d}",
    )  # fmt: skip


def _wish(form: TokenForm) -> TokenWish:
    day = form.expires.data
    return TokenWish(
        form.name.data or "",
        frozenset(Scope(word) for word in form.scopes.data or ()),
        tuple((form.surveys.data or "").replace(",", " ").replace("，", " ").split()),
        end_of(day, current_app.config["TIMEZONE"]) if day else None,
    )


@blueprint.post("/revoke")
@allow(ADMINISTRATORS)
def revoke() -> Response:
    form = RevokeForm()
    try:
        revoke_token(actor(), form.name.data or "")
    except InputError as error:
        flash(localised(error.problems[0]), "error")
    else:
        flash(_("The token is revoked: every request with it is refused from now on."))
    return redirect(url_for("api_tokens.index"))
