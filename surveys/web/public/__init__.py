"""Pages for everyone: the front page, bulletins, receipts, health."""

from __future__ import annotations

from flask import Blueprint


def blueprints() -> list[Blueprint]:
    """The blueprints of these pages."""
    from surveys.web.public import action_answers, bulletin, health, home, metrics, objections, own_scores, receipts

    modules = (home, health, metrics, bulletin, objections, receipts, action_answers, own_scores)
    return [module.blueprint for module in modules]
