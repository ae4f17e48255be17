"""The front page and the health check."""

from __future__ import annotations

from flask import Blueprint, render_template
from werkzeug.wrappers import Response

from surveys.database import database
from surveys.publishing.machine import State
from surveys.publishing.models import Survey
from surveys.publishing.operations import plan_of, state_of

blueprint = Blueprint("web", __name__)


@blueprint.get("/")
def home() -> str:
    published = Survey.select().where(Survey.state == State.PUBLISHED.value).order_by(Survey.closes_at)
    running = [(survey, plan_of(survey)) for survey in published if state_of(survey) is State.OPEN]
    return render_template("home.html", running=running)


@blueprint.get("/health")
def health() -> Response:
    database.execute_sql("SELECT 1")
    return Response("ok\n", mimetype="text/plain")
