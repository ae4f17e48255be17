"""The front page and the health check."""

from __future__ import annotations

from flask import Blueprint, render_template
from werkzeug.wrappers import Response

from surveys.campaigns.states import State
from surveys.campaigns.surveys import all_surveys, plan_of, state_of
from surveys.services import mix

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
def home() -> str:
    surveys = sorted(all_surveys(), key=lambda survey: survey.closes_at)
    running = [(survey, plan_of(survey)) for survey in surveys if state_of(survey) is State.OPEN]
    return render_template("public/home.html", running=running)


@blueprint.get("/health")
def health() -> Response:
    trapped = mix().undecryptable()
    if trapped:
        text = f"{trapped} ballots wait in the mix and cannot be decrypted: restore the folder mix of this instance\n"
        return Response(text, status=503, mimetype="text/plain")
    return Response("ok\n", mimetype="text/plain")
