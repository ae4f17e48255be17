"""Make a survey with many ballots, then score it as the seal does; prints seconds and peak memory as JSON."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np


def random_ballots(survey, count: int) -> None:
    """Fill the ballot table with random ratings, straight into the table."""
    from surveys.campaigns.surveys import plan_of
    from surveys.storage.database import database, is_sqlite

    plan = plan_of(survey)
    rng = np.random.default_rng(1)
    ratings = np.array([slot.offset for slot in plan.slots if slot.item.type == "rating"])
    for start in range(0, count, 20_000):
        size = min(20_000, count - start)
        packed = np.zeros((size, plan.width), np.uint8)
        packed[:, ratings] = rng.choice(np.array([1, 1, 1, 2, 2, 3, 4, 254], np.uint8), (size, len(ratings)))
        # Of one item only three of a group know anything: it is withheld, which costs a second look at the ballots.
        packed[(7 if start == 0 else 1) :: 2, ratings[0]] = 254
        rows = [(survey.id, os.urandom(16), i % 2, 1, packed[i].tobytes()) for i in range(size)]
        receipts = [(row[0], os.urandom(16)) for row in rows]
        mark = "?" if is_sqlite() else "%s"
        with database.atomic():
            cursor = database.connection().cursor()
            for table, columns, values in (
                ("ballot", "survey_id, number, group_no, channel, answers", rows),
                ("receipt", "survey_id, number", receipts),
            ):
                marks = ", ".join([mark] * len(values[0]))
                cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", values)


def make(folder: Path, count: int) -> None:
    """Make the survey."""
    from surveys import create_app
    from surveys.questionnaires.library import install_ready_made
    from surveys.storage.schema import migrate
    from tests.acting import mix, use
    from tests.helpers import published, units

    use(create_app(INSTANCE=str(folder), DATABASE_URL=""))
    migrate()
    mix().folder.mark()
    install_ready_made()
    random_ballots(published(units=units(10)), count)


def score(folder: Path) -> None:
    """Read, count and score the ballots, and write the digest, as the seal does."""
    import resource

    from surveys import create_app
    from surveys.campaigns.surveys import get_survey
    from surveys.results.computing import digested, score_ballots
    from surveys.results.digest import BallotsDigest

    create_app(INSTANCE=str(folder), DATABASE_URL="")
    survey = get_survey("test")
    digest = BallotsDigest()

    started = time.perf_counter()
    result = score_ballots(survey, digested(survey.id, digest)).result
    seconds = time.perf_counter() - started
    assert result.score[0] is not None
    assert not result.shown[1][0][0]
    # Linux keeps the peak of the process before exec, so a fresh process measures only the scoring.
    print(json.dumps({"seconds": seconds, "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))


if __name__ == "__main__":
    if sys.argv[1] == "score":
        score(Path(sys.argv[2]))
    else:
        make(Path(sys.argv[1]), int(sys.argv[2]))
        subprocess.run([sys.executable, "-m", "bench.scoring", "score", sys.argv[1]], check=True)
