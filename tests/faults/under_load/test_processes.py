"""Processes of the service are killed while people answer: a worker, all of them."""

from __future__ import annotations

import random
import signal
from pathlib import Path

import psutil
import pytest

from tests.faults.under_load.trial import ROUNDS, Trial, kind
from tests.serving import Service

pytestmark = pytest.mark.fault


@pytest.fixture
def service(any_app):
    """The real service on the same database as the test."""
    running = Service(Path(any_app.instance_path), any_app.config["DATABASE_URL"])
    yield running
    running.stop()


def kill_a_worker(service: Service) -> None:
    """Kill one of the workers, as the kernel does where memory is short."""
    random.choice(psutil.Process(service.process.pid).children()).send_signal(signal.SIGKILL)


def test_a_worker_is_killed(any_app, service):
    trial = Trial(any_app, service.port, people=16, pause=0.01)  # many are in the middle of sending
    for _ in range(ROUNDS):
        with trial.fault():
            kill_a_worker(service)
    trial.end(f"a worker killed with -9 ({kind()})")


def test_all_processes_are_killed(any_app, service):
    trial = Trial(any_app, service.port, people=16, pause=0.01)  # many are in the middle of sending
    for _ in range(ROUNDS):
        with trial.fault():
            service.kill()
            service.start()
    trial.end(f"all processes killed with -9 ({kind()})")
