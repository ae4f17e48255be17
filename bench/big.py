"""A teaching evaluation with thousands of units through every step that was written for it; prints seconds of each as JSON.

python -m bench.big FOLDER UNITS BALLOTS
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

DRAWN = 5
"""So many units are drawn for each ballot."""


def listed_ballots(survey: Any, count: int) -> None:
    """Fill the ballot table with ballots of one group that rate DRAWN random units each, straight into the table."""
    from surveys.campaigns.surveys import plan_of
    from surveys.storage.database import database

    packing, rng = plan_of(survey).packing, np.random.default_rng(1)
    units = len(plan_of(survey).units)
    for start in range(0, count, 20_000):
        size = min(20_000, count - start)
        entries = np.zeros((size, DRAWN, packing.entry_width), np.uint8)
        chosen = rng.integers(0, units - DRAWN, (size, 1)) + np.arange(DRAWN)
        entries[..., 0], entries[..., 1] = chosen // 256, chosen % 256
        entries[..., 2:] = rng.choice(np.array([1, 1, 1, 2, 2, 3, 4, 254], np.uint8), entries[..., 2:].shape)
        ballots = entries.reshape(size, -1)
        with database.atomic():
            cursor = database.connection().cursor()
            cursor.executemany(
                "INSERT INTO ballot (survey_id, number, group_no, channel, answers) VALUES (?, ?, 0, 1, ?)",
                ((survey.id, os.urandom(16), ballot.tobytes()) for ballot in ballots),
            )
            cursor.executemany(
                "INSERT INTO receipt (survey_id, number) VALUES (?, ?)",
                ((survey.id, os.urandom(16)) for _ in range(size)),
            )


def measure(folder: Path, count: int, ballots: int) -> dict[str, float]:
    """Seconds of each step, and the peak of memory in MB after the seal."""
    from surveys import create_app
    from surveys.campaigns import plan_file
    from surveys.campaigns.models import Survey
    from surveys.campaigns.states import Move
    from surveys.campaigns.surveys import plan_of
    from surveys.inputs.translations import load_translations
    from surveys.questionnaires.library import install_ready_made
    from surveys.questionnaires.scales import PRESETS
    from surveys.results.models import stored_result
    from surveys.results.report import report_of
    from surveys.results.workbook import write_workbook
    from surveys.storage.schema import migrate
    from tests.acting import mix, move_survey, seal, use
    from tests.helpers import published, units

    plan_file.MAX_UNITS = count  # more than a survey may have
    use(create_app(INSTANCE=str(folder), DATABASE_URL=""))
    migrate()
    mix().folder.mark()
    install_ready_made()
    found: dict[str, float] = {}

    def timed(name: str, act: Callable[[], Any]) -> Any:
        started = time.perf_counter()
        done = act()
        found[name] = round(time.perf_counter() - started, 2)
        print(f"{name}: {found[name]} s", file=sys.stderr, flush=True)
        return done

    items = [{"code": f"q{n}", "type": "rating", "text": f"Item {n}", "scale": "s"} for n in range(4)]
    questionnaire = {"key": "teaching", "title": "Teaching", "scales": {"s": PRESETS["satisfaction4"]},
                     "sections": [{"per": "unit", "items": items}]}  # fmt: skip
    group = {"code": "students", "name": "Students", "admission": "open", "draw": DRAWN}
    survey = timed("publish", lambda: published(questionnaire=questionnaire, units=units(count), groups=[group]))
    listed_ballots(survey, ballots)
    move_survey("test", Move.CLOSE)
    timed("seal", lambda: seal("test"))
    found["megabytes"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    survey = Survey.get_by_id(survey.id)
    report = timed("report", lambda: report_of(plan_of(survey), stored_result(survey)))
    window = survey.opens_at, survey.closes_at
    timed("workbook", lambda: write_workbook(report, window, "Asia/Shanghai", "zh", load_translations("zh")))
    return found


if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))))
