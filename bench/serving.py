"""Ballots and pages served, beside the floors."""

from __future__ import annotations

import os
import statistics
import urllib.parse
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

from bench.client import CONNECTIONS, Load, compiled, get, post, send
from bench.table import ROUNDS, say, spread
from surveys import create_app
from surveys.admission.issuing import find_admission
from surveys.ballots.drawing import UnitDrawer, new_token
from surveys.ballots.models import Receipt
from surveys.ballots.token import sign_token
from surveys.campaigns.surveys import plan_of
from surveys.questionnaires.library import install_ready_made
from surveys.storage.schema import migrate
from tests.acting import close_running, issue_codes, mix, use
from tests.helpers import ballots_stored, published, units
from tests.processes import OwnProcess
from tests.serving import Service

BALLOTS = int(os.environ.get("BENCH_BALLOTS", "3000"))
PAGES = 8000
PAGE = "/s/test/ballot?group=staff"


class Served(Service):
    """The service, started from nothing."""

    process_type = OwnProcess


class Floor(Served):
    """The floor, served by the same gunicorn with the same settings."""

    module, health = "bench.floor:app", "/hello"


def slowed(service: type[Served]) -> type[Served]:
    """The same on a disk whose fsync takes 5 ms."""
    preload = {"LD_PRELOAD": str(compiled("slow_disk.c", "-shared", "-fPIC", "-ldl"))}

    class Slowed(service):  # type: ignore[misc, valid-type]
        settings: ClassVar[dict[str, str]] = preload

    return Slowed


def an_application(folder: Path, url: str = "") -> tuple[Any, Any]:
    """An application with a published survey of 10 units × 8 items."""
    app = use(create_app(INSTANCE=str(folder), DATABASE_URL=url))
    migrate()
    mix().folder.mark()
    install_ready_made()
    survey = published(units=units(10))
    os.environ["FLOOR_BYTES"] = str(plan_of(survey).width)
    return app, survey


def prepared_ballots(app: Any, survey: Any, count: int) -> list[str]:
    """Bodies of ballots of 80 ratings, each with a token and a code of its own."""
    plan, drawer = plan_of(survey), UnitDrawer()
    ratings = {str(slot.index): "1" for slot in plan.slots if slot.item.type == "rating"}
    assert len(ratings) == 80
    found = []
    for one in issue_codes(survey, app.config["CODE_KEY"], 0, count):
        admission = bytes(find_admission(survey.id, app.config["CODE_KEY"], one.code).code_hash)
        token = new_token(drawer, plan, survey.id, 0, None, admission)
        found.append(
            urllib.parse.urlencode({**ratings, "lang": "zh", "token": sign_token(token, app.config["TOKEN_KEY"])})
        )
    return found


def in_turn(rounds: int, ours: Callable[[int], Load], floor: Callable[[int], Load]) -> tuple[list[Load], list[Load]]:
    """Measure both once to warm up and then so often, each first in every other round."""
    measured: list[tuple[Load, Load]] = []
    for number in range(rounds + 1):
        if number % 2:
            one, other = ours(number), floor(number)
        else:
            other, one = floor(number), ours(number)
        assert not (one.others or other.others), (one, other)
        measured.append((one, other))
    return [one for one, _ in measured[1:]], [other for _, other in measured[1:]]


def say_share(what: str, ours: list[Load], floor: list[Load], wanted: float) -> None:
    """Add the share of the floor's rate to the table."""
    ratios = [one.per_second / other.per_second for one, other in zip(ours, floor, strict=True)]
    rates = f"{_rate(ours):,.0f} against {_rate(floor):,.0f} per second"
    say(what, f"{spread(ratios)}; {rates}", f"at least {wanted}", statistics.median(ratios) >= wanted)


def _rate(loads: list[Load]) -> float:
    return statistics.median(one.per_second for one in loads)


def ballots(folder: Path, url: str, label: str, wanted: float) -> None:
    """Ballots accepted, and how long people wait at the top rate and at half of it."""
    app, survey = an_application(folder, url)
    closed = [prepared_ballots(app, survey, BALLOTS) for _ in range(ROUNDS + 1)]
    opened = [prepared_ballots(app, survey, BALLOTS) for _ in range(ROUNDS)]
    service, bare = Served(folder, url), Floor(folder, url)
    address = f"/s/{survey.slug}/submit"
    ours, floor = in_turn(
        ROUNDS,
        lambda number: send(service.port, [post(address, body) for body in closed[number]]),
        lambda number: send(bare.port, [post("/store", body) for body in closed[number]]),
    )
    say_share(
        f"ballots of 80 ratings per second, {label}, {CONNECTIONS} connections, share of the floor", ours, floor, wanted
    )
    say(f"the same, median and 99th percentile in ms ({CONNECTIONS} requests always under way)",
        f"{spread([one.p50 for one in ours], 0)}; {spread([one.p99 for one in ours], 0)}",
        "no bound", True)  # fmt: skip
    half = _rate(ours) / 2
    waits = [send(service.port, [post(address, body) for body in bodies], rate=half) for bodies in opened]
    assert not any(one.others for one in waits), waits
    slowest = [one.p99 for one in waits]
    say(f"ballots at half of that rate, arriving at random whether or not others were answered ({half:,.0f} per second), {label}, "
        "median and 99th percentile in ms",
        f"{spread([one.p50 for one in waits], 0)}; {spread(slowest, 0)}",
        "99th percentile under 100", statistics.median(slowest) < 100)  # fmt: skip
    assert ballots_stored() == Receipt.select().count() == BALLOTS * (2 * ROUNDS + 1)
    most = max(_megabytes(service))
    say(f"memory of a worker after these ballots, {label}", f"{most:.0f} MB", "under 120 MB", most < 120)
    bare.stop()
    service.stop()
    close_running()


def _megabytes(service: Service) -> list[float]:
    """The resident memory of each worker."""
    children = Path(f"/proc/{service.process.pid}/task/{service.process.pid}/children").read_text().split()
    sizes = [Path(f"/proc/{child}/status").read_text().split("VmRSS:")[1].split()[0] for child in children]
    assert len(sizes) == service.workers
    return [int(size) / 1024 for size in sizes]


def pages(folder: Path) -> None:
    """The questionnaire page, beside hello."""
    _app, _survey = an_application(folder)
    service, bare = Served(folder), Floor(folder)
    ours, floor = in_turn(
        ROUNDS,
        lambda _number: send(service.port, [get(PAGE)] * PAGES),
        lambda _number: send(bare.port, [get("/hello")] * PAGES),
    )
    say_share("the questionnaire page of 80 ratings, requests per second, share of a bare hello", ours, floor, 0.6)
    bare.stop()
    service.stop()
    close_running()


def slow_disk(folder: Path) -> None:
    """Ballots accepted where a write to the disk takes 5 ms: those that wait at the same time share one."""
    app, survey = an_application(folder)
    batches = [prepared_ballots(app, survey, 600) for _ in range(ROUNDS + 1)]
    service, bare = slowed(Served)(folder), slowed(Floor)(folder)
    address = f"/s/{survey.slug}/submit"
    ours, floor = in_turn(
        ROUNDS,
        lambda number: send(service.port, [post(address, body) for body in batches[number]]),
        lambda number: send(bare.port, [post("/store", body) for body in batches[number]]),
    )
    say_share(
        "ballots per second, SQLite, where fsync takes 5 ms, share of the floor with one commit each", ours, floor, 5
    )
    assert ballots_stored() == 600 * (ROUNDS + 1)
    bare.stop()
    service.stop()
    close_running()
