"""`flask mix …`: the keys of the ballots that wait in the mix."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import click
from flask.cli import AppGroup

from surveys.ballots.mix import waiting
from surveys.ballots.mix_merging import accept_folder, merge_keys
from surveys.campaigns.surveys import all_surveys
from surveys.commands.console import actor, reports_problems
from surveys.services import mix as the_mix
from surveys.storage.instance import Belonging

mix = AppGroup("mix", help="The keys of the ballots that wait in the mix.")


@mix.command()
def show() -> None:
    """Print for each survey how many ballots wait in the mix, and how many of them cannot be decrypted.

    Those whose keys are there are decrypted to see whether they are damaged.
    """
    found = the_mix().folder.belonging()
    click.echo(f"folder of keys: {found.value}")
    lost, wait = the_mix().undecryptable(), Counter[int]()
    if found is Belonging.OWN:
        lost = Counter({survey.id: the_mix().lost(survey.id) for survey in all_surveys()})
    for kind, count in waiting():
        wait[kind.survey_id] += count
    for survey in reversed(all_surveys()):
        click.echo(f"{survey.slug}\t{wait[survey.id]} waiting\t{lost[survey.id]} cannot be decrypted")


@mix.command("change-keys")
@reports_problems
def change_keys() -> None:
    """Encrypt what is in the mix with new keys; surveys may run meanwhile."""
    changed, skipped = the_mix().change_keys(actor())
    click.echo(f"new keys: {changed}")
    if skipped:
        click.echo(f"left as they were, because a key is missing: {skipped}", err=True)


@mix.command("merge-keys")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@reports_problems
def merge(folder: Path) -> None:
    """Take the keys that waiting ballots need over from FOLDER, a folder mix of this installation."""
    merged = merge_keys(actor(), the_mix(), folder)
    click.echo(f"{merged.keys} keys taken over")
    click.echo(f"{merged.readable} waiting ballots can be decrypted, {merged.lost} cannot")


@mix.command("accept-folder")
@click.option("--yes", is_flag=True, help="Do not ask.")
@reports_problems
def accept(yes: bool) -> None:
    """Take the folder mix as this installation's although its id is missing: the right one is gone for good."""
    if not yes:
        click.confirm(
            "Ballots whose keys are in another folder stay unreadable. Is that folder gone for good?", abort=True
        )
    lost = accept_folder(actor(), the_mix())
    click.echo(f"accepted; {lost} waiting ballots cannot be decrypted")
