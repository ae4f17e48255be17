"""Signing in and out, one-time links, and one's own password. What administrators do is in administration.py."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user, login_user, logout_user
from werkzeug.wrappers import Response

from surveys.accounts.links import accept_invitation, find_link, set_password_by_link
from surveys.accounts.models import Role
from surveys.accounts.operations import WrongPasswordError, change_own_password
from surveys.inputs.problems import InputError
from surveys.web.access import EVERYONE, actor, allow
from surveys.web.messages import add_to_form
from surveys.web.staff.account_forms import ROLE_NAMES, LoginForm, NewPasswordForm, OwnPasswordForm, SetUpForm
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
    """Whoever has a one-time link makes an account, or sets a new password of the one that the link names."""
    link = find_link(token)
    if link is None:
        if not may_be_wrong_again():
            abort(429)
        return render_template("staff/accounts/no_invitation.html"), 410
    form = SetUpForm() if link.account_id is None else NewPasswordForm()
    if form.validate_on_submit():
        chosen = form.password.data or ""
        try:
            if link.account_id is None:
                account = accept_invitation(token, form.name.data or "", chosen)
            else:
                account = set_password_by_link(token, chosen)
        except InputError as error:
            add_to_form(form, error)
        else:
            start_session(account)
            flash(_("Welcome. Your account is ready.") if link.account_id is None else _("The password is changed."))
            return redirect(url_for("surveys.index"))
    if link.account_id is not None:
        return render_template("staff/accounts/new_password.html", form=form, account=link.account)
    return render_template("staff/accounts/welcome.html", form=form, role=ROLE_NAMES[Role(link.role or "")])


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
