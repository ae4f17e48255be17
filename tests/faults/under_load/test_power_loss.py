"""The power fails at a random moment while people answer: what was not waited for is gone, in part or as a whole."""

from __future__ import annotations

import random
import shutil
import sqlite3
import time
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from surveys import create_app
from surveys.admission.models import Admission
from surveys.ballots.models import Receipt
from tests.acting import close_running, issue_codes, use
from tests.faults.under_load.people import People, Seen, to_port
from tests.faults.under_load.power_loss import SYNC, SYNC_FOLDER, Disk, read_notes
from tests.faults.under_load.preloaded import HAS_COMPILER, PreloadedService
from tests.faults.under_load.trial import ROUNDS, note_figures
from tests.helpers import ballots_stored, published

pytestmark = pytest.mark.fault

MOMENTS = 5 * ROUNDS if ROUNDS <= 10 else ROUNDS
SECONDS = 3 if ROUNDS <= 10 else 20


class NotedService(PreloadedService):
    """A service all of whose acts on files are noted."""

    library_name = "disk"

    @property
    def environment(self) -> dict[str, str]:
        """What the service runs with."""
        return {**super().environment, "DISK_FOLDER": str(self.instance.resolve()), "DISK_LOG": str(self.log)}

    @property
    def log(self) -> Path:
        """Where it is noted."""
        return self.instance.parent / "acts"


@pytest.mark.skipif(not HAS_COMPILER, reason="needs gcc")
def test_the_power_fails(serve, tmp_path):
    app, service = serve(tmp_path / "instance", NotedService)
    codes = [one.code for one in issue_codes(published(), app.config["CODE_KEY"], 0, 200 * SECONDS)]
    service.stop()
    close_running()
    service.log.unlink(missing_ok=True)
    disk, careless = Disk(service.instance.resolve()), Disk(service.instance.resolve())
    service.start()
    began = time.monotonic()
    people = People(partial(to_port, service.port), codes, pause=0.03)
    time.sleep(SECONDS)
    ended = time.monotonic()
    people.stop()
    service.stop()
    assert not people.seen.faults
    assert len(people.seen.received) > 10 * SECONDS
    notes = list(read_notes(service.log))
    chance = random.Random(14)
    moments = iter(sorted(chance.uniform(began, ended) for _ in range(MOMENTS)))
    moment = next(moments)
    for note in notes:
        while moment is not None and note.nanoseconds > moment * 1e9:
            check(disk, people.seen, moment, tmp_path / "after", chance)
            moment = next(moments, None)
        disk.happen(note)
        if note.kind not in (SYNC, SYNC_FOLDER):
            careless.happen(note)
    assert moment is None
    with pytest.raises((AssertionError, sqlite3.DatabaseError)):  # had nothing been waited for, this would notice
        check(careless, people.seen, ended, tmp_path / "after", chance)
    note_figures(
        {
            "fault": "the power fails (SQLite)",
            "times": MOMENTS,
            "ballots": len(people.seen.received),
            "missing": 0,
            "double": 0,
        }
    )


def check(disk: Disk, seen: Seen, moment: float, folder: Path, chance: random.Random) -> None:
    """What is found after the power failed then is whole, and has every ballot that was said to be received by then."""
    shutil.rmtree(folder, ignore_errors=True)
    disk.write(folder, chance)
    with closing(sqlite3.connect(folder / "surveys.sqlite3")) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    use(create_app(INSTANCE=str(folder), DATABASE_URL="", BASE_URL=""))
    try:
        receipts = {bytes(number) for (number,) in Receipt.select(Receipt.number).tuples()}
        used = Admission.select().where(Admission.used).count()
        assert len(receipts) == used == ballots_stored()
        received = {seen.received[code] for code, at in seen.times.items() if at <= moment}
        assert received <= receipts
    finally:
        close_running()
