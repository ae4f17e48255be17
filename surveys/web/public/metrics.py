"""Figures for Prometheus, for who has the token. Nothing about a respondent: ballots are told in tens, as the mix moves them on."""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from pathlib import Path

from flask import Blueprint, Response, abort, current_app, request
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from surveys.ballots.box import count_ballots
from surveys.ballots.mix import BATCH_SIZE
from surveys.campaigns.states import State
from surveys.campaigns.surveys import all_surveys, state_of
from surveys.results.installation import Installation, look_at_installation
from surveys.services import mix

blueprint = Blueprint("metrics", __name__)


@blueprint.get("/metrics")
def metrics() -> Response:
    """The figures of this moment, in the format of Prometheus. The token is a bearer token."""
    token = current_app.config["METRICS_TOKEN"]
    sent = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not token or not hmac.compare_digest(sent.encode(), token.encode()):
        abort(404)
    found = look_at_installation(Path(current_app.instance_path), mix(), current_app.config["BACKUP_FOLDER"])
    registry = CollectorRegistry()
    registry.register(_Figures(found))
    return Response(generate_latest(registry), mimetype="text/plain; version=0.0.4")


class _Figures(Collector):
    def __init__(self, found: Installation) -> None:
        self.found = found

    def collect(self) -> Iterator[Metric]:
        found = self.found
        yield InfoMetricFamily("surveys", "The software", {"version": found.version, "database": found.engine})
        for name, text, value in (
            ("database_bytes", "Size of the database", found.database_size),
            ("free_bytes", "Free space on the disk of the instance folder", found.free),
            ("keys_belong", "Whether the folder of keys is the one of the database (0: no ballot is taken)", found.keys_belong),
            ("mix_entries", "Ballots that wait in the mix", found.waiting),
            ("mix_lost_entries", "Ballots in the mix that cannot be decrypted or are damaged", found.lost),
            ("seals_unfinished", "Surveys whose seal was begun and is not at its end", len(found.sealing)),
            ("backups", "Backups that are kept", found.backups or 0),
            ("backup_timestamp_seconds", "When the newest backup was made; 0: there is none", found.newest.made_at if found.newest else 0),
        ):  # fmt: skip
            yield GaugeMetricFamily(f"surveys_{name}", text, float(value))
        ballots = GaugeMetricFamily("surveys_ballots", "Ballots of open surveys, in whole tens", labels=["survey"])
        for survey in all_surveys():
            if state_of(survey) is State.OPEN:
                received = sum(count_ballots(survey.id).values())
                ballots.add_metric([survey.slug], received // BATCH_SIZE * BATCH_SIZE)
        yield ballots
