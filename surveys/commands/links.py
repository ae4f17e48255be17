"""Links that commands write, print or send."""

from __future__ import annotations

import click

from surveys.commands.console import base_address
from surveys.inputs.hosts import is_local_address


def link_base(base: str) -> str:
    """What links begin with, as typed or as the settings say; says so where other people's phones cannot reach it."""
    address = base_address(base)
    if is_local_address(address):
        click.echo(
            f"note: the links begin with {address}, which phones elsewhere cannot reach; set BASE_URL, or give --base",
            err=True,
        )
    return address
