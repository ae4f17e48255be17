"""`flask questionnaire …`"""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from flask import current_app
from flask.cli import AppGroup

from surveys.campaigns.drafts import rename_questionnaire
from surveys.commands.console import actor, check_table_name, echo_remarks, private_output, reports_problems
from surveys.inputs.problems import InputError, Problem
from surveys.questionnaires.editing import begin_questionnaire, bring_back
from surveys.questionnaires.foreign import PASTED, read_foreign
from surveys.questionnaires.library import (
    archive_questionnaire,
    list_questionnaires,
    load_definition,
    require_questionnaire,
    save_questionnaire,
)
from surveys.questionnaires.versions import versions_of
from surveys.questionnaires.xlsform.writer import write_xlsform

questionnaire = AppGroup("questionnaire", help="Questionnaires.")


@questionnaire.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--key", help="Store it under this key.")
@click.option("--preview", is_flag=True, help="Print what was understood as JSON, and store nothing.")
@reports_problems
def import_(file: Path, key: str | None, preview: bool) -> None:
    """Store a questionnaire from a JSON, TOML, XLSForm (xlsx, xls) or text (txt) file, replacing the one with its key.

    A text whose file has no Latin name becomes a new questionnaire, unless --key names one.
    """
    found = read_foreign(file.name, file.read_bytes(), key or "")
    echo_remarks(found.remarks)
    if preview:
        click.echo(json.dumps(found.definition, ensure_ascii=False, indent=1))
    elif found.questionnaire.key == PASTED and not key:
        click.echo(f"questionnaire {begin_questionnaire(actor(), found.definition).key} stored")
    else:
        click.echo(f"questionnaire {save_questionnaire(actor(), found.definition).key} stored")


@questionnaire.command()
@click.argument("key")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write an XLSForm (.xlsx) instead.")
@reports_problems
def export(key: str, out: Path | None) -> None:
    """Print a questionnaire as JSON, or write it as an XLSForm."""
    definition = load_definition(key)
    if definition is None:
        raise InputError(Problem("There is no questionnaire %(name)s.", name=key))
    if out is None:
        click.echo(json.dumps(definition, ensure_ascii=False, indent=1))
        return
    check_table_name(out)
    with private_output(out) as file:
        file.write(write_xlsform(definition))
    click.echo(f"{out} written")


@questionnaire.command("list")
def list_() -> None:
    """Print the keys and titles of all questionnaires, and what keeps surveys from using one."""
    for one in list_questionnaires():
        state = "archived" if one.stored.archived else f"{one.problems} to finish" if one.problems else ""
        click.echo("\t".join([one.stored.key, one.title["zh"], *([state] if state else [])]))


@questionnaire.command()
@click.argument("key")
@click.option("--undo", is_flag=True, help="Take it out of the archive.")
@reports_problems
def archive(key: str, undo: bool) -> None:
    """Let no new survey use a questionnaire; those that use it keep it."""
    archive_questionnaire(actor(), key, not undo)
    click.echo(f"questionnaire {key} {'is in use again' if undo else 'archived'}")


@questionnaire.command()
@click.argument("key")
@click.argument("new")
@reports_problems
def rename(key: str, new: str) -> None:
    """Give a questionnaire another key."""
    click.echo(f"questionnaire {rename_questionnaire(actor(), key, new).key} stored")


@questionnaire.command()
@click.argument("key")
@reports_problems
def versions(key: str) -> None:
    """Print the versions of a questionnaire, newest first: number, time, who saved it."""
    for version, _changed in versions_of(require_questionnaire(key)):
        at = datetime.fromtimestamp(version.saved_at, ZoneInfo(current_app.config["TIMEZONE"]))
        click.echo(f"{version.id}\t{at:%Y-%m-%d %H:%M}\t{version.saved_by}")


@questionnaire.command("bring-back")
@click.argument("key")
@click.argument("number", type=int)
@reports_problems
def bring_back_(key: str, number: int) -> None:
    """Make an old version of a questionnaire, by its number, the present one."""
    click.echo(f"questionnaire {bring_back(actor(), key, number).key} stored")
