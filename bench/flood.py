"""Open-link ballots from one address, far more than a lecture hall sends; then what a proof of work costs."""

from __future__ import annotations

import time
import urllib.parse
from pathlib import Path

from bench.client import post, send
from bench.serving import Served, an_application
from bench.table import say
from surveys.ballots.drawing import UnitDrawer, new_token
from surveys.ballots.proof_of_work import has_proof
from surveys.ballots.token import sign_token
from surveys.campaigns.surveys import plan_of
from tests.acting import close_running


def flood(folder: Path) -> None:
    """6,000 ballots at once."""
    app, survey = an_application(folder)
    plan = plan_of(survey)
    ratings = {str(slot.index): "1" for slot in plan.slots if slot.item.type == "rating"}
    tokens = [sign_token(new_token(UnitDrawer(), plan, survey.id, 1), app.config["TOKEN_KEY"]) for _ in range(6000)]
    bodies = [urllib.parse.urlencode({**ratings, "lang": "zh", "token": token}) for token in tokens]
    service = Served(folder)
    load = send(service.port, [post("/s/test/submit", body) for body in bodies])
    service.stop()
    limit = app.config["FLOOD_BALLOTS_PER_MINUTE"]
    say("open-link ballots of 6,000 from one address that pass without a proof of work, 2 workers",
        f"{load.ok:,} in {load.seconds:.0f} s", f"1,000 to {2 * limit:,} within a minute",
        1000 <= load.ok <= 2 * limit)  # fmt: skip
    bits, started = app.config["FLOOD_WORK_BITS"], time.perf_counter()
    for token in tokens[:10]:
        next(n for n in range(1 << 30) if has_proof(token, str(n), bits))
    each = (time.perf_counter() - started) / 10
    say(f"what a sender spends on each ballot above that ({bits} bits, one core, in C under Python)", f"{each:.2f} s of a core",
        "at least 0.05 s", each >= 0.05)  # fmt: skip
    close_running()
