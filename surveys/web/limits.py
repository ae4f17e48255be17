"""Bounds on what a request sends, kept before anything of it is parsed: what it costs follows from what it may do.

People who are not signed in send small forms; the one large form, a ballot, is as large as its survey's plan can need.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import IO, TYPE_CHECKING, Any, TypeVar

from flask import Flask, Request, current_app, request
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import BadRequest, HTTPException, RequestEntityTooLarge, RequestURITooLarge
from werkzeug.formparser import FormDataParser

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

View = TypeVar("View", bound=Callable[..., Any])
FormSize = tuple[int, int]
"""The most fields of a form, and its most bytes."""

SMALL_FORM: FormSize = (30, 128 * 1024)
# A body without a length comes in chunks, each of which costs the server some microseconds, be it one byte. No browser sends so.
MAX_CHUNKED = 24 * 1024
# Of an address: characters of path and query, and parameters. gunicorn.conf.py allows less; another server might not.
MAX_ADDRESS, MAX_PARAMETERS = 200_000, 200
_MAX_HEADER = 8190
# Each of these is taken apart piece by piece; browsers send some hundred characters.
_MAX_PARSED = {
    "HTTP_ACCEPT_LANGUAGE": 400,
    "HTTP_ACCEPT_ENCODING": 400,
    "CONTENT_TYPE": 400,
    "HTTP_RANGE": 400,
    "HTTP_IF_NONE_MATCH": 1000,
}


# Proxies and servers say what path the service is mounted under. Where a proxy leaves that to whoever asks, it is a path at least.
_ROOT = re.compile(r"(/[^/\\\s]{1,100}){0,5}/?")


_ESCAPED = re.compile(rb"[%+\x80-\xff]")


class BoundedFormParser(FormDataParser):
    """Counts the fields of a form before it is taken apart; Werkzeug does so for multipart forms alone."""

    def parse(
        self, stream: IO[bytes], mimetype: str, content_length: int | None, options: dict[str, str] | None = None
    ) -> Any:
        """As in Werkzeug. Raises RequestEntityTooLarge, and BadRequest where the body breaks off or a field has no name."""
        try:
            parsed = self._parse_bounded(stream, mimetype, content_length, options)
        except HTTPException:
            raise
        except Exception as error:  # each server has its own for a body that breaks off or is no body
            if getattr(error, "errno", None):  # a disk that is full, say
                raise
            raise BadRequest from None
        if None in parsed[1] or None in parsed[2]:
            for _name, file in parsed[2].items(multi=True):
                file.close()
            raise BadRequest
        return parsed

    def _parse_bounded(
        self, stream: IO[bytes], mimetype: str, content_length: int | None, options: dict[str, str] | None
    ) -> Any:
        if mimetype == "application/x-www-form-urlencoded":
            body = stream.read()
            if self.max_form_parts is not None and body.count(b"&") >= self.max_form_parts:
                raise RequestEntityTooLarge
            if not _ESCAPED.search(body) and len(body) <= (self.max_form_memory_size or 0):
                # As parse_qsl reads it, in a quarter of the time: so come most ballots, whose answers are numbers.
                fields = [pair.partition("=")[::2] for pair in body.decode().split("&") if pair]
                return stream, self.cls(fields), self.cls()
            stream = io.BytesIO(body)
        return super().parse(stream, mimetype, content_length, options)


class BoundedRequest(Request):
    """A request with bounds on its address, its headers and its form, which are small unless `allow` widens them."""

    form_data_parser_class = BoundedFormParser

    def __init__(self, environ: WSGIEnvironment, *more: Any, **options: Any) -> None:
        path, query = environ.get("PATH_INFO", ""), environ.get("QUERY_STRING", "")
        self.address_too_long = len(path) + len(query) > MAX_ADDRESS or query.count("&") >= MAX_PARAMETERS
        if self.address_too_long:
            environ["PATH_INFO"], environ["QUERY_STRING"] = path[:MAX_ADDRESS], ""
        for name in [name for name, value in environ.items() if isinstance(value, str) and len(value) > 400]:
            if name == "HTTP_ACCEPT_LANGUAGE":  # the first ones are those that somebody reads
                environ[name] = environ[name][:400].rpartition(",")[0]
            elif name not in ("PATH_INFO", "QUERY_STRING") and len(environ[name]) > _MAX_PARSED.get(name, _MAX_HEADER):
                environ[name] = ""
        if not _ROOT.fullmatch(environ.get("SCRIPT_NAME", "")):
            environ["SCRIPT_NAME"] = ""
        super().__init__(environ, *more, **options)
        self.is_small = True
        self.allow(SMALL_FORM)

    def _get_file_stream(self, *known: Any, **more: Any) -> IO[bytes]:
        """Where a file that is sent goes: that of a small form never into a file on disk."""
        return io.BytesIO() if self.is_small else super()._get_file_stream(*known, **more)

    def allow(self, size: FormSize) -> None:
        """Take forms of this size."""
        self.max_form_parts, most = size
        self.max_content_length = most if self.content_length is not None else min(most, MAX_CHUNKED)
        self.max_form_memory_size = self.max_content_length

    def allow_uploads(self) -> None:
        """Take what the settings allow to people who are signed in."""
        config = current_app.config
        self.max_content_length = config["MAX_CONTENT_LENGTH"]
        self.max_form_memory_size = config["MAX_FORM_MEMORY_SIZE"]
        self.max_form_parts = config["MAX_FORM_PARTS"]
        self.is_small = False


def takes_form(size: Callable[..., FormSize]) -> Callable[[View], View]:
    """Let a view take forms of the size that `size` says; it is called with the view's arguments."""

    def decorate(view: View) -> View:
        view.form_size = size  # type: ignore[attr-defined]
        return view

    return decorate


def init_limits(app: Flask) -> None:
    """Keep the bounds. Must come before whatever reads a form before the view does."""
    app.request_class = BoundedRequest

    @app.before_request
    def bound() -> None:
        assert isinstance(request, BoundedRequest)
        if request.address_too_long:
            raise RequestURITooLarge
        if request.method in ("GET", "HEAD", "OPTIONS"):
            return
        if request.path.startswith("/staff/"):
            if current_user.is_authenticated:
                request.allow_uploads()
                return  # the view reads it, or refuses without reading it
            if (request.content_length or 0) > SMALL_FORM[1]:
                raise CSRFError  # the session ended while somebody filled in a large form
        view: Any = current_app.view_functions.get(request.endpoint or "")
        if hasattr(view, "form_size"):
            request.allow(view.form_size(**request.view_args or {}))
        # Now, because whoever reads it first (the choice of a language, say) may pass over what is too large.
        request.form  # noqa: B018
