"""Files that commands write: for their owner alone, whole or not there; a disk that is full is said in one sentence."""

import errno
import os
import stat
from pathlib import Path

import pytest

from surveys.admission.models import Admission
from surveys.storage import private_files
from surveys.storage.audit import AuditEntry
from tests.acting import seal, store_roster
from tests.admission.test_roster import FILE, GROUPS, rows_of
from tests.helpers import closed, published, vote

COMMANDS = {
    "codes": ["codes", "issue", "test", "coded", "3", "--out", "{}.csv"],
    "codes as a workbook": ["codes", "issue", "test", "coded", "3", "--out", "{}.xlsx"],
    "links": ["roster", "links", "test", "--out", "{}.csv"],
    "links as a workbook": ["roster", "links", "test", "--out", "{}.xlsx"],
    "a ballot to print": ["ballots", "sheet", "test", "guests", "--out", "{}.html"],
    "ballots": ["ballots", "dump", "sealed", "{}.csv"],
    "a workbook": ["scores", "export", "sealed", "--out", "{}.xlsx"],
    "a table of scores": ["scores", "export", "sealed", "--out", "{}.csv"],
}


@pytest.fixture
def run(app, runner, tmp_path):
    """Run one of these commands; returns its outcome, and what is in the folder that it writes to."""
    survey = published(groups=[*GROUPS, {"code": "coded", "name": "校友", "admission": "code"}])
    store_roster("test", app.config["CODE_KEY"], rows_of(survey, FILE))
    other = published(slug="sealed", rule={"minimum": 1})
    vote(other)
    closed(other)
    seal("sealed")
    folder = tmp_path / "out"
    folder.mkdir()

    def run(arguments: list[str]):
        done = runner.invoke(args=[part.replace("{}", str(folder / "file")) for part in arguments])
        return done, list(folder.iterdir())

    return run


@pytest.mark.parametrize("arguments", COMMANDS.values(), ids=COMMANDS)
def test_only_its_owner_may_read_it(run, arguments):
    before = os.umask(0)
    try:
        done, files = run(arguments)
    finally:
        os.umask(before)
    assert done.exit_code == 0, done.stderr
    assert [stat.S_IMODE(file.stat().st_mode) for file in files] == [0o600]
    assert files[0].stat().st_size > 50


@pytest.mark.parametrize("arguments", COMMANDS.values(), ids=COMMANDS)
def test_of_a_disk_that_is_full_one_sentence_is_said_and_nothing_stays(run, monkeypatch, arguments):
    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(private_files.os, "fsync", full)
    codes, entries = Admission.select().count(), AuditEntry.select().count()
    done, files = run(arguments)
    assert (done.exit_code, files) == (1, [])
    assert "cannot be written: No space left on device" in done.stderr
    assert len([line for line in done.stderr.splitlines() if line and not line.startswith("note: ")]) == 1
    assert (Admission.select().count(), AuditEntry.select().count()) == (codes, entries)


def test_what_is_no_file_is_written_to_and_stays_what_it_is(run, tmp_path):
    link = tmp_path / "full.csv"
    link.symlink_to("/dev/full")
    done, _files = run(["roster", "links", "test", "--out", str(link)])
    assert (done.exit_code, "cannot be written: No space left" in done.stderr) == (1, True)
    assert stat.S_ISCHR(Path("/dev/full").stat().st_mode)
