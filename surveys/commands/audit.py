"""`flask audit …`"""

from __future__ import annotations

import click
from flask.cli import AppGroup

from surveys.commands.console import in_zone
from surveys.storage.audit import Action, find_entries

audit = AppGroup("audit", help="What staff did.")

_ACTIONS = {action.name.lower().replace("_", "-"): action for action in Action}


@audit.command()
@click.option("--account", default="", help="Only what this account did, as it is named in the audit trail.")
@click.option("--action", type=click.Choice(list(_ACTIONS)), help="Only this action.")
@click.option("--limit", type=click.IntRange(1, 1_000_000), default=100, show_default=True, help="So many at most.")
def show(account: str, action: str | None, limit: int) -> None:
    """Print the audit trail, the latest first: time, account, action, and what it was about."""
    for entry in find_entries(account, _ACTIONS[action].value if action else "", limit=limit):
        click.echo(f"{in_zone(entry.at)}\t{entry.account}\t{entry.action}\t{entry.about}")
