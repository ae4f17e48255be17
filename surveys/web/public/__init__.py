"""Pages for everyone: the front page, bulletins, receipts."""

from __future__ import annotations

from flask import Blueprint


def blueprints() -> list[Blueprint]:
    """The blueprints of these pages."""
    from surveys.web.public import bulletin, home, receipts

    return [home.blueprint, bulletin.blueprint, receipts.blueprint]
