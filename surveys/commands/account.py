"""`flask account …`"""

from __future__ import annotations

import click
from flask.cli import AppGroup

from surveys.accounts.links import invite, make_password_link, pending_links, revoke_link
from surveys.accounts.models import Account, Role
from surveys.accounts.operations import (
    account_named,
    all_accounts,
    any_account,
    change_password,
    create_account,
    set_active,
)
from surveys.accounts.operations import set_role as change_role
from surveys.commands.console import actor, in_zone, reports_problems
from surveys.commands.links import link_base
from surveys.inputs.problems import InputError, Problem

account = AppGroup("account", help="Accounts of the staff.")
role_argument = click.argument("role", type=click.Choice([role.value for role in Role]))
base_option = click.option(
    "--base", default="", help="Where the service is reached; else BASE_URL, or http://127.0.0.1:8000."
)


def _link(base: str, token: str) -> str:
    """A one-time link, as people open it."""
    return f"{link_base(base)}/staff/welcome/{token}"


@account.command()
@click.argument("name")
@role_argument
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
    found = change_password(actor(), _account(name).id, password)
    click.echo(f"the password of {found.name} is changed")


def _account(name: str) -> Account:
    """The account with a name that was typed. Raises InputError."""
    found = account_named(name)
    if found is None:
        raise InputError(Problem("There is no such account."))
    return found


@account.command("list")
def list_() -> None:
    """Print all accounts: name, role, and whether they are active."""
    for found in all_accounts():
        click.echo(f"{found.name}\t{found.role}\t{'active' if found.active else 'deactivated'}")


@account.command("role")
@click.argument("name")
@role_argument
@reports_problems
def set_role(name: str, role: str) -> None:
    """Give an account another role."""
    found = change_role(actor(), _account(name).id, Role(role))
    click.echo(f"{found.name} is {found.role} now")


@account.command()
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
@reports_problems
def deactivate(name: str, yes: bool) -> None:
    """Let an account sign in no more. Its sessions end, and the links that it made are revoked."""
    found = _account(name)
    if not yes:
        click.confirm(f"Deactivate {found.name}, {found.role}?", abort=True)
    set_active(actor(), found.id, False)
    click.echo(f"{found.name} is deactivated")


@account.command()
@click.argument("name")
@reports_problems
def activate(name: str) -> None:
    """Let an account sign in again."""
    click.echo(f"{set_active(actor(), _account(name).id, True).name} is active")


@account.command("invite")
@role_argument
@base_option
def make_invitation(role: str, base: str) -> None:
    """Print a one-time link on which somebody makes an account with this role."""
    click.echo(_link(base, invite(actor(), Role(role))))


@account.command("reset-link")
@click.argument("name")
@base_option
@reports_problems
def reset_link(name: str, base: str) -> None:
    """Print a one-time link on which somebody sets a new password of their own. It ends their sessions when it is used."""
    click.echo(_link(base, make_password_link(actor(), _account(name).id)))


@account.command("invitations")
def print_links() -> None:
    """Print the one-time links that were not used: number, role or "password of", who made it, until when it works."""
    for link in pending_links():
        what = f"password of {link.account.name}" if link.account else link.role
        click.echo(f"{link.id}\t{what}\t{link.made_by}\t{in_zone(link.expires_at)}")


@account.command("revoke-invitation")
@click.argument("number", type=click.IntRange(1, 2**31 - 1))
@reports_problems
def revoke(number: int) -> None:
    """Take a one-time link back, by its number in the list of `account invitations`."""
    revoke_link(actor(), number)
    click.echo(f"link {number} is revoked")


@account.command("first-link")
@base_option
def first_link(base: str) -> None:
    """While there is no account: print a one-time link on which the first administrator sets a name and password."""
    if any_account():
        return
    click.echo("\nOpen this one-time link to set up the first administrator:\n")
    click.echo(f"    {_link(base, invite(actor(), Role.ADMINISTRATOR))}\n")
