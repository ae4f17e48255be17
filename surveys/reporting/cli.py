"""`flask survey …` and `flask scores …`"""

from __future__ import annotations

import csv
import sys
import time
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup
from flask_babel import force_locale

from surveys.console import progress_bar, reports_problems
from surveys.publishing.machine import Move
from surveys.publishing.models import Survey
from surveys.publishing.operations import create_survey, get_survey, move_survey, plan_of, state_of
from surveys.publishing.plan import read_moment
from surveys.reading import load_file
from surveys.reporting.models import StoredResult
from surveys.reporting.present import Report, report_of
from surveys.reporting.sealing import seal as seal_survey
from surveys.reporting.sealing import verify as verify_survey
from surveys.reporting.workbook import write_workbook
from surveys.text import InputError, Problem

survey = AppGroup("survey", help="Surveys from draft to seal.")
scores = AppGroup("scores", help="Results of sealed surveys.")


@survey.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--publish", "and_publish", is_flag=True, help="Publish it at once.")
@reports_problems
def create(file: Path, and_publish: bool) -> None:
    """Create a survey from a survey file (JSON or TOML; see docs/survey-file.md)."""
    data = load_file(file)
    if not isinstance(data, dict):
        raise InputError(Problem("A table of names and values is expected here.", file.name))
    created = create_survey(data, current_app.config["TIMEZONE"])
    if and_publish:
        created = move_survey(created.slug, Move.PUBLISH)
    plan = plan_of(created)
    click.echo(f"survey {created.slug}: {state_of(created).value}")
    for group in plan.groups:
        click.echo(f"  {group.text['zh']}: {group.units_on_paper} units, about {plan.minutes(group)} min")


@survey.command("list")
def list_() -> None:
    """Print all surveys with their states."""
    for entry in Survey.select().order_by(Survey.opens_at):
        click.echo(f"{entry.slug}\t{state_of(entry).value}\t{plan_of(entry).title['zh']}")


def _move(name: Move, text: str) -> None:
    @survey.command(name.value, help=text)
    @click.argument("slug")
    @reports_problems
    def command(slug: str) -> None:
        moved = move_survey(slug, name)
        click.echo(f"survey {slug}: {state_of(moved).value}")


_move(Move.PUBLISH, "Publish a draft: questionnaire, units and rule are fixed from then on.")
_move(Move.OPEN, "Open a published survey now.")
_move(Move.CLOSE, "Close an open survey now.")


@survey.command()
@click.argument("slug")
@click.argument("closes")
@reports_problems
def reopen(slug: str, closes: str) -> None:
    """Open a closed survey again until CLOSES (2011-12-10T22:00)."""
    move_survey(slug, Move.REOPEN, closes_at=read_moment(closes, current_app.config["TIMEZONE"], "closes"))
    click.echo(f"survey {slug}: open")


@survey.command()
@click.argument("slug")
@reports_problems
def seal(slug: str) -> None:
    """Seal a closed survey and compute its result. Interrupted, nothing has happened."""
    with progress_bar("ballots") as bar:
        task = bar.add_task("", total=None)
        stored = seal_survey(slug, lambda done, total: bar.update(task, completed=done, total=total))
    click.echo(f"survey {slug} sealed: {stored.ballots} ballots, digest {stored.digest}")


@survey.command()
@click.argument("slug")
@reports_problems
def verify(slug: str) -> None:
    """Recompute digests and result of a sealed survey; exits with 1 if anything was added, removed or changed."""
    found = verify_survey(slug)
    for name, sound in (
        ("plan", found.plan),
        ("ballots", found.ballots),
        ("receipts", found.receipts),
        ("counts", found.counts),
        ("result", found.result),
    ):
        click.echo(f"{name}: {'as sealed' if sound else 'CHANGED'}")
    click.echo(f"digest: {found.digest}")
    if not found.sound:
        sys.exit(1)


def _report(slug: str) -> tuple[Survey, Report]:
    found = get_survey(slug)
    stored = StoredResult.get_or_none(StoredResult.survey == found.id)
    if stored is None:
        raise InputError(Problem("The survey %(name)s is not sealed.", name=slug))
    return found, report_of(plan_of(found), stored)


@scores.command()
@click.argument("slug")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="A .xlsx or .csv file.")
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh")
@reports_problems
def export(slug: str, out: Path, language: str) -> None:
    """Write the workbook (.xlsx) or the ranked table alone (.csv)."""
    found, report = _report(slug)
    started = time.perf_counter()
    with current_app.test_request_context(), force_locale(language):
        if out.suffix == ".xlsx":
            out.write_bytes(
                write_workbook(report, found.opens_at, found.closes_at, current_app.config["TIMEZONE"], language)
            )
        elif out.suffix == ".csv":
            with out.open("w", encoding="utf-8-sig", newline="") as file:
                _write_csv(csv.writer(file), report)
        else:
            raise InputError(Problem("The file must end in .csv or .xlsx.", "out"))
    click.echo(f"{out} written in {time.perf_counter() - started:.2f} s")


def _write_csv(writer: object, report: Report) -> None:
    write = writer.writerow  # type: ignore[attr-defined]
    result = report.result
    write(["rank", "unit", "name", "score", "low", "high", "rate", "n", "grade"])
    for unit in report.order:
        grade = result.grade[unit]
        write([
            result.rank[unit] or "", report.plan.units[unit].code, report.plan.units[unit].text["zh"],
            *(report.figure(values[unit]) for values in (result.score, result.low, result.high, result.rate)),
            result.n[unit], "" if grade is None else report.plan.rule.grades[grade].name["zh"],
        ])  # fmt: skip
