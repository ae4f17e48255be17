"""How the installation is: disk, backups, ballots that wait, seals that are not at their end. Nothing about a respondent."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from surveys.ballots.mix import Mix, waiting
from surveys.campaigns.models import Survey
from surveys.campaigns.states import State
from surveys.inputs.problems import Problem
from surveys.results.seal_run import Phase, SealRun
from surveys.storage.database import database, is_sqlite
from surveys.storage.instance import Belonging
from surveys.storage.kept_backups import KeptBackup, kept_backups
from surveys.version import __version__

BACKUP_HOURS = 36
"""A backup that is older is overdue: they are made every night."""
LITTLE_SPACE = 2 * 2**30
"""Bytes: with fewer that are free, a survey with many ballots may not get to its end."""


@dataclass(frozen=True)
class Installation:
    """What an operator looks at. Sizes are in bytes; `newest` is the newest backup, None where there is none.

    `backups` is how many are kept; None: no folder is set for them. `lost` counts what waits in the mix and cannot be
    decrypted or is damaged. `sealing`, `cleaning`: the surveys whose seal, or the cleaning up after it, is not at its end.
    """

    version: str
    engine: str
    database_size: int
    free: int
    keys_belong: bool
    waiting: int
    lost: int
    backups: int | None
    newest: KeptBackup | None
    sealing: tuple[str, ...]
    cleaning: tuple[str, ...]

    def warnings(self, now: float) -> list[Problem]:
        """What somebody has to do something about."""
        found = []
        if not self.keys_belong:
            found.append(
                Problem(
                    "No ballots are taken: the folder mix of this instance is missing or belongs to another installation."
                )
            )
        if self.lost:
            found.append(Problem("%(n)s ballots in the mix cannot be decrypted, or are damaged.", n=self.lost))
        if self.free < LITTLE_SPACE:
            found.append(Problem("Little space is left on the disk of the database."))
        if self.backups is None:
            found.append(Problem("No backups are kept: BACKUP_FOLDER is not set."))
        elif self.newest is None or now - self.newest.made_at > BACKUP_HOURS * 3600:
            found.append(Problem("The newest backup is older than %(n)s hours, or there is none.", n=BACKUP_HOURS))
        if self.newest is not None and not self.newest.encrypted:
            found.append(Problem("Backups are not encrypted: BACKUP_RECIPIENT is not set."))
        if self.sealing:
            found.append(
                Problem("The seal of %(names)s was begun and is not at its end.", names=", ".join(self.sealing))
            )
        if self.cleaning:
            found.append(
                Problem("Old pages of %(names)s are still to be removed: run db clean-up while no survey is open.",
                        names=", ".join(self.cleaning))
            )  # fmt: skip
        return found


def look_at_installation(instance: Path, mix: Mix, backup_folder: str) -> Installation:
    """The installation at this moment."""
    kept = kept_backups(Path(backup_folder)) if backup_folder else []
    sealing = Survey.select(Survey.slug).where(Survey.state == State.SEALING).order_by(Survey.slug)
    cleaning = SealRun.select(SealRun, Survey).join(Survey).where(SealRun.phase == Phase.CLEAN_UP)
    return Installation(
        version=__version__,
        engine="SQLite" if is_sqlite() else "PostgreSQL",
        database_size=_database_size(instance),
        free=shutil.disk_usage(instance).free,
        keys_belong=mix.folder.belonging() is Belonging.OWN,
        waiting=sum(count for _kind, count in waiting()),
        lost=mix.undecryptable().total(),
        backups=len(kept) if backup_folder else None,
        newest=kept[0] if kept else None,
        sealing=tuple(survey.slug for survey in sealing),
        cleaning=tuple(run.survey.slug for run in cleaning),
    )


def _database_size(instance: Path) -> int:
    if not is_sqlite():
        return int(database.execute_sql("SELECT pg_database_size(current_database())").fetchone()[0])
    return sum(path.stat().st_size for path in instance.glob("surveys.sqlite3*"))
