"""Seal a large survey while ballots of another one come in; prints how long those waited, as JSON.

python -m bench.sealing FOLDER BALLOTS [DATABASE_URL]
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from select import select

from bench.scoring import random_ballots

SEALED = int(os.environ.get("BENCH_SEALED", "1000000"))


def prepare(folder: Path, count: int, url: str) -> None:
    """A closed survey with so many ballots, and an open one."""
    from surveys import create_app
    from surveys.questionnaires.library import install_ready_made
    from surveys.storage.schema import migrate
    from tests.acting import close_running, mix, use
    from tests.helpers import closed, published, units

    use(create_app(INSTANCE=str(folder), DATABASE_URL=url))
    migrate()
    mix().folder.mark()
    install_ready_made()
    large = published(units=units(10))
    random_ballots(large, count)
    closed(large)
    published(slug="other")
    close_running()


def write_meanwhile(folder: Path, url: str) -> None:
    """Ballots of the other survey, fifty a second, until the standard input ends; prints the seconds each took."""
    from surveys import create_app
    from surveys.campaigns.surveys import get_survey
    from tests.acting import use
    from tests.helpers import vote

    use(create_app(INSTANCE=str(folder), DATABASE_URL=url))
    survey, waits = get_survey("other"), []
    print("ready", flush=True)
    while not select([sys.stdin], [], [], 0)[0]:
        started = time.perf_counter()
        vote(survey, group=1)
        waits.append(time.perf_counter() - started)
        time.sleep(max(0, 0.02 - waits[-1]))
    print(json.dumps(waits))


def seal_beside(folder: Path, count: int, url: str = "") -> dict[str, float]:
    """Seconds of the seal, the longest wait of another writer and its 99th percentile, with and without the seal."""
    from surveys import create_app
    from surveys.results.sealing import seal
    from tests.acting import TESTER, close_running, mix, use

    prepare(folder, count, url)
    app = use(create_app(INSTANCE=str(folder), DATABASE_URL=url))
    assert app
    found: dict[str, float] = {}
    for name in ("alone", "beside"):
        command = [sys.executable, "-m", "bench.sealing", "write", str(folder), url]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdin is not None
            assert writer.stdout is not None
            assert writer.stdout.readline() == "ready\n"
            started = time.perf_counter()
            if name == "beside":
                stored = seal(TESTER, mix(), "test")
                assert stored.ballots == count
                found["seconds"] = time.perf_counter() - started
            else:
                time.sleep(5)
            waits, _ = writer.communicate("")
        sorted_waits = sorted(json.loads(waits))
        found[f"{name}_longest"] = sorted_waits[-1]
        found[f"{name}_p99"] = sorted_waits[int(len(sorted_waits) * 0.99)]
        found[f"{name}_writes"] = len(sorted_waits)
    close_running()
    return found


if __name__ == "__main__":
    if sys.argv[1] == "write":
        write_meanwhile(Path(sys.argv[2]), sys.argv[3])
    else:
        print(json.dumps(seal_beside(Path(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:])))
