"""How long a workbook of 1,000 units takes to write, and LibreOffice to open it, where that is installed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

UNITS = 1000


def make(folder: Path) -> Path:
    """Seal a survey of so many units and write its workbook; prints the seconds of writing as JSON."""
    from bench.scoring import random_ballots
    from surveys import create_app
    from surveys.campaigns import plan_file
    from surveys.campaigns.models import Survey
    from surveys.campaigns.states import Move
    from surveys.campaigns.surveys import plan_of
    from surveys.inputs.translations import load_translations
    from surveys.questionnaires.library import install_ready_made
    from surveys.results.models import stored_result
    from surveys.results.report import report_of
    from surveys.results.workbook import write_workbook
    from surveys.storage.schema import migrate
    from tests.acting import mix, move_survey, seal, use
    from tests.helpers import published, units

    plan_file.MAX_UNITS = UNITS  # twice what a survey may have
    use(create_app(INSTANCE=str(folder), DATABASE_URL=""))
    migrate()
    mix().folder.mark()
    install_ready_made()
    survey = published(units=units(UNITS))
    random_ballots(survey, 60)
    move_survey("test", Move.CLOSE)
    seal("test")
    survey = Survey.get_by_id(survey.id)
    started = time.perf_counter()
    report = report_of(plan_of(survey), stored_result(survey))
    body = write_workbook(report, (survey.opens_at, survey.closes_at), "Asia/Shanghai", "zh", load_translations("zh"))
    print(json.dumps(time.perf_counter() - started))
    path = folder / "large.xlsx"
    path.write_bytes(body)
    return path


def large_workbook(folder: Path) -> tuple[float, float | None]:
    """Seconds of writing, and of opening in LibreOffice (with its start; as it writes the first sheet as csv)."""
    command = [sys.executable, "-m", "bench.workbook", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parent.parent)
    written = float(json.loads(done.stdout.strip().splitlines()[-1]))
    if not shutil.which("soffice"):
        return written, None
    with tempfile.TemporaryDirectory() as profile:
        opening = ["soffice", f"-env:UserInstallation=file://{profile}", "--headless", "--convert-to", "csv"]
        opening += ["--outdir", profile, str(folder / "large.xlsx")]
        seconds = []
        for _ in range(2):  # the first one makes the profile
            started = time.perf_counter()
            subprocess.run(
                opening, check=True, capture_output=True, timeout=300, env={**os.environ, "LC_ALL": "C.UTF-8"}
            )
            seconds.append(time.perf_counter() - started)
    return written, seconds[-1]


if __name__ == "__main__":
    make(Path(sys.argv[1]))
