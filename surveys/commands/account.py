"""`flask account …`"""

from __future__ import annotations

import click
from flask.cli import AppGroup

from surveys.accounts.models import Role
from surveys.accounts.operations import any_account, create_account, invite
from surveys.commands.console import actor, reports_problems

account = AppGroup("account", help="Accounts of the staff.")


@account.command()
@click.argument("name")
@click.argument("role", type=click.Choice([role.value for role in Role]))
@click.password_option()
@reports_problems
def create(name: str, role: str, password: str) -> None:
    """Make an account."""
    create_account(actor(), name, password, Role(role))
    click.echo(f"account {name} made")


@account.command("first-link")
@click.option("--base", default="http://127.0.0.1:8000", help="Where the service is reached.")
def first_link(base: str) -> None:
    """While there is no account: print a one-time link on which the first administrator sets a name and password."""
    if any_account():
        return
    click.echo("\nOpen this one-time link to set up the first administrator:\n")
    click.echo(f"    {base}/staff/welcome/{invite(actor(), Role.ADMINISTRATOR)}\n")
