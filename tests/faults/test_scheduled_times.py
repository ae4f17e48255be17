"""A survey opens and closes at its times with nobody of the staff there, on every server process alike."""

from __future__ import annotations

import time
import urllib.request
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.faults.test_concurrency import send
from tests.helpers import ZONE, ballots_stored, fill_page, published
from tests.serving import Service

pytestmark = pytest.mark.fault


@pytest.fixture
def servers(any_app):
    """Two services of two processes each, on one database."""
    running = [Service(Path(any_app.instance_path), any_app.config["DATABASE_URL"]) for _ in range(2)]
    yield running
    for service in running:
        service.stop()


def get(address: str) -> str:
    with urllib.request.urlopen(address, timeout=60) as answer:
        return answer.read().decode()


def wait_for(moment: datetime) -> None:
    time.sleep(max(0.0, moment.timestamp() - time.time()) + 0.05)


def test_all_processes_open_and_close_with_the_clock(servers):
    now = datetime.now(ZoneInfo(ZONE)).replace(microsecond=0)
    opens, closes = now + timedelta(seconds=6), now + timedelta(seconds=14)
    published(opens=opens, closes=closes, grace_minutes=0)

    def offered() -> list[list[bool]]:
        """Whether the page with a ballot comes, of four requests to each server: they go to any of its processes."""
        pages = [[get(f"{one.base}/s/test/ballot?group=staff") for _ in range(4)] for one in servers]
        return [['name="token"' in page for page in of_one] for of_one in pages]

    assert offered() == [[False] * 4] * 2
    wait_for(opens)
    assert offered() == [[True] * 4] * 2
    early = fill_page(get(f"{servers[0].base}/s/test/ballot?group=staff"))
    late = fill_page(get(f"{servers[1].base}/s/test/ballot?group=staff"))
    assert "已收到，谢谢" in send(f"{servers[1].base}/s/test/submit", early)[1]
    assert time.time() < closes.timestamp(), "this machine is too slow for the test"
    wait_for(closes)
    assert offered() == [[False] * 4] * 2
    for one in servers:
        assert "已收到" not in send(f"{one.base}/s/test/submit", late)[1]
    assert ballots_stored() == 1
