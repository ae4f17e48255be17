"""pg_dump and pg_restore, PostgreSQL's own programs for copies of a database."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.pq import Conninfo

from surveys.inputs.problems import InputError, Problem


def program(name: str) -> str:
    """The path of a program. Raises InputError where it is not installed."""
    path = shutil.which(name)
    if path is None:
        raise InputError(Problem("%(name)s is not installed here; it comes with PostgreSQL.", name=name))
    return path


def dump(url: str, target: Path) -> None:
    """Write the database into a file, as it is at this moment. Raises InputError."""
    _run([program("pg_dump"), "--format=custom", f"--file={target}", f"--dbname={_name_of(url)}"], url)


def restore_dump(url: str, source: Path) -> None:
    """Read a dump into an empty database, all of it or nothing. Raises InputError."""
    options = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges"]
    _run([program("pg_restore"), *options, f"--dbname={_name_of(url)}", str(source)], url)


def check_dump(source: Path) -> None:
    """Read a dump to its end, without a server. Raises InputError where it is cut off, or no dump."""
    _run([program("pg_restore"), f"--file={os.devnull}", str(source)])


def dumped_rows(source: Path, table: str) -> list[list[str]]:
    """The rows of a small table in a dump, as texts. Raises InputError."""
    text = _run([program("pg_restore"), "--data-only", f"--table={table}", "--file=-", str(source)])
    lines = text.splitlines()
    start = next((number for number, line in enumerate(lines, 1) if line.startswith("COPY ")), len(lines))
    end = lines.index("\\.", start) if "\\." in lines[start:] else start
    return [line.split("\t") for line in lines[start:end]]


def _name_of(url: str) -> str:
    """What the environment cannot say: the name of the database, and settings of libpq that have no variable."""
    variables, given = _variables(), conninfo_to_dict(url)
    unnamed: dict[str, Any] = {name: value for name, value in given.items() if name not in variables}
    return make_conninfo(**{**unnamed, "dbname": given.get("dbname", "")})


def _variables() -> dict[str, str]:
    """The environment variable of each of libpq's settings that has one."""
    return {
        option.keyword.decode(): option.envvar.decode()
        for option in Conninfo.get_defaults()
        if option.envvar is not None
    }


def _run(command: list[str], url: str = "") -> str:
    """Run a program and return what it printed. The password goes by the environment, where no process list shows it."""
    variables = _variables()
    given = conninfo_to_dict(url).items() if url else ()
    settings = {variables[name]: str(value) for name, value in given if name in variables}
    done = subprocess.run(command, check=False, capture_output=True, text=True, env={**os.environ, **settings})  # noqa: S603  (its path was just looked up)
    if done.returncode:
        lines = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
        reason = next((line for line in lines if "error:" in line), lines[-1])
        raise InputError(Problem("%(name)s failed: %(reason)s", name=Path(command[0]).name, reason=reason))
    return done.stdout
