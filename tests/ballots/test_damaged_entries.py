"""Entries of the mix that were damaged where they lie: the others move on, these are set apart, said, and never just gone."""

import pytest

from surveys.accounts.models import Role
from surveys.ballots.models import Ballot, DamagedEntry, MixEntry, Receipt
from surveys.inputs.problems import InputError
from surveys.results.lost_ballots import agree_to_lose
from tests.acting import TESTER, create_account, mix, seal
from tests.helpers import PASSWORD, closed, post, published, vote


@pytest.fixture
def survey(any_app):
    """A survey with nine ballots in the mix."""
    survey = published()
    for _ in range(9):
        vote(survey)
    return survey


def change(entry: MixEntry, ciphertext: bytes) -> None:
    MixEntry.update(ciphertext=ciphertext).where(MixEntry.number == entry.number).execute()


def flip(count: int = 1, place: int = 40) -> list[bytes]:
    """Flip a bit in some entries; returns what they were."""
    before = []
    for entry in list(MixEntry.select().limit(count)):
        ciphertext = bytearray(entry.ciphertext)
        before.append(bytes(ciphertext))
        ciphertext[place] ^= 1
        change(entry, bytes(ciphertext))
    return before


def agree() -> None:
    for name in ("wang", "li"):
        agree_to_lose(TESTER, mix(), "test", name)


@pytest.mark.parametrize("place", [5, 40, -1], ids=["nonce", "body", "mark"])
def test_the_others_move_on_when_there_are_ten_of_them(survey, place):
    flip(place=place)
    vote(survey)
    assert (Ballot.select().count(), MixEntry.select().count(), DamagedEntry.select().count()) == (0, 9, 1)
    vote(survey)
    assert (Ballot.select().count(), MixEntry.select().count(), DamagedEntry.select().count()) == (10, 0, 1)
    for _ in range(10):
        vote(survey)
    assert (Ballot.select().count(), Receipt.select().count()) == (20, 21)


def test_an_entry_that_is_cut_off_is_set_apart(survey):
    entry = MixEntry.get()
    change(entry, bytes(entry.ciphertext)[:7])
    for _ in range(2):
        vote(survey)
    assert (Ballot.select().count(), DamagedEntry.select().count()) == (10, 1)


def test_where_only_the_number_of_its_key_is_damaged_nothing_is_lost(survey):
    flip(place=0)
    vote(survey)
    assert (Ballot.select().count(), MixEntry.select().count(), DamagedEntry.select().count()) == (10, 0, 0)


def test_the_keys_of_those_that_moved_on_are_gone_all_the_same(survey):
    keys = mix().keys.of(survey.id, 0, -1, 896)
    before = keys.all()
    flip()
    for _ in range(2):
        vote(survey)
    assert not before.keys() & keys.all().keys()


def test_damaged_ones_do_not_make_others_a_batch(survey):
    """Nine of them and one that is whole: its admission and its ballot would be written in one transaction."""
    flip(9)
    vote(survey)
    assert (Ballot.select().count(), MixEntry.select().count(), DamagedEntry.select().count()) == (0, 1, 9)


def test_new_keys_leave_them_as_they_are(any_app, survey):
    flip()
    done = any_app.test_cli_runner().invoke(args=["mix", "change-keys"])
    assert (done.exit_code, done.stdout) == (0, "new keys: 1\n")
    assert (MixEntry.select().count(), DamagedEntry.select().count()) == (8, 1)
    for _ in range(2):
        vote(survey)
    assert Ballot.select().count() == 10


def test_operators_and_staff_are_told(any_app, survey):
    flip()
    shown = any_app.test_cli_runner().invoke(args=["mix", "show"]).output
    assert "test\t9 waiting\t1 cannot be decrypted" in shown  # found out before the batch is
    for _ in range(2):
        vote(survey)
    assert "test\t1 waiting\t1 cannot be decrypted" in any_app.test_cli_runner().invoke(args=["mix", "show"]).output
    told = any_app.test_client().get("/readyz")
    assert (told.status_code, told.json) == (200, {"ready": True, "problems": [], "warnings": ["damaged_ballots"]})
    create_account("wang", PASSWORD, Role.COMMITTEE)
    browser = any_app.test_client()
    post(browser, "/staff/login", name="wang", password=PASSWORD)
    page = browser.get("/staff/").text
    assert "收票盘中有 1 份答卷已损坏" in page
    assert "1 份答卷无法解密" in page
    assert "恢复本实例的 mix 文件夹" not in page


def test_only_two_administrators_seal_without_them(survey):
    flip()
    for _ in range(2):
        vote(survey)
    closed(survey)
    with pytest.raises(InputError, match="1 ballots in the mix cannot be decrypted"):
        seal("test")
    assert DamagedEntry.select().count() == 1
    agree()
    stored = seal("test")
    assert (stored.ballots, stored.receipts, stored.lost, DamagedEntry.select().count()) == (10, 11, 1, 0)


def test_one_that_is_damaged_when_the_survey_ends_is_found_by_the_seal(survey):
    flip()
    closed(survey)
    with pytest.raises(InputError, match="1 ballots in the mix cannot be decrypted"):
        seal("test")
    agree()
    assert (seal("test").ballots, MixEntry.select().count()) == (8, 0)


def test_one_that_is_mended_before_the_seal_counts(survey):
    before = flip()
    vote(survey)
    assert DamagedEntry.select().count() == 1
    DamagedEntry.update(ciphertext=before[0]).execute()
    closed(survey)
    assert seal("test").ballots == 10
    assert DamagedEntry.select().count() == 0
