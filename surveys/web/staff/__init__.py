"""Pages of staff and the committee."""

from __future__ import annotations

from importlib import import_module

from flask import Blueprint

MODULES = (
    "accounts",
    "administration",
    "api_tokens",
    "installation",
    "resume",
    "units",
    "unit_form",
    "unit_grid",
    "questionnaires",
    "new_questionnaire",
    "questionnaire_editor",
    "item_sources",
    "scales",
    "campaigns",
    "surveys",
    "survey",
    "running",
    "corrections",
    "drafts",
    "codes",
    "rosters",
    "roster_grid",
    "paper",
    "results",
    "pictures",
    "printed",
    "letterhead",
    "bulletin",
    "objections",
    "remarks",
    "actions",
    "what_if",
    "evaluation",
    "evaluation_scheme",
    "evaluation_points",
    "evaluation_files",
    "evaluation_links",
    "help",
)


def blueprints() -> list[Blueprint]:
    """The blueprints of these pages."""
    return [import_module(f"{__name__}.{name}").blueprint for name in MODULES]
