"""`flask questionnaire …`"""

from __future__ import annotations

import json
from pathlib import Path

import click
from flask.cli import AppGroup

from surveys.commands.console import actor, check_table_name, echo_remarks, private_output, reports_problems
from surveys.inputs.problems import InputError, Problem
from surveys.questionnaires.foreign import read_foreign
from surveys.questionnaires.library import all_questionnaires, load_definition, save_questionnaire
from surveys.questionnaires.xlsform.writer import write_xlsform

questionnaire = AppGroup("questionnaire", help="Questionnaires.")


@questionnaire.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--key", help="Store it under this key.")
@click.option("--preview", is_flag=True, help="Print what was understood as JSON, and store nothing.")
@reports_problems
def import_(file: Path, key: str | None, preview: bool) -> None:
    """Store a questionnaire from a JSON, TOML, XLSForm (xlsx, xls) or text (txt) file, replacing the one with its key."""
    found = read_foreign(file.name, file.read_bytes(), key or "")
    echo_remarks(found.remarks)
    if preview:
        click.echo(json.dumps(found.definition, ensure_ascii=False, indent=1))
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
    """Print the keys and titles of all questionnaires."""
    for entry in all_questionnaires():
        click.echo(f"{entry.key}\t{entry.title['zh']}")
