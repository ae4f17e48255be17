"""Signing in and out, one-time links, and the administrator's pages."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user, login_user, logout_user
from werkzeug.wrappers import Response

from surveys.accounts.models import Role
from surveys.accounts.operations import (
    WrongPasswordError,
    accept_invitation,
    all_accounts,
    change_own_password,
    invitation_role,
    invite,
    set_active,
)
from surveys.inputs.problems import InputError
from surveys.storage.audit import latest_entries
from surveys.web.access import ADMINISTRATORS, EVERYONE, actor, allow
from surveys.web.addresses import public_address
from surveys.web.messages import add_to_form, localised
from surveys.web.staff.account_forms import ROLE_NAMES, InviteForm, LoginForm, OwnPasswordForm, SetUpForm
from surveys.web.staff.signing_in import sign_in, start_session
from surveys.web.throttle import count_wrong_password, may_be_wrong_again, slow_guessing

blueprint = Blueprint("accounts", __name__, url_prefix="/staff")


@blueprint.route("/login", methods=["GET", "POST"])
def login() -> str | Response | tuple[str, int]:
    form = LoginForm()
    if form.validate_on_submit():
        if sign_in(form):
            return redirect(_own_page(request.args.get("next", "")))
        return render_template("staff/accounts/login.html", form=form), 401
    return render_template("staff/accounts/login.html", form=form)


def _own_page(target: str) -> str:
    """Where to go after signing in; only pages of this site."""
    if target.startswith(f"{request.root_path}/staff") and "\\" not in target:
        return target
    return url_for("surveys.index")


@blueprint.post("/logout")
@allow(EVERYONE)
def logout() -> Response:
    logout_user()
    session.clear()
    return redirect(url_for("accounts.login"))


@blueprint.route("/welcome/<token>", methods=["GET", "POST"])
def welcome(token: str) -> str | Response | tuple[str, int]:
    role = invitation_role(token)
    if role is None:
        if not may_be_wrong_again():
            abort(429)
        return render_template("staff/accounts/no_invitation.html"), 410
    form = SetUpForm()
    if form.validate_on_submit():
        try:
            account = accept_invitation(token, form.name.data or "", form.password.data or "")
        except InputError as error:
            add_to_form(form, error)
        else:
            start_session(account)
            flash(_("Welcome. Your account is ready."))
            return redirect(url_for("surveys.index"))
    return render_template("staff/accounts/welcome.html", form=form, role=ROLE_NAMES[role])


@blueprint.route("/password", methods=["GET", "POST"])
@allow(EVERYONE)
def password() -> str | Response | tuple[str, int]:
    form = OwnPasswordForm()
    if form.validate_on_submit():
        slow_guessing(current_user.name_folded)  # whoever found a browser signed in may guess here
        try:
            account = change_own_password(actor(), form.old.data or "", form.password.data or "")
        except InputError as error:
            if isinstance(error, WrongPasswordError):
                count_wrong_password(current_user.name_folded)
            add_to_form(form, error)
            return render_template("staff/accounts/password.html", form=form), 422
        login_user(account)
        flash(_("The password is changed. Other devices are signed out."))
        return redirect(url_for("surveys.index"))
    return render_template("staff/accounts/password.html", form=form)


@blueprint.route("/accounts", methods=["GET", "POST"])
@allow(ADMINISTRATORS)
def accounts() -> str:
    form = InviteForm()
    link = None
    if form.validate_on_submit():
        try:
            token = invite(actor(), Role(form.role.data), once=form.key)
        except InputError as error:
            add_to_form(form, error)
        else:
            link = public_address("accounts.welcome", token=token)
        form.renew()
    return render_template(
        "staff/accounts/accounts.html", form=form, link=link, accounts=all_accounts(), roles=ROLE_NAMES
    )


@blueprint.post("/accounts/<int(max=2147483647):number>/active")
@allow(ADMINISTRATORS)
def activate(number: int) -> Response:
    try:
        set_active(actor(), number, request.form.get("active") == "1")
    except InputError as error:
        flash(localised(error.problems[0]), "error")
    return redirect(url_for("accounts.accounts"))


@blueprint.get("/audit")
@allow(ADMINISTRATORS)
def audit() -> str:
    return render_template("staff/accounts/audit.html", entries=latest_entries())
