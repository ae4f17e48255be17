"""Who asks: every request but the one for the description brings a token."""

from __future__ import annotations

from flask import current_app, request
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import TooManyRequests, Unauthorized

from surveys.accounts.api_tokens import use_token
from surveys.accounts.models import ApiToken
from surveys.web.throttle import may_be_wrong_again


def token_of_request() -> ApiToken:
    """The token that was sent as `Authorization: Bearer …`. Raises Unauthorized, and TooManyRequests after many wrong ones."""
    sent = request.authorization
    if sent is None or sent.type != "bearer" or not sent.token:
        raise Unauthorized("Send an API token: Authorization: Bearer TOKEN.", www_authenticate=_challenge())
    token = use_token(sent.token, current_app.config["TIMEZONE"])
    if token is None:
        if not may_be_wrong_again():
            raise TooManyRequests("Too many wrong tokens. Wait a minute.", retry_after=60)
        raise Unauthorized(
            "There is no such token: it may have been revoked or have expired.",
            www_authenticate=_challenge(error="invalid_token"),
        )
    return token


def _challenge(**more: str) -> WWWAuthenticate:
    return WWWAuthenticate("bearer", {"realm": "results", **more})
