"""Pages of staff and the committee."""

from __future__ import annotations

from flask import Blueprint


def blueprints() -> list[Blueprint]:
    """The blueprints of these pages."""
    from surveys.web.staff import (
        accounts,
        administration,
        codes,
        drafts,
        new_questionnaire,
        paper,
        questionnaire_editor,
        questionnaires,
        results,
        resume,
        rosters,
        running,
        survey,
        surveys,
        unit_grid,
        units,
    )

    modules = (
        accounts,
        administration,
        resume,
        units,
        unit_grid,
        questionnaires,
        new_questionnaire,
        questionnaire_editor,
        surveys,
        survey,
        running,
        drafts,
        codes,
        rosters,
        paper,
        results,
    )
    return [module.blueprint for module in modules]
