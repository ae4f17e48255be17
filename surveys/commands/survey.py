"""`flask survey …`"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from surveys.accounts.models import Account, Role
from surveys.accounts.operations import check_password
from surveys.ballots.turnout import turnout_of
from surveys.campaigns.corrections import correct_texts
from surveys.campaigns.draft_changes import begin_next_round, create_draft, delete_draft, publish_new, replace_draft
from surveys.campaigns.drafts import read_draft
from surveys.campaigns.models import Survey
from surveys.campaigns.people import MAX_PEOPLE, set_people
from surveys.campaigns.plan import SurveyPlan
from surveys.campaigns.publishing import publication_faults
from surveys.campaigns.states import Move, State
from surveys.campaigns.surveys import (
    all_surveys,
    get_survey,
    late_until,
    move_survey,
    plan_of,
    publish_and_open,
    state_of,
    stored_state,
)
from surveys.commands.console import actor, group_of, in_zone, progress_bar, reports_problems, survey_argument
from surveys.inputs.problems import InputError, Problem
from surveys.inputs.values import load_file, plain_number, read_datetime
from surveys.results.before_seal import seal_warnings
from surveys.results.lost_ballots import agree_together
from surveys.results.models import stored_result
from surveys.results.sealing import give_seal_up
from surveys.results.sealing import seal as seal_survey
from surveys.results.verification import verify as verify_survey
from surveys.scoring.rounding import percent_text
from surveys.services import mix

survey = AppGroup("survey", help="Surveys from draft to seal.")


@survey.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--publish", "and_publish", is_flag=True, help="Publish it at once.")
@click.option("--replace", is_flag=True, help="Replace the draft at the same address.")
@reports_problems
def create(file: Path, and_publish: bool, replace: bool) -> None:
    """Create a survey from a survey file (JSON or TOML; see docs/survey-file.md)."""
    data = load_file(file)
    if not isinstance(data, dict):
        raise InputError(Problem("A table of names and values is expected here.", file.name))
    timezone = current_app.config["TIMEZONE"]
    if and_publish:
        created = publish_new(actor(), data, timezone, replace=replace)
    else:
        created = (replace_draft if replace else create_draft)(actor(), data, timezone)
    plan = plan_of(created)
    click.echo(f"survey {created.slug}: {state_of(created).value}")
    _echo_doubts(created, plan)
    hours = (created.closes_at - created.opens_at) / 3600
    click.echo(f"  {in_zone(created.opens_at)} to {in_zone(created.closes_at)}, {hours:.1f} hours")
    weights = sum(group.score_weight for group in plan.groups)
    for group in plan.groups:
        share = (
            ""
            if group.apart
            else f", weight {plain_number(group.weight)} ({percent_text(group.score_weight, weights)})"
        )
        click.echo(f"  {group.text['zh']}: {group.units_on_ballot} units, about {plan.minutes(group)} min{share}")


def _echo_doubts(created: Survey, plan: SurveyPlan) -> None:
    """Say what keeps a draft from being published."""
    if state_of(created) is State.DRAFT:
        for fault in publication_faults(plan, stored_state(created), time.time()):
            click.echo(f"note: it cannot be published like this: {fault}", err=True)


@survey.command("next-round")
@survey_argument
@reports_problems
def next_round(slug: str) -> None:
    """Begin a draft that asks what an earlier survey asked."""
    draft, gone = begin_next_round(actor(), slug, current_app.config["TIMEZONE"], time.time())
    click.echo(f"survey {draft.slug}: {state_of(draft).value}")
    if gone:
        click.echo(f"note: no longer stored, left out: {', '.join(gone)}", err=True)
    for problem in read_draft(draft).problems:
        click.echo(f"note: still missing: {problem}", err=True)


@survey.command()
@survey_argument
@click.option("--yes", is_flag=True, help="Do not ask.")
@reports_problems
def delete(slug: str, yes: bool) -> None:
    """Remove a draft."""
    if not yes:
        click.confirm("This cannot be undone. Remove the draft?", abort=True)
    delete_draft(actor(), slug)
    click.echo(f"draft {slug} removed")


@survey.command("list")
def list_() -> None:
    """Print all surveys with their states."""
    for entry in reversed(all_surveys()):
        until = late_until(entry)
        late = f", late ballots until {in_zone(until)}" if until else ""
        click.echo(f"{entry.slug}\t{state_of(entry).value}{late}\t{_title(entry)}")


def _title(entry: Survey) -> str:
    draft = state_of(entry) is State.DRAFT
    return (read_draft(entry).title if draft else plan_of(entry).title)["zh"]


def _move(name: Move, text: str) -> None:
    @survey.command(name.value, help=text)
    @survey_argument
    @reports_problems
    def command(slug: str) -> None:
        moved = move_survey(actor(), slug, name)
        click.echo(f"survey {slug}: {state_of(moved).value}")


@survey.command()
@survey_argument
@click.option("--open", "open_now", is_flag=True, help="Open it at once, before its planned time.")
@reports_problems
def publish(slug: str, open_now: bool) -> None:
    """Publish a draft: questionnaire, units and rule are fixed from then on."""
    moved = publish_and_open(actor(), slug) if open_now else move_survey(actor(), slug, Move.PUBLISH)
    click.echo(f"survey {slug}: {state_of(moved).value}")


_move(Move.OPEN, "Open a published survey now.")
_move(Move.RESUME, "Let a paused survey go on.")


def _move_for_a_reason(name: Move, text: str) -> None:
    @survey.command(name.value, help=text)
    @survey_argument
    @click.option("--reason", required=True, help="Why; kept in the audit trail.")
    @reports_problems
    def command(slug: str, reason: str) -> None:
        moved = move_survey(actor(), slug, name, reason=reason)
        click.echo(f"survey {slug}: {state_of(moved).value}")


_move_for_a_reason(Move.PAUSE, "Take no ballots for a while; the end stays.")
_move_for_a_reason(Move.CLOSE, "Close an open survey now.")


@survey.command()
@survey_argument
@click.argument("before")
@click.argument("after")
@click.option("--reason", required=True, help="Why; kept in the audit trail and in the method of the result.")
@reports_problems
def correct(slug: str, before: str, after: str, reason: str) -> None:
    """Correct a typo: put the text AFTER in the place of the whole text BEFORE, wherever it stands in a survey."""
    changed = correct_texts(actor(), slug, {before: after}, reason, current_app.config["TIMEZONE"])
    click.echo(f"survey {slug}: corrected in {plan_of(changed).corrections[-1].places} places")


@survey.command()
@survey_argument
@click.argument("closes")
@click.option("--reason", required=True, help="Why; kept in the audit trail.")
@reports_problems
def extend(slug: str, closes: str, reason: str) -> None:
    """Let a survey end later, at CLOSES (2011-12-10T22:00)."""
    until = read_datetime(closes, current_app.config["TIMEZONE"], "closes")
    moved = move_survey(actor(), slug, Move.EXTEND, closes_at=until, reason=reason)
    click.echo(f"survey {slug}: until {in_zone(moved.closes_at)}")


@survey.command()
@survey_argument
@click.argument("closes")
@click.option("--grace", type=int, help="Minutes after that in which ballots begun before are taken (as before).")
@click.option("--reason", required=True, help="Why; it stands in the audit trail.")
@reports_problems
def reopen(slug: str, closes: str, grace: int | None, reason: str) -> None:
    """Open a closed survey again until CLOSES (2011-12-10T22:00)."""
    until = read_datetime(closes, current_app.config["TIMEZONE"], "closes")
    moved = move_survey(actor(), slug, Move.REOPEN, closes_at=until, grace_minutes=grace, reason=reason)
    click.echo(f"survey {slug}: open until {in_zone(moved.closes_at)}")


@survey.command()
@survey_argument
@reports_problems
def seal(slug: str) -> None:
    """Seal a closed survey and compute its result. Interrupted, it goes on when it is called again.

    Groups whose ballots are missing or too few are named first; somebody at a terminal is asked then.
    """
    found = get_survey(slug)
    warnings = seal_warnings(plan_of(found), turnout_of(found.id, plan_of(found)))
    for warning in warnings:
        click.echo(f"note: {' '.join(problem.text() for problem in warning)}", err=True)
    if warnings and sys.stdin.isatty():
        click.confirm("This cannot be undone. Seal it all the same?", abort=True)
    with progress_bar("rows") as bar:
        task = bar.add_task("", total=None)
        stored = seal_survey(actor(), mix(), slug, lambda done, total: bar.update(task, completed=done, total=total))
    lost = f" ({stored.lost} more were lost)" if stored.lost else ""
    click.echo(f"survey {slug} sealed: {stored.ballots} ballots{lost}, digest {stored.digest}")


@survey.command("stop-sealing")
@survey_argument
@reports_problems
def stop_sealing(slug: str) -> None:
    """Let a survey whose seal was begun and not finished be closed as before. Nothing is lost."""
    give_seal_up(actor(), slug)
    click.echo(f"survey {slug}: closed, and not sealed")


@survey.command("people")
@survey_argument
@click.argument("group")
@click.argument("number", type=click.IntRange(0, MAX_PEOPLE))
@reports_problems
def enter_people(slug: str, group: str, number: int) -> None:
    """Enter how many people a GROUP has, of whom the turnout is a share; 0: it is not known. Possible until the seal."""
    plan = plan_of(get_survey(slug))
    code = plan.groups[group_of(plan, group)].code
    set_people(actor(), slug, {code: number or None})
    click.echo(f"{code}: {number or 'not known'}")


@survey.command("give-up-lost")
@survey_argument
@click.option("--first", help="Name of the first administrator.")
@click.option("--first-password", help="Asked for where it is left out.")
@click.option("--second", help="Name of the second administrator.")
@click.option("--second-password", help="Asked for where it is left out.")
@reports_problems
def give_up_lost(
    slug: str, first: str | None, first_password: str | None, second: str | None, second_password: str | None
) -> None:
    """Let two administrators agree to seal a closed survey without ballots whose keys are gone for good."""
    click.echo(f"survey {slug}: {mix().lost(get_survey(slug).id)} ballots cannot be decrypted")
    names = [
        _administrator("First", first, first_password).name,
        _administrator("Second", second, second_password).name,
    ]
    agree_together(actor(), mix(), slug, names)
    click.echo(f"{' and '.join(names)} agreed; the survey can be sealed without them")


def _administrator(which: str, name: str | None, password: str | None) -> Account:
    name = name or click.prompt(f"{which} administrator")
    account = check_password(name, password or click.prompt("Password", hide_input=True))
    if account is None or account.role != Role.ADMINISTRATOR:
        raise InputError(Problem("%(name)s: there is no such administrator, or the password is wrong.", name=name[:60]))
    return account


@survey.command()
@survey_argument
@reports_problems
def verify(slug: str) -> None:
    """Recompute digests and result of a sealed survey; exits with 1 if anything was added, removed or changed."""
    verification = verify_survey(slug)
    for name, unchanged in (
        ("plan", verification.plan),
        ("ballots", verification.ballots),
        ("receipts", verification.receipts),
        ("counts", verification.counts),
        ("result", verification.result),
    ):
        click.echo(f"{name}: {'as sealed' if unchanged else 'CHANGED'}")
    stored = stored_result(get_survey(slug))
    if stored.lost:
        names = f"{stored.lost_first} and {stored.lost_second}"
        click.echo(f"lost: {stored.lost} ballots could not be decrypted; {names} agreed to seal without them")
    click.echo(f"digest: {verification.digest}")
    if not verification.unchanged:
        sys.exit(1)
