"""`flask backup …`: backups that are made every night, and the proof that they can be restored."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from surveys.ballots.mix_keys import FOLDER
from surveys.commands.console import in_zone, reports_problems
from surveys.inputs.problems import InputError, Problem
from surveys.results.models import StoredResult
from surveys.storage.backup import write_backup
from surveys.storage.kept_backups import KeptBackup, keep_backup, kept_backups, open_backup

backup = AppGroup("backup", help="Backups that are made every night (`db backup` makes a single one).")
identity_option = click.option(
    "--identity", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="The file with age's secret key."
)
file_argument = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))


def _folder() -> Path:
    folder = current_app.config["BACKUP_FOLDER"]
    if not folder:
        raise InputError(Problem("Set BACKUP_FOLDER to the folder in which backups are kept."))
    return Path(folder)


@backup.command()
@reports_problems
def make() -> None:
    """Make a backup in BACKUP_FOLDER, encrypted for BACKUP_RECIPIENT, and remove all but the newest BACKUP_KEEP."""

    def write(folder: Path) -> None:
        write_backup(Path(current_app.instance_path), folder, current_app.config["DATABASE_URL"], FOLDER)

    settings = current_app.config
    made = keep_backup(_folder(), write, settings["BACKUP_RECIPIENT"], settings["BACKUP_KEEP"], time.time())
    click.echo(f"backup written to {made.path}")
    if not made.encrypted:
        click.echo("note: it is not encrypted; set BACKUP_RECIPIENT", err=True)


@backup.command("list")
@reports_problems
def list_backups() -> None:
    """The backups in BACKUP_FOLDER, the newest first."""
    for one in kept_backups(_folder()):
        click.echo(f"{in_zone(one.made_at)}  {one.path.stat().st_size:>14,}  {one.path.name}")


@backup.command("open")
@file_argument
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@identity_option
@reports_problems
def open_file(file: Path, folder: Path, identity: Path | None) -> None:
    """Unpack a backup FILE into a new FOLDER, from which `db restore` takes it."""
    open_backup(file, folder, identity)
    click.echo(f"unpacked into {folder}")


@backup.command()
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@identity_option
@click.option("--database", default="", help="On PostgreSQL: the address of an empty database to restore into.")
@reports_problems
def rehearse(file: Path | None, identity: Path | None, database: str) -> None:
    """Restore a backup FILE (the newest one) into a scratch place and compare what is sealed in it with what is sealed here."""
    chosen = _chosen(file)
    if bool(database) != bool(current_app.config["DATABASE_URL"]):
        raise InputError(
            Problem("--database names the empty database of PostgreSQL to restore into, where the service uses one.")
        )
    expected = {
        stored.survey.slug: stored.digest
        for stored in StoredResult.select().where(StoredResult.sealed_at < int(chosen.made_at))
    }
    with tempfile.TemporaryDirectory(prefix="rehearsal.") as scratch:
        folder = Path(scratch) / "backup"
        open_backup(chosen.path, folder, identity)
        environment = {
            **os.environ,
            "INSTANCE": str(Path(scratch) / "instance"),
            "DATABASE_URL": database,
            "BASE_URL": "",
        }
        _run(environment, "db", "restore", str(folder), "--yes")
        found = dict(line.split() for line in _run(environment, "db", "verify").splitlines() if line)
    if missing := sorted(expected.items() - found.items()):
        raise InputError([
            Problem("%(name)s is not restored as it was sealed.", name=slug) for slug, _digest in missing
        ])  # fmt: skip
    click.echo(
        f"{chosen.path.name} of {in_zone(chosen.made_at)} can be restored: {len(found)} sealed surveys, all as sealed"
    )


def _chosen(file: Path | None) -> KeptBackup:
    known = {one.path.resolve(): one for one in kept_backups(file.parent if file else _folder())}
    if file and file.resolve() not in known:
        raise InputError(Problem("%(name)s is no file of a backup.", name=str(file)))
    if not known:
        raise InputError(Problem("There is no backup in %(name)s.", name=str(_folder())))
    return known[file.resolve()] if file else next(iter(known.values()))


def _run(environment: dict[str, str], *words: str) -> str:
    """A command of this service on another instance, in a process of its own. Raises InputError with what it said."""
    app = Path(current_app.root_path).parent / "app.py"
    command = [sys.executable, "-m", "flask", "--app", str(app), *words]
    done = subprocess.run(  # noqa: S603  words of our own
        command, env=environment, cwd=app.parent, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise InputError(
            Problem("The backup cannot be restored: %(reason)s", reason=(done.stderr or done.stdout).strip()[-500:])
        )
    return done.stdout
