"""Error pages that say what went wrong and what to do, and the headers of every answer."""

from __future__ import annotations

import json

import peewee
from flask import Flask, Response, render_template, request
from flask_babel import gettext as _
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from surveys.ballots.mix import MissingKeyError
from surveys.inputs.problems import InputError
from surveys.storage.database import drop_connection
from surveys.web.languages import for_programs, for_respondents
from surveys.web.logs import describe
from surveys.web.messages import localised

POLICY = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
FRAMED_POLICY = POLICY.replace("frame-ancestors 'none'", "frame-ancestors 'self'")
"""For a page that this service's own pages show in a frame."""


def init_errors(app: Flask) -> None:
    """Register the error pages and the headers."""

    @app.errorhandler(InputError)
    def input_error(error: InputError) -> tuple[str, int] | Response:
        return _page(400, _("This cannot be done"), "\n".join(localised(problem) for problem in error.problems))

    @app.errorhandler(RequestEntityTooLarge)
    def too_large(error: RequestEntityTooLarge) -> tuple[str, int] | Response:
        return _page(413, _("Too much was sent"), _("The form or file is larger than this service takes."))

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> tuple[str, int] | Response:
        known = {
            403: (_("Not for your role"), _("Your account may not open this page. Ask an administrator.")),
            404: (_("There is no such page"), _("The address may be mistyped, or the page was removed.")),
            405: (_("There is no such page"), _("The address may be mistyped, or the page was removed.")),
            429: (_("Too many tries"), _("Wait a minute, then try again. Check each letter of the code.")),
        }
        code = error.code or 500
        if code < 400:
            return error.get_response()  # type: ignore[return-value]
        title, text = known.get(code, (_("This did not work"), _("Go back and try again.")))
        if for_programs():
            return problem_details(error)
        return _page(code, title, text)

    @app.errorhandler(MissingKeyError)
    def missing_key(error: MissingKeyError) -> Response:
        app.logger.error("a ballot was refused (%s): restore the folder mix of this instance", type(error).__name__)
        return _later(_("Your ballot cannot be stored at the moment."))

    @app.errorhandler(Exception)
    def unexpected(error: Exception) -> tuple[str, int] | Response:
        if isinstance(error, peewee.PeeweeException):
            drop_connection()  # a broken one must not fail the next request too
        app.logger.error("%s in %s", describe(error), request.endpoint)
        if isinstance(error, peewee.PeeweeException) and for_respondents() and not for_programs():
            return _later(_("The fault is ours."))
        if isinstance(error, peewee.OperationalError | peewee.InterfaceError):
            app.login_manager._update_request_context_with_user()  # type: ignore[attr-defined]  # its name is in the database
            return _page(
                503, _("The service is busy"), _("The database does not answer. Go back and try again in a minute.")
            )
        return _page(500, _("This did not work"), _("The fault is ours. Go back and try again in a minute."))

    @app.after_request
    def headers(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "same-origin"
        if "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "no-store"
        return response


def _later(reason: str) -> Response:
    """For respondents: what they filled in is on their phone, whose page tries again by itself."""
    text = _(
        "It was perhaps not stored. Go back, where your answers still are, and send them again in a minute: what is sent "
        "twice counts once."
    )
    body = render_template("error.html", title=_("This did not work"), text=f"{reason} {text}", code=503)
    return Response(body, status=503, headers={"Retry-After": "60"})


def _page(code: int, title: str, text: str) -> tuple[str, int] | Response:
    if for_programs():
        return _problem(code, title, text)
    return render_template("error.html", title=title, text=text, code=code), code


def problem_details(error: HTTPException) -> Response:
    """An error for a program, with the headers that belong to it: which methods there are, when to come again."""
    response = _problem(error.code or 500, error.name, error.description or "")
    for name, value in error.get_headers():
        if name.lower() not in ("content-type", "content-length"):
            response.headers[name] = value
    return response


def _problem(code: int, title: str, detail: str) -> Response:
    """An error as RFC 9457 has it."""
    body = {"type": "about:blank", "title": title, "status": code, "detail": detail}
    return Response(json.dumps(body, ensure_ascii=False), code, mimetype="application/problem+json")
