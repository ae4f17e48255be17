"""Connections to PostgreSQL: hosts that are down or read-only, restarts, hanging servers, limits, long work."""

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import peewee
import psycopg
import pytest

from surveys.storage.database import allow_long_work, database, drop_connection, long_work, open_database
from surveys.storage.pool import Limits, PooledPostgres
from surveys.storage.schema import migrate
from surveys.storage.transactions import write
from tests.acting import close_running
from tests.postgres_tcp import TcpPostgres

pytestmark = [pytest.mark.postgres, pytest.mark.fault]


@pytest.fixture(scope="module")
def servers():
    """Two servers: one that takes whatever comes, and one that takes no writes, as a replica."""
    pair = TcpPostgres(), TcpPostgres("-c default_transaction_read_only=on")
    yield pair
    for server in pair:
        server.remove()


@pytest.fixture
def opened(tmp_path):
    """Open an address with some limits; closed at the end."""
    found = []

    def open_one(url: str, **limits: int) -> PooledPostgres:
        close_running()
        found.append(open_database(tmp_path, url, Limits(**limits)))
        return database.obj

    yield open_one
    for one in found:
        one.close()


def value(sql: str):
    return database.execute_sql(sql).fetchone()[0]


def ended_backends(server: TcpPostgres) -> int:
    with psycopg.connect(server.url()) as other:
        ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'surveys'"
        return len(other.execute(ended).fetchall())


def test_of_several_hosts_the_one_that_takes_writes_is_found(servers, opened):
    primary, replica = servers
    down = "127.0.0.1:1"
    opened(
        f"postgresql://postgres@{down},127.0.0.1:{replica.port},127.0.0.1:{primary.port}/postgres?target_session_attrs=read-write"
    )
    assert value("SHOW port") == str(primary.port)
    assert value("SHOW default_transaction_read_only") == "off"


def test_without_that_attribute_the_first_host_that_answers_is_taken(servers, opened):
    primary, replica = servers
    opened(f"postgresql://postgres@127.0.0.1:{replica.port},127.0.0.1:{primary.port}/postgres")
    assert value("SHOW port") == str(replica.port)


def test_a_primary_that_turns_into_a_replica_is_left_for_the_new_one(servers, opened):
    primary, replica = servers
    opened(
        f"postgresql://postgres@127.0.0.1:{primary.port},127.0.0.1:{replica.port}/postgres?target_session_attrs=read-write"
    )
    value("SELECT 1")
    try:
        for server, state in ((primary, "on"), (replica, "off")):
            with psycopg.connect(server.url(), autocommit=True) as other:
                other.execute("SET default_transaction_read_only = off")
                other.execute(f"ALTER SYSTEM SET default_transaction_read_only = {state}")
                other.execute("SELECT pg_reload_conf()")
        replica.stop()
        replica.options = ""
        replica.start()
        time.sleep(0.2)
        write(lambda: database.execute_sql("CREATE TABLE moved (x integer)"))
        assert value("SHOW port") == str(replica.port)
    finally:
        for server, state in ((primary, "off"), (replica, "on")):
            with psycopg.connect(server.url(), autocommit=True) as other:
                other.execute("SET default_transaction_read_only = off")
                other.execute(f"ALTER SYSTEM SET default_transaction_read_only = {state}")
                other.execute("SELECT pg_reload_conf()")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgresql://a%40b:p%2Fw%3F@h%2Dx/na%20me", {"user": "a@b", "password": "p/w?", "host": "h-x", "dbname": "na me"}),
        ("postgres://u@[::1]:5433,[fe80::2]:5434/d", {"host": "::1,fe80::2", "port": "5433,5434", "dbname": "d"}),
        ("postgresql:///d?host=/run/sock&tcp_user_timeout=7", {"host": "/run/sock", "tcp_user_timeout": "7"}),
    ],
)  # fmt: skip
def test_an_address_reaches_libpq_as_it_is(url, expected, opened, monkeypatch):
    from psycopg.conninfo import conninfo_to_dict, make_conninfo

    told = {}

    def connect(cls, conninfo="", *, autocommit=False, **more):
        told.update(conninfo_to_dict(make_conninfo(conninfo, **more)))
        raise psycopg.OperationalError("not today")

    monkeypatch.setattr(psycopg.Connection, "connect", classmethod(connect))
    opened(url)
    with pytest.raises(peewee.OperationalError, match="not today"):
        value("SELECT 1")
    assert {name: told[name] for name in expected} == expected
    assert told["connect_timeout"] == "3"


def test_options_of_the_address_win(servers, opened):
    opened(servers[0].url() + "?options=-c%20statement_timeout%3D7s%20-c%20work_mem%3D5MB")
    assert (value("SHOW statement_timeout"), value("SHOW work_mem"), value("SHOW lock_timeout")) == ("7s", "5MB", "10s")


def test_every_wait_has_a_limit(servers, opened):
    opened(servers[0].url())
    assert value("SHOW statement_timeout") == "15s"
    assert value("SHOW idle_in_transaction_session_timeout") == "1min"
    told = database.connection().info.get_parameters()
    assert (told["connect_timeout"], told["tcp_user_timeout"], told["keepalives_idle"]) == ("3", "10000", "5")


def test_a_connection_that_died_while_idle_is_not_handed_out(servers, opened):
    opened(servers[0].url())
    for cut in (lambda: ended_backends(servers[0]), servers[0].restart):
        assert value("SELECT 1") == 1
        database.close()
        cut()
        assert value("SELECT 2") == 2


def test_connections_are_used_again_and_bounded(servers, opened):
    pool = opened(servers[0].url(), connections=2)
    together = Barrier(6)

    def one(_number: int) -> int:
        together.wait()
        try:
            return value("SELECT pg_backend_pid() FROM pg_sleep(0.05)")
        finally:
            database.close()

    with ThreadPoolExecutor(6) as threads:
        assert len(set(threads.map(one, range(6)))) <= 2
    assert pool._taken == 0


def test_who_finds_none_free_is_told_in_time_and_later_ones_at_once(servers, opened):
    opened(servers[0].url(), connections=1, wait=1)
    value("SELECT 1")  # this thread keeps the only one

    def timed(_number: int) -> float:
        began = time.monotonic()
        with pytest.raises(peewee.OperationalError, match="in use"):
            value("SELECT 1")
        return time.monotonic() - began

    with ThreadPoolExecutor(1) as another:
        first, second = another.map(timed, range(2))
    assert second < first / 2
    database.close()
    with ThreadPoolExecutor(1) as another:
        assert another.submit(lambda: (value("SELECT 1"), database.close())[0]).result() == 1


def test_a_server_that_hangs_does_not_hold_a_thread_for_ever(servers, opened, monkeypatch):
    opened(servers[0].url(), statement=1)
    value("SELECT 1")
    servers[0].hang()
    try:
        with pytest.raises(peewee.OperationalError, match="did not answer in time"):
            value("SELECT 1")
    finally:
        servers[0].go_on()
    drop_connection()
    assert value("SELECT 3") == 3


def test_a_statement_and_a_lock_are_cut_off(servers, opened):
    opened(servers[0].url(), statement=1, lock=1)
    with pytest.raises(peewee.OperationalError, match="statement timeout"):
        value("SELECT pg_sleep(5)")
    with psycopg.connect(servers[0].url()) as other:
        other.execute("SELECT pg_advisory_xact_lock(5)")
        with pytest.raises(peewee.OperationalError, match="timeout"):
            write(lambda: value("SELECT pg_advisory_xact_lock(5)"))


def test_long_work_is_not_cut_off_and_what_follows_it_is(servers, opened):
    opened(servers[0].url(), statement=1)

    def act() -> None:
        allow_long_work()
        value("SELECT pg_sleep(3.5)")

    write(act)
    with long_work():
        value("SELECT pg_sleep(3.5)")
    database.close()
    with pytest.raises(peewee.OperationalError, match="statement timeout"):
        value("SELECT pg_sleep(2)")


def test_a_transaction_that_pauses_is_ended(servers, opened):
    opened(servers[0].url(), idle=1)
    with pytest.raises(peewee.OperationalError), database.atomic():
        value("SELECT 1")
        time.sleep(2)
        value("SELECT 1")
    drop_connection()
    assert value("SELECT 2") == 2


def test_migrations_wait_for_another_that_migrates_longer_than_a_respondent_would(servers, opened):
    opened(servers[0].make("migrated"), statement=1, lock=1)
    with psycopg.connect(servers[0].url("migrated")) as other, ThreadPoolExecutor(1) as another:
        other.execute("SELECT pg_advisory_xact_lock(7305001)")
        done = another.submit(lambda: (migrate(), database.close())[0])
        time.sleep(2.5)
        assert not done.done()
        other.rollback()
        assert done.result()


def test_a_network_that_swallows_everything_is_noticed(opened):
    """Connecting to an address from which nothing comes back: a socket that listens and never accepts."""
    import socket

    with socket.socket() as hole:
        hole.bind(("127.0.0.1", 0))
        hole.listen(8)
        opened(f"postgresql://u@127.0.0.1:{hole.getsockname()[1]}/d", connect=2)
        with pytest.raises(peewee.OperationalError, match="timeout"):
            value("SELECT 1")
