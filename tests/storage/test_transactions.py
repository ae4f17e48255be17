"""Write transactions that share their cost."""

import fcntl
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as StillWaitsError
from pathlib import Path
from threading import Barrier

import peewee
import pytest

from surveys.ballots.models import Receipt
from surveys.storage.database import database
from surveys.storage.transactions import write, write_together


def add(number: int) -> int:
    Receipt.create(survey_id=1, number=number.to_bytes(16, "big"))
    return number


def test_acts_of_many_threads_are_all_done_and_each_gets_its_own_result(any_app):
    together = Barrier(8)

    def one(number: int) -> int:
        together.wait()
        try:
            return write_together(lambda: add(number))
        finally:
            database.close()

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(one, range(64))) == list(range(64))
    assert Receipt.select().count() == 64


def test_an_act_that_fails_takes_no_other_with_it(any_app):
    write(lambda: add(7))
    together = Barrier(8)

    def one(number: int) -> str:
        together.wait()
        try:
            return str(write_together(lambda: add(number)))
        except peewee.IntegrityError:
            return "refused"
        finally:
            database.close()

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(one, range(8))) == ["0", "1", "2", "3", "4", "5", "6", "refused"]
    assert Receipt.select().count() == 8


def test_inside_a_transaction_it_is_part_of_that(any_app):
    def both() -> None:
        write_together(lambda: add(1))
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write(both)
    assert Receipt.select().count() == 0


@pytest.mark.parametrize("way", [write, write_together])
def test_who_writes_waits_for_other_processes(app, way):
    def one() -> int:
        try:
            return way(lambda: add(1))
        finally:
            database.close()

    with (Path(app.instance_path) / "writer").open() as of_another, ThreadPoolExecutor(1) as threads:
        fcntl.flock(of_another, fcntl.LOCK_EX)
        waits = threads.submit(one)
        with pytest.raises(StillWaitsError):
            waits.result(timeout=0.3)
        assert Receipt.select().count() == 0
        fcntl.flock(of_another, fcntl.LOCK_UN)
        assert waits.result(timeout=30) == 1
