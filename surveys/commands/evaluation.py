"""`flask evaluation …`"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from surveys.accounts.operations import check_password
from surveys.campaigns.indices import UnitIndex
from surveys.campaigns.plan import SurveyPlan
from surveys.campaigns.surveys import get_survey, plan_of
from surveys.commands.console import (
    actor,
    base_address,
    check_folder,
    private_output,
    reports_problems,
    said_pairs,
    survey_argument,
    unit_of,
)
from surveys.inputs.problems import InputError, Problem
from surveys.inputs.translations import gettext_of, load_translations
from surveys.inputs.values import load_file, read_datetime
from surveys.results.evaluation.entries import begin_evaluation, discard_evaluation, save_points
from surveys.results.evaluation.importing import import_points, points_template
from surveys.results.evaluation.overview import Overview, key_of, links_of, overview_of
from surveys.results.evaluation.own_scores import link_state, make_links, revoke_link, set_deadline
from surveys.results.evaluation.presets import PRESETS
from surveys.results.evaluation.scheme import preset
from surveys.results.evaluation.signing import decide, sign, signers_of, verify_evaluation
from surveys.results.evaluation.words import quota_words, unit_notes
from surveys.scoring.composite import Column

evaluation = AppGroup("evaluation", help="The committee's evaluation of a sealed survey.")
language_option = click.option("--language", type=click.Choice(["zh", "en"]), default="zh")
reason_option = click.option("--reason", default="", help="What the points rest on; kept with each change.")


@evaluation.command()
@survey_argument
@click.option("--preset", "name", type=click.Choice([*PRESETS]), help="A ready-made scheme.")
@click.option("--file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A scheme as JSON or TOML.")
@click.option("--judge", "judges", multiple=True, help="The name of a judge, with a preset; several times.")
@reports_problems
def make(slug: str, name: str | None, file: Path | None, judges: tuple[str, ...]) -> None:
    """Begin the evaluation by a preset or a file; while there are no points, another scheme takes its place."""
    if (name is None) == (file is None):
        raise InputError(Problem("Say either --preset or --file."))
    begin_evaluation(actor(), slug, load_file(file) if file else preset(name or "", list(judges)))


@evaluation.command()
@survey_argument
@click.confirmation_option(prompt="Remove all points, links and decisions of this evaluation?")
@reports_problems
def discard(slug: str) -> None:
    """Remove an evaluation that is not signed. The history of points stays."""
    discard_evaluation(actor(), slug)


@evaluation.command("set")
@survey_argument
@click.argument("unit")
@click.argument("points", nargs=-1, required=True, metavar="CRITERION/SOURCE[/JUDGE]=POINTS...")
@reason_option
@reports_problems
def set_points(slug: str, unit: str, points: tuple[str, ...], reason: str) -> None:
    """Enter points of a UNIT, such as leadership/committee=18.5; nothing behind "=" takes them out."""
    now = overview_of(get_survey(slug))
    columns = {key_of(column): column for column in now.scheme.columns}
    said = said_pairs(points, "points")
    unknown = [
        Problem("There is no cell %(name)s. Known are: %(names)s.", "points", name=key[:80], names=", ".join(columns))
        for key in said if key not in columns
    ]  # fmt: skip
    if unknown:
        raise InputError(unknown)
    position = _unit(now.plan, unit)
    typed: dict[tuple[UnitIndex, Column], str] = {(position, columns[key]): text for key, text in said.items()}
    click.echo(f"{save_points(actor(), slug, typed, reason)} cells changed")


@evaluation.command()
@survey_argument
@language_option
@reports_problems
def show(slug: str, language: str) -> None:
    """Print rank, unit, total, grade by points, grade, and what is missing; then quotas, signatures and digest."""
    now, gettext = overview_of(get_survey(slug)), gettext_of(load_translations(language))
    for unit in now.order:
        found = now.composite.units[unit]
        grades = [now.grade_name(grade, language) for grade in (found.by_points, found.grade)]
        fields = [
            str(found.rank or "—"), now.plan.units[unit].code, str(found.printed if found.printed is not None else "—"),
            *grades, " ".join(unit_notes(now, unit, language, gettext)),
        ]  # fmt: skip
        click.echo("\t".join(fields))
    for number, quota in enumerate(now.composite.quotas, 1):
        click.echo(f"quota {number}: {quota_words(now, quota, language, gettext)}")
    _show_signatures(now)


def _show_signatures(now: Overview) -> None:
    for one in signers_of(now.stored):
        click.echo(f"signed by {one.name}")
    if now.is_signed:
        click.echo(f"digest: {now.stored.digest}")


@evaluation.command()
@survey_argument
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The file to write.")
@language_option
@reports_problems
def template(slug: str, out: Path, language: str) -> None:
    """Write the workbook to fill in offline."""
    check_folder(out)
    body = points_template(overview_of(get_survey(slug)), language, gettext_of(load_translations(language)))
    with private_output(out) as file:
        file.write(body)


@evaluation.command("import")
@survey_argument
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@reason_option
@reports_problems
def import_file(slug: str, file: Path, reason: str) -> None:
    """Import a table that was filled in: all of it or nothing."""
    click.echo(f"{import_points(actor(), slug, file.name, file.read_bytes(), reason)} cells changed")


@evaluation.command()
@survey_argument
@click.option("--until", default="", help="Until when own scores are taken, such as 2026-12-31T17:00.")
@click.option("--make", "made", multiple=True, metavar="UNIT", help='Make a new link for a unit, or for "all".')
@click.option("--revoke", multiple=True, metavar="UNIT", help="End the link of a unit.")
@click.option("--base", default="", help="Where the service is reached; default: the setting BASE_URL.")
@reports_problems
def links(slug: str, until: str, made: tuple[str, ...], revoke: tuple[str, ...], base: str) -> None:
    """Print how far units are with their own scores; set the deadline, make or revoke links."""
    survey = get_survey(slug)
    plan = plan_of(survey)
    if until:
        set_deadline(actor(), slug, read_datetime(until, current_app.config["TIMEZONE"], "until"))
    for code in revoke:
        revoke_link(actor(), slug, _unit(plan, code))
    if made:
        every = [UnitIndex(unit) for unit in range(len(plan.units))]
        tokens = make_links(actor(), slug, every if "all" in made else [_unit(plan, code) for code in made])
        for position, token in tokens.items():
            click.echo(f"{plan.units[position].code}\t{base_address(base)}/own-score/{token}")
        return
    stored, now = overview_of(survey).stored, links_of(survey.id)
    for number, unit in enumerate(plan.units):
        click.echo(f"{unit.code}\t{link_state(now.get(UnitIndex(number)), stored.own_until, time.time()).value}")


@evaluation.command("decide")
@survey_argument
@click.argument("quota", type=int)
@click.argument("units", nargs=-1)
@click.option("--reason", required=True, help="Why; it is signed with the rest.")
@reports_problems
def decide_quota(slug: str, quota: int, units: tuple[str, ...], reason: str) -> None:
    """Say which UNITS keep their place at QUOTA (1 for the first); the others with a place are lowered."""
    decide(actor(), slug, quota - 1, list(units), reason)


@evaluation.command("sign")
@survey_argument
@click.option("--name", help="Whose account it is.")
@click.option("--password", help="Asked for where it is left out.")
@click.confirmation_option(prompt="Sign? After the second signature nothing can be changed any more.")
@reports_problems
def sign_as(slug: str, name: str | None, password: str | None) -> None:
    """Sign as a member of the committee, by name and password. The second signature ends all changes."""
    name = name or click.prompt("Name")
    account = check_password(name, password or click.prompt("Password", hide_input=True))
    if account is None:
        raise InputError(Problem("%(name)s: there is no such account, or the password is wrong.", name=name[:60]))
    stored = sign(actor(), slug, account.name)
    click.echo(f"signed; digest: {stored.digest}" if stored.digest else "signed; a second member has to sign, too")


@evaluation.command()
@survey_argument
@reports_problems
def verify(slug: str) -> None:
    """Compute the digest of a signed evaluation again; exits with 1 if anything was changed."""
    same, digest = verify_evaluation(slug)
    click.echo(f"evaluation: {'as signed' if same else 'CHANGED'}\ndigest: {digest}")
    if not same:
        sys.exit(1)


def _unit(plan: SurveyPlan, code: str) -> UnitIndex:
    position = unit_of(plan, code)
    if position is None:
        raise InputError(Problem("There is no unit %(code)s in this survey.", code="—"))
    return position
