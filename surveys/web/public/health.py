"""For load balancers and monitoring: whether the process lives, and whether it can take ballots."""

from __future__ import annotations

from flask import Blueprint, jsonify
from werkzeug.wrappers import Response

from surveys.services import readiness

blueprint = Blueprint("health", __name__)


@blueprint.get("/livez")
def live() -> Response:
    """Whether the process answers: a supervisor restarts one that does not. It asks nothing of the database."""
    return Response("ok\n", mimetype="text/plain")


@blueprint.get("/readyz")
def ready() -> Response:
    """Whether ballots can be taken here. Codes alone: strangers may ask."""
    found = readiness().report()
    answer = jsonify(ready=not found.problems, problems=found.problems, warnings=found.warnings)
    answer.status_code = 503 if found.problems else 200
    return answer
