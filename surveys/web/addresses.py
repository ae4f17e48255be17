"""The address that people outside know this service by, and addresses of pages as people and programs write them.

The service may be mounted under a path (https://college.edu/survey/). Flask keeps that path apart, as `request.root_path`:
`request.path` is without it, `url_for` writes it in front.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask, current_app, g, redirect, request, url_for
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound
from werkzeug.wrappers import Response

from surveys.inputs.hosts import is_local_address

# No address of a page is longer. What is longer is not read again, so that this costs little whatever was sent.
_LONGEST = 300
_STORED = re.compile(r"[a-z0-9][a-z0-9_-]*\Z")
_TOKEN = re.compile(r"[A-Za-z0-9_-]+\Z")
_FRONT = re.compile(r"(?:/[A-Za-z0-9_.-]+)+")
_BEFORE_A_SURVEY = ("/s/", "/staff/surveys/")


def public_base() -> str:
    """What links, QR codes and returns from signing in begin with."""
    return (current_app.config["BASE_URL"] or request.url_root).rstrip("/")


def base_is_local() -> bool:
    """Whether phones elsewhere cannot reach what links begin with."""
    return is_local_address(public_base())


def public_address(endpoint: str, **values: Any) -> str:
    """The address of a page as people outside know it, as `url_for` writes it for those who are inside."""
    return public_base() + url_for(endpoint, **values).removeprefix(request.root_path)


def root() -> str:
    """What addresses on the page that is being made begin with: the path that the service is mounted under."""
    return g.get("root", request.root_path)


@contextmanager
def kept_for_all(way_up: str) -> Iterator[None]:
    """Make a page that is kept for other requests, whose paths may be others: addresses begin with the way up from it."""
    g.root = way_up
    try:
        yield
    finally:
        del g.root


def init_addresses(app: Flask) -> None:
    """Give templates `root()`, and lead from addresses as they are typed and passed on to those of pages.

    Must come before what reads a form.
    """
    app.jinja_env.globals.update(root=root, base_is_local=base_is_local, public_base=public_base)

    @app.before_request
    def lead() -> Response | None:
        given = request.view_args or {}
        strange = not (_STORED.match(given.get("slug", "s")) and _TOKEN.match(given.get("token", "t")))
        if not strange and not isinstance(request.routing_exception, NotFound | MethodNotAllowed):
            return None
        path = _page_meant(request.path)
        if path in (None, request.path):
            return None
        query = request.query_string.decode("latin-1")
        # 308, so that a form is sent again as it was.
        return redirect(f"{request.root_path}{path}{'?' if query else ''}{query}", 308)


def _page_meant(path: str) -> str | None:
    """The address of the page that a path means: what a program hung on behind is left out, a survey is in small letters."""
    if len(path) > _LONGEST or any(sign < " " for sign in path):
        return None
    found = _FRONT.match(unicodedata.normalize("NFKC", path))
    if found is None:
        return None
    front = found[0].rstrip(".")
    if front[:3].lower() == "/s/":
        front = front.lower()
    for before in _BEFORE_A_SURVEY:
        if front.startswith(before):
            slug, slash, rest = front.removeprefix(before).partition("/")
            front = f"{before}{slug.partition('.')[0].lower()}{slash}{rest}"
    return next((path for path in (front, f"{front}/") if _is_page(path)), None)


def _is_page(path: str) -> bool:
    try:
        current_app.create_url_adapter(request).match(path, method=request.method)  # type: ignore[union-attr]
    except HTTPException:
        return False
    return True
