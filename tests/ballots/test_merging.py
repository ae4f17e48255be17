"""Two folders of keys become one again; what cannot be repaired is said."""

import shutil
from pathlib import Path

import pytest

from surveys.ballots.mix import ForeignFolderError
from surveys.ballots.mix_keys import KindKeys, key_files
from surveys.ballots.models import Ballot, MixEntry
from surveys.storage.audit import Action, AuditEntry
from surveys.storage.instance import stored_id, write_id
from tests.acting import mix, seal
from tests.helpers import closed, published, vote


@pytest.fixture
def run(any_app):
    """Run a command of the mix; returns (exit code, what it printed)."""

    def command(*words: object) -> tuple[int, str]:
        answer = any_app.test_cli_runner().invoke(args=["mix", *map(str, words)])
        return answer.exit_code, answer.output

    return command


@pytest.fixture
def two_servers(any_app):
    """A survey with three ballots under the keys of one server and four under those of another; the other's folder."""
    survey, folder = published(), mix().folder.path
    for _ in range(3):
        vote(survey)
    ours = folder.rename(folder.with_name("ours"))
    mix().folder.accept()
    MixEntry.update(own_unit=-2).execute()  # out of sight, so that the other server begins a key of its own
    for _ in range(4):
        vote(survey)
    MixEntry.update(own_unit=-1).execute()
    theirs = folder.rename(folder.with_name("theirs"))
    ours.rename(folder)
    return survey, theirs


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_with_the_keys_of_both_folders_all_ballots_move_on(run, two_servers):
    survey, theirs = two_servers
    before = contents(theirs)
    assert mix().undecryptable() == {survey.id: 4}
    assert run("merge-keys", theirs) == (
        0, "1 keys taken over\n7 waiting ballots can be decrypted, 0 cannot\n"
    )  # fmt: skip
    assert contents(theirs) == before
    entry = AuditEntry.select().order_by(AuditEntry.id.desc()).get()
    assert (entry.action, "1 keys; ballots: 7 can be decrypted" in entry.about) == (Action.MERGE_MIX_KEYS, True)
    known = mix().keys.of(survey.id, 0, -1, 896)
    taken = next(iter(mix().keys.of(survey.id, 0, -1, 896).all().keys() & _numbers(theirs)))
    assert known.newest()[0] != taken  # new ballots are never encrypted with a key that lies in two folders
    for _ in range(3):
        vote(survey)
    assert (Ballot.select().count(), MixEntry.select().count()) == (10, 0)
    assert len(known.all()) == 1


def _numbers(folder: Path) -> set[int]:
    return {number for path in key_files(folder) for number in KindKeys(path).all()}


def test_merging_twice_changes_nothing_more(run, two_servers):
    _survey, theirs = two_servers
    run("merge-keys", theirs)
    before = contents(mix().folder.path)
    assert run("merge-keys", theirs)[1].startswith("0 keys taken over")
    assert contents(mix().folder.path) == before


def test_keys_that_no_waiting_ballot_needs_are_not_taken_over(run, two_servers):
    """They decrypt only what has moved on, and are meant to be forgotten."""
    survey, theirs = two_servers
    shutil.copy(theirs / f"{survey.id}.0.-1.896", theirs / f"{survey.id}.1.-1.896")
    run("merge-keys", theirs)
    assert not (mix().folder.path / f"{survey.id}.1.-1.896").exists()


@pytest.mark.parametrize("fault", ["another installation's", "no id", "cut short", "changed"])
def test_a_foreign_or_damaged_folder_is_refused_and_nothing_is_changed(run, two_servers, fault):
    survey, theirs = two_servers
    file = theirs / f"{survey.id}.0.-1.896"
    if fault == "another installation's":
        (theirs / "id").write_text("f" * 32)
    elif fault == "no id":
        (theirs / "id").unlink()
    elif fault == "cut short":
        file.write_bytes(file.read_bytes()[:70])
    else:
        file.write_bytes(bytes([file.read_bytes()[0] ^ 1]) + file.read_bytes()[1:])
    before = contents(mix().folder.path), contents(theirs)
    code, said = run("merge-keys", theirs)
    assert (code, len(said.splitlines())) == (1, 1)
    assert "another installation's" in said or "is damaged" in said
    assert (contents(mix().folder.path), contents(theirs)) == before


def test_a_lost_folder_is_made_good_by_a_copy_of_it(run, any_app):
    survey = published()
    for _ in range(3):
        vote(survey)
    copy = mix().folder.path.rename(mix().folder.path.with_name("copy"))
    with pytest.raises(ForeignFolderError):
        vote(survey)
    assert run("merge-keys", copy) == (0, "1 keys taken over\n3 waiting ballots can be decrypted, 0 cannot\n")
    vote(survey)
    assert any_app.test_client().get("/readyz").status_code == 200
    closed(survey)
    assert seal("test").ballots == 4


def test_a_folder_that_is_gone_for_good_is_begun_anew_only_when_told_so(run):
    survey = published()
    for _ in range(3):
        vote(survey)
    shutil.rmtree(mix().folder.path)
    assert "the folder has no id" in run("show")[1]
    assert run("accept-folder", "--yes") == (0, "accepted; 3 waiting ballots cannot be decrypted\n")
    assert AuditEntry.select().where(AuditEntry.action == Action.ACCEPT_KEY_FOLDER).count() == 1
    assert "test\t3 waiting\t3 cannot be decrypted" in run("show")[1]
    vote(survey, group=1)
    assert MixEntry.select().count() == 4
    assert run("accept-folder", "--yes") == (1, "The folder mix is this installation's already.\n")


def test_another_installations_folder_is_neither_accepted_nor_merged_into(run, two_servers):
    _survey, theirs = two_servers
    shutil.rmtree(mix().folder.path)
    write_id(mix().folder.path, "f" * 32)
    for words in (("accept-folder", "--yes"), ("merge-keys", theirs)):
        code, said = run(*words)
        assert (code, "belongs to another installation" in said) == (1, True)
    assert stored_id() != "f" * 32
