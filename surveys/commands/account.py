"""`flask account …`"""

from __future__ import annotations

import click
from flask.cli import AppGroup

from surveys.accounts.models import Role
from surveys.accounts.operations import account_named, any_account, change_password, create_account, invite
from surveys.commands.console import actor, base_address, reports_problems
from surveys.inputs.problems import InputError, Problem

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


@account.command("password")
@click.argument("name")
@click.password_option()
@reports_problems
def set_password(name: str, password: str) -> None:
    """Set somebody's password, who has forgotten it. All their sessions end."""
    found = account_named(name)
    if found is None:
        raise InputError(Problem("There is no such account."))
    change_password(actor(), found.id, password)
    click.echo(f"the password of {found.name} is changed")


@account.command("first-link")
@click.option("--base", default="", help="Where the service is reached; else BASE_URL, or http://127.0.0.1:8000.")
def first_link(base: str) -> None:
    """While there is no account: print a one-time link on which the first administrator sets a name and password."""
    if any_account():
        return
    click.echo("\nOpen this one-time link to set up the first administrator:\n")
    click.echo(f"    {base_address(base)}/staff/welcome/{invite(actor(), Role.ADMINISTRATOR)}\n")
