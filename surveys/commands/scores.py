"""`flask scores …`"""

from __future__ import annotations

import time
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from surveys.campaigns.surveys import get_survey, plan_of
from surveys.commands.console import (
    actor,
    check_table_name,
    private_csv,
    private_output,
    reports_problems,
    survey_argument,
)
from surveys.inputs.translations import gettext_of, load_translations
from surveys.results.models import stored_result
from surveys.results.report import Report, report_of
from surveys.results.score_table import score_rows
from surveys.results.workbook import write_workbook
from surveys.storage.audit import Action, record

scores = AppGroup("scores", help="Results of sealed surveys.")


@scores.command()
@survey_argument
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="A .xlsx or .csv file.")
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh")
@reports_problems
def export(slug: str, out: Path, language: str) -> None:
    """Write the workbook (.xlsx) or the ranked table alone (.csv)."""
    survey = get_survey(slug)
    report = report_of(plan_of(survey), stored_result(survey))
    check_table_name(out)
    started = time.perf_counter()
    if out.suffix == ".xlsx":
        window = (survey.opens_at, survey.closes_at)
        timezone = current_app.config["TIMEZONE"]
        with private_output(out) as file:
            file.write(write_workbook(report, window, timezone, language, load_translations(language)))
    else:
        _write_csv(out, report, language)
    record(actor().name, Action.EXPORT_WORKBOOK, slug)
    click.echo(f"{out} written in {time.perf_counter() - started:.2f} s")


def _write_csv(out: Path, report: Report, language: str) -> None:
    with private_csv(out) as writer:
        for row in score_rows(report, language, gettext_of(load_translations(language))):
            writer.row(row)
