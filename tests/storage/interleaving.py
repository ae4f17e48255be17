"""Two people who change the same thing: the second begins when the first has done everything but commit."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from surveys.inputs.problems import InputError
from surveys.storage import unit_of_work
from surveys.storage.database import database

SECONDS = 0.4
"""So long the first waits for the second, which has done its work by then if nothing keeps it."""


def interleave(monkeypatch, first: Callable[[], Any], second: Callable[[], Any]) -> tuple[Any, Any]:
    """What both came to: the results of the functions, or the InputErrors that they raised."""
    inside, over = threading.Event(), threading.Event()
    record = unit_of_work.record

    def paused(*args: Any) -> None:
        # The last step of a unit of work before its commit. The first to get here is the first.
        if not inside.is_set():
            inside.set()
            over.wait(SECONDS)
        record(*args)

    def run(act: Callable[[], Any], done: threading.Event) -> Any:
        try:
            return act()
        except InputError as error:
            return error
        finally:
            done.set()
            database.close()

    monkeypatch.setattr(unit_of_work, "record", paused)
    with ThreadPoolExecutor(2) as threads:
        one = threads.submit(run, first, inside)
        assert inside.wait(20)
        other = threads.submit(run, second, over)
        outcome = one.result(30), other.result(30)
    monkeypatch.setattr(unit_of_work, "record", record)
    return outcome
