"""Sessions are for staff: on respondents' pages and in the API there is none, and an attempt to write one fails."""

from __future__ import annotations

from flask import Flask, Request, request
from flask.sessions import NullSession, SecureCookieSession, SecureCookieSessionInterface


class StaffSessions(SecureCookieSessionInterface):
    """Flask's signed cookies, but none under /s/ and /api/, which can neither read nor set a cookie."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | NullSession | None:
        """The session of a request."""
        if request.path.startswith(("/s/", "/api/")):
            return self.make_null_session(app)
        return super().open_session(app, request)

    def get_cookie_path(self, app: Flask) -> str:
        """The path that the service is mounted under: others on the same host are not sent the cookie."""
        return request.root_path or "/"
