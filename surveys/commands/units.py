"""`flask units …`"""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import AppGroup

from surveys.campaigns.drafts import delete_unit
from surveys.commands.console import actor, echo_alike, echo_remarks, reports_problems
from surveys.units.changes import alike_codes, store_units
from surveys.units.importing import read_units
from surveys.units.models import all_units

units = AppGroup("units", help="The organisation's units.")


@units.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--preview", is_flag=True, help="Only check the file.")
@reports_problems
def import_(file: Path, preview: bool) -> None:
    """Import units from xlsx, xls, ods or csv: code, name, name_en, kind, parent. Known codes are updated."""
    found = read_units(file.name, file.read_bytes())
    echo_remarks(found.remarks)
    echo_alike(alike_codes(found.rows))
    if preview:
        click.echo(f"{len(found.rows)} units, no errors")
        return
    done = store_units(actor(), found.rows)
    click.echo(f"{done.added} units added, {done.changed} changed")


@units.command()
@click.argument("code")
@reports_problems
def delete(code: str) -> None:
    """Remove a unit that no draft uses. Published surveys keep their own copy."""
    delete_unit(actor(), code)
    click.echo(f"unit {code} removed")


@units.command("list")
def list_() -> None:
    """Print all units."""
    for unit in all_units():
        click.echo(f"{unit.code}\t{unit.kind}\t{unit.name}\t{unit.name_en}")
