"""What a body costs the processes that serve, which read it before the application sees it."""

import os
import socket
import subprocess
import time
from pathlib import Path

import pytest

from tests.serving import Service

pytestmark = [pytest.mark.fault, pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads /proc")]

FORM = b"Host: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"


def cpu_seconds(service: Service) -> float:
    """CPU time of the workers until now."""
    found = subprocess.run(["pgrep", "-P", str(service.process.pid)], capture_output=True, text=True, check=True)
    ticks = 0
    for worker in found.stdout.split():
        ticks += sum(map(int, Path(f"/proc/{worker}/stat").read_text().rsplit(")", 1)[1].split()[11:13]))
    return ticks / os.sysconf("SC_CLK_TCK")


def cost(service: Service, line: bytes, rest: bytes) -> float:
    before = cpu_seconds(service)
    with socket.create_connection(("127.0.0.1", service.port), 10) as connection:
        try:
            connection.sendall(line + b" HTTP/1.1\r\n" + FORM + rest)
            connection.recv(100)
            time.sleep(0.5)
        except OSError:
            time.sleep(0.5)
    return cpu_seconds(service) - before


def test_no_body_costs_the_server_much(tmp_path):
    service = Service.prepared(tmp_path / "instance")
    chunks = b"Transfer-Encoding: chunked\r\n\r\n"
    rests = {
        "chunks of a byte": chunks + b"1\r\nx\r\n" * 300_000 + b"0\r\n\r\n",
        "chunks with extensions": chunks + (b"1;" + b"a" * 200 + b"\r\nx\r\n") * 30_000 + b"0\r\n\r\n",
        "a long body": b"Content-Length: 9000000\r\n\r\n" + b"8=x&" * 2_250_000,
        "a body that does not come": b"Content-Length: 9000000\r\n\r\n8=x",
    }
    try:
        for line in (b"GET /", b"POST /s/none/ballot", b"POST /s/none/submit", b"POST /staff/login"):
            cost(service, line, b"Content-Length: 0\r\n\r\n")
            for shape, rest in rests.items():
                least = min(cost(service, line, rest) for _ in range(2))
                assert least < 0.3, (line, shape, least)
    finally:
        service.stop()
