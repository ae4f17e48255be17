"""What the address of a staff page names."""

from __future__ import annotations

from flask import abort

from surveys.campaigns.models import Survey
from surveys.campaigns.states import State
from surveys.campaigns.surveys import get_survey
from surveys.inputs.problems import InputError


def survey_or_404(slug: str) -> Survey:
    """The survey of a page's address."""
    try:
        return get_survey(slug)
    except InputError:
        abort(404)


def published_or_404(slug: str) -> Survey:
    """The survey of a page's address, which drafts do not have yet."""
    survey = survey_or_404(slug)
    if survey.state == State.DRAFT:
        abort(404)
    return survey


def sealed_or_404(slug: str) -> Survey:
    """The sealed survey of a page's address."""
    survey = survey_or_404(slug)
    if survey.state != State.SEALED:
        abort(404)
    return survey
