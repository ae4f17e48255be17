"""The command line: every group of commands, and how they report."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from surveys.text import InputError

Command = TypeVar("Command", bound=Callable[..., Any])


def reports_problems(command: Command) -> Command:
    """Print the problems of an InputError, one a line with its place, and exit with 1."""

    @wraps(command)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except InputError as error:
            for problem in error.problems:
                click.echo(str(problem), err=True)
            sys.exit(1)

    return guarded  # type: ignore[return-value]


def progress_bar(title: str) -> Progress:
    """A progress bar on standard error, for work that may take long."""
    from rich.console import Console

    columns = (TextColumn(title), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=Console(stderr=True), transient=True)


def groups() -> list[click.Group]:
    """All groups of commands."""
    from surveys.accounts.cli import account
    from surveys.authoring.cli import questionnaire
    from surveys.demo import demo
    from surveys.maintenance import db
    from surveys.publishing.cli import codes
    from surveys.reporting.cli import scores, survey
    from surveys.responding.cli import ballots
    from surveys.units.cli import units

    return [units, questionnaire, survey, codes, ballots, scores, account, db, demo]  # type: ignore[list-item]
