"""`flask codes …`"""

from __future__ import annotations

from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from surveys.admission.handouts import code_rows, survey_link
from surveys.admission.issuing import IssuedCode, batches_of, codes_for_groups, issue_all, issue_codes, revoke_codes
from surveys.admission.printing import Handout, code_slips, slips_pdf
from surveys.campaigns.surveys import get_survey, plan_of
from surveys.commands.console import (
    actor,
    check_folder,
    check_new,
    check_table_name,
    group_of,
    private_output,
    reports_problems,
    survey_argument,
    unit_of,
    write_table,
)
from surveys.commands.links import link_base

codes = AppGroup("codes", help="Access codes.")


@codes.command()
@survey_argument
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
    number, own = group_of(plan, group), unit_of(plan, unit)
    check_table_name(out)
    check_new(out)

    def deliver(issued: list[IssuedCode]) -> None:
        write_table(out, ["group", "unit", "code", "link"], code_rows(plan, issued, link_base(base), "zh"))

    issued = issue_codes(actor(), survey, current_app.config["CODE_KEY"], number, count, (own,), deliver)
    click.echo(f"{len(issued)} codes written to {out}")


@codes.command("issue-all")
@survey_argument
@click.argument("count", type=click.IntRange(1, 100_000))
@click.option("--base", default="", help="Where the service is reached; default: the setting BASE_URL.")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="A .csv, .xlsx or .pdf file."
)
@reports_problems
def issue_for_all(slug: str, count: int, base: str, out: Path) -> None:
    """Issue COUNT codes for each group, and for each unit where a group rates its own, as a table or as slips (PDF)."""
    survey = get_survey(slug)
    plan, config = plan_of(survey), current_app.config
    if out.suffix == ".pdf":
        check_folder(out)
    else:
        check_table_name(out)
    check_new(out)

    def deliver(issued: list[IssuedCode]) -> None:
        if out.suffix != ".pdf":
            write_table(out, ["group", "unit", "code", "link"], code_rows(plan, issued, link_base(base), "zh"))
            return
        handout = Handout(plan, survey.closes_at, config["TIMEZONE"], survey_link(link_base(base), slug),
                          config["ORGANISATION"], config["CONTACT"], "zh")  # fmt: skip
        with private_output(out) as file:
            file.write(slips_pdf(handout, code_slips(plan, issued, "zh")))

    groups = {group: count for group in plan.group_indices if plan.groups[group].admission == "code"}
    issued = issue_all(actor(), survey, config["CODE_KEY"], codes_for_groups(plan, groups), deliver)
    click.echo(f"{len(issued)} codes written to {out}")


@codes.command("list")
@survey_argument
@reports_problems
def list_(slug: str) -> None:
    """Print the batches of a survey's codes: number, group, codes, used."""
    survey = get_survey(slug)
    plan = plan_of(survey)
    for batch in batches_of(survey.id):
        click.echo(f"{batch.number}\t{plan.groups[batch.group].code}\t{batch.codes}\t{batch.used}")


@codes.command()
@survey_argument
@click.argument("batch", type=int)
@click.option("--yes", is_flag=True, help="Do not ask.")
@reports_problems
def revoke(slug: str, batch: int, yes: bool) -> None:
    """Revoke the codes of a BATCH that were not used; the turnout is then of the others."""
    if not yes:
        click.confirm(
            "Slips with these codes let nobody in any more, and this cannot be undone. Revoke them?", abort=True
        )
    click.echo(f"{revoke_codes(actor(), slug, batch)} codes revoked")
