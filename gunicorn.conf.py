"""How the service is served. Environment: HOST, PORT, WORKERS, THREADS, BODY_SECONDS."""

import ctypes
import os
import sys
from contextlib import suppress
from pathlib import Path

M_ARENA_MAX = -8  # malloc.h

bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WORKERS", "2"))
worker_class = "gthread"
threads = int(os.environ.get("THREADS", "8"))
keepalive = 5
timeout = 120
max_requests = 0
# No access log: it would hold the address and the time of every respondent's request.
accesslog = None
errorlog = "-"
loglevel = "warning"
if os.environ.get("LOG_FORMAT") == "json":
    # As surveys/web/logs.py has it, which the master must not import: it would hold the code of before an upgrade.
    _lines = {
        "()": "pythonjsonlogger.json.JsonFormatter",
        "format": "%(asctime)s %(levelname)s %(name)s %(process)d %(message)s",
        "datefmt": "%Y-%m-%dT%H:%M:%S%z",
        "rename_fields": {"asctime": "time", "levelname": "level", "name": "logger"},
    }
    _to_stderr = {"level": "WARNING", "handlers": ["error_console"]}
    logconfig_dict = {
        "formatters": {"generic": _lines},
        "root": _to_stderr,
        "loggers": {"gunicorn.error": {**_to_stderr, "propagate": False}},
    }
limit_request_line = 4094
# So long a thread waits for the next piece of a body. A proxy should hand bodies on whole (docs/operators.md).
body_seconds = float(os.environ.get("BODY_SECONDS", "20"))


def post_fork(server, worker):
    """Before a worker loads the application: the first one after an upgrade compresses the static files."""
    from surveys.settings import ROOT, from_environment
    from surveys.web.assets import compress_files

    # A heap for each thread would cost a worker 10 MB. Where the system's library is another than GNU's, there is no such call.
    with suppress(AttributeError):
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 2)
    compress_files(ROOT / "static", Path(from_environment().INSTANCE))


def post_worker_init(worker):
    """Before a worker serves: gunicorn would write the address of a malformed request, and tracebacks what was sent."""
    from surveys.settings import from_environment
    from surveys.web.logs import JSON, keep_logs_private

    keep_logs_private(as_json=from_environment().LOG_FORMAT == JSON)
    # Who writes to the database gives the interpreter away at each statement, and should soon have it back.
    sys.setswitchinterval(0.0005)


def pre_request(worker, req):
    """Bound the wait for a body, and close where it comes in chunks.

    One in chunks that nobody read would be read to its end, which costs the more the smaller they are.
    """
    req.unreader.sock.settimeout(body_seconds)
    if any(name == "TRANSFER-ENCODING" for name, _ in req.headers):
        req.must_close = True
