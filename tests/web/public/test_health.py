"""What load balancers and monitoring are told."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from surveys.ballots import readiness
from surveys.ballots.models import MixEntry
from surveys.storage.database import database
from tests.helpers import published, vote

LOCK = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('BEGIN IMMEDIATE'); print('locked', flush=True); sys.stdin.read()"
BACKUP_LOCK = 7_305_002


def told(app) -> tuple[int, list[str]]:
    answer = app.test_client().get("/readyz")
    return answer.status_code, answer.json["problems"]


@pytest.fixture
def patient(monkeypatch):
    """For tests of what is found, on a machine that is busy: not how fast."""
    monkeypatch.setattr(readiness, "ANSWER_SECONDS", 20.0)


@pytest.fixture
def nobody():
    """This process with the rights of another user, as soon as it is called."""
    if os.geteuid():
        pytest.skip("only root can become somebody else")
    yield lambda: os.seteuid(65534)
    os.seteuid(0)


def test_a_sound_instance_is_ready(any_app, patient):
    answer = any_app.test_client().get("/readyz")
    assert (answer.status_code, answer.json) == (200, {"ready": True, "problems": [], "warnings": []})
    assert answer.headers["Cache-Control"] == "no-store"


def test_whether_it_lives_does_not_depend_on_the_database(any_app, monkeypatch):
    monkeypatch.setattr(type(database.obj), "execute_sql", None)
    assert any_app.test_client().get("/livez").text == "ok\n"


def test_missing_and_unknown_migrations(any_app, patient):
    newest = database.execute_sql("SELECT max(name) FROM schema_migration").fetchone()[0]
    database.execute_sql(f"UPDATE schema_migration SET name = '9999_later' WHERE name = '{newest}'")
    assert told(any_app) == (503, ["migrations_missing", "migrations_unknown"])
    database.execute_sql(f"UPDATE schema_migration SET name = '{newest}' WHERE name = '9999_later'")
    assert told(any_app) == (200, [])


def test_a_database_without_tables(tmp_path, patient):
    from surveys import create_app
    from tests.acting import close_running, use

    close_running()
    app = use(create_app(INSTANCE=str(tmp_path), DATABASE_URL="", BASE_URL=""))
    assert "migrations_missing" in told(app)[1]
    close_running()


def test_a_secret_of_another_installation(any_app, patient):
    from surveys.storage.instance import remember_secret

    instance = Path(any_app.instance_path)
    remember_secret(instance)
    own = (instance / "secret.key").read_bytes()
    (instance / "secret.key").write_bytes(bytes(32))
    assert told(any_app) == (503, ["secret_key"])
    (instance / "secret.key").write_bytes(own)
    assert told(any_app) == (200, [])


def test_a_disk_that_is_almost_full(any_app, patient):
    any_app.extensions["readiness"]._least_mb = 1 << 40
    assert told(any_app) == (503, ["disk_full"])


def test_folders_that_cannot_be_written_to(any_app, patient, nobody):
    instance = Path(any_app.instance_path)
    for folder in (instance, instance / "mix"):
        folder.chmod(0o755)
    for parent in list(instance.parents)[:3]:
        parent.chmod(0o755)
    database.connection()
    nobody()
    status, problems = told(any_app)
    assert status == 503
    assert {"instance_read_only", "mix_read_only"} <= set(problems)
    os.seteuid(0)
    assert told(any_app) == (200, [])
    assert not list(instance.glob("**/new.*"))


def test_a_folder_of_keys_that_is_not_mounted(any_app, patient):
    mix = Path(any_app.instance_path) / "mix"
    mix.rename(mix.with_name("away"))
    assert told(any_app) == (503, ["mix_missing", "mix_folder"])
    mix.with_name("away").rename(mix)
    assert told(any_app) == (200, [])


def test_an_sqlite_file_that_another_process_writes_to(app, patient):
    path = str(Path(app.instance_path) / "surveys.sqlite3")
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", LOCK, path], **pipes) as other:
        assert other.stdout.readline() == b"locked\n"
        assert told(app) == (503, ["database_locked"])
        other.stdin.close()
    assert told(app) == (200, [])


@pytest.mark.postgres
@pytest.mark.parametrize("any_app", ["postgres"], indirect=True)
class TestMix:
    """Batches that are due."""

    def due(self, any_app) -> None:
        survey = published()
        for _ in range(11):
            vote(survey, group=1)
        assert MixEntry.select().count() == 11

    def lock(self, any_app) -> psycopg.Connection:
        """Hold the lock of a backup, which keeps batches where they are."""
        other = psycopg.connect(any_app.config["DATABASE_URL"])
        other.execute("SELECT pg_advisory_lock(%s)", (BACKUP_LOCK,))
        return other

    def test_a_batch_that_cannot_move_on_counts_as_stuck_after_a_while(self, any_app, patient):
        checks = any_app.extensions["readiness"]
        with self.lock(any_app):
            self.due(any_app)
            assert [told(any_app), told(any_app)] == [(200, []), (200, [])]
            checks.stuck_seconds = 0
            assert told(any_app) == (503, ["mix_stuck"])

    def test_one_that_was_left_behind_is_moved_on(self, any_app, patient):
        with self.lock(any_app):
            self.due(any_app)
        checks = any_app.extensions["readiness"]
        checks.stuck_seconds = 0
        assert [told(any_app), told(any_app)] == [(200, []), (200, [])]
        assert MixEntry.select().count() == 0
