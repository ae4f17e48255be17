"""A process has one database: a second application on another one is refused and takes nothing from the first."""

import pytest

from surveys import create_app
from surveys.storage.database import DatabaseInUseError
from tests.acting import close_running, use
from tests.helpers import ballots_stored, published, vote


def test_a_second_application_on_another_database_is_refused_and_the_first_goes_on(any_app, tmp_path):
    survey = published()
    vote(survey)
    with pytest.raises(DatabaseInUseError, match="another database is open in this process"):
        create_app(INSTANCE=str(tmp_path / "other"), DATABASE_URL="", BASE_URL="")
    vote(survey)
    assert ballots_stored() == 2
    assert any_app.test_client().get("/readyz").status_code == 200


def test_the_message_does_not_give_the_address_with_its_password_away(app, tmp_path):
    with pytest.raises(DatabaseInUseError) as refused:
        create_app(
            INSTANCE=str(tmp_path / "other"), DATABASE_URL="postgresql://someone:password@host/name", BASE_URL=""
        )
    assert "password" not in str(refused.value)


def test_an_application_on_the_same_database_may_join(app):
    survey = published()
    vote(survey)
    other = create_app(INSTANCE=app.instance_path, DATABASE_URL="", BASE_URL="")
    assert other.extensions["database"] is app.extensions["database"]
    assert other.test_client().get("/s/test").status_code == 200


def test_after_the_first_is_closed_another_one_may_be_opened(app, tmp_path):
    published()
    close_running()
    other = use(create_app(INSTANCE=str(tmp_path / "other"), DATABASE_URL="", BASE_URL=""))
    assert other.test_cli_runner().invoke(args=["db", "migrate"]).exit_code == 0
    assert other.test_client().get("/s/test").status_code == 404


def test_what_lasts_longer_than_a_request_belongs_to_the_application(app, tmp_path):
    first = {name: app.extensions[name] for name in ("database", "mix", "unit_drawer", "throttle")}
    close_running()
    other = use(create_app(INSTANCE=str(tmp_path / "other"), DATABASE_URL="", BASE_URL=""))
    assert all(other.extensions[name] is not kept for name, kept in first.items())
