"""`flask db …`: migrations, backup and restore."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from surveys.admission.invitation_mail import mail_server
from surveys.admission.mail import send_one
from surveys.ballots.mix_keys import FOLDER
from surveys.commands.console import actor, in_zone, reports_problems
from surveys.followup.remark_retention import erase_due_remarks
from surveys.questionnaires.library import install_ready_made
from surveys.results.installation import Installation, look_at_installation
from surveys.results.models import StoredResult
from surveys.results.roster_retention import erase_due_rosters
from surveys.results.sealing import clean_up_leftovers
from surveys.results.verification import verify as verify_survey
from surveys.services import mix, readiness
from surveys.storage.backup import write_backup
from surveys.storage.instance import Belonging, remember_secret
from surveys.storage.log_settings import unsafe_settings
from surveys.storage.restoring import check_backup, check_target, restore_backup
from surveys.storage.schema import migrate as apply_migrations

db = AppGroup("db", help="The database.")


@db.command()
def migrate() -> None:
    """Bring the schema up to date and install the ready-made questionnaires."""
    for name in apply_migrations():
        click.echo(f"applied {name}")
    remember_secret(Path(current_app.instance_path))
    mix().folder.mark()
    install_ready_made()
    clean_up_leftovers(mix())
    erase_due_rosters(actor(), current_app.config["ROSTER_DAYS"])
    erase_due_remarks(actor(), current_app.config["REMARK_DAYS"])


@db.command()
def show() -> None:
    """How the installation is: version, database, space, backups, what waits; exits with 1 if something has to be done."""
    found = _look()
    click.echo(f"version {found.version}, {found.engine}: {found.database_size:,} bytes, {found.free:,} free")
    newest = f"the newest of {in_zone(found.newest.made_at)}" if found.newest else "none"
    click.echo(f"backups: {newest}; ballots in the mix: {found.waiting}")
    warnings = found.warnings(time.time())
    for warning in warnings:
        click.echo(f"note: {warning.text()}")
    sys.exit(bool(warnings))


@db.command()
@reports_problems
def alert() -> None:
    """Send a mail to ALERT_MAIL if something has to be done about the installation."""
    settings = current_app.config
    warnings = _look().warnings(time.time())
    if not warnings or not settings["ALERT_MAIL"]:
        click.echo(
            f"{len(warnings)} things have to be done; no mail was sent" if warnings else "nothing has to be done"
        )
        return
    where = settings["BASE_URL"] or current_app.instance_path
    text = "\n".join([f"{where}:", "", *(f"- {warning.text()}" for warning in warnings)])
    send_one(mail_server(settings), settings["ALERT_MAIL"], f"Survey service: {len(warnings)} things to do", text)
    click.echo(f"a mail was sent to {settings['ALERT_MAIL']}")


def _look() -> Installation:
    return look_at_installation(Path(current_app.instance_path), mix(), current_app.config["BACKUP_FOLDER"])


@db.command("clean-up")
def clean_up() -> None:
    """Remove what lies in old pages of PostgreSQL since surveys were sealed; it waits while a survey is open."""
    left = clean_up_leftovers(mix())
    click.echo(f"{left} surveys wait until no survey is open" if left else "nothing is left in old pages")


@db.command()
def verify() -> None:
    """Compute digests and results of all sealed surveys again; one line for each, and 1 as the exit code if anything changed."""
    changed = False
    for stored in StoredResult.select().order_by(StoredResult.sealed_at):
        found = verify_survey(stored.survey.slug)
        changed = changed or not found.unchanged
        click.echo(f"{stored.survey.slug} {found.digest if found.unchanged else 'CHANGED'}")
    sys.exit(changed)


@db.command("erase-rosters")
def erase_rosters() -> None:
    """Forget the persons of rosters ROSTER_DAYS after the seal; each start of the service does it, too."""
    click.echo(f"{erase_due_rosters(actor(), current_app.config['ROSTER_DAYS'])} persons erased")


@db.command("erase-remarks")
def erase_remarks() -> None:
    """Delete what people wrote REMARK_DAYS after the seal; what was published stays. Each start of the service does it, too."""
    click.echo(f"{erase_due_remarks(actor(), current_app.config['REMARK_DAYS'])} remarks deleted")


@db.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@reports_problems
def backup(folder: Path) -> None:
    """Copy the database, while it is in use, and the keys into a new FOLDER."""
    write_backup(Path(current_app.instance_path), folder, current_app.config["DATABASE_URL"], FOLDER)
    _say_what_is_unreadable("of the backup")
    click.echo(f"backup written to {folder}; it holds what the database held at this moment, so keep it as safe")


@db.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask.")
@reports_problems
def restore(folder: Path, yes: bool) -> None:
    """Put a backup in the place of the database and keys of this instance. Stop the service first.

    On PostgreSQL DATABASE_URL must name an empty database.
    """
    check_target()
    check_backup(folder, FOLDER)
    if not yes:
        click.confirm("This replaces the database of this instance. Is the service stopped?", abort=True)
    restore_backup(Path(current_app.instance_path), folder, current_app.config["DATABASE_URL"], FOLDER)
    mix().folder.forget()
    click.echo("restored")
    _say_what_is_unreadable("restored here")


@db.command()
def check() -> None:
    """Look whether ballots can be taken, and whether PostgreSQL would write what belongs to them into its log. Exits with 1 if not."""
    found, unsafe = readiness().report(), unsafe_settings()
    for code in (*found.problems, *found.warnings):
        click.echo(f"{code}: see Health in docs/operators.md", err=True)
    for setting in unsafe:
        click.echo(f"PostgreSQL has {setting.name} = {setting.value}: what belongs to ballots could be kept", err=True)
    if unsafe:
        click.echo("as a superuser of PostgreSQL:", err=True)
        for setting in unsafe:
            click.echo(f"  ALTER SYSTEM SET {setting.name} = '{setting.proposed}';", err=True)
        restart = any(setting.name == "archive_mode" for setting in unsafe)
        click.echo("then restart it" if restart else "  SELECT pg_reload_conf();", err=True)
    if found.problems or found.warnings or unsafe:
        sys.exit(1)
    click.echo("sound")


def _say_what_is_unreadable(where: str) -> None:
    """Keys and entries that belong together: said at once, not found out at the seal."""
    if mix().folder.belonging() is not Belonging.OWN:
        click.echo(
            f"note: the folder mix {where} is not this installation's: {mix().folder.belonging().value}", err=True
        )
    lost = mix().undecryptable().total()
    click.echo(f"ballots waiting in the mix that cannot be decrypted: {lost}")
