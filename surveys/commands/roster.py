"""`flask roster …`"""

from __future__ import annotations

from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from surveys.admission.handouts import survey_link
from surveys.admission.invitation_mail import letter, mail_server
from surveys.admission.mailing import mailing_of, send_round
from surveys.admission.printing import Handout, personal_slips, slips_pdf
from surveys.admission.roster import classes_of, compare, links_of, roster_of
from surveys.admission.roster_changes import erase_roster, mark_on_paper, remove_persons, store_roster
from surveys.admission.roster_file import read_roster
from surveys.admission.roster_guessing import RosterChoices, meanings, read_assigned_roster
from surveys.campaigns.surveys import get_survey, plan_of
from surveys.commands.console import (
    actor,
    check_folder,
    check_table_name,
    column_option,
    echo_alike,
    echo_remarks,
    private_output,
    progress_bar,
    reports_problems,
    said_pairs,
    sheet_option,
    survey_argument,
    write_table,
)
from surveys.commands.links import link_base
from surveys.inputs.problems import InputError, Problem
from surveys.storage.audit import Action, record

roster = AppGroup("roster", help="Persons who may answer a survey.")


@roster.command("import")
@survey_argument
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@column_option
@sheet_option
@click.option("--group", default="", metavar="CODE", help="The group of all persons, for a file that names none.")
@click.option(
    "--word", "words", multiple=True, metavar="WORD=CODE", help="Which group or unit a word of the file means."
)
@click.option("--preview", is_flag=True, help="Only say what would change.")
@click.option("--remove-missing", is_flag=True, help="Remove persons the file does not name, unless they answered.")
@click.option(
    "--yes", is_flag=True, help="Remove them without asking, even where numbers differ only by zeros in front."
)
@reports_problems
def import_roster(
    slug: str,
    file: Path,
    columns: tuple[str, ...],
    sheet: str,
    group: str,
    words: tuple[str, ...],
    preview: bool,
    remove_missing: bool,
    yes: bool,
) -> None:
    """Import persons from xlsx, xls, ods or csv: number, name, group, unit, class, email. Known numbers are updated.

    With --column, --sheet, --group or --word a table with other headings is read as the page reads it: the other columns, and
    what words and short names of units mean, are guessed, and notes say how. --preview shows it first.
    """
    survey = get_survey(slug)
    plan, data = plan_of(survey), file.read_bytes()
    said = said_pairs(columns, "--column")
    if said or sheet or group or words:
        choices = RosterChoices(group=group, words=meanings(plan, said_pairs(words, "--word")))
        found = read_assigned_roster(plan, file.name, data, said, choices, sheet)
    else:
        found = read_roster(plan, file.name, data)
    comparison = compare(survey, found.rows)
    echo_remarks(found.remarks)
    echo_alike(comparison.alike)
    if preview:
        for row, change in comparison.rows:
            if change != "same":
                click.echo(f"{change}\t{row.number}\t{row.name}")
        for number in comparison.missing:
            click.echo(f"missing\t{number}")
        return
    if comparison.alike and remove_missing and not yes:
        raise InputError(Problem("Nothing was imported: persons would be removed whose numbers differ from those of the "
                                 "file only by zeros in front. Correct the file, or add --yes."))  # fmt: skip
    if remove_missing and comparison.missing and not yes:
        click.confirm(
            f"{len(comparison.missing)} persons are not in the file. Remove those who have not answered?", abort=True
        )
    done = store_roster(actor(), survey, current_app.config["CODE_KEY"], found.rows, remove_missing=remove_missing)
    click.echo(f"{done.added} persons added, {done.changed} changed, {done.removed} removed")
    if done.kept:
        click.echo(f"{done.kept} persons were kept because they have answered")


@roster.command("list")
@survey_argument
@click.option("--classes", is_flag=True, help="Only how many of each class have answered.")
@reports_problems
def list_roster(slug: str, classes: bool) -> None:
    """Print who is on the roster and who has answered."""
    survey = get_survey(slug)
    if classes:
        for one in classes_of(survey.id):
            name = f"{one.classes} small classes" if one.classes > 1 else one.name
            click.echo(f"{name}\t{one.answered}\t{one.persons}")
        return
    for entry in roster_of(survey):
        click.echo(f"{entry.person.number}\t{entry.person.name}\t{'answered' if entry.answered else '-'}")


@roster.command()
@survey_argument
@click.option("--base", default="", help="Where the service is reached; default: the setting BASE_URL.")
@click.option("--everyone", is_flag=True, help="Those who have answered, too.")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="A .csv, .xlsx or .pdf file."
)
@reports_problems
def links(slug: str, base: str, everyone: bool, out: Path) -> None:
    """Write personal codes and links to a file, for slips and mails. They can be made again at any time."""
    survey, config = get_survey(slug), current_app.config
    if out.suffix == ".pdf":
        check_folder(out)
    else:
        check_table_name(out)
    found = links_of(survey, config["CODE_KEY"], link_base(base), everyone=everyone)
    rows = [(one.person.number, one.person.name, one.code, one.link) for one in found]
    if out.suffix == ".pdf":
        plan = plan_of(survey)
        handout = Handout(plan, survey.closes_at, config["TIMEZONE"], survey_link(link_base(base), slug),
                          config["ORGANISATION"], config["CONTACT"], "zh")  # fmt: skip
        with private_output(out) as file:
            file.write(slips_pdf(handout, personal_slips(plan, found, "zh")))
    else:
        write_table(out, ["number", "name", "code", "link"], rows)
    record(actor().name, Action.EXPORT_LINKS, f"{slug}: {len(rows)}")
    click.echo(f"{len(rows)} links written to {out}")


@roster.command()
@survey_argument
@click.option("--base", default="", help="Where the service is reached; default: the setting BASE_URL.")
@click.option("--again", is_flag=True, help="Begin another round, to remind those who were written to before.")
@reports_problems
def mail(slug: str, base: str, again: bool) -> None:
    """Send everybody who has not answered yet their personal link, once in a round. Run again, it goes on."""
    survey = get_survey(slug)
    plan, config = plan_of(survey), current_app.config
    text = letter(plan, survey.closes_at, config["TIMEZONE"], config["ORGANISATION"])
    address = link_base(base)
    mailing = mailing_of(survey, config["CODE_KEY"], address, again=again)
    with progress_bar("mails") as bar:
        task = bar.add_task("", total=len(mailing.waiting) + len(mailing.retry))
        sent = send_round(
            actor(), survey, mailing, mail_server(config), text, progress=lambda: bar.advance(task)
        )  # fmt: skip
    after = mailing_of(survey, config["CODE_KEY"], address)
    click.echo(f"{sent} mails sent, {after.without_address} persons have no address")
    for person in after.refused:
        click.echo(f"refused by the mail server: {person.number} {person.email}: {person.mail_reply}")
    for link in after.retry:
        click.echo(f"to be tried again: {link.person.number} {link.person.email}: {link.person.mail_reply}")
    if not sent and mailing.sent and not again:
        click.echo("This round is finished. To remind those who have not answered, add --again.")


@roster.command("remove")
@survey_argument
@click.argument("numbers", nargs=-1, required=True)
@reports_problems
def remove(slug: str, numbers: tuple[str, ...]) -> None:
    """Take persons who have not answered off the roster, by their numbers."""
    click.echo(f"{remove_persons(actor(), slug, numbers)} persons removed")


@roster.command("on-paper")
@survey_argument
@click.argument("numbers", nargs=-1, required=True)
@click.option("--undo", is_flag=True, help="Take the mark back.")
@reports_problems
def on_paper(slug: str, numbers: tuple[str, ...], undo: bool) -> None:
    """Strike persons out who voted on paper, by their numbers: their links let nobody in any more."""
    click.echo(f"{mark_on_paper(actor(), slug, numbers, undo=undo)} persons changed")


@roster.command()
@survey_argument
@click.option("--yes", is_flag=True, help="Do not ask.")
@reports_problems
def erase(slug: str, yes: bool) -> None:
    """Forget the persons of a sealed survey. Turnout figures stay."""
    if not yes:
        click.confirm("This cannot be undone. Erase the roster?", abort=True)
    click.echo(f"{erase_roster(actor(), slug)} persons erased")
