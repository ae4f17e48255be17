"""What commands share: who runs them, reporting problems with their places, progress of long work."""

from __future__ import annotations

import getpass
import io
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import IO, Any, TypeVar
from zoneinfo import ZoneInfo

import click
from flask import current_app
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from surveys.admission.handouts import codes_csv, codes_xlsx
from surveys.campaigns.indices import GroupIndex, UnitIndex
from surveys.campaigns.plan import SurveyPlan
from surveys.inputs.csv_writing import CsvWriter
from surveys.inputs.identifiers import fold
from surveys.inputs.problems import InputError, Problem
from surveys.storage.private_files import write_private
from surveys.storage.unit_of_work import Actor

Command = TypeVar("Command", bound=Callable[..., Any])


def reports_problems(command: Command) -> Command:
    """Print the problems of an InputError, one a line with its place, and exit with 1."""

    @wraps(command)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except InputError as error:
            echo_remarks(error.remarks)
            for problem in error.problems:
                problem.values = {name: _shown(value) for name, value in problem.values.items()}
                click.echo(str(problem), err=True)
            sys.exit(1)

    return guarded  # type: ignore[return-value]


def _shown(value: object) -> object:
    """A value as it stands in a sentence."""
    return in_zone(value.timestamp()) if isinstance(value, datetime) else value


def in_zone(seconds: float) -> str:
    """A time in the installation's time zone."""
    return f"{datetime.fromtimestamp(seconds, ZoneInfo(current_app.config['TIMEZONE'])):%a %Y-%m-%d %H:%M}"


survey_argument = click.argument("slug", callback=lambda _context, _parameter, typed: fold(typed))
"""The address of a survey, as typed: in any case and width."""

DEFAULT_BASE = "http://127.0.0.1:8000"


def actor() -> Actor:
    """Who runs the command, as the audit trail names them."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a user without a name
        user = "?"
    return Actor(f"command line ({user})")


def said_pairs(pairs: Iterable[str], option: str) -> dict[str, str]:
    """What was typed as LEFT=RIGHT, the left side up to the last "=". Raises InputError, naming all that are not so."""
    split = [(pair, *pair.rpartition("=")) for pair in pairs]
    problems = [Problem("Write %(example)s, not %(given)s.", option, example="LEFT=RIGHT", given=pair[:50])
                for pair, left, _equals, _right in split if not left.strip()]  # fmt: skip
    if problems:
        raise InputError(problems)
    return {left.strip(): right.strip() for _pair, left, _equals, right in split}


column_option = click.option(
    "--column", "columns", multiple=True, metavar="HEADING=COLUMN",
    help="Which column of the file is which, by heading or number; the others are guessed. Without a COLUMN it is not read.",
)  # fmt: skip
"""Columns of a table as somebody assigns them. It may be given several times."""

sheet_option = click.option(
    "--sheet",
    default="",
    metavar="NAME",
    help="The sheet of the workbook that is read; default: the first visible one.",
)
"""A sheet of a workbook."""


def base_address(base: str) -> str:
    """Where people reach the service: as typed, as the settings say, or on this machine."""
    return (base or current_app.config["BASE_URL"] or DEFAULT_BASE).rstrip("/")


def group_of(plan: SurveyPlan, code: str) -> GroupIndex:
    """The group with a code that was typed. Raises InputError."""
    problem = plan.group_lookup.problem(code, "There is no group %(name)s.", name=code[:50])
    if problem is not None:
        raise InputError(problem)
    return plan.group_lookup.find(code)  # type: ignore[return-value]


def unit_of(plan: SurveyPlan, code: str) -> UnitIndex | None:
    """The unit with a code that was typed; None for an empty one. Raises InputError."""
    problem = plan.unit_lookup.problem(code, "There is no unit %(code)s in this survey.", code=code[:50])
    if code and problem is not None:
        raise InputError(problem)
    return plan.unit_lookup.find(code)


def check_table_name(out: Path) -> None:
    """Raise InputError unless a file's name says which kind of table it is."""
    if out.suffix not in (".csv", ".xlsx"):
        raise InputError(Problem("The file must end in .csv or .xlsx.", "out"))
    check_folder(out)


def check_new(out: Path) -> None:
    """Raise InputError where a file is there already: it may hold codes that are stored nowhere else."""
    if out.exists():
        raise InputError(Problem("The file %(name)s is there already. Take another name.", "out", name=str(out)))


def check_folder(out: Path) -> None:
    """Raise InputError unless a file can be written there, before anything is changed."""
    if not out.parent.is_dir() or not os.access(out.parent, os.W_OK):
        raise InputError(Problem("Nothing can be written to the folder %(name)s.", "out", name=str(out.parent)))


@contextmanager
def private_output(out: Path) -> Iterator[IO[bytes]]:
    """A file to write, for its owner alone, whole or not at all. Raises InputError where it cannot be written."""
    try:
        with write_private(out) as file:
            yield file
    except OSError as error:
        raise InputError(
            Problem("The file %(name)s cannot be written: %(reason)s", "out", name=str(out), reason=str(error.strerror))
        ) from None


@contextmanager
def private_csv(out: Path) -> Iterator[CsvWriter]:
    """The same, as a csv file that spreadsheets read right."""
    with private_output(out) as file:
        text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
        try:
            yield CsvWriter(text)
        finally:
            text.detach()


def write_table(out: Path, heading: list[str], rows: list[tuple[str, str, str, str]]) -> None:
    """Write a table as csv or xlsx, as the file's name says. Raises InputError."""
    with private_output(out) as file:
        file.write(codes_csv(heading, rows) if out.suffix == ".csv" else codes_xlsx(heading, rows))


def echo_remarks(remarks: Iterable[Problem]) -> None:
    """Say what there is to remark about a file that was read."""
    for remark in remarks:
        click.echo(f"note: {remark}", err=True)


def echo_alike(pairs: Iterable[tuple[str, str]]) -> None:
    """Say which new identifiers differ from known ones only by zeros in front."""
    for new, known in pairs:
        click.echo(f"note: {new} differs from the known {known} only by zeros in front", err=True)


def progress_bar(title: str) -> Progress:
    """A progress bar on standard error, for work that may take long."""
    columns = (TextColumn(title), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=Console(stderr=True), transient=True)
