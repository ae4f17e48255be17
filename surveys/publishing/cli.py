"""`flask codes …`"""

from __future__ import annotations

from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from surveys.console import reports_problems
from surveys.publishing.handouts import code_rows, codes_csv, codes_xlsx
from surveys.publishing.operations import get_survey, issue_codes, plan_of
from surveys.text import InputError, Problem

codes = AppGroup("codes", help="Single-use codes.")
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
    rows = code_rows(plan, issued, base or current_app.config["BASE_URL"] or "http://127.0.0.1:8000", "zh")
    out.write_bytes(codes_csv(HEADING, rows) if out.suffix == ".csv" else codes_xlsx(HEADING, rows))
    click.echo(f"{len(issued)} codes written to {out}")
