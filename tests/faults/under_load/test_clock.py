"""The clock of the server jumps by an hour, over the closing and back, over the opening and back, while people answer."""

from __future__ import annotations

import struct
import time
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.faults.under_load.preloaded import HAS_COMPILER, PreloadedService
from tests.faults.under_load.trial import ROUNDS, Trial
from tests.helpers import ZONE, wait_until

pytestmark = pytest.mark.fault

SECONDS = 0.4
"""So long the clock is wrong, once everybody has noticed."""


class ShiftedService(PreloadedService):
    """A service whose clock is wrong by what stands in a file."""

    library_name = "clock"

    @property
    def environment(self) -> dict[str, str]:
        """What the service runs with."""
        return {**super().environment, "CLOCK_OFFSET": str(clock_of(self.instance))}

    def shift(self, hours: int) -> None:
        """Let the clock jump so far from the right time."""
        with clock_of(self.instance).open("r+b") as file:
            file.write(struct.pack("l", hours * 3600))


def clock_of(instance: Path) -> Path:
    """The file that says by how many seconds the clock is wrong."""
    return instance.parent / "clock"


@pytest.mark.skipif(not HAS_COMPILER, reason="needs gcc")
def test_the_clock_jumps_by_an_hour(serve, tmp_path):
    clock_of(tmp_path / "instance").write_bytes(bytes(8))
    app, service = serve(tmp_path / "instance", ShiftedService)
    now = datetime.now(ZoneInfo(ZONE)).replace(microsecond=0)
    window = {"opens": now - timedelta(minutes=30), "closes": now + timedelta(minutes=30), "grace_minutes": 0}
    trial = Trial(app, service.port, codes=min(2000 + 2000 * ROUNDS, 100_000), **window)
    for number in range(ROUNDS):
        with trial.fault():
            service.shift(1 if number % 2 else -1)
            refuse_all(trial)
            service.shift(0)
    trial.end("the clock wrong by +1 h at the closing, by -1 h at the opening (SQLite)")


def refuse_all(trial: Trial) -> None:
    """Wait until people are refused; then nobody may be told that a ballot was received."""
    before = len(trial.seen.refused)
    wait_until(lambda: len(trial.seen.refused) >= before + 12)
    wait_until(lambda: not trial.seen.in_doubt)
    received = len(trial.seen.received)
    time.sleep(SECONDS)
    assert len(trial.seen.received) == received
