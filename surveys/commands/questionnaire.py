"""`flask questionnaire …`"""

from __future__ import annotations

import json
from pathlib import Path

import click
from flask.cli import AppGroup

from surveys.commands.console import actor, reports_problems
from surveys.inputs.problems import InputError, Problem
from surveys.inputs.values import load_file
from surveys.questionnaires.library import all_questionnaires, load_definition, save_questionnaire

questionnaire = AppGroup("questionnaire", help="Questionnaires.")


@questionnaire.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@reports_problems
def import_(file: Path) -> None:
    """Store a questionnaire from a JSON or TOML file, replacing the one with its key."""
    click.echo(f"questionnaire {save_questionnaire(actor(), load_file(file)).key} stored")


@questionnaire.command()
@click.argument("key")
@reports_problems
def export(key: str) -> None:
    """Print a questionnaire as JSON."""
    definition = load_definition(key)
    if definition is None:
        raise InputError(Problem("There is no questionnaire %(name)s.", name=key))
    click.echo(json.dumps(definition, ensure_ascii=False, indent=1))


@questionnaire.command("list")
def list_() -> None:
    """Print the keys and titles of all questionnaires."""
    for entry in all_questionnaires():
        click.echo(f"{entry.key}\t{entry.title['zh']}")
