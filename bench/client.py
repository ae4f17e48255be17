"""The client in C (client.c), compiled when it is first used."""

from __future__ import annotations

import json
import subprocess
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

HERE = Path(__file__).resolve().parent
CONNECTIONS = 16
"""Connections of which each sends one request after the other."""
MOST_AT_A_TIME = 900  # open files of a process are often limited to 1,024

_BUILT = tempfile.TemporaryDirectory(prefix="bench")


@dataclass(frozen=True)
class Load:
    """What the client counted and measured; times of answers in milliseconds."""

    ok: int
    others: int
    sent_again: int
    seconds: float
    p50: float
    p99: float
    slowest: float

    @property
    def per_second(self) -> float:
        """Answers a second."""
        return (self.ok + self.others) / self.seconds


@cache
def compiled(source: str, *flags: str) -> Path:
    """The program or library made of a file in this folder."""
    target = Path(_BUILT.name) / source.removesuffix(".c")
    subprocess.run(["gcc", "-O2", "-o", str(target), str(HERE / source), *flags], check=True)
    return target


def get(path: str) -> bytes:
    """A request as a phone sends it."""
    return f"GET {path} HTTP/1.1\r\n{_HEADERS}\r\n".encode()


def post(path: str, body: str) -> bytes:
    """A form as a phone sends it."""
    head = f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
    return f"POST {path} HTTP/1.1\r\n{_HEADERS}{head}\r\n{body}".encode()


_HEADERS = (
    "Host: 127.0.0.1\r\nAccept: text/html\r\nAccept-Encoding: gzip, deflate, br\r\n"
    "Accept-Language: zh-CN,zh;q=0.9\r\nUser-Agent: bench\r\n"
)


def send(port: int, requests: list[bytes], *, rate: float = 0) -> Load:
    """Send each request once; with a `rate`, at so many a second, whether or not earlier ones were answered."""
    with tempfile.NamedTemporaryFile(prefix="requests") as file:
        for one in requests:
            file.write(b"%d\n%s" % (len(one), one))
        file.flush()
        most = MOST_AT_A_TIME if rate else CONNECTIONS
        command = [str(compiled("client.c", "-lm")), str(port), file.name, str(most), str(rate)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    return Load(**json.loads(done.stdout))
