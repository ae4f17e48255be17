"""`flask codes …` and `flask roster …`"""

from __future__ import annotations

from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from surveys.console import progress_bar, reports_problems
from surveys.publishing.handouts import code_rows, codes_csv, codes_xlsx
from surveys.publishing.letters import letter, mail_server
from surveys.publishing.machine import State
from surveys.publishing.mail import send_links
from surveys.publishing.operations import get_survey, issue_codes, plan_of, state_of
from surveys.publishing.roster import (
    classes_of,
    compare,
    erase_roster,
    links_of,
    mark_on_paper,
    remove_persons,
    roster_of,
    store_roster,
)
from surveys.publishing.roster_file import read_roster
from surveys.text import InputError, Problem

codes = AppGroup("codes", help="Single-use codes.")
DEFAULT_BASE = "http://127.0.0.1:8000"
HEADING = ["group", "unit", "code", "link"]


@codes.command()
@click.argument("slug")
@click.argument("group")
@click.argument("count", type=click.IntRange(1, 100_000))
@click.option("--unit", default="", help="The code of the holders' own unit.")
@click.option("--base", default="", help="Where the service is reached; default: the setting BASE_URL.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="A .csv or .xlsx file.")
@reports_problems
def issue(slug: str, group: str, count: int, unit: str, base: str, out: Path) -> None:
    """Issue COUNT codes for a GROUP of a survey and write them to a file; they are stored nowhere else."""
    survey = get_survey(slug)
    plan = plan_of(survey)
    groups = [entry.code for entry in plan.groups]
    if group not in groups:
        raise InputError(Problem("There is no group %(name)s.", name=group))
    units = [entry.code for entry in plan.units]
    if unit and unit not in units:
        raise InputError(Problem("There is no unit %(code)s in this survey.", code=unit))
    if out.suffix not in (".csv", ".xlsx"):
        raise InputError(Problem("The file must end in .csv or .xlsx.", "out"))
    own = units.index(unit) if unit else -1
    issued = issue_codes(survey, current_app.config["CODE_KEY"], groups.index(group), count, own)
    rows = code_rows(plan, issued, base or current_app.config["BASE_URL"] or DEFAULT_BASE, "zh")
    out.write_bytes(codes_csv(HEADING, rows) if out.suffix == ".csv" else codes_xlsx(HEADING, rows))
    click.echo(f"{len(issued)} codes written to {out}")


roster = AppGroup("roster", help="Persons who may answer a survey.")


@roster.command("import")
@click.argument("slug")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--preview", is_flag=True, help="Only say what would change.")
@click.option("--remove-missing", is_flag=True, help="Remove persons the file does not name, unless they answered.")
@reports_problems
def import_roster(slug: str, file: Path, preview: bool, remove_missing: bool) -> None:
    """Import persons from xlsx, xls, ods or csv: number, name, group, unit, class, email. Known numbers are updated."""
    survey = get_survey(slug)
    rows = read_roster(plan_of(survey), file.name, file.read_bytes())
    if preview:
        found = compare(survey, rows)
        for row, change in found.rows:
            if change != "same":
                click.echo(f"{change}\t{row.number}\t{row.name}")
        for number in found.missing:
            click.echo(f"missing\t{number}")
        return
    done = store_roster(slug, current_app.config["CODE_KEY"], rows, remove_missing=remove_missing)
    click.echo(f"{done.added} persons added, {done.changed} changed, {done.removed} removed")
    if done.kept:
        click.echo(f"{done.kept} persons were kept because they have answered")


@roster.command("list")
@click.argument("slug")
@click.option("--classes", is_flag=True, help="Only how many of each class have answered.")
@reports_problems
def list_roster(slug: str, classes: bool) -> None:
    """Print who is on the roster and who has answered."""
    survey = get_survey(slug)
    if classes:
        for name, persons, answered in classes_of(survey):
            click.echo(f"{name}\t{answered}\t{persons}")
        return
    for one in roster_of(survey):
        click.echo(f"{one.person.number}\t{one.person.name}\t{'answered' if one.answered else '-'}")


@roster.command()
@click.argument("slug")
@click.option("--base", default="", help="Where the service is reached; default: the setting BASE_URL.")
@click.option("--everyone", is_flag=True, help="Those who have answered, too.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="A .csv or .xlsx file.")
@reports_problems
def links(slug: str, base: str, everyone: bool, out: Path) -> None:
    """Write personal codes and links to a file, for slips and mails. They can be made again at any time."""
    if out.suffix not in (".csv", ".xlsx"):
        raise InputError(Problem("The file must end in .csv or .xlsx.", "out"))
    survey = get_survey(slug)
    found = links_of(survey, current_app.config["CODE_KEY"], base or current_app.config["BASE_URL"] or DEFAULT_BASE,
                     everyone=everyone)  # fmt: skip
    rows = [(person.number, person.name, code, link) for person, code, link in found]
    heading = ["number", "name", "code", "link"]
    out.write_bytes(codes_csv(heading, rows) if out.suffix == ".csv" else codes_xlsx(heading, rows))
    click.echo(f"{len(rows)} links written to {out}")


@roster.command()
@click.argument("slug")
@click.option("--base", default="", help="Where the service is reached; default: the setting BASE_URL.")
@reports_problems
def mail(slug: str, base: str) -> None:
    """Send everybody who has not answered yet their personal link. Run again, it reminds."""
    survey = get_survey(slug)
    if state_of(survey) not in (State.PUBLISHED, State.OPEN):
        raise InputError(Problem("Links are sent once the survey is published and until it closes."))
    plan, config = plan_of(survey), current_app.config
    links = links_of(survey, config["CODE_KEY"], base or config["BASE_URL"] or DEFAULT_BASE)
    with progress_bar("mails") as bar:
        task = bar.add_task("", total=len(links))
        done = send_links(mail_server(config), links, *letter(plan, survey.closes_at),
                          progress=lambda sent, of: bar.update(task, completed=sent, total=of))  # fmt: skip
    click.echo(f"{done.sent} mails sent, {done.without_address} persons have no address")
    if done.refused:
        click.echo(f"refused by the mail server: {', '.join(done.refused)}")


@roster.command("remove")
@click.argument("slug")
@click.argument("numbers", nargs=-1, required=True)
@reports_problems
def remove(slug: str, numbers: tuple[str, ...]) -> None:
    """Take persons who have not answered off the roster, by their numbers."""
    click.echo(f"{remove_persons(slug, numbers)} persons removed")


@roster.command("on-paper")
@click.argument("slug")
@click.argument("numbers", nargs=-1, required=True)
@click.option("--undo", is_flag=True, help="Take the mark back.")
@reports_problems
def on_paper(slug: str, numbers: tuple[str, ...], undo: bool) -> None:
    """Strike persons out who voted on paper, by their numbers: their links let nobody in any more."""
    click.echo(f"{mark_on_paper(slug, numbers, undo=undo)} persons changed")


@roster.command()
@click.argument("slug")
@click.option("--yes", is_flag=True, help="Do not ask.")
@reports_problems
def erase(slug: str, yes: bool) -> None:
    """Forget the persons of a sealed survey. Turnout figures stay."""
    if not yes:
        click.confirm("This cannot be undone. Erase the roster?", abort=True)
    click.echo(f"{erase_roster(slug)} persons erased")
