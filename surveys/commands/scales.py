"""`flask scales …`"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup

from surveys.commands.console import actor, reports_problems
from surveys.inputs.problems import InputError, Problem
from surveys.inputs.values import as_table, load_data
from surveys.questionnaires.stored_scales import (
    PRESET_NAMES,
    archive_scale,
    begin_scale,
    find_scale,
    named_of,
    preset_scales,
    require_scale,
    save_scale,
    stored_scales,
    uses_of,
)

scales = AppGroup("scales", help="Scales: the presets, and the college's own.")


@scales.command("list")
@click.option("--find", default="", help="Only those with these words in their name or answers.")
def list_(find: str) -> None:
    """Print the keys and names of all scales, the presets first."""
    for one in preset_scales():
        click.echo(f"{one.key}\t{one.name['zh']}\tpreset")
    for one in stored_scales(find, archived=True):
        click.echo("\t".join([one.key, one.name.get("zh", ""), *(["archived"] if one.archived else [])]))


@scales.command()
@click.argument("key")
@reports_problems
def show(key: str) -> None:
    """Print a scale as JSON, as `scales save` reads it."""
    one = next((preset for preset in preset_scales() if preset.key == key), None) or named_of(require_scale(key))
    data: dict[str, Any] = {"key": key, "name": one.name, **one.data}
    if one.stored is not None:
        data["revision"] = one.stored.revision
    click.echo(json.dumps(data, ensure_ascii=False, indent=1))


@scales.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--take", multiple=True, metavar="QUESTIONNAIRE", help="Put the change into this questionnaire, too.")
@click.option("--take-all", is_flag=True, help="Put it into all questionnaires whose copy was not altered by hand.")
@reports_problems
def save(file: Path, take: tuple[str, ...], take_all: bool) -> None:
    """Store a scale of the college from a JSON file; one with its key is changed. A preset's file makes a new one."""
    data = dict(as_table(load_data(file.name, file.read_bytes()), "scale"))
    key, revision = data.get("key", ""), data.get("revision")
    if not isinstance(key, str) or not (revision is None or isinstance(revision, int)):
        raise InputError(Problem("A text is expected here.", "key"))
    stored = find_scale(key)
    if stored is None:
        made = begin_scale(actor(), data, key="" if key in PRESET_NAMES else key)
        click.echo(f"scale {made.key} stored")
        return
    unaltered = [use.stored.key for use in uses_of(stored) if not use.altered] if take_all else []
    done = save_scale(actor(), key, revision, data, dict.fromkeys([*take, *unaltered]))
    click.echo(f"scale {key} stored")
    for name in done.taken:
        left = " (something is to finish in it now)" if name in done.unfinished else ""
        click.echo(f"questionnaire {name} changed{left}")
    for use in uses_of(done.stored):
        if use.altered:
            click.echo(f"questionnaire {use.stored.key} keeps another copy")


@scales.command()
@click.argument("key")
@click.option("--undo", is_flag=True, help="Offer it again.")
@reports_problems
def archive(key: str, undo: bool) -> None:
    """Offer a scale no longer; questionnaires keep their copies."""
    archive_scale(actor(), key, not undo)
    click.echo(f"scale {key} {'is in use again' if undo else 'archived'}")
