"""`flask units …`"""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import AppGroup

from surveys.campaigns.drafts import delete_unit
from surveys.commands.console import (
    actor,
    column_option,
    echo_alike,
    echo_remarks,
    reports_problems,
    said_pairs,
    sheet_option,
)
from surveys.units.changes import alike_codes, store_units
from surveys.units.editing import add_unit, change_unit
from surveys.units.guessing import read_assigned_units
from surveys.units.importing import read_units
from surveys.units.models import all_units

units = AppGroup("units", help="The organisation's units.")


@units.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@column_option
@sheet_option
@click.option("--preview", is_flag=True, help="Only check the file.")
@reports_problems
def import_(file: Path, columns: tuple[str, ...], sheet: str, preview: bool) -> None:
    """Import units from xlsx, xls, ods or csv: code, name, name_en, kind, parent. Known codes are updated.

    With --column or --sheet a table with other headings is read as the page reads it: codes, kinds and units above are guessed.
    """
    said, data = said_pairs(columns, "--column"), file.read_bytes()
    found = read_assigned_units(file.name, data, said, sheet) if said or sheet else read_units(file.name, data)
    echo_remarks(found.remarks)
    echo_alike(alike_codes(found.rows))
    if preview:
        click.echo(f"{len(found.rows)} units, no errors")
        return
    done = store_units(actor(), found.rows)
    click.echo(f"{done.added} units added, {done.changed} changed")


_kind = click.option(
    "--kind", metavar="KIND", help="committee, general branch, branch, union, youth league, office, person."
)
_parent = click.option("--parent", metavar="UNIT", help="The unit above, by code or name.")
_english = click.option("--name-en", metavar="NAME", help="Its English name.")


@units.command()
@click.argument("name")
@_kind
@_parent
@_english
@click.option("--code", metavar="CODE", help="Its code; default: one is made.")
@reports_problems
def add(name: str, **more: str | None) -> None:
    """Add one unit."""
    row = add_unit(actor(), {"name": name, **{key: value for key, value in more.items() if value is not None}})
    click.echo(f"unit {row.code} added")


@units.command("set")
@click.argument("code")
@click.option("--name", metavar="NAME", help="Its name.")
@_kind
@_parent
@_english
@reports_problems
def set_(code: str, **more: str | None) -> None:
    """Change one unit. What is not given stays; --parent "" puts it at the top."""
    row = change_unit(actor(), code, {key: value for key, value in more.items() if value is not None})
    click.echo(f"unit {row.code} changed")


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
