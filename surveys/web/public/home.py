"""The front page."""

from __future__ import annotations

from flask import Blueprint, render_template

from surveys.campaigns.states import State
from surveys.campaigns.surveys import all_surveys, plan_of, state_of

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
def home() -> str:
    surveys = sorted(all_surveys(), key=lambda survey: survey.closes_at)
    running = [(survey, plan_of(survey)) for survey in surveys if state_of(survey) is State.OPEN]
    return render_template("public/home.html", running=running)


@blueprint.get("/anonymity")
def anonymity() -> str:
    """What is protected and what is not, in plain words."""
    return render_template("public/anonymity.html")
