"""Several servers count wrong codes together, in a real Redis; one that is gone or hangs stops nobody."""

from __future__ import annotations

import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.faults.test_concurrency import send
from tests.faults.test_nginx import free_port
from tests.helpers import fill_page, one_code, published, wait_until
from tests.serving import Service

pytestmark = [pytest.mark.fault, pytest.mark.skipif(shutil.which("redis-server") is None, reason="needs redis-server")]

MOST = 6


class Redis:
    """A Redis that keeps nothing on the disk."""

    def __init__(self, folder: Path) -> None:
        self.port, self.folder = free_port(), folder
        self.start()

    def start(self) -> None:
        """Start it and wait until it answers."""
        command = [
            "redis-server",
            "--port",
            str(self.port),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--dir",
            str(self.folder),
        ]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        ask = ["redis-cli", "-p", str(self.port), "ping"]
        wait_until(lambda: b"PONG" in subprocess.run(ask, capture_output=True, check=False).stdout)

    def stop(self) -> None:
        """End it."""
        self.process.send_signal(signal.SIGCONT)
        self.process.kill()
        self.process.wait(10)


@pytest.fixture
def redis(tmp_path):
    running = Redis(tmp_path)
    yield running
    running.stop()


@pytest.fixture
def servers(app, redis):
    """Two services of two processes each, on one database and one Redis."""

    class Counting(Service):
        settings = {"THROTTLE_STORAGE": f"redis://127.0.0.1:{redis.port}/0", "WRONG_CODES_PER_MINUTE": str(MOST)}

    running = [Counting(Path(app.instance_path)) for _ in range(2)]
    yield running
    for service in running:
        service.stop()


def guess(service: Service) -> tuple[int, float]:
    """A wrong code: the status, and the seconds that it took."""
    began = time.monotonic()
    status, _ = send(f"{service.base}/s/test/ballot", {"code": "CQF7-9ACD-EFGHJ"})
    return status, time.monotonic() - began


def answer(app, service: Service, survey) -> str:
    """Somebody answers; returns the page after sending."""
    _, page = send(f"{service.base}/s/test/ballot", {"code": one_code(app, survey)})
    return send(f"{service.base}/s/test/submit", fill_page(page))[1]


def test_wrong_codes_are_counted_over_all_servers(app, servers):
    survey = published()
    said = [guess(servers[number % 2])[0] for number in range(MOST + 4)]
    assert 429 not in said[:MOST]
    assert said[MOST:] == [429] * 4
    assert "已收到，谢谢" in answer(app, servers[0], survey)  # right codes pass


def test_nobody_is_stopped_while_redis_is_gone(app, servers, redis):
    survey = published()
    assert guess(servers[0])[0] != 429
    redis.stop()
    for number in range(3 * MOST):
        status, seconds = guess(servers[number % 2])
        assert status not in (429, 500, 503)
        assert seconds < 2
    assert "已收到，谢谢" in answer(app, servers[0], survey)
    redis.start()
    wait_until(lambda: 429 in [guess(service)[0] for service in servers])


def test_a_redis_that_hangs_costs_each_process_its_time_limit_once_in_a_while(app, servers, redis):
    survey = published()
    guess(servers[0])
    redis.process.send_signal(signal.SIGSTOP)
    times = [guess(servers[0])[1] for _ in range(10)]
    assert max(times) < 2.5
    assert (
        sum(seconds > 0.3 for seconds in times) <= 3
    )  # one for each of the two processes, and one for a rest that ended
    assert "已收到，谢谢" in answer(app, servers[1], survey)
