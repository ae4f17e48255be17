"""`flask audit …`"""

from __future__ import annotations

import sys
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import click
from flask import current_app
from flask.cli import AppGroup

from surveys.commands.console import in_zone
from surveys.inputs.csv_writing import CsvWriter
from surveys.storage.audit import Action, find_entries

audit = AppGroup("audit", help="What staff did.")

_ACTIONS = {action.name.lower().replace("_", "-"): action for action in Action}


@audit.command()
@click.option("--account", default="", help="Only what this account did, as it is named in the audit trail.")
@click.option("--action", type=click.Choice(list(_ACTIONS)), help="Only this action.")
@click.option("--about", default="", help="Only what is about this survey (its address).")
@click.option("--from", "first", type=click.DateTime(["%Y-%m-%d"]), help="From this day on.")
@click.option("--to", "last", type=click.DateTime(["%Y-%m-%d"]), help="Up to this day, and with it.")
@click.option("--csv", "as_csv", is_flag=True, help="As csv, for spreadsheets.")
@click.option("--limit", type=click.IntRange(1, 1_000_000), default=100, show_default=True, help="So many at most.")
def show(
    account: str,
    action: str | None,
    about: str,
    first: datetime | None,
    last: datetime | None,
    as_csv: bool,
    limit: int,
) -> None:
    """Print the audit trail, the latest first: time, account, action, and what it was about."""
    zone = ZoneInfo(current_app.config["TIMEZONE"])
    found = find_entries(
        account, _ACTIONS[action].value if action else "", about=about, limit=limit,
        since=None if first is None else int(first.replace(tzinfo=zone).timestamp()),
        until=None if last is None else int((last + timedelta(days=1)).replace(tzinfo=zone).timestamp()),
    )  # fmt: skip
    rows = CsvWriter(sys.stdout)
    for entry in found:
        cells = (in_zone(entry.at), entry.account, entry.action, entry.about)
        rows.row(cells) if as_csv else click.echo("\t".join(cells))
