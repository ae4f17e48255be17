"""Browsers in which somebody signed in before: what others try on their name does not slow them down.

OWASP calls these device cookies. The cookie is signed, holds no name, and is sent to staff pages alone.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

from flask import Response, after_this_request, current_app, request
from itsdangerous import BadSignature, URLSafeTimedSerializer

_COOKIE = "device"
_SECONDS = 180 * 24 * 3600
_MOST_NAMES = 5


def device_of(name: str) -> str:
    """The id of this browser, if somebody has signed in under a name (folded) in it; else empty."""
    device, names = _read()
    return device if _mark(name) in names else ""


def remember_device(name: str) -> None:
    """Note in this browser that somebody signed in under a name (folded)."""
    device, names = _read()
    names = [_mark(name), *(known for known in names if known != _mark(name))][:_MOST_NAMES]
    value = _serializer().dumps([device or secrets.token_hex(16), names])

    @after_this_request
    def remember(response: Response) -> Response:
        response.set_cookie(
            _COOKIE,
            value,
            max_age=_SECONDS,
            path=f"{request.root_path}/staff",
            httponly=True,
            samesite="Lax",
            secure=current_app.config["SESSION_COOKIE_SECURE"],
        )
        return response


def _read() -> tuple[str, list[str]]:
    try:
        device, names = _serializer().loads(request.cookies.get(_COOKIE, ""), max_age=_SECONDS)
    except BadSignature:
        return "", []
    return str(device), list(names)


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="devices")


def _mark(name: str) -> str:
    """A name as a keyed hash."""
    return hmac.digest(current_app.config["SECRET_KEY"], b"device/" + name.encode(), hashlib.sha256)[:12].hex()
