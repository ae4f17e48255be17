"""The page that says how the installation is, and the same by command."""

import time
from pathlib import Path

import pytest

from surveys.campaigns.models import Survey
from surveys.results import installation, sealing
from surveys.results.installation import look_at_installation
from surveys.storage.kept_backups import keep_backup
from tests.acting import TESTER, mix
from tests.admission.test_mail import catcher  # noqa: F401
from tests.helpers import closed, published, vote

PAGE = "/staff/installation"


@pytest.fixture
def folder(tmp_path, app):
    made = tmp_path / "kept"
    made.mkdir()
    app.config["BACKUP_FOLDER"] = str(made)
    return made


def warnings(app) -> list[str]:
    found = look_at_installation(Path(app.instance_path), mix(), app.config["BACKUP_FOLDER"])
    return [problem.text() for problem in found.warnings(time.time())]


def backup(folder: Path, ago: float, recipient: str = "") -> None:
    keep_backup(folder, lambda path: path.mkdir(), recipient, 9, time.time() - ago)


def test_without_backups_it_says_so(app):
    assert warnings(app) == ["No backups are kept: BACKUP_FOLDER is not set."]


def test_a_backup_that_is_too_old_or_not_encrypted_is_named(app, folder):
    assert warnings(app) == ["The newest backup is older than 36 hours, or there is none."]
    backup(folder, 37 * 3600)
    assert len(warnings(app)) == 2
    backup(folder, 60)
    assert warnings(app) == ["Backups are not encrypted: BACKUP_RECIPIENT is not set."]


def test_with_all_in_order_nothing_is_said(app, folder, staff):
    import pyrage

    backup(folder, 60, str(pyrage.x25519.Identity.generate().to_public()))
    assert warnings(app) == []
    page = staff("administrator").get(PAGE).text
    assert ("一切正常" in page, "SQLite" in page, "已加密" in page) == (True, True, True)
    assert app.test_cli_runner().invoke(args=["db", "show"]).exit_code == 0


def test_ballots_that_wait_and_those_that_are_lost_are_counted(app, folder, staff):
    survey = published()
    for _ in range(3):
        vote(survey)
    assert look_at_installation(Path(app.instance_path), mix(), "").waiting == 3
    for path in mix().keys.folder.glob("[0-9]*"):
        path.unlink()
    assert "3 ballots in the mix cannot be decrypted, or are damaged." in warnings(app)
    assert "收票盘中有 3 份答卷无法解密" in staff("administrator").get(PAGE).text


def test_another_folder_of_keys_little_space_and_a_seal_that_is_not_at_its_end(app, folder, monkeypatch):
    closed(published())
    sealing._begin(TESTER, mix(), Survey.get().slug)
    (mix().folder.path / "id").write_text("f" * 32)
    monkeypatch.setattr(installation, "LITTLE_SPACE", 2**62)
    said = " ".join(warnings(app))
    for words in ("folder mix of this instance is missing", "Little space", "The seal of test was begun"):
        assert words in said
    found = app.test_cli_runner().invoke(args=["db", "show"])
    assert (found.exit_code, found.output.count("note:")) == (1, 4)


def test_what_has_to_be_done_is_mailed(app, catcher):  # noqa: F811
    run = app.test_cli_runner().invoke
    assert "no mail was sent" in run(args=["db", "alert"]).output
    app.config.update(
        MAIL_SERVER=catcher.address, MAIL_FROM="s@example.edu", MAIL_SECURITY="none", ALERT_MAIL="li@example.edu",
        BASE_URL="https://vote.example.edu",
    )  # fmt: skip
    assert run(args=["db", "alert"]).exit_code == 0
    ((address, mail),) = catcher.mails
    assert address == "li@example.edu"
    text = mail.get_content()
    assert "https://vote.example.edu" in text
    assert "- No backups are kept: BACKUP_FOLDER is not set." in text
    app.config["MAIL_SERVER"] = "127.0.0.1:1"
    failed = run(args=["db", "alert"])
    assert (failed.exit_code, "was not sent" in failed.output) == (1, True)
