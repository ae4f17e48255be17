"""`flask campaign …`"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup

from surveys.campaigns.campaigns import (
    STAGES,
    CampaignFields,
    Stage,
    add_survey,
    all_campaigns,
    change_campaign,
    create_campaign,
    delete_campaign,
    fields_of,
    get_campaign,
    remove_survey,
    rounds_of,
    save_mapping,
    stages_of,
)
from surveys.campaigns.mapping import pairs_of_file
from surveys.campaigns.surveys import state_of
from surveys.commands.console import actor, check_folder, private_output, reports_problems, said_pairs, survey_argument
from surveys.followup.before_after import actions_after
from surveys.inputs.problems import InputError, Problem
from surveys.results.export.changes import export_changes
from surveys.results.round_changes import Change
from surveys.results.rounds import RoundPair, compare_rounds

campaign = AppGroup("campaign", help="Campaigns with their stages, and the surveys that are their rounds.")


def _stage_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """What can be said of stages."""
    for option in (
        click.option("--days", "days", multiple=True, metavar="N=FIRST..LAST", help="The days of stage N."),
        click.option("--stage-en", "stages_en", multiple=True, metavar="N=NAME", help="Its English name."),
        click.option("--stage", "stages", multiple=True, metavar="N=NAME", help="The name of stage N, 1 to 4."),
        click.option("--name-en", default=None, help="The English name."),
    ):
        command = option(command)
    return command


def _with_stages(
    fields: CampaignFields, stages: tuple[str, ...], stages_en: tuple[str, ...], days: tuple[str, ...]
) -> CampaignFields:
    changed = list(fields.stages)
    for option, pairs in (("stage", stages), ("stage-en", stages_en), ("days", days)):
        for number, value in said_pairs(pairs, option).items():
            place = _place(number)
            first, _dots, last = value.partition("..")
            news: dict[str, dict[str, str]] = {
                "stage": {"name": value},
                "stage-en": {"name_en": value},
                "days": {"first": first.strip(), "last": last.strip()},
            }
            changed[place] = replace(changed[place], **news[option])
    return replace(fields, stages=tuple(changed))


def _place(number: str) -> int:
    if number not in [str(n) for n in range(1, STAGES + 1)]:
        raise InputError(Problem("A campaign has the stages 1 to %(n)s.", "stage", n=STAGES))
    return int(number) - 1


@campaign.command("list")
def list_() -> None:
    """Print codes, names and numbers of surveys."""
    for one in all_campaigns():
        click.echo(f"{one.code}\t{one.name}\t{len(rounds_of(one))}")


@campaign.command()
@click.argument("code")
@click.argument("name")
@_stage_options
@reports_problems
def create(
    code: str,
    name: str,
    name_en: str | None,
    stages: tuple[str, ...],
    stages_en: tuple[str, ...],
    days: tuple[str, ...],
) -> None:
    """Add a campaign with its four stages; their names have defaults."""
    fields = CampaignFields(name, name_en or "")
    click.echo(f"campaign {create_campaign(actor(), code, _with_stages(fields, stages, stages_en, days)).code}")


@campaign.command("set")
@click.argument("code")
@click.option("--name", default=None, help="The Chinese name.")
@_stage_options
@reports_problems
def set_(
    code: str,
    name: str | None,
    name_en: str | None,
    stages: tuple[str, ...],
    stages_en: tuple[str, ...],
    days: tuple[str, ...],
) -> None:
    """Change the name, the stages and their days."""
    fields = fields_of(get_campaign(code))
    fields = replace(
        fields,
        name=fields.name if name is None else name,
        name_en=fields.name_en if name_en is None else name_en,
    )
    change_campaign(actor(), code, _with_stages(fields, stages, stages_en, days))


@campaign.command()
@click.argument("code")
@click.confirmation_option(prompt="The campaign is removed. Go on?")
@reports_problems
def delete(code: str) -> None:
    """Remove a campaign that has no surveys."""
    delete_campaign(actor(), code)


@campaign.command()
@click.argument("code")
@survey_argument
@click.argument("stage")
@reports_problems
def add(code: str, slug: str, stage: str) -> None:
    """Put a survey into a STAGE (1 to 4) of a campaign; again, to move it to another one."""
    add_survey(actor(), code, slug, _place(stage))


@campaign.command()
@click.argument("code")
@survey_argument
@reports_problems
def remove(code: str, slug: str) -> None:
    """Take a survey out of a campaign; the survey itself stays as it is."""
    remove_survey(actor(), code, slug)


@campaign.command("map")
@click.argument("code")
@survey_argument
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@reports_problems
def map_(code: str, slug: str, file: Path) -> None:
    """Say by a table (columns old and new) which units of a survey are which of the round before."""
    lines = save_mapping(actor(), code, slug, pairs_of_file(file.name, file.read_bytes()))
    click.echo(f"{lines} lines stored")


@campaign.command()
@click.argument("code")
@reports_problems
def show(code: str) -> None:
    """Print stages, surveys, and what changed from each sealed round to the next."""
    one = get_campaign(code)
    stages = stages_of(one)
    for number, stage in enumerate(stages, 1):
        click.echo(f"stage {number}\t{stage.name}\t{_days(stage)}")
    for entry in rounds_of(one):
        click.echo(f"survey\t{entry.survey.slug}\t{stages[entry.stage].name}\t{state_of(entry.survey).value}")
    for pair in compare_rounds(one).pairs:
        _echo_pair(pair)


@campaign.command()
@click.argument("code")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="A .csv file.")
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh")
@reports_problems
def export(code: str, out: Path, language: str) -> None:
    """Write what changed between the rounds to a CSV file, for statistics programs."""
    if out.suffix != ".csv":
        raise InputError(Problem("The file must end in %(ending)s.", "out", ending=".csv"))
    check_folder(out)
    file = export_changes(actor(), code, language)
    with private_output(out) as written:
        written.write(file.body)


def _days(stage: Stage) -> str:
    return f"{stage.first}..{stage.last}" if stage.first else "—"


def _echo_pair(pair: RoundPair) -> None:
    plan = pair.newer.report.plan
    names = f"{pair.older.survey.slug} → {pair.newer.survey.slug}"
    for note in pair.notes:
        click.echo(f"{names}\tnote\t{note}")
    for unit in pair.newer.report.order:
        row = pair.units[unit]
        click.echo(f"{names}\tunit\t{plan.units[unit].code}\t{row.followed.value}\t{_figures(pair, row)}")
    for branch in pair.branches:
        compared = f"{branch.compared} of {branch.total}"
        click.echo(f"{names}\tgeneral branch\t{branch.name}\t{compared}\t{_figures(pair, branch)}")
    for item in pair.items:
        code = plan.rated_items[item.item].code
        click.echo(f"{names}\titem\t{plan.units[item.unit].code}/{code}\t{_figures(pair, item)}")
    for actions in actions_after(pair):
        click.echo(f"{names}\tactions\t{plan.units[actions.unit].code}\t{actions.done} of {actions.actions} done")


def _figures(pair: RoundPair, row: Change) -> str:
    figure = pair.newer.report.figure
    if row.change is None:
        return "\t".join([figure(row.before), figure(row.after), row.why])
    clear = "changed" if row.clear else "may be chance"
    interval = f"{figure(row.change.low)} to {figure(row.change.high)}"
    return "\t".join([figure(row.before), figure(row.after), figure(row.change.value), interval, clear])
