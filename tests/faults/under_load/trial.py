"""One fault after the other while people answer, and what must hold after each; rounds and figures of the long form."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from typing import Any

from surveys.admission.models import Admission
from surveys.ballots.models import Receipt
from surveys.results.verification import verify
from surveys.storage.database import is_sqlite
from surveys.storage.statements import run
from tests.acting import issue_codes, seal
from tests.faults.under_load.people import People, Seen, to_port
from tests.helpers import closed, published

ROUNDS = int(os.environ.get("FAULT_ROUNDS", "2"))
"""So many times each fault happens: a hundred times in `make soak`."""

FIGURES = os.environ.get("FAULT_FIGURES", "")
"""The file to which each fault's figures are added, a line of JSON each."""

IS_LONG = ROUNDS > 10

# One statement, so that all four are of one moment.
_COUNTS = (
    "SELECT (SELECT COUNT(*) FROM admission WHERE survey_id = ? AND used), (SELECT COUNT(*) FROM receipt WHERE survey_id = ?),"
    " (SELECT COUNT(*) FROM ballot WHERE survey_id = ?) + (SELECT COUNT(*) FROM mix_entry WHERE survey_id = ?),"
    " (SELECT COUNT(*) FROM damaged_entry WHERE survey_id = ?)"
)


Connect = Callable[[], HTTPConnection]


class Trial:
    """A survey that people answer all the time while faults happen, on the database of the running application."""

    def __init__(
        self,
        app: Any,
        port: int,
        *,
        connect: Connect | None = None,
        codes: int = 0,
        people: int = 6,
        pause: float = 0.03,
        **survey: Any,
    ) -> None:
        self.survey = published(**survey)
        count = codes or 2000 + 400 * ROUNDS
        self._codes = [one.code for one in issue_codes(self.survey, app.config["CODE_KEY"], 0, count)]
        self.back: list[float] = []
        self._checked: set[str] = set()
        self.people = People(
            connect or partial(to_port, port), self._codes, slug=self.survey.slug, count=people, pause=pause
        )

    @property
    def seen(self) -> Seen:
        """What people were told so far."""
        return self.people.seen

    @contextmanager
    def fault(self, *, back_within: float = 60, more: int = 20) -> Iterator[None]:
        """Around a fault and its end. Then ballots must be received again by themselves, and everything must hold."""
        self.people.wait_for_more(more, 60)
        yield
        self.back.append(self.people.wait_for_more(more, back_within))
        self.check()

    def check(self) -> None:
        """No ballot that was said to be received is missing, none is there twice, and what people saw was honest."""
        before = dict(self.seen.received)
        used, receipts, ballots, damaged = run(_COUNTS, (self.survey.id,) * 5).fetchone()
        doubtful = len(self.seen.in_doubt)  # later than the counts: whoever began meanwhile is among them
        after = len(self.seen.received)
        assert (used, receipts, damaged) == (ballots, ballots, 0)
        assert len(before) <= ballots <= after + doubtful
        assert len(set(before.values())) == len(before), "two people have the same receipt"
        for code in before.keys() - self._checked:
            values = (self.survey.id, before[code])
            assert run("SELECT 1 FROM receipt WHERE survey_id = ? AND number = ?", values).fetchone(), code
        self._checked |= before.keys()
        assert not self.seen.faults, self.seen.faults[:3]

    def end(self, fault: str) -> None:
        """Stop, seal, and compare every count; note the figures."""
        self.people.stop()
        self.check()
        assert not self.seen.in_doubt
        closed(self.survey)
        stored = seal(self.survey.slug)
        received = len(self.seen.received)
        assert stored.ballots == stored.receipts == received
        assert Receipt.select().where(Receipt.survey_id == self.survey.id).count() == received
        assert Admission.select().where(Admission.survey_id == self.survey.id, Admission.used).count() == received
        assert verify(self.survey.slug).unchanged
        note_figures({
            "fault": fault, "times": len(self.back), "ballots": received, "refused": len(self.seen.refused),
            "missing": 0, "double": 0, "sent again": dict(self.seen.failures),
            "back after, median s": round(median(self.back), 2) if self.back else None,
            "back after, longest s": round(max(self.back), 2) if self.back else None,
            "longest wait of one person, s": round(self.seen.longest, 1),
        })  # fmt: skip


def kind() -> str:
    """Which database it is, for the figures."""
    return "SQLite" if is_sqlite() else "PostgreSQL"


def note_figures(figures: dict[str, Any]) -> None:
    """Add what was measured to the file of figures."""
    print(figures)
    if FIGURES:
        with Path(FIGURES).open("a", encoding="utf-8") as file:
            file.write(json.dumps(figures, ensure_ascii=False) + "\n")
