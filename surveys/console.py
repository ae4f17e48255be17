"""How commands report: problems with their places, progress of long work."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import click
from rich.console import Console
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
    columns = (TextColumn(title), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=Console(stderr=True), transient=True)
