"""`flask scores …`"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup

from surveys.campaigns.rule_file import TRIMS
from surveys.campaigns.surveys import get_survey, plan_of
from surveys.commands import score_files
from surveys.commands.console import (
    actor,
    check_folder,
    check_table_name,
    private_csv,
    private_output,
    reports_problems,
    survey_argument,
)
from surveys.followup.remarks import workbook_rows
from surveys.inputs.problems import InputError, Problem
from surveys.inputs.text import pick
from surveys.inputs.translations import gettext_of, load_translations
from surveys.results.evaluation.overview import overview_if_begun
from surveys.results.export.files import FORMATS, export_file
from surveys.results.export.specs import SPECS
from surveys.results.models import stored_result
from surveys.results.printed.letterhead import head_of
from surveys.results.report import Report, report_of
from surveys.results.rounds import rounds_until
from surveys.results.score_table import score_rows
from surveys.results.what_if import what_if
from surveys.results.workbook import Beside, write_workbook
from surveys.storage.audit import Action, record

scores = AppGroup("scores", help="Results of sealed surveys.")
for _command in (score_files.report, score_files.units, score_files.branches):
    scores.add_command(_command)


@scores.command()
@survey_argument
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The file to write.")
@click.option("--format", "kind", type=click.Choice(["", *FORMATS]), default="", help="A format for other programs.")
@click.option("--table", type=click.Choice(["", *SPECS]), default="", help="With --format: one table instead of all.")
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh")
@reports_problems
def export(slug: str, out: Path, kind: str, table: str, language: str) -> None:
    """Write the workbook (.xlsx), the ranked table (.csv), or with --format all tables for other programs.

    json is one file; csv and parquet are a zip with a file for each table, or with --table that table alone.
    """
    started = time.perf_counter()
    if kind:
        _write_tables(slug, out, kind, table, language)
    elif table:
        raise InputError(Problem("Say with --format in which format the table is written.", "table"))
    else:
        _write_scores(slug, out, language)
    click.echo(f"{out} written in {time.perf_counter() - started:.2f} s")


def _write_tables(slug: str, out: Path, kind: str, table: str, language: str) -> None:
    ending = f".{kind}" if table or kind == "json" else ".zip"
    if out.suffix != ending:
        raise InputError(Problem("The file must end in %(ending)s.", "out", ending=ending))
    check_folder(out)
    timezone = current_app.config["TIMEZONE"]
    made = export_file(actor(), slug, kind, table, timezone, language, load_translations(language))
    with private_output(out) as file:
        file.write(made.body)


def _write_scores(slug: str, out: Path, language: str) -> None:
    survey = get_survey(slug)
    report = report_of(plan_of(survey), stored_result(survey))
    check_table_name(out)
    if out.suffix == ".xlsx":
        window = (survey.opens_at, survey.closes_at)
        timezone = current_app.config["TIMEZONE"]
        with private_output(out) as file:
            translations, remarks = load_translations(language), workbook_rows(survey.id)
            beside = Beside(remarks, rounds_until(survey), overview_if_begun(survey), head_of(survey, timezone))
            file.write(write_workbook(report, window, timezone, language, translations, beside))
    else:
        _write_csv(out, report, language)
    record(actor().name, Action.EXPORT_WORKBOOK, slug)


def _write_csv(out: Path, report: Report, language: str) -> None:
    with private_csv(out) as writer:
        for row in score_rows(report, language, gettext_of(load_translations(language))):
            writer.row(row)


@scores.command("what-if")
@survey_argument
@click.option("--trim", type=click.Choice([*TRIMS]), help="What is dropped before a mean.")
@click.option("--group-weight", "group_weights", multiple=True, metavar="GROUP=WEIGHT")
@click.option("--item-weight", "item_weights", multiple=True, metavar="ITEM=WEIGHT")
@click.option("--grades", type=click.Choice(["quality", "grading2012"]))
@click.option("--gate", type=float, help="A satisfaction rate below this percentage caps the grade at the third.")
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh")
@reports_problems
def try_rule(
    slug: str, trim: str | None, group_weights: tuple[str, ...], item_weights: tuple[str, ...], grades: str | None,
    gate: float | None, language: str,
) -> None:  # fmt: skip
    """Show what another rule would have given, beside the official result. Nothing is stored."""
    survey = get_survey(slug)
    report = report_of(plan_of(survey), stored_result(survey))
    _ = gettext_of(load_translations(language))
    data: dict[str, Any] = {}
    if trim:
        data["trim"] = {
            "none": {},
            "drop_ends": {"drop_ends": 1},
            "share5": {"share": 0.05},
            "share10": {"share": 0.1},
        }[trim]
    for name, given in (("group_weights", group_weights), ("item_weights", item_weights)):
        if given:
            data[name] = dict(_weight(entry) for entry in given)
    if grades:
        data |= {"grades": grades, "gates": []}
    if gate is not None:
        data["gates"] = [{"rate_under": gate, "cap": 2}]
    found = what_if(report, data)
    click.echo(_("This is not the official result."))
    click.echo("\t".join([_("Unit"), _("Official rank"), _("Official score"), _("Rank, what if"), _("Score, what if")]))
    for unit in report.order:
        tried = found.units[unit]
        click.echo("\t".join([
            pick(report.plan.units[unit].text, language), str(report.result.rank[unit] or "—"),
            report.figure(report.result.score[unit]), str(tried.rank or "—"), str("—" if tried.score is None else tried.score),
        ]))  # fmt: skip


def _weight(entry: str) -> tuple[str, float]:
    code, _, weight = entry.rpartition("=")
    try:
        return code, float(weight)
    except ValueError as fault:
        raise click.BadParameter(f"{entry} is not NAME=WEIGHT") from fault
