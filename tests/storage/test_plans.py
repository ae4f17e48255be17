"""No statement on a respondent's way scans a table, whatever PostgreSQL knows of how large it is.

The plans are those that were run: the server's own module auto_explain writes them into its log.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from surveys import create_app
from surveys.ballots.mix_entries import MixKind
from surveys.campaigns.surveys import plan_of
from surveys.questionnaires.library import install_ready_made
from surveys.storage.database import database, disconnect
from surveys.storage.schema import migrate
from tests.acting import close_running, issue_codes, mix, use
from tests.helpers import fill_page, hand_out, published
from tests.postgres_tcp import TcpPostgres

pytestmark = [pytest.mark.postgres, pytest.mark.fault]

ROWS = 200_000
EXPLAINING = (
    "-c session_preload_libraries=auto_explain -c auto_explain.log_min_duration=0 -c auto_explain.log_analyze=on "
    "-c auto_explain.log_format=json -c log_line_prefix= -c autovacuum=off"
)
FILL = [
    "INSERT INTO receipt (survey_id, number) SELECT {survey}, uuid_send(gen_random_uuid()) FROM generate_series(1, {rows})",
    "INSERT INTO admission (survey_id, code_hash, group_no, used, batch, draws) "
    "SELECT {survey}, uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()), 0, i % 2 = 0, 1, 0 FROM generate_series(1, {rows}) AS i",
    "INSERT INTO ballot (survey_id, number, group_no, channel, answers) "
    "SELECT {survey}, uuid_send(gen_random_uuid()), 0, 1, '\\x00' FROM generate_series(1, {rows})",
    "INSERT INTO mix_entry (survey_id, group_no, own_unit, size, number, ciphertext) "
    "SELECT {survey} + 1 + i % 50, 0, -1, 300, uuid_send(gen_random_uuid()), '\\x00' FROM generate_series(1, {rows}) AS i",
    "INSERT INTO used_form (key) SELECT 'form ' || i FROM generate_series(1, {rows}) AS i",
]
LARGE = {"receipt", "admission", "ballot", "mix_entry", "used_form"}


@pytest.fixture(scope="module")
def explaining():
    """A server that writes the plan of each statement into its log."""
    server = TcpPostgres(EXPLAINING)
    yield server
    server.remove()


@pytest.fixture(params=["never analyzed", "analyzed while empty", "analyzed while small"])
def survey_and_server(request, explaining, tmp_path):
    """A survey with 200,000 rows in each table, of which the planner knows nothing or what is long past."""
    url = explaining.make(re.sub(r"\W", "_", request.param))
    app = use(create_app(INSTANCE=str(tmp_path), DATABASE_URL=url, BASE_URL=""))
    migrate()
    mix().folder.mark()
    install_ready_made()
    if request.param == "analyzed while empty":
        database.execute_sql("ANALYZE")
    survey = published()
    codes = [one.code for one in issue_codes(survey, app.config["CODE_KEY"], 0, 60)]
    answer(app, codes[:20])  # statements are prepared, and planned for small tables
    if request.param == "analyzed while small":
        database.execute_sql("ANALYZE")
        answer(app, codes[20:40])
    with psycopg.connect(url, autocommit=True) as other:
        for statement in FILL:
            other.execute(statement.format(survey=survey.id, rows=ROWS))
    yield app, survey, codes[40:], explaining
    close_running()


def answer(app: Any, codes: list[str]) -> None:
    """Send a ballot with each code, twice, with what belongs to it; batches move on meanwhile."""
    client = app.test_client()
    for code in codes:
        client.get("/s/test")
        page = hand_out(client, "test", code).text
        form = fill_page(page)
        assert client.post("/s/test/resume", data={"token": form["token"]}).status_code == 200
        assert "已收到" in client.post("/s/test/submit", data=form).text
        assert "已收到" in client.post("/s/test/submit", data=form).text
        hand_out(client, "test", code)


def plans(log: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The statements in the log with their plans."""
    for text in re.findall(r"plan:\n(\t\{\n.*?\n\t\})", log, re.DOTALL):
        found = json.loads(text, strict=False)
        yield found["Query Text"], found["Plan"]


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from nodes(part)


def test_no_statement_of_a_respondent_scans_a_table(survey_and_server):
    app, survey, codes, server = survey_and_server
    before = len(server.log)
    answer(app, codes)
    mix().flush_batch(MixKind(survey.id, 0, -1, 300))
    seen, scans = set(), []
    for statement, plan in plans(server.log[before:]):
        for node in nodes(plan):
            table = node.get("Relation Name")
            if table not in LARGE:
                continue
            seen.add((table, statement.split(maxsplit=1)[0]))
            wasted = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
            if node["Node Type"] == "Seq Scan" or wasted > 100:
                scans.append((node["Node Type"], wasted, statement))
    assert scans == []
    expected = {("receipt", "SELECT"), ("receipt", "DELETE"), ("admission", "SELECT"), ("admission", "DELETE"),
                ("mix_entry", "SELECT"), ("mix_entry", "DELETE"), ("mix_entry", "WITH")}  # fmt: skip
    assert expected <= seen
    assert plan_of(survey) is not None
    disconnect()
