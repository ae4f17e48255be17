"""Disks that are really full: small file systems in memory, for the keys of the mix and for PostgreSQL's write-ahead log."""

import os
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path

import peewee
import psycopg
import pytest

from surveys import create_app
from surveys.questionnaires.library import install_ready_made
from surveys.storage.schema import migrate
from tests.acting import close_running, mix, use
from tests.helpers import ballots_stored, published, vote, wait_until
from tests.postgres_tcp import TcpPostgres
from tests.web.public.test_health import patient, told  # noqa: F401

pytestmark = pytest.mark.fault


def fill(folder: Path) -> Path:
    """Leave nothing free."""
    filler = folder / "filler"
    with suppress(OSError), filler.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(65536))
    return filler


def test_a_full_disk_of_keys(app, small_disk, patient):  # noqa: F811
    folder = mix().folder.path
    kept = {path.name: path.read_bytes() for path in folder.iterdir()}
    small_disk(folder, 1)
    for name, content in kept.items():
        (folder / name).write_bytes(content)
    app.extensions["readiness"]._least_mb = 0
    assert told(app) == (200, [])
    filler = fill(folder)
    assert told(app) == (503, ["disk_full"])
    filler.unlink()
    assert told(app) == (200, [])


@pytest.mark.postgres
def test_a_full_disk_of_the_write_ahead_log(tmp_path, small_disk, patient):  # noqa: F811
    server = TcpPostgres("-c min_wal_size=32MB -c max_wal_size=32MB")
    try:
        app = use(create_app(INSTANCE=str(tmp_path / "i"), DATABASE_URL=server.make("surveys"), BASE_URL=""))
        migrate()
        mix().folder.mark()
        install_ready_made()
        survey = published()
        vote(survey, group=1)
        server.stop()
        move_log_to(small_disk, server.data / "pg_wal", tmp_path)
        server.start()
        assert told(app) == (200, [])
        vote(survey, group=1)
        filler = fill(server.data / "pg_wal")
        with pytest.raises(psycopg.OperationalError):
            write_log(server.url())
        wait_until(lambda: told(app) == (503, ["database"]))
        with pytest.raises(peewee.PeeweeException):
            vote(survey, group=1)
        filler.unlink()
        with suppress(subprocess.CalledProcessError):
            server.stop()
        server.start()
        assert told(app) == (200, [])
        vote(survey, group=1)
        assert ballots_stored() == 3
        close_running()
    finally:
        server.remove()


def move_log_to(small_disk, log: Path, tmp_path: Path) -> None:
    """Put the log on a file system of its own, of two segments and a little."""
    kept = log.rename(log.with_name("pg_wal.kept"))
    log.mkdir()
    small_disk(log, 52)
    shutil.copytree(kept, log, dirs_exist_ok=True)
    owner = kept.stat()
    for path in (log, *log.rglob("*")):
        os.chown(path, owner.st_uid, owner.st_gid)
    log.chmod(0o700)
    shutil.rmtree(kept)


def write_log(url: str) -> None:
    """Write into the log until that fails."""
    with psycopg.connect(url, autocommit=True) as other:
        for _ in range(100):
            other.execute("SELECT pg_logical_emit_message(false, 'fill', repeat('x', 1000000))")
