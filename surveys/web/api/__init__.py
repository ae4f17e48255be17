"""The API: other programs read the results of sealed surveys. Nothing can be changed by it."""

from __future__ import annotations

from flask import Blueprint


def blueprints() -> list[Blueprint]:
    """The blueprints of the API."""
    from surveys.web.api import views

    return [views.blueprint]
