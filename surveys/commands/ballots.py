"""`flask ballots …`"""

from __future__ import annotations

from pathlib import Path

import click
from flask import current_app, render_template
from flask.cli import AppGroup
from markupsafe import Markup

from surveys.ballots.answers import describe_answer
from surveys.ballots.box import count_ballots, read_ballots
from surveys.ballots.importing import import_ballots, preview_ballots
from surveys.ballots.models import PAPER
from surveys.ballots.paper.sheets import printed_sheet
from surveys.ballots.paper.stacks import stacks_of
from surveys.campaigns.states import State
from surveys.campaigns.surveys import get_survey, plan_of
from surveys.commands.console import (
    actor,
    check_folder,
    echo_remarks,
    group_of,
    private_csv,
    private_output,
    progress_bar,
    reports_problems,
    survey_argument,
    unit_of,
)
from surveys.inputs.problems import InputError, Problem
from surveys.inputs.translations import gettext_of, load_translations
from surveys.storage.audit import Action, record

ballots = AppGroup("ballots", help="Ballots: paper ones in, stored ones out.")


@ballots.command("import")
@survey_argument
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--preview", is_flag=True, help="Only check the file.")
@reports_problems
def import_(slug: str, file: Path, preview: bool) -> None:
    """Import paper ballots from xlsx, xls, ods or csv (see docs/imports.md), all or none."""
    if preview:
        found = preview_ballots(slug, file.name, file.read_bytes())
        echo_remarks(found.remarks)
        click.echo(f"{len(found.ballots)} ballots, no errors")
        return
    with progress_bar("ballots") as bar:
        task = bar.add_task("", total=None)
        done = import_ballots(
            actor(),
            slug,
            file.name,
            file.read_bytes(),
            lambda done, total: bar.update(task, completed=done, total=total),
        )
    echo_remarks(done.remarks)
    click.echo(f"{done.ballots} ballots imported")


@ballots.command()
@survey_argument
@click.argument("group")
@click.option("--form", "label", default="A", help="The form, where units are drawn: A, B, C …")
@click.option("--unit", default="", help="The code of the holders' own unit.")
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="An .html file to print.")
@reports_problems
def sheet(slug: str, group: str, label: str, unit: str, language: str, out: Path) -> None:
    """Write a ballot to print on A4, for a GROUP."""
    check_folder(out)
    plan = plan_of(get_survey(slug))
    number, own = group_of(plan, group), unit_of(plan, unit)
    gettext = gettext_of(load_translations(language))
    printed = printed_sheet(plan, number, label, own, language, gettext)
    if printed is None:
        raise InputError(Problem("There is no form %(form)s for this group.", form=label[:8]))
    folder = Path(current_app.static_folder or "") / "css"
    css = "\n".join((folder / name).read_text("utf-8") for name in ("tokens.css", "staff.css"))
    styles = Markup("<style>") + Markup(css) + Markup("</style>")  # noqa: S704  our own files; a file has no page's policy
    with current_app.test_request_context(query_string={"lang": language}):
        page = render_template("staff/paper/sheet_file.html", styles=styles, plan=plan, sheet=printed)
    with private_output(out) as file:
        file.write(page.encode())
    click.echo(f"{out} written")


@ballots.command()
@survey_argument
@reports_problems
def stacks(slug: str) -> None:
    """Print the stacks of paper ballots that are or were typed in: number, group, form, papers, stage, clerks."""
    survey = get_survey(slug)
    plan = plan_of(survey)
    for stack in stacks_of(survey.id):
        clerks = " / ".join(name for name in (stack.first_clerk, stack.second_clerk) if name)
        click.echo(
            f"{stack.number}\t{plan.groups[stack.group].code}\t{stack.form}\t{stack.papers}\t{stack.stage}\t{clerks}"
        )


@ballots.command()
@survey_argument
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
@reports_problems
def dump(slug: str, out: Path) -> None:
    """Write the ballots of a sealed survey as csv, in the order of their random numbers.

    Empty: not asked; "-": left blank; "?": don't know.
    """
    survey = get_survey(slug)
    if survey.state != State.SEALED:
        raise InputError(Problem("The survey %(name)s is not sealed.", name=slug))
    check_folder(out)
    plan = plan_of(survey)
    slots = [slot for slot in plan.slots if slot.width]
    total = sum(count_ballots(survey.id).values())
    with private_csv(out) as writer, progress_bar("ballots") as bar:
        task = bar.add_task("", total=total)
        writer.row(["number", "group", "channel", *(plan.slot_name(slot) for slot in slots)])
        for batch in read_ballots(survey.id):
            for number, group, channel, packed in batch.rows:
                row = plan.packing.unpack(group, packed)
                answers = [describe_answer(slot, row) for slot in slots]
                writer.row(
                    [bytes(number).hex(), plan.groups[group].code, "paper" if channel == PAPER else "phone", *answers]
                )
            bar.advance(task, len(batch))
    record(actor().name, Action.DUMP_BALLOTS, slug)
    click.echo(f"{total} ballots written to {out}")
