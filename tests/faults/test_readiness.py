"""Readiness of the real service while PostgreSQL hangs, restarts, or is swallowed by the network."""

import json
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import pytest

from surveys.ballots.readiness import ANSWER_SECONDS
from tests.helpers import wait_until
from tests.postgres_tcp import TcpPostgres
from tests.serving import Service

pytestmark = [pytest.mark.fault, pytest.mark.postgres]


@pytest.fixture(scope="module")
def server():
    found = TcpPostgres()
    yield found
    found.remove()


@pytest.fixture
def service(server, tmp_path, request):
    name = f"ready{abs(hash(request.node.name))}"
    prepared = Service.__new__(Service)
    prepared.instance, prepared.url, prepared.workers, prepared.port = tmp_path / "i", server.make(name), 1, 0
    prepared.settings = {"DATABASE_STATEMENT_SECONDS": "20", "DATABASE_WAIT_SECONDS": "1", "MIN_FREE_MB": "1"}
    prepared.flask("db", "migrate")
    settings = prepared.settings
    running = Service.__new__(Service)
    running.settings = settings
    running.__init__(prepared.instance, prepared.url, workers=1)  # type: ignore[misc]
    yield running
    server.go_on()
    running.kill()


def get(service: Service, path: str, timeout: float = 60) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(service.base + path, timeout=timeout) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def ready(service: Service) -> tuple[int, list[str]]:
    status, text = get(service, "/readyz")
    return status, json.loads(text)["problems"]


def test_it_answers_while_the_database_hangs_and_all_connections_with_it(server, service):
    assert ANSWER_SECONDS < 1
    assert ready(service) == (200, [])
    server.hang()
    with ThreadPoolExecutor(20) as respondents:
        answers = [respondents.submit(get, service, "/s/none") for _ in range(20)]
        wait_until(lambda: any(answer.done() for answer in answers))  # those that find no connection free
        assert ready(service) == (503, ["database"])
        assert get(service, "/livez") == (200, "ok\n")
        stuck = [answer for answer in answers if not answer.done()]
        assert stuck  # these were answered before the database went on
        server.go_on()
        codes = {answer.result()[0] for answer in answers}
    assert codes <= {404, 503}
    wait_until(lambda: ready(service) == (200, []))


def test_after_a_restart_nobody_sees_an_error(server, service):
    for _ in range(4):
        assert get(service, "/s/none")[0] == 404
    for _ in range(3):
        server.restart()
        assert ready(service) == (200, [])
        assert [get(service, path)[0] for path in ["/", "/s/none", "/staff/login"] * 8] == [200, 404, 200] * 8


def test_while_it_is_stopped_it_is_not_ready(server, service):
    server.stop()
    try:
        assert ready(service) == (503, ["database"])
        assert get(service, "/livez")[0] == 200
    finally:
        server.start()
    assert ready(service) == (200, [])
