"""Whether this process can take ballots at this moment, said within a second also while something hangs."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import peewee

from surveys.ballots.mix import BATCH_SIZE, Mix, waiting
from surveys.ballots.mix_entries import MixKind
from surveys.inputs.problems import InputError
from surveys.storage.database import drop_connection, release_connection
from surveys.storage.instance import Belonging
from surveys.storage.soundness import database_faults, folder_faults
from surveys.storage.statements import run

ANSWER_SECONDS = 0.8
STUCK_SECONDS = 120.0
"""So long a batch may be due before it counts as stuck."""

_ONE = "SELECT number FROM mix_entry WHERE survey_id = ? AND group_no = ? AND own_unit = ? AND size = ? ORDER BY number LIMIT 1"


@dataclass(frozen=True)
class Readiness:
    """What keeps ballots from being taken, and what an operator should look at, as short codes."""

    problems: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


class _Check:
    """A check in a thread of its own, one at a time: whoever asks while it runs waits for the same one."""

    def __init__(self, act: Callable[[], list[str]], late: str) -> None:
        self._act, self._late = act, late
        self._lock = threading.Lock()
        self._done: threading.Event | None = None
        self._found: list[str] = []

    def begin(self) -> threading.Event:
        """Let it run, unless it runs already."""
        with self._lock:
            if self._done is None:
                self._done = threading.Event()
                threading.Thread(target=self._run, args=(self._done,), daemon=True).start()
            return self._done

    def found(self, done: threading.Event, until: float) -> list[str]:
        """What it found; that it is late, where it has not ended by then."""
        return self._found if done.wait(max(0.0, until - time.monotonic())) else [self._late]

    def _run(self, done: threading.Event) -> None:
        found = [self._late]
        try:
            found = self._act()
        except Exception as error:
            logging.getLogger(__name__).error("a check failed: %s", type(error).__name__)
        finally:
            with self._lock:
                self._found, self._done = found, None
            done.set()


class ReadinessCheck:
    """The checks of an application. `stuck_seconds` is how long a batch may be due."""

    def __init__(self, instance: Path, mix: Mix, least_mb: int, stuck_seconds: float = STUCK_SECONDS) -> None:
        self._instance, self._mix, self._least_mb = instance, mix, least_mb
        self.stuck_seconds = stuck_seconds
        self._seen: dict[MixKind, tuple[bytes, float]] = {}
        self._database = _Check(self._check_database, "database")
        self._folders = _Check(self._check_folders, "folder")
        self._flush = _Check(self._flush_due, "mix_stuck")

    def report(self) -> Readiness:
        """What is found now. Answers within a second."""
        until = time.monotonic() + ANSWER_SECONDS
        checks = [self._folders, self._database, *([self._flush] if self._overdue() else [])]
        begun = [(check, check.begin()) for check in checks]
        found = [code for check, done in begun for code in check.found(done, until)]
        problems = tuple(dict.fromkeys(code for code in found if code not in WARNINGS))
        return Readiness(problems, tuple(code for code in found if code in WARNINGS))

    def _check_folders(self) -> list[str]:
        return folder_faults({"instance": self._instance, "mix": self._mix.folder.path}, self._least_mb)

    def _check_database(self) -> list[str]:
        try:
            found = database_faults(self._instance)
            return found if "database" in found or "migrations_missing" in found else found + self._check_mix()
        except peewee.PeeweeException:
            return ["database"]
        finally:
            _end_thread()

    def _check_mix(self) -> list[str]:
        if self._mix.folder.belonging() is not Belonging.OWN:
            return ["mix_folder"]
        damaged = self._mix.damaged().total()
        missing = self._mix.undecryptable().total() - damaged
        self._see_due()
        return ["mix_keys"] * bool(missing) + ["damaged_ballots"] * bool(damaged)

    def _see_due(self) -> None:
        """Remember for each kind with a whole batch an entry, and since when it is there; in memory, and nowhere else."""
        seen, now = {}, time.monotonic()
        for kind, count in waiting():
            row = run(_ONE, kind).fetchone() if count >= BATCH_SIZE else None
            if row is not None:
                number = bytes(row[0])
                before = self._seen.get(kind)
                seen[kind] = before if before is not None and before[0] == number else (number, now)
        self._seen = seen

    def _overdue(self) -> list[MixKind]:
        latest = time.monotonic() - self.stuck_seconds
        return [kind for kind, (_number, since) in self._seen.items() if since <= latest]

    def _flush_due(self) -> list[str]:
        """A batch may have stayed behind because a backup ran and nobody came since: it moves on now. If not, it is stuck."""
        try:
            left = [kind for kind in self._overdue() if not self._mix.flush_batch(kind)]
            self._see_due()
            return ["mix_stuck"] if left and self._overdue() else []
        except (peewee.PeeweeException, InputError, OSError):
            return ["mix_stuck"]
        finally:
            _end_thread()


WARNINGS = ("damaged_ballots",)
"""What an operator must look at, although ballots are taken."""


def _end_thread() -> None:
    """The connection of a thread that ends."""
    release_connection()
    drop_connection()
