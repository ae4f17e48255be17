"""What the service writes holds nothing that a respondent sent: no address, no code, no answer.

Sentences of our own code are written as they are; they name nobody. Of everything else (the server, libraries, whatever is
raised) only its kind and its place in the code are written, because its words may quote a request.
"""

from __future__ import annotations

import copy
import logging
import sys
import threading
from pathlib import Path
from types import FrameType, TracebackType
from typing import TYPE_CHECKING, Any

from flask import Flask
from pythonjsonlogger.json import JsonFormatter

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

JSON = "json"
"""The value of LOG_FORMAT for lines that programs read."""

_OWN = str(Path(__file__).resolve().parent.parent)
_PASSED_ON = (logging.__file__, "glogging.py", __file__, "warnings.py")


class PrivateFormatter(logging.Formatter):
    """Formats records as another formatter does, without words that may quote a request."""

    def __init__(self, words: logging.Formatter | None) -> None:
        super().__init__()
        self.words = words or logging.Formatter()

    def format(self, record: logging.LogRecord) -> str:
        """The line to write."""
        safe = copy.copy(record)
        safe.exc_info = safe.exc_text = safe.stack_info = None
        if not record.pathname.startswith(_OWN):
            safe.msg, safe.args = f"{record.name}: a message from {_place(_writer())}", ()
        error = record.exc_info[1] if isinstance(record.exc_info, tuple) else None
        if error is not None:
            safe.msg, safe.args = f"{safe.getMessage()}: {describe(error)}", ()
        return self.words.format(safe)


def describe(error: BaseException) -> str:
    """The types of an exception and of those that it came from, with their places in the code."""
    parts: list[str] = []
    seen: BaseException | None = error
    while seen is not None and len(parts) < 5:
        parts.append(f"{type(seen).__name__} at {_raised_at(seen.__traceback__)}")
        seen = seen.__cause__ or seen.__context__
    return ", from ".join(parts)


def keep_logs_private(as_json: bool = False) -> None:
    """Let nothing of a request into what this process writes from now on. For a process that serves; see gunicorn.conf.py.

    `as_json`: a line is an object with time, level, name, process and message (setting LOG_FORMAT).
    """
    logging.captureWarnings(True)
    access = logging.getLogger("gunicorn.access")  # each of its lines is an address with a time
    access.handlers, access.propagate, access.disabled = [], False, True
    loggers = [logging.getLogger(), *map(logging.getLogger, list(logging.root.manager.loggerDict))]
    for handler in {handler for logger in loggers for handler in logger.handlers} | {logging.lastResort}:
        _make_private(handler, as_json)
    sys.excepthook = lambda kind, error, trace: _write("an exception", error)
    sys.unraisablehook = _unraisable
    threading.excepthook = lambda args: _write("an exception in a thread", args.exc_value)


def init_logs(app: Flask) -> None:
    """The application's own log, under whichever server."""
    for handler in app.logger.handlers:
        _make_private(handler, app.config["LOG_FORMAT"] == JSON)


def _make_private(handler: logging.Handler | None, as_json: bool) -> None:
    if handler is not None and not isinstance(handler.formatter, PrivateFormatter):
        handler.setFormatter(PrivateFormatter(_json_formatter() if as_json else handler.formatter))


def _json_formatter() -> logging.Formatter:
    names = {"asctime": "time", "levelname": "level", "name": "logger"}
    fields = "%(asctime)s %(levelname)s %(name)s %(process)d %(message)s"
    return JsonFormatter(fields, "%Y-%m-%dT%H:%M:%S%z", rename_fields=names, json_ensure_ascii=False)


def _unraisable(args: UnraisableHookArgs) -> Any:
    _write("an exception that was passed over", args.exc_value)


def _write(what: str, error: BaseException | None) -> None:
    logging.getLogger(__name__).error("%s: %s", what, describe(error) if error else "?")


def _writer() -> FrameType | None:
    """Whoever wrote to the log: the nearest caller that does not only pass messages on."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_code.co_filename.endswith(_PASSED_ON):
        frame = frame.f_back
    return frame


def _place(frame: FrameType | None) -> str:
    return f"{frame.f_code.co_filename}:{frame.f_lineno}" if frame else "?"


def _raised_at(trace: TracebackType | None) -> str:
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "?"
