"""What PostgreSQL writes into its log: `db check` warns of what would tell of ballots, and what it proposes keeps them out."""

import re

import psycopg
import pytest

from surveys import create_app
from surveys.questionnaires.library import install_ready_made
from surveys.settings import ROOT
from surveys.storage.database import database, disconnect
from surveys.storage.schema import migrate
from tests.acting import close_running, mix, use
from tests.helpers import ballots_stored, fill_page, hand_out, one_code, published, vote
from tests.postgres_tcp import TcpPostgres

pytestmark = [pytest.mark.postgres, pytest.mark.fault]

TALKATIVE = {
    "log_statement": "all", "log_min_duration_statement": "0", "log_min_duration_sample": "0",
    "log_transaction_sample_rate": "1", "log_error_verbosity": "verbose", "log_min_error_statement": "debug5",
    "log_parameter_max_length_on_error": "-1", "auto_explain.log_min_duration": "0",
}  # fmt: skip


@pytest.fixture
def app_and_server(tmp_path):
    options = "-c session_preload_libraries=auto_explain"
    server = TcpPostgres(options)
    app = use(create_app(INSTANCE=str(tmp_path), DATABASE_URL=server.make("surveys"), BASE_URL=""))
    migrate()
    mix().folder.mark()
    install_ready_made()
    yield app, server
    close_running()
    server.remove()


def send_ballots(app, survey) -> list[str]:
    """Ten ballots by code, the last with a wrong statement behind it; the receipts as PostgreSQL would write them."""
    client, receipts = app.test_client(), []
    for _ in range(10):
        form = fill_page(hand_out(client, "test", one_code(app, survey)).text)
        client.post("/s/test/submit", data=form)
        client.post("/s/test/submit", data=form)
    for (number,) in database.execute_sql("SELECT number FROM receipt").fetchall():
        receipts.append(bytes(number).hex())
    with pytest.raises(Exception, match="duplicate"):
        database.execute_sql(
            "INSERT INTO receipt (survey_id, number) VALUES (%s, %s)", (survey.id, bytes.fromhex(receipts[0]))
        )
    return receipts


def warned(app) -> dict[str, str]:
    done = app.test_cli_runner().invoke(args=["db", "check"])
    assert done.exit_code in (0, 1)
    return dict(re.findall(r"ALTER SYSTEM SET (\S+) = '(\S+)';", done.output))


def put(server, settings: dict[str, str]) -> None:
    with psycopg.connect(server.url(), autocommit=True) as other:
        for name, value in settings.items():
            other.execute(f"ALTER SYSTEM SET {name} = '{value}'")
    disconnect()
    server.restart()


def in_log(server, before: int, receipts: list[str]) -> int:
    return sum(receipt in server.log[before:] for receipt in receipts)


def test_a_talkative_server_is_warned_of_and_what_is_proposed_makes_it_silent(app_and_server):
    app, server = app_and_server
    survey = published()
    put(server, TALKATIVE)
    before = len(server.log)
    assert in_log(server, before, send_ballots(app, survey)) == 10  # what it is all about
    proposed = warned(app)
    assert (
        TALKATIVE.keys() - {"log_parameter_max_length_on_error"} <= proposed.keys()
    )  # the service sets that one itself
    put(server, proposed)
    assert warned(app) == {}
    assert app.test_cli_runner().invoke(args=["db", "check"]).output == "sound\n"
    before = len(server.log)
    receipts = send_ballots(app, survey)
    assert len(receipts) == 20
    assert in_log(server, before, receipts) == 0


def test_slow_statements_may_be_logged_without_their_parameters(app_and_server):
    app, server = app_and_server
    survey = published()
    put(server, {**warned(app), "log_min_duration_statement": "0", "log_parameter_max_length": "0"})
    assert warned(app) == {}
    before = len(server.log)
    assert in_log(server, before, send_ballots(app, survey)) == 0
    assert "mix_entry" in server.log[before:]


def test_on_sqlite_there_is_nothing_to_warn_of(app):
    assert app.test_cli_runner().invoke(args=["db", "check"]).output == "sound\n"


def test_a_database_made_as_the_documentation_says_is_sound(tmp_path):
    server = TcpPostgres()
    try:
        lines = (ROOT / "docs" / "deploy" / "postgresql.sql").read_text("utf-8").splitlines()
        statements = "\n".join(line for line in lines if not line.startswith("--")).split(";\n")
        with psycopg.connect(server.url(), autocommit=True) as other:
            for statement in filter(str.strip, statements):
                other.execute(statement)
        url = server.url("surveys").replace("postgres@", "surveys@")
        app = use(create_app(INSTANCE=str(tmp_path), DATABASE_URL=url, BASE_URL=""))
        migrate()
        mix().folder.mark()
        install_ready_made()
        assert app.test_cli_runner().invoke(args=["db", "check"]).output == "sound\n"
        vote(published(), group=1)
        assert ballots_stored() == 1
    finally:
        close_running()
        server.remove()
