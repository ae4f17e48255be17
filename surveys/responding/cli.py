"""`flask ballots …`"""

from __future__ import annotations

import csv
from pathlib import Path

import click
from flask.cli import AppGroup

from surveys.console import progress_bar, reports_problems
from surveys.publishing.machine import State
from surveys.publishing.operations import get_survey, plan_of
from surveys.responding.answers import answer_words
from surveys.responding.box import count_ballots, read_ballots
from surveys.responding.importing import import_ballots
from surveys.responding.models import PAPER
from surveys.text import InputError, Problem

ballots = AppGroup("ballots", help="Ballots: paper ones in, stored ones out.")


@ballots.command("import")
@click.argument("slug")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@reports_problems
def import_(slug: str, file: Path) -> None:
    """Import paper ballots from xlsx, xls, ods or csv (see docs/survey-file.md), all or none."""
    with progress_bar("ballots") as bar:
        task = bar.add_task("", total=None)
        count = import_ballots(
            slug, file.name, file.read_bytes(), lambda done, total: bar.update(task, completed=done, total=total)
        )
    click.echo(f"{count} ballots imported")


@ballots.command()
@click.argument("slug")
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
@reports_problems
def dump(slug: str, out: Path) -> None:
    """Write the ballots of a sealed survey as csv, in the order of their random numbers.

    Empty: not asked; "-": left blank; "?": don't know.
    """
    survey = get_survey(slug)
    if survey.state != State.SEALED:
        raise InputError(Problem("The survey %(name)s is not sealed.", name=slug))
    plan = plan_of(survey)
    slots = [slot for slot in plan.slots if slot.width]
    total = sum(count_ballots(survey.id).values())
    with out.open("w", encoding="utf-8-sig", newline="") as file, progress_bar("ballots") as bar:
        task = bar.add_task("", total=total)
        writer = csv.writer(file)
        writer.writerow(["number", "group", "channel", *(plan.slot_name(slot) for slot in slots)])
        for batch in read_ballots(survey.id):
            for number, group, channel, packed in batch:
                answers = [answer_words(plan, slot, packed) for slot in slots]
                writer.writerow(
                    [bytes(number).hex(), plan.groups[group].code, "paper" if channel == PAPER else "phone", *answers]
                )
            bar.advance(task, len(batch))
    click.echo(f"{total} ballots written to {out}")
