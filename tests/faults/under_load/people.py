"""People who answer a survey all the time, and send again what was not answered: the steady load of the fault tests."""

from __future__ import annotations

import http.client
import random
import re
import threading
import time
import urllib.parse
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.helpers import fill_page

RECEIVED = "已收到，谢谢"
ALREADY = "已经参评"
_RECEIPT = re.compile(r"[0-9a-f]{4}(?: [0-9a-f]{4}){7}")
_PAUSE = 0.1
_PATIENCE = 180
"""So many seconds somebody sends again what was not answered."""


@dataclass
class Seen:
    """What people were told; shared by their threads."""

    received: dict[str, bytes] = field(default_factory=dict)
    """The receipt of each code whose ballot was said to be received."""

    times: dict[str, float] = field(default_factory=dict)
    """When that was said, on the clock of time.monotonic."""

    in_doubt: set[str] = field(default_factory=set)
    """Codes that were sent in and not answered yet: their ballots may have come or not."""

    refused: list[str] = field(default_factory=list)
    """Codes whose ballot was said not to be counted."""

    failures: Counter[str] = field(default_factory=Counter)
    """Answers that make somebody send again: "cut off", or a status."""

    faults: list[str] = field(default_factory=list)
    """What nobody should be told, or not in that situation."""

    longest: float = 0
    """So many seconds somebody waited, with all repetitions, at most."""


def to_port(port: int) -> http.client.HTTPConnection:
    """A connection to a service of this machine."""
    return http.client.HTTPConnection("127.0.0.1", port, timeout=60)


class People:
    """Each of `count` threads answers with one code after the other, `pause` seconds apart on average."""

    def __init__(
        self,
        connect: Callable[[], http.client.HTTPConnection],
        codes: list[str],
        *,
        slug: str = "test",
        count: int = 6,
        pause: float = 0.1,
    ) -> None:
        self.seen = Seen()
        self._connect, self._slug, self._pause = connect, slug, pause
        self._codes = iter(codes)
        self._lock = threading.Lock()
        self._end = threading.Event()
        self._threads = [threading.Thread(target=self._answer_on, daemon=True) for _ in range(count)]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Let everybody finish what they began."""
        self._end.set()
        for thread in self._threads:
            thread.join(_PATIENCE + 30)
            assert not thread.is_alive(), "somebody never got an answer"

    def wait_for_more(self, more: int, seconds: float) -> float:
        """Wait until so many more ballots were received; returns the seconds until the first. Raises AssertionError."""
        began, before, first = time.monotonic(), len(self.seen.received), 0.0
        while len(self.seen.received) < before + more:
            assert time.monotonic() < began + seconds, f"not back after {seconds} s: {self.seen.failures}"
            time.sleep(0.01)
            first = first or (time.monotonic() - began if len(self.seen.received) > before else 0.0)
        return first

    def _answer_on(self) -> None:
        while not self._end.is_set():
            with self._lock:
                code = next(self._codes, None)
            if code is None:
                return
            try:
                self._answer(code)
            except Exception as error:  # an assertion in a thread would be lost
                self.seen.faults.append(f"{type(error).__name__}: {error}")
            time.sleep(random.expovariate(1 / self._pause))

    def _answer(self, code: str) -> None:
        _, page = self._until_answered("ballot", {"code": code})
        if 'name="token"' not in page:
            self._refused(code, page)
            return
        began = time.monotonic()
        self.seen.in_doubt.add(code)
        status, page = self._until_answered("submit", fill_page(page))
        self.seen.longest = max(self.seen.longest, time.monotonic() - began)
        if RECEIVED in page:
            receipt = _RECEIPT.search(page)
            assert receipt, "a thanks page without receipt"
            self.seen.times[code] = time.monotonic()
            self.seen.received[code] = bytes.fromhex(receipt[0].replace(" ", ""))
        elif status == 409:
            self._refused(code, page)
        else:
            self.seen.faults.append(f"{status} after sending: {page[:2000]}")
        self.seen.in_doubt.discard(code)

    def _refused(self, code: str, page: str) -> None:
        if any(words in page for words in ("本评议已结束", "评议尚未开放", "尚未开放")):
            self.seen.refused.append(code)
        else:
            self.seen.faults.append(f"no ballot for a code: {page[:2000]}")

    def _until_answered(self, step: str, fields: dict[str, str]) -> tuple[int, str]:
        body, end = urllib.parse.urlencode(fields), time.monotonic() + _PATIENCE
        while True:
            try:
                status, page = self._send(f"/s/{self._slug}/{step}", body)
                if status < 500 and status != 429:
                    return status, page
                self.seen.failures[str(status)] += 1
                if status not in (502, 503, 504) or (status == 503 and "一分钟" not in page):
                    self.seen.faults.append(f"{status}: {page[:300]}")
            except (OSError, http.client.HTTPException):
                self.seen.failures["cut off"] += 1
            assert time.monotonic() < end, "never answered"
            time.sleep(_PAUSE)

    def _send(self, path: str, body: str) -> tuple[int, str]:
        connection = self._connect()
        try:
            headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept-Language": "zh-CN"}
            connection.request("POST", path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()
