"""The folder of keys belongs to the database: another one, or none, takes no ballot, moves none and loses none."""

import os
import shutil
from pathlib import Path

import pytest

from surveys import create_app
from surveys.ballots.mix import ForeignFolderError
from surveys.ballots.mix_keys import KindKeys
from surveys.ballots.models import Ballot, MixEntry, Receipt
from surveys.campaigns.surveys import get_survey
from surveys.inputs.problems import InputError
from surveys.results.seal_run import Phase, SealRun
from surveys.results.sealing import clean_up_leftovers
from surveys.storage.instance import Belonging, InstanceFact, KeyFolder, read_id, stored_id, write_id
from tests.acting import TESTER, close_running, mix, seal, use
from tests.helpers import closed, fill_page, published, vote


def take_away() -> Path:
    """Move the folder of keys away, as a mount that flickers does; returns where it is now."""
    away = mix().folder.path.with_name("away")
    mix().folder.path.rename(away)
    return away


def put_back(away: Path) -> None:
    shutil.rmtree(mix().folder.path, ignore_errors=True)
    away.rename(mix().folder.path)


@pytest.fixture(params=["gone", "empty", "another installation's", "nothing but keys"])
def strange_folder(request, any_app):
    """A survey with three ballots, whose folder of keys is another one now; where the right one is."""
    survey = published()
    for _ in range(3):
        vote(survey)
    away = take_away()
    folder = mix().folder.path
    if request.param != "gone":
        folder.mkdir()
    if request.param == "another installation's":
        write_id(folder, "f" * 32)
    if request.param == "nothing but keys":
        for path in away.glob("[0-9]*"):
            shutil.copy(path, folder)
    return away


def test_no_ballot_is_taken_of_any_kind_and_no_key_is_begun(strange_folder):
    before = list(mix().folder.path.glob("*"))
    for group in (0, 1):
        with pytest.raises(ForeignFolderError):
            vote(get_survey("test"), group=group)
    assert list(mix().folder.path.glob("*")) == before
    assert MixEntry.select().count() == Receipt.select().count() == 3
    put_back(strange_folder)
    for _ in range(7):
        vote(get_survey("test"))
    assert Ballot.select().count() == 10


def test_no_batch_moves_on_and_nothing_is_sealed(strange_folder):
    closed(get_survey("test"))
    kind = next(iter(MixEntry.select().tuples()))[:4]
    with pytest.raises(InputError, match="belongs to another installation"):
        mix().change_keys(TESTER)
    with pytest.raises(InputError, match="belongs to another installation"):
        seal("test")
    assert MixEntry.select().count() == 3
    put_back(strange_folder)
    assert mix().keys.of(*kind).all()
    assert seal("test").ballots == 3


def test_respondents_staff_and_the_health_check_are_told(any_app, strange_folder):
    client = any_app.test_client()
    page = client.get("/s/test/ballot?group=staff").text
    refused = client.post("/s/test/submit", data=fill_page(page))
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "60")
    told = client.get("/readyz")
    assert (told.status_code, "mix_folder" in told.json["problems"]) == (503, True)
    put_back(strange_folder)
    assert client.get("/readyz").status_code == 200
    assert "已收到" in client.post("/s/test/submit", data=fill_page(page)).text


def test_the_list_of_surveys_says_so(staff):
    browser = staff("committee")
    assert "不属于本系统" not in browser.get("/staff/").text
    take_away()
    assert "不属于本系统" in browser.get("/staff/").text


def test_keys_in_a_folder_of_another_installation_are_not_erased(any_app):
    """Its surveys have the same numbers."""
    survey = published()
    closed(survey)
    seal("test")
    away = take_away()
    write_id(mix().folder.path, "f" * 32)
    others = mix().keys.of(survey.id, 0, -1, 896)
    others.newest()
    SealRun.create(survey=survey.id, total=0, phase=Phase.CLEAN_UP.value)
    clean_up_leftovers(mix())
    assert len(others.all()) == 1
    put_back(away)


def test_a_folder_that_goes_away_while_a_key_is_begun_acknowledges_nothing(any_app, monkeypatch):
    survey, begin = published(), KindKeys._begin

    def flicker(keys, *more):
        take_away()
        mix().folder.path.mkdir()
        return begin(keys, *more)

    monkeypatch.setattr(KindKeys, "_begin", flicker)
    with pytest.raises(ForeignFolderError):
        vote(survey)
    assert MixEntry.select().count() == Receipt.select().count() == 0


def test_a_database_without_an_id_adopts_the_folder_that_it_finds(any_app):
    survey = published()
    vote(survey)
    known = read_id(mix().folder.path)
    assert (len(known), known == stored_id()) == (32, True)
    InstanceFact.delete().where(InstanceFact.name == "id").execute()
    assert KeyFolder(mix().folder.path).belonging() is Belonging.UNMARKED
    assert any_app.test_cli_runner().invoke(args=["db", "migrate"]).exit_code == 0
    assert (stored_id(), read_id(mix().folder.path)) == (known, known)
    assert mix().folder.path.stat().st_mode & 0o777 == 0o700
    assert (mix().folder.path / "id").stat().st_mode & 0o777 == 0o600


def test_migrating_marks_no_folder_of_a_database_that_has_an_id(any_app, strange_folder):
    marked = (mix().folder.path / "id").exists()
    known = stored_id()
    assert any_app.test_cli_runner().invoke(args=["db", "migrate"]).exit_code == 0
    assert ((mix().folder.path / "id").exists(), stored_id()) == (marked, known)


def test_at_the_start_the_log_says_that_no_ballot_will_be_taken(any_app, caplog):
    settings = {"INSTANCE": any_app.instance_path, "DATABASE_URL": any_app.config["DATABASE_URL"], "BASE_URL": ""}
    any_app.test_cli_runner().invoke(args=["db", "migrate"])
    close_running()
    use(create_app(**settings))
    assert "no ballots are taken" not in caplog.text
    take_away()
    close_running()
    started = use(create_app(**settings))
    assert "no ballots are taken" in caplog.text
    assert started.test_client().get("/staff/login").status_code == 200


def test_each_ballot_costs_one_small_read_and_no_query(app, monkeypatch):
    published()
    assert mix().folder.belonging() is Belonging.OWN
    monkeypatch.setattr("surveys.storage.instance.stored_id", lambda: 1 / 0)
    opened = []
    real = os.open
    monkeypatch.setattr(os, "open", lambda path, *more: (opened.append(path), real(path, *more))[1])
    assert mix().folder.belonging() is Belonging.OWN
    assert [Path(path) for path in opened] == [mix().folder.path / "id"]
