"""Scores, workbooks and remarks of large surveys."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

from bench.remarks import REMARKS, searching
from bench.table import ROOT, ROUNDS, say, spread
from bench.workbook import UNITS, large_workbook
from surveys import create_app
from surveys.campaigns.surveys import plan_of
from surveys.questionnaires.library import install_ready_made
from surveys.storage.schema import migrate
from tests.acting import close_running, mix, use
from tests.helpers import published, units

SCORED = int(os.environ.get("BENCH_SCORED", "1000000"))


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


def big(folder: Path) -> None:
    """A teaching evaluation: 73,000 ratings of 1,128 lecturers and of 5,000 units, each ballot of five; in processes of their own."""
    for count in (1128, 5000):
        command = [sys.executable, "-m", "bench.big", str(folder / str(count)), str(count), "14600"]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        found = json.loads(done.stdout.strip().splitlines()[-1])
        for step in ("publish", "seal", "report", "workbook"):
            say(
                f"{count:,} units, 14,600 ballots of five of them: {step}",
                f"{found[step]:.1f} s",
                "at most 10 s",
                found[step] <= 10,
            )
        say("the same, memory after the seal", f"{found['megabytes']} MB", "at most 500 MB", found["megabytes"] <= 500)


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
