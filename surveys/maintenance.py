"""`flask db …`: migrations, backup and restore."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup
from psycopg.conninfo import conninfo_to_dict

from surveys.authoring.models import install_templates
from surveys.console import reports_problems
from surveys.database import backing_up, database, is_sqlite
from surveys.database import migrate as apply_migrations
from surveys.publishing.machine import State
from surveys.publishing.models import Survey
from surveys.reporting.erasing import erase_due_rosters
from surveys.responding import tray
from surveys.text import InputError, Problem

KEY, TRAY = "secret.key", "tray"

db = AppGroup("db", help="The database.")


@db.command()
def migrate() -> None:
    """Bring the schema up to date and install the ready-made questionnaires."""
    for name in apply_migrations():
        click.echo(f"applied {name}")
    install_templates()
    # Keys that a power cut left between a seal and their removal.
    sealed = Survey.select(Survey.id).where(Survey.state == State.SEALED.value)
    for survey in tray.keys().surveys() & {row.id for row in sealed}:
        tray.keys().erase(survey)
    erase_due_rosters(current_app.config["ROSTER_DAYS"])


@db.command("change-tray-key")
def change_tray_key() -> None:
    """Seal what lies in the tray with new keys; surveys may run meanwhile."""
    click.echo(f"new keys: {tray.change_key()}")


@db.command("erase-rosters")
def erase_rosters() -> None:
    """Forget the persons of rosters ROSTER_DAYS after the seal; each start of the service does it, too."""
    click.echo(f"{erase_due_rosters(current_app.config['ROSTER_DAYS'])} persons erased")


@db.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@reports_problems
def backup(folder: Path) -> None:
    """Copy the database, while it is in use, and the keys into a new FOLDER."""
    instance = Path(current_app.instance_path)
    if folder.exists():
        raise InputError(Problem("The folder %(name)s is there already.", name=str(folder)))
    pg_dump = shutil.which("pg_dump") or ""
    if not is_sqlite() and not pg_dump:
        raise InputError(Problem("pg_dump is not installed here; it comes with PostgreSQL."))
    folder.mkdir(parents=True, mode=0o700)
    with backing_up():
        if is_sqlite():
            _copy(instance / "surveys.sqlite3", folder / "surveys.sqlite3")
        else:
            _dump(folder / "surveys.dump", pg_dump, current_app.config["DATABASE_URL"])
        if (instance / TRAY).is_dir():
            shutil.copytree(instance / TRAY, folder / TRAY)
    shutil.copy2(instance / KEY, folder / KEY)
    click.echo(f"backup written to {folder}; it holds what the database held at this moment, so keep it as safe")


def _copy(source: Path, target: Path) -> None:
    """A copy by a connection of its own: the one that holds the writer's lock cannot be copied from."""
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)


def _dump(target: Path, pg_dump: str, url: str) -> None:
    """A dump by PostgreSQL's own program; the password goes by the environment, where no process list shows it."""
    names = {
        "dbname": "PGDATABASE",
        **{name: f"PG{name.upper()}" for name in ("host", "port", "user", "password", "sslmode")},
    }
    told = {names[name]: str(value) for name, value in conninfo_to_dict(url).items() if name in names}
    command = [pg_dump, "--format=custom", f"--file={target}"]
    subprocess.run(command, check=True, env={**os.environ, **told})  # noqa: S603  (its path was just looked up)


def _sqlite_only() -> Path:
    if not is_sqlite():
        raise InputError(
            Problem("This is for SQLite. For PostgreSQL use pg_restore, and copy secret.key and tray from the backup.")
        )
    return Path(current_app.instance_path)


@db.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask.")
@reports_problems
def restore(folder: Path, yes: bool) -> None:
    """Put a backup in the place of the database and keys of this instance. Stop the service first."""
    instance = _sqlite_only()
    for name in ("surveys.sqlite3", KEY):
        if not (folder / name).is_file():
            raise InputError(Problem("%(name)s is missing in the backup.", name=name))
    if sqlite3.connect(folder / "surveys.sqlite3").execute("PRAGMA integrity_check").fetchone() != ("ok",):
        raise InputError(Problem("The database in the backup is damaged."))
    if not yes:
        click.confirm("This replaces the database of this instance. Is the service stopped?", abort=True)
    database.close()
    for leftover in ("surveys.sqlite3-wal", "surveys.sqlite3-shm"):
        (instance / leftover).unlink(missing_ok=True)
    for name in ("surveys.sqlite3", KEY):
        shutil.copy2(folder / name, instance / name)
    shutil.rmtree(instance / TRAY, ignore_errors=True)
    if (folder / TRAY).is_dir():
        shutil.copytree(folder / TRAY, instance / TRAY)
    click.echo("restored")
