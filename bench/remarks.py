"""How long a search among 10,000 remarks takes, as the page does it: reading what may be read, and looking for words."""

from __future__ import annotations

import time
from pathlib import Path

REMARKS = 10_000


def searching(folder: Path) -> list[float]:
    """Seconds of each of several searches."""
    from surveys import create_app
    from surveys.ballots.models import Remark
    from surveys.followup.remarks import Wanted, find_remarks, read_remarks
    from surveys.questionnaires.library import install_ready_made
    from surveys.storage.schema import migrate
    from surveys.storage.statements import insert_many
    from tests.acting import close_running, mix, use
    from tests.followup.sealed import sealed_with

    use(create_app(INSTANCE=str(folder), DATABASE_URL=""))
    migrate()
    mix().folder.mark()
    install_ready_made()
    survey = sealed_with("一")
    item = Remark.get().item
    rows = [
        (survey.id, number.to_bytes(16, "big"), number % 3, item, f"{number} 食堂排队太久，希望多开几个窗口。" * 3)
        for number in range(REMARKS)
    ]
    insert_many("remark", "survey_id, number, unit, item, body", rows)
    taken = []
    for _ in range(7):
        started = time.perf_counter()
        found = find_remarks(read_remarks(survey), Wanted(words="9999 窗口"))
        taken.append(time.perf_counter() - started)
        assert len(found) == 1
    close_running()
    return taken
