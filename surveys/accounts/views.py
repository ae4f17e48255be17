"""Signing in and out, one-time links, and the administrator's pages."""

from __future__ import annotations

import time

from flask import Blueprint, abort, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user, login_user, logout_user
from werkzeug.wrappers import Response

from surveys.accounts.access import ADMINISTRATORS, EVERYONE, allow
from surveys.accounts.forms import ROLE_NAMES, InviteForm, NewPasswordForm, SetUpForm, SignInForm
from surveys.accounts.models import (
    Account,
    AuditEntry,
    Role,
    accept_invitation,
    change_password,
    check_password,
    invitation_role,
    invite,
    record,
    set_active,
)
from surveys.text import InputError
from surveys.web.messages import add_to_form, localised
from surveys.web.throttle import count_wrong, is_over

blueprint = Blueprint("accounts", __name__, url_prefix="/staff")


@blueprint.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> str | Response | tuple[str, int]:
    form = SignInForm()
    if form.validate_on_submit():
        if is_over("PASSWORDS"):
            abort(429)
        account = check_password(form.name.data or "", form.password.data or "")
        if account is not None:
            _start_session(account)
            record(account.name, "signed in")
            return redirect(_own_page(request.args.get("next", "")))
        count_wrong("PASSWORDS")
        form.password.errors = [_("The name or the password is wrong.")]
        return render_template("accounts/sign_in.html", form=form), 401
    return render_template("accounts/sign_in.html", form=form)


def _start_session(account: Account) -> None:
    language = session.get("lang")
    session.clear()  # a session from before signing in is not carried over
    session.permanent = True
    if language:
        session["lang"] = language
    login_user(account)


def _own_page(target: str) -> str:
    """Where to go after signing in; only pages of this site."""
    if target.startswith("/staff") and "\\" not in target:
        return target
    return url_for("publishing.index")


@blueprint.post("/sign-out")
@allow(EVERYONE)
def sign_out() -> Response:
    logout_user()
    session.clear()
    return redirect(url_for("accounts.sign_in"))


@blueprint.route("/welcome/<token>", methods=["GET", "POST"])
def welcome(token: str) -> str | Response | tuple[str, int]:
    role = invitation_role(token)
    if role is None:
        return render_template("accounts/no_invitation.html"), 410
    form = SetUpForm()
    if form.validate_on_submit():
        try:
            account = accept_invitation(token, form.name.data or "", form.password.data or "")
        except InputError as error:
            add_to_form(form, error)
        else:
            _start_session(account)
            record(account.name, "account made", role.value)
            flash(_("Welcome. Your account is ready."))
            return redirect(url_for("publishing.index"))
    return render_template("accounts/welcome.html", form=form, role=ROLE_NAMES[role])


@blueprint.route("/password", methods=["GET", "POST"])
@allow(EVERYONE)
def password() -> str | Response:
    form = NewPasswordForm()
    if form.validate_on_submit():
        change_password(Account.get_by_id(current_user.id), form.password.data or "")
        record(current_user.name, "password changed")
        login_user(Account.get_by_id(current_user.id))
        flash(_("The password is changed. Other devices are signed out."))
        return redirect(url_for("publishing.index"))
    return render_template("accounts/password.html", form=form)


@blueprint.route("/accounts", methods=["GET", "POST"])
@allow(ADMINISTRATORS)
def accounts() -> str:
    form = InviteForm()
    link = None
    if form.validate_on_submit():
        token = invite(Role(form.role.data))
        record(current_user.name, "invited", form.role.data)
        link = url_for("accounts.welcome", token=token, _external=True)
    everyone = list(Account.select().order_by(Account.name))
    return render_template("accounts/accounts.html", form=form, link=link, accounts=everyone, roles=ROLE_NAMES)


@blueprint.post("/accounts/<int:number>/active")
@allow(ADMINISTRATORS)
def switch(number: int) -> Response:
    if Account.get_or_none(Account.id == number) is None:
        abort(404)
    active = request.form.get("active") == "1"
    try:
        account = set_active(number, active)
    except InputError as error:
        flash(localised(error.problems[0]), "error")
    else:
        record(current_user.name, "let in" if active else "shut out", account.name)
    return redirect(url_for("accounts.accounts"))


@blueprint.get("/audit")
@allow(ADMINISTRATORS)
def audit() -> str:
    entries = AuditEntry.select().order_by(AuditEntry.id.desc()).limit(500)
    return render_template("accounts/audit.html", entries=list(entries), now=time.time())
