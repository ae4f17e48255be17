"""Signing in with name and password, as the login page and the page of an ended session do it."""

from __future__ import annotations

from flask import g, session
from flask_babel import gettext as _
from flask_login import login_user

from surveys.accounts.models import Account
from surveys.accounts.operations import check_password
from surveys.inputs.identifiers import fold
from surveys.storage.audit import Action, record
from surveys.web.staff.account_forms import LoginForm
from surveys.web.staff.devices import device_of, remember_device
from surveys.web.throttle import count_wrong_password, slow_guessing


def sign_in(form: LoginForm) -> bool:
    """Check what was typed and begin a session; False, with an error in the form, where it is wrong."""
    name = fold(form.name.data or "")
    device = device_of(name)
    slow_guessing(name, device)
    account = check_password(form.name.data or "", form.password.data or "")
    if account is None:
        count_wrong_password(name, device)
        form.password.errors = [_("The name or the password is wrong.")]
        return False
    start_session(account)
    record(account.name, Action.SIGN_IN)
    return True


def start_session(account: Account) -> None:
    """Begin a session; nothing of one from before signing in is carried over but the language."""
    language = session.get("lang")
    session.clear()
    g.pop("csrf_token", None)  # Flask-WTF keeps the one of the session before for the rest of the request
    session.permanent = True
    if language:
        session["lang"] = language
    login_user(account)
    remember_device(account.name_folded)
