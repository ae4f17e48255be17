"""The front page and the health check."""

from __future__ import annotations

from flask import Blueprint, render_template
from werkzeug.wrappers import Response

from surveys.campaigns.states import State
from surveys.campaigns.surveys import all_surveys, plan_of, state_of
from surveys.services import mix
from surveys.storage.instance import Belonging

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


@blueprint.get("/health")
def health() -> Response:
    damaged = mix().damaged().total()
    trapped = mix().undecryptable().total() - damaged
    if (found := mix().folder.belonging()) is not Belonging.OWN:
        text = f"no ballots are taken, because of the folder mix of this instance: {found.value}\n"
    elif trapped:
        text = f"{trapped} ballots wait in the mix and cannot be decrypted: restore the folder mix of this instance\n"
    elif damaged:
        text = f"{damaged} ballots in the mix are damaged and set apart, all others are taken: see mix show\n"
    else:
        return Response("ok\n", mimetype="text/plain")
    return Response(text, status=503, mimetype="text/plain")
