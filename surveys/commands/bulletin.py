"""`flask bulletin …`"""

from __future__ import annotations

import click
from flask.cli import AppGroup

from surveys.campaigns.surveys import get_survey
from surveys.commands.console import actor, in_zone, reports_problems, survey_argument
from surveys.followup.bulletin import MAX_DAYS, Part, publication_of, publish_bulletin, withdraw_bulletin
from surveys.followup.objections import ObjectionState, answer_objection, objections_of
from surveys.results.models import stored_result

bulletin = AppGroup("bulletin", help="The public bulletins of sealed surveys.")


@bulletin.command()
@survey_argument
@click.option(
    "--part", "parts", multiple=True, required=True, type=click.Choice([part.value for part in Part]),
    help="A part that everybody may read. It may be given several times.",
)  # fmt: skip
@click.option("--days", type=click.IntRange(0, MAX_DAYS), default=0, help="So many days everybody may object.")
@reports_problems
def publish(slug: str, parts: tuple[str, ...], days: int) -> None:
    """Publish the bulletin with these parts, in place of an earlier one. Digests and receipts are always there."""
    publish_bulletin(actor(), slug, map(Part, parts), days)
    click.echo(f"the bulletin of {slug} is published")


@bulletin.command()
@survey_argument
@click.option("--reason", required=True, help="Published in place of the bulletin.")
@reports_problems
def withdraw(slug: str, reason: str) -> None:
    """Take the published bulletin back."""
    withdraw_bulletin(actor(), slug, reason)
    click.echo(f"the bulletin of {slug} is withdrawn")


@bulletin.command()
@survey_argument
@reports_problems
def show(slug: str) -> None:
    """Print what is published: the parts, since when and by whom."""
    survey = get_survey(slug)
    stored_result(survey)
    found = publication_of(survey.id)
    if found.withdrawn_at is not None:
        click.echo(f"withdrawn {in_zone(found.withdrawn_at)}: {found.reason}")
    elif found.published_at is None:
        click.echo("nothing is published yet")
    else:
        parts = " ".join(part.value for part in Part if part in found.parts)
        click.echo(f"{parts}\t{in_zone(found.published_at)}\t{found.published_by}")


@bulletin.command()
@survey_argument
@reports_problems
def objections(slug: str) -> None:
    """Print the objections to a bulletin: number, day, state, and their text with the answer on lines of their own."""
    for one in objections_of(get_survey(slug).id):
        public = ", public" if one.is_public else ""
        click.echo(f"{one.number}\t{one.received_on}\t{one.state}{public}")
        for label, text in (("objection", one.body), ("answer", one.answer)):
            for line in text.splitlines():
                click.echo(f"  {label}: {line}")


@bulletin.command()
@survey_argument
@click.argument("number")
@click.option("--state", type=click.Choice([state.value for state in ObjectionState]), default="answered")
@click.option("--answer", default="", help="What the committee answers.")
@click.option("--public", is_flag=True, help="Everybody may read the answer in the bulletin.")
@reports_problems
def answer(slug: str, number: str, state: str, answer: str, public: bool) -> None:
    """Answer an objection, or set how far the committee is with it."""
    answer_objection(actor(), slug, number, ObjectionState(state), answer, public=public)
    click.echo(f"objection {number}: {state}")
