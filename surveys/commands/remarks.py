"""`flask remarks …`"""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import AppGroup

from surveys.campaigns.plan import SurveyPlan
from surveys.campaigns.surveys import get_survey, plan_of
from surveys.commands.console import (
    actor,
    check_folder,
    private_csv,
    reports_problems,
    survey_argument,
)
from surveys.followup.alike import propose_groups
from surveys.followup.names import known_names, propose_names
from surveys.followup.remarks import (
    GENERAL,
    ReadRemark,
    RemarkState,
    Wanted,
    find_remarks,
    published_remarks,
    read_remarks,
)
from surveys.followup.treatment import (
    mark_abusive,
    mask_remark,
    merge_remarks,
    publish_remarks,
    refuse_group,
    split_remarks,
    tag_remarks,
    withdraw_remarks,
)
from surveys.inputs.problems import InputError, Problem
from surveys.storage.audit import Action, record_reading

remarks = AppGroup("remarks", help="What people wrote, once the survey is sealed.")

numbers_argument = click.argument("typed", metavar="NUMBERS", nargs=-1, required=True)
"""Numbers of remarks as `remarks list` prints them, or their beginnings."""


def _numbers(slug: str, typed: tuple[str, ...]) -> list[bytes]:
    """Whole numbers from their beginnings. Raises InputError."""
    known = read_remarks(get_survey(slug)).by_number
    problems, numbers = [], []
    for begin in typed:
        found = [number for number in known if number.hex().startswith(begin.lower())]
        if len(found) == 1:
            numbers += found
        else:
            problems.append(
                Problem("%(n)s remarks have a number that begins with %(name)s.", n=len(found), name=begin[:40])
            )
    if problems:
        raise InputError(problems)
    return numbers


def _line(plan: SurveyPlan, one: ReadRemark) -> str:
    unit = GENERAL if one.unit is None else plan.units[one.unit].code
    more = f"+{one.stands_for}" if one.stands_for else ""
    return "\t".join((one.key[:12], unit, one.item, one.state + more, ",".join(one.tags), " ".join(one.text.split())))


@remarks.command("list")
@survey_argument
@click.option("--find", "words", default="", metavar="WORDS", help="Only those with all these words.")
@click.option("--unit", default="", metavar="CODE", help="Only those about a unit; - for those in general.")
@click.option("--item", default="", metavar="CODE", help="Only the answers to a question.")
@click.option("--tag", default="", help="Only those with a tag.")
@click.option(
    "--state",
    default="",
    type=click.Choice(["", *(state.value for state in RemarkState)]),
    help="Only those in a state.",
)
@reports_problems
def list_remarks(slug: str, words: str, unit: str, item: str, tag: str, state: str) -> None:
    """Print remarks: number, unit, question, state, tags, text."""
    found = read_remarks(get_survey(slug))
    record_reading(actor().name, Action.READ_REMARKS, slug)
    for one in find_remarks(found, Wanted(words, unit, item, tag, state)):
        click.echo(_line(found.plan, one))
    if found.withheld:
        click.echo(f"note: withheld for {len(found.withheld)} units and questions with too few answers", err=True)


@remarks.command()
@survey_argument
@reports_problems
def alike(slug: str) -> None:
    """Print groups of remarks that may say the same, an empty line between them. `remarks merge` merges them."""
    survey = get_survey(slug)
    found = read_remarks(survey)
    for group in propose_groups(found, survey.id):
        for one in group.remarks:
            click.echo(_line(found.plan, one))
        click.echo()


@remarks.command()
@survey_argument
@reports_problems
def names(slug: str) -> None:
    """Print the remarks that may hold names, with the words that may be names."""
    roster = known_names()
    for one in read_remarks(get_survey(slug)).remarks:
        if proposals := propose_names(one.text, roster):
            click.echo(f"{one.key[:12]}\t{','.join(proposal.word for proposal in proposals)}")


@remarks.command()
@survey_argument
@click.argument("tag")
@numbers_argument
@click.option("--remove", is_flag=True, help="Take it off.")
@reports_problems
def tag(slug: str, tag: str, typed: tuple[str, ...], remove: bool) -> None:
    """Put a TAG on remarks."""
    click.echo(f"{tag_remarks(actor(), slug, _numbers(slug, typed), tag, remove=remove)} remarks changed")


@remarks.command()
@survey_argument
@numbers_argument
@click.option("--undo", is_flag=True, help="Take the mark back.")
@reports_problems
def abusive(slug: str, typed: tuple[str, ...], undo: bool) -> None:
    """Mark remarks as abusive: they are never published."""
    click.echo(f"{mark_abusive(actor(), slug, _numbers(slug, typed), undo=undo)} remarks changed")


@remarks.command()
@survey_argument
@click.argument("number")
@click.argument("words", nargs=-1)
@reports_problems
def mask(slug: str, number: str, words: tuple[str, ...]) -> None:
    """Mask WORDS in what is published of the remark NUMBER, and print it; without words it is as it was written."""
    click.echo(mask_remark(actor(), slug, _numbers(slug, (number,))[0], words))


@remarks.command()
@survey_argument
@numbers_argument
@reports_problems
def merge(slug: str, typed: tuple[str, ...]) -> None:
    """Merge remarks that say the same; the first one named stands for them."""
    numbers = _numbers(slug, typed)
    click.echo(f"{merge_remarks(actor(), slug, numbers, numbers[0]).hex()[:12]} stands for them")


@remarks.command()
@survey_argument
@numbers_argument
@reports_problems
def split(slug: str, typed: tuple[str, ...]) -> None:
    """Take merged remarks apart again."""
    click.echo(f"{split_remarks(actor(), slug, _numbers(slug, typed))} remarks taken apart")


@remarks.command("not-alike")
@survey_argument
@numbers_argument
@reports_problems
def not_alike(slug: str, typed: tuple[str, ...]) -> None:
    """Do not propose these remarks together again."""
    refuse_group(actor(), slug, _numbers(slug, typed))


@remarks.command()
@survey_argument
@numbers_argument
@click.option("--names-checked", is_flag=True, help="Also those that may hold names: somebody has looked at them.")
@reports_problems
def publish(slug: str, typed: tuple[str, ...], names_checked: bool) -> None:
    """Publish remarks with their names masked."""
    done = publish_remarks(actor(), slug, _numbers(slug, typed), names_checked=names_checked)
    click.echo(f"{done.published} remarks published")
    for number in done.with_names:
        click.echo(f"not published, may hold names: {number.hex()[:12]}")


@remarks.command()
@survey_argument
@numbers_argument
@reports_problems
def withdraw(slug: str, typed: tuple[str, ...]) -> None:
    """Take published remarks back."""
    click.echo(f"{withdraw_remarks(actor(), slug, _numbers(slug, typed))} remarks withdrawn")


@remarks.command()
@survey_argument
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="A .csv file.")
@reports_problems
def export(slug: str, out: Path) -> None:
    """Write the published remarks as csv: unit, question, text, and how many more say the same."""
    survey = get_survey(slug)
    plan = plan_of(survey)
    check_folder(out)
    with private_csv(out) as writer:
        writer.row(["unit", "item", "text", "alike"])
        for about in published_remarks(survey.id):
            unit = GENERAL if about.unit is None else plan.units[about.unit].code
            for answers in about.items:
                for one in answers.remarks:
                    writer.row([unit, answers.item, one.body, str(one.alike)])
    click.echo(f"{out} written")
