"""Pages are sent compressed, but for those that show what belongs to a session.

Were a page compressed that holds a secret of a signed-in person beside what somebody else put into the address, its length
would tell how much of that is in the secret (BREACH). See docs/decisions/0024-what-is-served.md.
"""

from __future__ import annotations

import gzip
from functools import lru_cache

from flask import Flask, Response, request, session
from flask.sessions import NullSession
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header

_TYPES = ("text/html", "text/javascript")
_SMALL = 500
"""Shorter answers fit into a packet as they are."""
_LEVEL = 5  # a fifth less work than the usual 6, for one or two bytes in a hundred


def accepts_gzip() -> bool:
    """Whether the browser takes gzip."""
    return _names_gzip(request.environ.get("HTTP_ACCEPT_ENCODING", ""))


@lru_cache(maxsize=64)  # browsers name the same few again and again, and reading them costs
def _names_gzip(named: str) -> bool:
    return parse_accept_header(named, Accept).quality("gzip") > 0


def init_compression(app: Flask) -> None:
    """Compress what is answered. Must come before what sets headers by the content."""

    def shows_session() -> bool:
        """Whether something on the page may be of a session, which begins with this answer or came with the request."""
        return not isinstance(session, NullSession) and bool(session.modified or request.cookies)

    @app.after_request
    def compress(response: Response) -> Response:
        if shows_session() or response.mimetype not in _TYPES or "Content-Encoding" in response.headers:
            return response
        response.vary.add("Accept-Encoding")
        if not response.is_streamed and accepts_gzip():
            body = response.get_data()
            if len(body) > _SMALL:
                response.set_data(gzip.compress(body, _LEVEL, mtime=0))
                response.headers["Content-Encoding"] = "gzip"
        return response
