"""The table of what was measured."""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "7"))
rows: list[tuple[str, str, str, str]] = []


def say(what: str, measured: str, wanted: str, kept: bool) -> None:
    """Add a line to the table."""
    rows.append((what, measured, wanted, "yes" if kept else "NO"))
    print(f"{what}: {measured} (wanted {wanted}) {'' if kept else '  <-- not kept'}", flush=True)


def spread(values: Sequence[float], digits: int = 2) -> str:
    """Median with the range."""
    middle, least, most = (f"{value:,.{digits}f}" for value in (statistics.median(values), min(values), max(values)))
    return f"{middle} ({least} to {most})"


def write_table(path: Path) -> None:
    """Write what was measured, with the commit and the settings that it holds for."""
    lines = [
        "# Measurements",
        "",
        f"By `make bench` on {datetime.now(UTC):%Y-%m-%d} of {_commit()}: {platform.system()} {platform.machine()}, "
        f"{os.cpu_count()} cores, Python {platform.python_version()}; {os.environ.get('WORKERS', '2')} workers and the other "
        f"settings as they are by default; {os.environ.get('BENCH_BALLOTS', '3000')} ballots a load. Medians of {ROUNDS} paired rounds, the range in brackets: each round measures ours "
        "and the floor in turn. The client (bench/client.c) is another process on the same cores.",
        "",
        "The floors (bench/floor.py) are bare Flask views under the same gunicorn with the same settings: one parses the same "
        "body and inserts one row of the same size with a commit of its own; one says hello.",
        "",
        "| what | measured | wanted | kept |",
        "| --- | --- | --- | --- |",
        *(f"| {' | '.join(row)} |" for row in rows),
    ]
    path.write_text("\n".join(lines) + "\n", "utf-8")


def _commit() -> str:
    def git(*arguments: str) -> str:
        return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()

    changed = git(
        "status", "--porcelain", "--", "surveys", "templates", "static", "gunicorn.conf.py", "requirements.txt"
    )
    return f"commit {git('rev-parse', '--short', 'HEAD')}{' with changes' if changed else ''}"
