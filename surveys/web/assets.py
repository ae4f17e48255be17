"""Addresses of static files that change with their content, so that browsers can keep them."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from flask import Flask


def init_assets(app: Flask) -> None:
    """Give templates `static(name)`."""
    folder = Path(app.static_folder or "")

    @cache
    def static(name: str) -> str:
        digest = hashlib.sha256((folder / name).read_bytes()).hexdigest()[:8]
        return f"/static/{name}?v={digest}"

    app.jinja_env.globals["static"] = static
