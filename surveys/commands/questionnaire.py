"""`flask questionnaire …`"""

from __future__ import annotations

import json
import re
from pathlib import Path

import click
from flask.cli import AppGroup

from surveys.commands.console import actor, check_table_name, echo_remarks, private_output, reports_problems
from surveys.inputs.csv_reading import decode
from surveys.inputs.problems import InputError, Problem
from surveys.inputs.values import load_file
from surveys.questionnaires.library import all_questionnaires, load_definition, save_questionnaire
from surveys.questionnaires.pasted import PastedReading, read_pasted
from surveys.questionnaires.questionnaire import read_questionnaire
from surveys.questionnaires.xlsform.reader import FormReading, read_xlsform
from surveys.questionnaires.xlsform.writer import write_xlsform

questionnaire = AppGroup("questionnaire", help="Questionnaires.")


@questionnaire.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--key", help="Store it under this key.")
@click.option("--preview", is_flag=True, help="Print what was understood as JSON, and store nothing.")
@reports_problems
def import_(file: Path, key: str | None, preview: bool) -> None:
    """Store a questionnaire from a JSON, TOML, XLSForm (xlsx, xls) or text (txt) file, replacing the one with its key."""
    if file.suffix.lower() in (".xlsx", ".xls", ".txt"):
        reading = _read_foreign(file)
        definition = reading.definition
        echo_remarks(reading.remarks)
    else:
        definition = load_file(file)
    if key:
        definition = {**definition, "key": key}
    if preview:
        read_questionnaire(definition)
        click.echo(json.dumps(definition, ensure_ascii=False, indent=1))
    else:
        click.echo(f"questionnaire {save_questionnaire(actor(), definition).key} stored")


def _read_foreign(file: Path) -> FormReading | PastedReading:
    """A file of another program: an XLSForm, or a text as people write it."""
    if file.suffix.lower() == ".txt":
        return read_pasted(
            decode(file.name, file.read_bytes()), re.sub(r"[^A-Za-z0-9_.-]", "", file.stem)[:40] or "pasted"
        )
    return read_xlsform(file.name, file.read_bytes())


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
