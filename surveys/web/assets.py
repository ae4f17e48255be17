"""Addresses of static files that change with their content, so that browsers can keep them."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from flask import Flask

from surveys.web.addresses import root


def init_assets(app: Flask) -> None:
    """Give templates `static(name)`."""
    folder = Path(app.static_folder or "")

    @cache
    def digest(name: str) -> str:
        return hashlib.sha256((folder / name).read_bytes()).hexdigest()[:8]

    def static(name: str) -> str:
        return f"{root()}/static/{name}?v={digest(name)}"

    app.jinja_env.globals["static"] = static
