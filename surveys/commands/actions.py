"""`flask actions …`"""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import click
from flask import current_app
from flask.cli import AppGroup

from surveys.admission.invitation_mail import mail_server
from surveys.campaigns.surveys import get_survey, plan_of
from surveys.commands.console import actor, base_address, reports_problems, survey_argument, unit_of
from surveys.followup.action_states import ActionState
from surveys.followup.actions import (
    ActionAnswer,
    ActionFields,
    actions_of,
    add_action,
    add_low_figures,
    answer_action,
    change_action,
    is_overdue,
    make_link,
    review_unit,
    revoke_link,
)
from surveys.followup.models import ActionItem
from surveys.followup.reminders import remind
from surveys.inputs.problems import InputError, Problem
from surveys.inputs.translations import gettext_of, load_translations

actions = AppGroup("actions", help="What units are to do about remarks and low scores of a sealed survey.")
base_option = click.option("--base", default="", help="Where the service is reached; default: the setting BASE_URL.")


def _today() -> date:
    return datetime.now(ZoneInfo(current_app.config["TIMEZONE"])).date()


def _action(slug: str, number: int) -> ActionItem:
    for action in actions_of(get_survey(slug).id):
        if action.id == number:
            return action
    raise InputError(Problem("There is no action %(number)s in this survey.", number=number))


@actions.command("list")
@survey_argument
@click.option("--overdue", is_flag=True, help="Only those that are overdue.")
@reports_problems
def list_actions(slug: str, overdue: bool) -> None:
    """Print actions: number, unit, due, state, person, what is to be done."""
    survey = get_survey(slug)
    plan = plan_of(survey)
    for one in actions_of(survey.id):
        late = is_overdue(one, _today())
        if late or not overdue:
            state = f"{one.state} overdue" if late else one.state
            click.echo(
                f"{one.id}\t{plan.units[one.unit].code}\t{one.due_on}\t{state}\t{one.person}\t{' '.join(one.body.split())}"
            )


@actions.command()
@survey_argument
@click.argument("unit")
@click.argument("due_on", metavar="DUE")
@click.argument("body", metavar="TEXT")
@click.option("--person", default="", help="Who is in charge.")
@click.option("--email", default="", help="Where reminders go.")
@reports_problems
def add(slug: str, unit: str, due_on: str, body: str, person: str, email: str) -> None:
    """Add an action for a UNIT, DUE on a day such as 2026-12-31."""
    position = unit_of(plan_of(get_survey(slug)), unit)
    if position is None:
        raise InputError(Problem("There is no unit %(code)s in this survey.", code="—"))
    click.echo(f"action {add_action(actor(), slug, position, ActionFields(body, due_on, person, email)).id}")


@actions.command("add-low")
@survey_argument
@click.argument("due_on", metavar="DUE")
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh")
@reports_problems
def add_low(slug: str, due_on: str, language: str) -> None:
    """Add an action for each score, satisfaction rate and item under 60 that is shown and has none."""
    gettext = gettext_of(load_translations(language))
    click.echo(f"{add_low_figures(actor(), slug, due_on, language, gettext)} actions added")


@actions.command("set")
@survey_argument
@click.argument("number", type=int)
@click.option("--text", default=None, help="What is to be done.")
@click.option("--due", default=None, help="A day such as 2026-12-31.")
@click.option("--person", default=None, help="Who is in charge.")
@click.option("--email", default=None, help="Where reminders go.")
@reports_problems
def set_action(
    slug: str, number: int, text: str | None, due: str | None, person: str | None, email: str | None
) -> None:
    """Change an action; what is not given stays."""
    one = _action(slug, number)
    given = (
        (one.body if text is None else text), (one.due_on if due is None else due),
        (one.person if person is None else person), (one.email if email is None else email),
    )  # fmt: skip
    change_action(actor(), slug, number, ActionFields(*map(str, given)))


@actions.command()
@survey_argument
@click.argument("number", type=int)
@click.option(
    "--state", default="", type=click.Choice(["", *(state.value for state in ActionState)]), help="Where it goes."
)
@click.option("--evidence", default=None, help="What shows that it is done.")
@click.option("--text", default=None, help="The public answer.")
@click.option("--reason", default=None, help="Why it is refused.")
@reports_problems
def answer(slug: str, number: int, state: str, evidence: str | None, text: str | None, reason: str | None) -> None:
    """Write evidence and public answer of an action, and move it on; what is not given stays."""
    one = _action(slug, number)
    given = (
        (one.reason if reason is None else reason), (one.evidence if evidence is None else evidence),
        (one.answer if text is None else text),
    )  # fmt: skip
    answer_action(actor(), slug, number, ActionAnswer(state, *map(str, given)))


@actions.command()
@survey_argument
@click.argument("number", type=int)
@base_option
@click.option("--revoke", is_flag=True, help="End it.")
@reports_problems
def link(slug: str, number: int, base: str, revoke: bool) -> None:
    """Make the link by which a unit answers without an account; it is shown only now, and an earlier one ends."""
    if revoke:
        revoke_link(actor(), slug, number)
    else:
        click.echo(f"{base_address(base)}/answer/{make_link(actor(), slug, number)}")


@actions.command("remind")
@survey_argument
@base_option
@reports_problems
def send_reminders(slug: str, base: str) -> None:
    """Mail those whose actions are overdue or due in three days, each with a new link."""
    address = base_address(base)
    sent = remind(
        actor(), slug, _today(), mail_server(current_app.config), lambda token: f"{address}/answer/{token}",
        current_app.config["ORGANISATION"],
    )  # fmt: skip
    click.echo(f"{sent} reminders sent")


@actions.command()
@survey_argument
@click.argument("unit")
@click.argument("achievements")
@click.argument("problems")
@click.argument("direction")
@reports_problems
def review(slug: str, unit: str, achievements: str, problems: str, direction: str) -> None:
    """Write the review of a UNIT under its three headings."""
    position = unit_of(plan_of(get_survey(slug)), unit)
    if position is None:
        raise InputError(Problem("There is no unit %(code)s in this survey.", code="—"))
    review_unit(actor(), slug, position, achievements, problems, direction)
