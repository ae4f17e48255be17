"""A client in another process: keeps connections open and sends prepared requests; prints requests per second."""

from __future__ import annotations

import http.client
import json
import sys
import threading
import time
from pathlib import Path


def run(port: int, requests: list[tuple[str, str, str]], clients: int, expect: str) -> dict[str, float]:
    """Send every request once, from so many clients. `expect` must stand in each answer."""
    waiting = iter(requests)
    lock = threading.Lock()
    failures: list[str] = []

    def client() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        while True:
            with lock:
                one = next(waiting, None)
            if one is None:
                return
            method, path, body = one
            connection.request(method, path, body or None, {"Content-Type": "application/x-www-form-urlencoded"})
            answer = connection.getresponse()
            text = answer.read()
            if answer.status != 200 or expect.encode() not in text:
                failures.append(f"{answer.status} {text[:200]!r}")

    threads = [threading.Thread(target=client) for _ in range(clients)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - started
    return {"per_second": len(requests) / seconds, "failures": len(failures), "seconds": seconds}


if __name__ == "__main__":
    job = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    print(json.dumps(run(job["port"], job["requests"], job["clients"], job["expect"])))
