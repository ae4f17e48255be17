"""`flask report …`: the letterhead and the numbers of printed results. The files themselves are made by `flask scores …`."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import AppGroup

from surveys.commands.console import actor, reports_problems, survey_argument
from surveys.results.printed.letterhead import letterhead, set_letterhead, set_number

report = AppGroup("report", help="What stands at the head of printed results.")


@report.command("letterhead")
@click.option("--organisation", help="The organisation, in full.")
@click.option("--pattern", help="How documents are numbered, for example 评议〔{year}〕{number}号.")
@click.option(
    "--logo", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A PNG or JPEG of at most 200 KB."
)
@click.option("--no-logo", is_flag=True, help="Remove the logo.")
@reports_problems
def change_letterhead(organisation: str | None, pattern: str | None, logo: Path | None, no_logo: bool) -> None:
    """Set the letterhead; what is not named stays. Without an option, show it."""
    now = letterhead()
    if organisation is not None or pattern is not None or logo or no_logo:
        now = set_letterhead(
            actor(), now.organisation if organisation is None else organisation,
            now.pattern if pattern is None else pattern, logo.read_bytes() if logo else None, remove_logo=no_logo,
        )  # fmt: skip
    click.echo(f"organisation\t{now.organisation or '—'}\npattern\t{now.pattern or '—'}")
    click.echo(f"logo\t{len(now.logo)} bytes" if now.logo else "logo\t—")


@report.command("number")
@survey_argument
@click.argument("number")
@reports_problems
def change_number(slug: str, number: str) -> None:
    """Give the result of a sealed survey its number in the college's files; an empty one takes it away."""
    set_number(actor(), slug, number)
