"""`flask db …`: migrations, backup and restore."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from surveys.authoring.models import install_templates
from surveys.console import reports_problems
from surveys.database import database, is_sqlite
from surveys.database import migrate as apply_migrations
from surveys.text import InputError, Problem

db = AppGroup("db", help="The database.")


@db.command()
def migrate() -> None:
    """Bring the schema up to date and install the ready-made questionnaires."""
    for name in apply_migrations():
        click.echo(f"applied {name}")
    install_templates()


def _sqlite_only() -> Path:
    if not is_sqlite():
        raise InputError(
            Problem("This is for SQLite. Use pg_dump and pg_restore for PostgreSQL, and copy instance/secret.key.")
        )
    return Path(current_app.instance_path)


@db.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@reports_problems
def backup(folder: Path) -> None:
    """Copy the database, while it is in use, and the secret key into a new FOLDER."""
    instance = _sqlite_only()
    if folder.exists():
        raise InputError(Problem("The folder %(name)s is there already.", name=str(folder)))
    folder.mkdir(parents=True, mode=0o700)
    target = sqlite3.connect(folder / "surveys.sqlite3")
    with target:
        database.connection().backup(target)
    target.close()
    shutil.copy2(instance / "secret.key", folder / "secret.key")
    click.echo(f"backup written to {folder}; it holds what the database held at this moment, so keep it as safe")


@db.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask.")
@reports_problems
def restore(folder: Path, yes: bool) -> None:
    """Put a backup in the place of the database and key of this instance. Stop the service first."""
    instance = _sqlite_only()
    for name in ("surveys.sqlite3", "secret.key"):
        if not (folder / name).is_file():
            raise InputError(Problem("%(name)s is missing in the backup.", name=name))
    if sqlite3.connect(folder / "surveys.sqlite3").execute("PRAGMA integrity_check").fetchone() != ("ok",):
        raise InputError(Problem("The database in the backup is damaged."))
    if not yes:
        click.confirm("This replaces the database of this instance. Is the service stopped?", abort=True)
    database.close()
    for leftover in ("surveys.sqlite3-wal", "surveys.sqlite3-shm"):
        (instance / leftover).unlink(missing_ok=True)
    for name in ("surveys.sqlite3", "secret.key"):
        shutil.copy2(folder / name, instance / name)
    click.echo("restored")
