"""Nothing that the real service writes holds an address, a code or an answer, whatever it is sent and whatever breaks."""

import json
import re
import socket
import time

import pytest

from tests.serving import Service

pytestmark = pytest.mark.fault

CLIENT, FORWARDED, CODE = "127.0.0.2", "203.0.113.77", "CQF7-9ACD-MARKED"
WAYS = ("view", "stream", "thread", "collected", "library", "header", "handler", "teardown")
BODY = f"code={CODE}".encode()
HEAD = f"Host: x\r\nX-Forwarded-For: {FORWARDED}\r\n"
FORM = "Content-Type: application/x-www-form-urlencoded\r\n"

MALFORMED = {
    "no request": f"{CODE}\r\n\r\n",
    "a method": f"{CODE}? /s/test HTTP/1.1\r\n{HEAD}\r\n",
    "a version": f"GET /s/test?{CODE} HTTP/9.{CODE}\r\n{HEAD}\r\n",
    "a header name": f"GET /s/test HTTP/1.1\r\n{HEAD}{CODE} ?: 1\r\n\r\n",
    "a header value": f"GET /s/test HTTP/1.1\r\n{HEAD}a: {CODE}\x01\r\n\r\n",
    "a folded header": f"GET /s/test HTTP/1.1\r\n{HEAD} {CODE}\r\n\r\n",
    "a length": f"POST /s/test/ballot HTTP/1.1\r\n{HEAD}Content-Length: {CODE}\r\n\r\n",
    "two lengths": f"POST /s/test/ballot HTTP/1.1\r\n{HEAD}Content-Length: 1\r\nContent-Length: 2{CODE}\r\n\r\n",
    "a coding": f"POST /s/test/ballot HTTP/1.1\r\n{HEAD}Transfer-Encoding: {CODE}\r\n\r\n",
    "a chunk": f"POST /s/test/ballot HTTP/1.1\r\n{HEAD}{FORM}Transfer-Encoding: chunked\r\n\r\n{CODE}\r\n",
    "an expectation": f"POST /s/test/ballot HTTP/1.1\r\n{HEAD}Expect: {CODE}\r\nContent-Length: 1\r\n\r\n",
    "a scheme": f"GET /s/test HTTP/1.1\r\n{HEAD}X-Forwarded-Proto: https\r\nX-Forwarded-Ssl: off\r\n\r\n",
    "a proxy": f"PROXY TCP4 {FORWARDED} {FORWARDED} 1 1\r\nGET / HTTP/1.1\r\n{HEAD}\r\n",
    "a preface": f"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n{CODE}",
    "a long line": f"GET /s/test?{CODE * 500} HTTP/1.1\r\n{HEAD}\r\n",
    "many headers": f"GET /s/test HTTP/1.1\r\n{HEAD}" + f"a: {CODE}\r\n" * 200 + "\r\n",
    "a long header": f"GET /s/test HTTP/1.1\r\n{HEAD}a: {CODE * 1000}\r\n\r\n",
    "too large": f"POST /s/test/ballot HTTP/1.1\r\n{HEAD}{FORM}Content-Length: 9000000\r\n\r\n"
    + f"code={CODE}&" * 20_000,
    "cut off": f"POST /s/test/ballot HTTP/1.1\r\n{HEAD}{FORM}Content-Length: 500\r\n\r\ncode={CODE}",
    "encryption": "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + CODE,
}


class Careless(Service):
    """The service with addresses at which everything goes wrong."""

    module = "tests.faults.careless_app:app"


def send(port: int, data: bytes, *, reset: bool = False, slow: bool = False) -> bytes:
    """What the service answers to these bytes, sent from another address than its own."""
    with socket.create_connection(("127.0.0.1", port), 5, source_address=(CLIENT, 0)) as line:
        try:
            for part in [data[:60], data[60:]] if slow else [data]:
                line.sendall(part)
                time.sleep(0.3 if slow else 0)
            if reset:
                line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
                return b""
            line.shutdown(socket.SHUT_WR)
            return line.recv(65_536)
        except OSError:
            return b""


@pytest.mark.parametrize(
    ("talkative", "form"), [(False, "text"), (True, "text"), (False, "json")], ids=["as delivered", "all", "json"]
)
def test_nothing_that_is_written_holds_what_was_sent(tmp_path, talkative, form):
    files = [tmp_path / "errors", tmp_path / "access"]
    arguments = f"--log-level debug --error-logfile {files[0]} --access-logfile {files[1]}" if talkative else ""
    service = Careless.prepared(tmp_path / "instance", GUNICORN_CMD_ARGS=arguments, PROXIES="1", LOG_FORMAT=form)
    try:
        for text in MALFORMED.values():
            for manner in ({}, {"reset": True}, {"slow": True}):
                send(service.port, text.encode("latin-1"), **manner)
        for way in WAYS:
            for line in ("", f"{CODE}\r\n"):
                length = len(BODY)
                head = f"POST /s/careless?way={way}&c={CODE} HTTP/1.1\r\n{HEAD}{FORM}Content-Length: {length}\r\n\r\n"
                answer = send(service.port, head.encode() + BODY + line.encode())
                assert answer, way
        time.sleep(0.5)
    finally:
        written = service.stop() + "".join(file.read_text() for file in files if talkative)
    for secret in (CLIENT, FORWARDED, CODE, "CQF7"):
        assert secret not in written, re.findall(rf".*{re.escape(secret)}.*", written)[:5]
    assert "KeyError at" in written
    assert "ValueError at" in written
    if not talkative:
        assert "127.0.0.1" not in written
    if form == "json":
        lines = [json.loads(line) for line in written.splitlines()]
        assert all(line.keys() == {"time", "level", "logger", "process", "message"} for line in lines)
        assert {line["level"] for line in lines} >= {"ERROR"}
