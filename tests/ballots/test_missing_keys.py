"""Keys of the mix that are gone: no ballot is acknowledged that could never be counted, and nothing is lost for it."""

import shutil
from pathlib import Path

import pytest

from surveys.ballots.mix import MissingKeyError
from surveys.ballots.models import MixEntry, Receipt
from tests.acting import mix, seal
from tests.helpers import ballots_stored, closed, fill_page, published, vote


@pytest.fixture
def survey(any_app):
    """A survey with three ballots in the mix."""
    survey = published()
    for _ in range(3):
        vote(survey)
    return survey


def take_away() -> Path:
    """Move the keys away, out of the folder that says whose they are; returns where they are now."""
    folder = mix().keys.folder
    away = folder.with_name("away")
    away.mkdir()
    for path in folder.glob("[0-9]*"):
        shutil.move(path, away)
    return away


def put_back(away: Path) -> None:
    for path in away.iterdir():
        path.replace(mix().keys.folder / path.name)
    away.rmdir()


def test_no_key_is_begun_beside_ballots_that_wait_under_another_one(survey):
    away = take_away()
    with pytest.raises(MissingKeyError):
        vote(survey)
    assert (MixEntry.select().count(), Receipt.select().count()) == (3, 3)
    assert list(mix().keys.folder.glob("[0-9]*")) == []
    put_back(away)
    for _ in range(7):
        vote(survey)
    assert (MixEntry.select().count(), ballots_stored()) == (0, 10)


def test_ballots_of_another_kind_are_taken_as_before(survey):
    take_away()
    vote(survey, group=1)
    assert MixEntry.select().count() == 4


def test_a_key_that_another_server_began_takes_no_further_ballots(any_app, survey):
    """As after two servers that do not share the folder: the kind is found out at its first move, and tried again rarely."""
    away = take_away()
    with pytest.raises(MissingKeyError):
        vote(survey)
    kind = next(iter(MixEntry.select().tuples()))
    mix().keys.of(*kind[:4]).newest()  # another server's doing
    for _ in range(7):
        vote(survey)  # the tenth finds out that the batch cannot leave
    with pytest.raises(MissingKeyError):
        vote(survey)
    assert MixEntry.select().count() == Receipt.select().count() == 10
    assert away.exists()


def test_respondents_are_asked_to_wait_and_the_answers_stay_on_their_phone(any_app, survey):
    vote(survey, group=1)
    away = take_away()
    client = any_app.test_client()
    page = client.get("/s/test/ballot?group=staff").text
    refused = client.post("/s/test/submit", data=fill_page(page))
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "60")
    assert "暂时无法保存您的答卷" in refused.text
    put_back(away)
    assert "已收到" in client.post("/s/test/submit", data=fill_page(page)).text


def test_the_health_check_and_staff_are_told(any_app, survey):
    assert any_app.test_client().get("/readyz").status_code == 200
    away = take_away()
    told = any_app.test_client().get("/readyz")
    assert (told.status_code, told.json["problems"]) == (503, ["mix_keys"])
    put_back(away)
    assert any_app.test_client().get("/readyz").status_code == 200


def test_with_the_keys_back_the_survey_can_be_sealed(survey):
    away = take_away()
    closed(survey)
    with pytest.raises(Exception, match="cannot be decrypted"):
        seal("test")
    put_back(away)
    assert seal("test").ballots == 3


def test_groups_whose_keys_are_there_move_on_and_change_their_keys_beside_one_whose_key_is_missing(any_app, survey):
    for _ in range(8):
        vote(survey, group=1)
    mix().keys.of(survey.id, 0, -1, 896).path.unlink()
    before = mix().keys.of(survey.id, 1, -1, 896).all()
    changed = any_app.test_cli_runner().invoke(args=["mix", "change-keys"])
    assert (changed.exit_code, changed.stdout) == (0, "new keys: 1\n")
    assert "because a key is missing: 1" in changed.stderr
    assert not before.keys() & mix().keys.of(survey.id, 1, -1, 896).all().keys()
    for _ in range(2):
        vote(survey, group=1)
    assert MixEntry.select().count() == 3
    assert mix().undecryptable() == {survey.id: 3}
