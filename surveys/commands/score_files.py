"""`flask scores report …`, `units …`, `branches …`: what is printed of a result, and what is handed on."""

from __future__ import annotations

from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from surveys.campaigns.surveys import get_survey
from surveys.commands.console import (
    actor,
    check_folder,
    private_output,
    progress_bar,
    reports_problems,
    survey_argument,
)
from surveys.followup.remarks import workbook_rows
from surveys.inputs.problems import InputError, Problem
from surveys.inputs.translations import load_translations
from surveys.results.export.files import ExportFile
from surveys.results.printed.files import KINDS, Wanted, branch_workbooks, report_file, unit_file, unit_files
from surveys.results.printed.letterhead import set_number

_out = click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The file to write.")
_language = click.option("--language", type=click.Choice(["zh", "en"]), default="zh")


@click.command("report")
@with_appcontext
@survey_argument
@_out
@click.option("--format", "kind", type=click.Choice(KINDS), default="pdf", help="PDF, or docx for Word.")
@click.option("--number", help="The number of the document in the college's files; it is kept.")
@_language
@reports_problems
def report(slug: str, out: Path, kind: str, number: str | None, language: str) -> None:
    """Write the report that the committee signs."""
    _check(out, f".{kind}")
    wanted = _wanted(slug, language)
    if number is not None:
        set_number(actor(), slug, number)
    _write(out, report_file(actor(), wanted, kind))


@click.command("units")
@with_appcontext
@survey_argument
@_out
@click.option("--unit", "code", default="", help="One unit alone, by code or name, as a PDF.")
@_language
@reports_problems
def units(slug: str, out: Path, code: str, language: str) -> None:
    """Write the pages that units are handed: a zip of all, or with --unit one PDF."""
    _check(out, ".pdf" if code else ".zip")
    wanted = _wanted(slug, language)
    if code:
        return _write(out, unit_file(actor(), wanted, code))
    with progress_bar("pages") as bar:
        task = bar.add_task("")
        file = unit_files(actor(), wanted, lambda done, total: bar.update(task, completed=done, total=total))
    return _write(out, file)


@click.command("branches")
@with_appcontext
@survey_argument
@_out
@_language
@reports_problems
def branches(slug: str, out: Path, language: str) -> None:
    """Write a workbook for each general branch with its units alone, as a zip."""
    _check(out, ".zip")
    _write(out, branch_workbooks(actor(), _wanted(slug, language)))


def _check(out: Path, ending: str) -> None:
    if out.suffix != ending:
        raise InputError(Problem("The file must end in %(ending)s.", "out", ending=ending))
    check_folder(out)


def _wanted(slug: str, language: str) -> Wanted:
    remarks = workbook_rows(get_survey(slug).id)
    return Wanted(slug, current_app.config["TIMEZONE"], language, load_translations(language), remarks)


def _write(out: Path, made: ExportFile) -> None:
    with private_output(out) as file:
        file.write(made.body)
    click.echo(f"{out}: {len(made.body) // 1024} KB")
