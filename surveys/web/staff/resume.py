"""A session that ends while somebody fills in a form: they sign in again and go on with what they typed."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

from flask import Blueprint, Flask, abort, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response

from surveys.web.staff.account_forms import LoginForm
from surveys.web.staff.signing_in import sign_in

blueprint = Blueprint("resume", __name__, url_prefix="/staff")

_NOT_KEPT = ("csrf_token", "once", "password", "again", "present")
"""A password is not written into a page, and the keys of the old form are of no use."""


def can_be_kept() -> bool:
    """Whether the request is a form of this service's own pages, with something typed that can be sent again.

    A page of another site could otherwise have its own form sent by somebody who thinks it is theirs.
    """
    origin = request.headers.get("Origin") or request.headers.get("Referer") or ""
    if request.method != "POST" or not request.path.startswith("/staff/") or _host_of(origin) != request.host:
        return False
    if request.endpoint in ("accounts.login", "accounts.logout", "accounts.welcome", "resume.resume"):
        return False
    try:
        return bool(_typed())
    except RequestEntityTooLarge:
        return False


def _host_of(origin: str) -> str | None:
    """Where a page came from, as its browser says; None where that is no address."""
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return None


def _typed() -> list[tuple[str, str]]:
    return [(name, value) for name, value in request.form.items(multi=True) if name not in _NOT_KEPT]


def session_ended() -> tuple[str, int]:
    """The page that is shown instead: to sign in, or only to send again what was typed."""
    target = request.full_path.rstrip("?")
    if current_user.is_authenticated:
        return _send_again(target, _typed(), bool(request.files)), 400
    form = LoginForm(formdata=None, prefix="login-")
    return _sign_in_page(form, target, json.dumps(_typed()), bool(request.files)), 401


def _sign_in_page(form: LoginForm, target: str, typed: str, had_file: bool) -> str:
    return render_template(
        "staff/accounts/session_ended.html", form=form, target=target, typed=typed, had_file=had_file
    )


def _send_again(target: str, typed: list[tuple[str, str]], had_file: bool) -> str:
    # Texts, to be recognised by; the names of fields and what was chosen from lists are codes.
    shown = [value for _name, value in typed if not value.isascii() or " " in value.strip()]
    return render_template(
        "staff/accounts/send_again.html", target=target, typed=typed, shown=shown, had_file=had_file
    )  # fmt: skip


def init_resuming(app: Flask) -> None:
    """Catch forms that come after the end of a session: without its token, or of somebody who may not act any more."""

    @app.errorhandler(CSRFError)
    def csrf_error(error: CSRFError) -> tuple[str, int]:
        if can_be_kept():
            return session_ended()
        title, text = _("The page was open too long"), _("Go back, reload the page and send it again.")
        return render_template("error.html", code=400, title=title, text=text), 400

    @app.login_manager.unauthorized_handler  # type: ignore[attr-defined, untyped-decorator]
    def unauthorized() -> Response | tuple[str, int]:
        if can_be_kept():
            return session_ended()
        after = request.root_path + request.full_path.rstrip("?") if request.method == "GET" else None
        return redirect(url_for("accounts.login", next=after))


@blueprint.post("/resume")
def resume() -> str | tuple[str, int]:
    """Sign in, and show what was typed with a button that sends it."""
    target, text, had_file = request.form.get("target", ""), request.form.get("typed", ""), "file" in request.form
    if not target.startswith("/staff/") or "\\" in target:
        abort(400)
    try:
        typed = [(str(name), str(value)) for name, value in json.loads(text)]
    except (ValueError, TypeError):
        abort(400)
    form = LoginForm(prefix="login-")
    if not form.validate_on_submit() or not sign_in(form):
        return _sign_in_page(form, target, text, had_file), 401
    return _send_again(target, typed, had_file)
