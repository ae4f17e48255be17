"""`flask api-token …`"""

from __future__ import annotations

from datetime import datetime

import click
from flask import current_app
from flask.cli import AppGroup

from surveys.accounts.api_tokens import TokenWish, all_tokens, end_of, revoke_token
from surveys.accounts.models import Scope
from surveys.commands.console import actor, in_zone, reports_problems
from surveys.followup.api_access import make_token

api_token = AppGroup("api-token", help="Tokens with which other programs read results.")


@api_token.command()
@click.argument("name")
@click.option(
    "--scope", "scopes", multiple=True, required=True, type=click.Choice([scope.value for scope in Scope]),
    help="What it may read. It may be given several times.",
)  # fmt: skip
@click.option(
    "--survey", "surveys", multiple=True, metavar="SLUG", help="Only this survey. It may be given several times."
)
@click.option(
    "--until", type=click.DateTime(["%Y-%m-%d"]), help="The last day on which it works; else until it is revoked."
)
@reports_problems
def add(name: str, scopes: tuple[str, ...], surveys: tuple[str, ...], until: datetime | None) -> None:
    """Make a token and print it. It is not stored and cannot be shown again."""
    expires_at = end_of(until.date(), current_app.config["TIMEZONE"]) if until else None
    click.echo(make_token(actor(), TokenWish(name, frozenset(map(Scope, scopes)), surveys, expires_at)))


@api_token.command("list")
def list_() -> None:
    """Print all tokens: name, scopes, surveys, who made it, until when it works, the day of its last use."""
    for token in all_tokens():
        until = in_zone(token.expires_at) if token.expires_at is not None else "-"
        words = (
            token.name,
            token.scopes,
            token.surveys or "all surveys",
            token.made_by,
            until,
            token.used_on or "never",
        )
        click.echo("\t".join(words))


@api_token.command()
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
@reports_problems
def revoke(name: str, yes: bool) -> None:
    """Take a token back. The next request with it is refused."""
    if not yes:
        click.confirm(f"Revoke {name}?", abort=True)
    revoke_token(actor(), name)
    click.echo(f"the token {name} is revoked")
