"""Bodies that never come to their end hold a thread for a bounded time only."""

import socket
import time
from contextlib import ExitStack
from urllib.request import urlopen

import pytest

from tests.serving import Service

pytestmark = pytest.mark.fault

HEAD = b"Host: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 500\r\n\r\n8=x"


def test_the_service_answers_again_after_many_bodies_that_do_not_come(tmp_path):
    service = Service.prepared(tmp_path / "instance", BODY_SECONDS="1", THREADS="4")
    try:
        with ExitStack() as stack:
            lines = [stack.enter_context(socket.create_connection(("127.0.0.1", service.port), 30)) for _ in range(30)]
            for line in lines:
                line.sendall(b"POST /staff/login HTTP/1.1\r\n" + HEAD)
            time.sleep(0.5)
            started = time.monotonic()
            with urlopen(f"{service.base}/livez", timeout=40) as answer:
                assert answer.status == 200
            waited = time.monotonic() - started
            assert waited < 15
            assert {line.recv(100).split()[1] for line in lines} == {b"400"}  # each was given up
    finally:
        written = service.stop()
    assert "Traceback" not in written
