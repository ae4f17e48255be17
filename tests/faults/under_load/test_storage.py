"""The disk fills up, and another program holds the database, while people answer."""

from __future__ import annotations

import random
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import pytest

from tests.faults.test_full_disks import fill
from tests.faults.under_load.test_processes import kill_a_worker
from tests.faults.under_load.trial import IS_LONG, ROUNDS, Trial, kind
from tests.serving import Service

pytestmark = pytest.mark.fault

LOCKED_SECONDS = 20 if IS_LONG else 3


def test_the_disk_is_full(serve, small_disk, tmp_path):
    folder = small_disk(tmp_path / "instance", 64 + ROUNDS)
    app, service = serve(folder, MIN_FREE_MB="1")
    trial = Trial(app, service.port)
    for _ in range(ROUNDS):
        with trial.fault():
            filler = fill(folder)
            time.sleep(1)
            filler.unlink()
    assert trial.seen.failures["503"]  # not each time: what SQLite wrote before has room for some ballots
    trial.end("the disk full for a second (SQLite)")


def test_another_process_holds_the_database(any_app):
    service = Service(Path(any_app.instance_path), any_app.config["DATABASE_URL"])
    try:
        trial = Trial(any_app, service.port)
        for _ in range(ROUNDS):
            with trial.fault(), locked(any_app):
                time.sleep(LOCKED_SECONDS)
        trial.end(f"the database locked by another process for {LOCKED_SECONDS} s ({kind()})")
    finally:
        service.stop()


@contextmanager
def locked(app) -> Iterator[None]:
    """Hold what every ballot needs, as a program of somebody else could."""
    if url := app.config["DATABASE_URL"]:
        with psycopg.connect(url) as other:
            other.execute("LOCK TABLE receipt IN ACCESS EXCLUSIVE MODE")
            yield
    else:
        with closing(sqlite3.connect(Path(app.instance_path) / "surveys.sqlite3")) as other:
            other.execute("BEGIN IMMEDIATE")
            yield
            other.rollback()


def test_whatever_comes(serve, small_disk, tmp_path):
    """One fault after the other, each some time after the last."""
    folder = small_disk(tmp_path / "instance", 256)
    app, service = serve(folder, MIN_FREE_MB="1")
    trial = Trial(app, service.port, codes=60_000 if IS_LONG else 2000, pause=0.1)
    acts = [kill_a_worker, kill_all, fill_for_a_moment, lock_for_a_moment]
    end = time.monotonic() + (600 if IS_LONG else 6)
    while time.monotonic() < end:
        with trial.fault():
            random.choice(acts)(service)
        time.sleep(20 if IS_LONG else 1)
    trial.end("one of these every 20 s for ten minutes (SQLite)")


def kill_all(service: Service) -> None:
    service.kill()
    service.start()


def fill_for_a_moment(service: Service) -> None:
    filler = fill(service.instance)
    time.sleep(1)
    filler.unlink()


def lock_for_a_moment(service: Service) -> None:
    with closing(sqlite3.connect(service.instance / "surveys.sqlite3")) as other:
        other.execute("BEGIN IMMEDIATE")
        time.sleep(2)
        other.rollback()
