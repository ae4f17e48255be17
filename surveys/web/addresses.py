"""The address that people outside know this service by."""

from __future__ import annotations

from flask import current_app, request


def public_base() -> str:
    """What links, QR codes and returns from signing in begin with."""
    return (current_app.config["BASE_URL"] or request.url_root).rstrip("/")
