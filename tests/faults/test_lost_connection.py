"""PostgreSQL restarts or cuts connections: ballots go in all the same, and pages recover."""

from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from surveys.accounts.models import Role
from surveys.storage.database import database
from surveys.storage.pool import Limits
from tests.acting import create_account
from tests.helpers import PASSWORD, ballots_stored, fill_page, post, published

pytestmark = [pytest.mark.fault, pytest.mark.postgres]


@pytest.fixture
def app_on_postgres(postgres_server, tmp_path):
    from tests.acting import close_running
    from tests.conftest import _application, filled_url

    url = filled_url(postgres_server, "surveys", tmp_path / "filled")
    yield _application(tmp_path, url), url
    close_running()


def cut(url: str) -> int:
    """End all other connections to the database, as a failover does."""
    with psycopg.connect(url) as connection:
        ended = connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'surveys' AND pid <> pg_backend_pid()"
        ).fetchall()
    return len(ended)


def test_a_ballot_goes_in_though_the_connection_was_cut(app_on_postgres):
    from tests.helpers import vote

    _app, url = app_on_postgres
    survey = published()
    from surveys.campaigns.surveys import plan_of

    plan_of(survey)
    assert cut(url) == 1
    vote(survey, group=1)
    assert ballots_stored() == 1


def test_respondents_and_staff_do_not_notice(app_on_postgres):
    app, url = app_on_postgres
    published()
    client = app.test_client()
    page = client.get("/s/test/ballot?group=staff").text
    assert cut(url) == 1
    assert "已收到" in client.post("/s/test/submit", data=fill_page(page)).text
    assert ballots_stored() == 1
    create_account("Wang", PASSWORD, Role.PUBLISHER)
    post(client, "/staff/login", name="Wang", password=PASSWORD)
    assert cut(url) == 1
    assert client.get("/staff/").status_code == 200


def test_where_no_connection_is_free_respondents_and_staff_are_asked_to_come_again(app_on_postgres):
    app, _url = app_on_postgres
    published()
    client = app.test_client()
    form = fill_page(client.get("/s/test/ballot?group=staff").text)
    create_account("Wang", PASSWORD, Role.PUBLISHER)
    post(client, "/staff/login", name="Wang", password=PASSWORD)
    pool = database.obj
    pool.limits = Limits(connections=1, wait=1)
    with ThreadPoolExecutor(1) as other:
        other.submit(database.connect).result()
        refused = client.post("/s/test/submit", data=form)
        assert (refused.status_code, refused.headers["Retry-After"]) == (503, "60")
        assert client.get("/staff/").status_code == 503
        other.submit(database.close).result()
    assert "已收到" in client.post("/s/test/submit", data=form).text
    assert ballots_stored() == 1
    assert client.get("/staff/").status_code == 200
