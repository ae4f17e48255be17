"""Three servers behind nginx on one PostgreSQL, with one folder of keys and one Redis: killed, restarted and upgraded one after the
other while people answer, who notice nothing that sending again does not mend."""

from __future__ import annotations

import random
import shutil
import signal
from pathlib import Path

import psutil
import pytest

from tests.faults.test_nginx import NGINX, Nginx
from tests.faults.test_shared_counts import Redis
from tests.faults.under_load.trial import ROUNDS, Trial
from tests.serving import Service

pytestmark = [
    pytest.mark.fault,
    pytest.mark.postgres,
    pytest.mark.skipif(NGINX is None or not shutil.which("redis-server"), reason="needs nginx and redis-server"),
]


@pytest.fixture
def servers(any_app, tmp_path):
    """Three services, and nginx before them with the configuration of the documentation."""
    redis = Redis(tmp_path)

    class Counting(Service):
        settings = {"THROTTLE_STORAGE": f"redis://127.0.0.1:{redis.port}/0", "PROXIES": "1"}

    running = [Counting(Path(any_app.instance_path), any_app.config["DATABASE_URL"]) for _ in range(3)]
    nginx = Nginx(tmp_path / "nginx", *(service.port for service in running))
    yield running, nginx
    nginx.stop()
    for service in running:
        service.stop()
    redis.stop()


@pytest.mark.parametrize("any_app", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
def test_servers_die_and_are_upgraded_one_after_the_other(any_app, servers):
    running, nginx = servers
    trial = Trial(any_app, 0, connect=nginx.connection, people=10)
    for number in range(ROUNDS):
        with trial.fault():
            running[number % 3].kill()
        with trial.fault():
            running[number % 3].start()
        with trial.fault():  # nobody sees that a worker died: nginx asks the next server
            before = dict(trial.seen.failures)
            workers = psutil.Process(running[number % 3].process.pid).children()
            random.choice(workers).send_signal(signal.SIGKILL)
        assert trial.seen.failures == before
    for service in running:  # a rolling upgrade
        with trial.fault():
            service.stop()
            service.start()
    trial.end("servers behind nginx killed with -9, restarted and upgraded one after the other (PostgreSQL)")
