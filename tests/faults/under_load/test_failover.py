"""The primary of three PostgreSQL machines dies, freezes and is cut off while people answer: another one takes over by itself."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from functools import partial

import pytest

from surveys import create_app
from surveys.questionnaires.library import install_ready_made
from surveys.storage.database import drop_connection
from surveys.storage.schema import migrate
from tests.acting import close_running, mix, use
from tests.faults.cluster import Cluster, Machine, can_run
from tests.faults.under_load.trial import IS_LONG, Trial
from tests.helpers import wait_until
from tests.serving import Service

pytestmark = [
    pytest.mark.fault,
    pytest.mark.postgres,
    pytest.mark.skipif(not can_run(), reason="needs root, Patroni, etcd, HAProxy and PostgreSQL 15"),
    pytest.mark.xdist_group("cluster"),
]

TIMES = int(os.environ.get("FAILOVERS", "5" if IS_LONG else "1"))
BACK_WITHIN = 30
"""Seconds from the fault to the first ballot that is received again."""


@pytest.fixture(scope="module")
def cluster():
    """The three machines."""
    made = Cluster()
    yield made
    made.remove()


@pytest.fixture(scope="module")
def served(cluster, tmp_path_factory):
    """One service for all tests, which lives through whatever happens to the machines; and the application of this process."""
    folder = tmp_path_factory.mktemp("failover") / "instance"
    close_running()
    app = use(create_app(INSTANCE=str(folder), DATABASE_URL=cluster.url, BASE_URL=""))
    migrate()
    mix().folder.mark()
    install_ready_made()
    service = Service(folder, cluster.url)
    yield app, service
    service.stop()
    close_running()


def kill(machine: Machine) -> None:
    """As when its power fails."""
    machine.signal(signal.SIGKILL)


def kill_postgres(machine: Machine) -> None:
    """As when the kernel ends PostgreSQL."""
    machine.signal(signal.SIGKILL, only="postgres")


def freeze_postgres(machine: Machine) -> None:
    """As when its disk hangs: Patroni and etcd go on."""
    machine.signal(signal.SIGSTOP, only="postgres")


def freeze(machine: Machine) -> None:
    """As when a virtual machine is held."""
    machine.signal(signal.SIGSTOP)


def go_on(machine: Machine) -> None:
    """Let what was stopped go on."""
    machine.signal(signal.SIGCONT)


FAULTS: dict[str, tuple[Callable[[Machine], None], Callable[[Machine], None]]] = {
    "the primary's machine dies": (kill, Machine.start),
    "PostgreSQL of the primary is killed with -9": (kill_postgres, lambda machine: None),
    "PostgreSQL of the primary is frozen": (freeze_postgres, go_on),
    "the primary's machine is frozen": (freeze, go_on),
    "the primary's machine is cut off": (Machine.cut_off, Machine.connect_again),
}


IN_SHORT = (
    "PostgreSQL of the primary is killed with -9",
    "PostgreSQL of the primary is frozen",
    "the primary's machine is cut off",
)


@pytest.mark.parametrize("fault", FAULTS if IS_LONG else IN_SHORT)
def test_another_machine_takes_over(cluster, served, fault):
    app, service = served
    act, undo = FAULTS[fault]
    trial = Trial(app, service.port, slug=f"f{[*FAULTS].index(fault)}", codes=4000 * TIMES, people=8)
    for _ in range(TIMES):
        trial.people.wait_for_more(20, 60)
        primary = cluster.primary
        act(primary)
        began = time.monotonic()
        try:
            wait_until(partial(takes_over, cluster, primary), BACK_WITHIN)
            trial.people.wait_for_more(1, began + BACK_WITHIN - time.monotonic())
        except AssertionError as late:
            raise AssertionError(cluster.state()) from late
        trial.back.append(time.monotonic() - began)
        undo(primary)
        cluster.wait_until_whole(120)
        trial.people.wait_for_more(20, 60)
        drop_connection()  # this process's own, to a machine that is the primary no more
        trial.check()
    trial.end(fault)


def takes_over(cluster: Cluster, old: Machine) -> bool:
    """Whether another machine is the primary now."""
    return any(machine.answers("primary") == 200 for machine in cluster.machines if machine is not old)
