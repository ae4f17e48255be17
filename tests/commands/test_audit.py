"""Whatever a command changes leaves the entry in the audit trail that the page leaves."""

import json
from datetime import datetime, timedelta

import pytest

from surveys.accounts.links import pending_links
from surveys.campaigns.models import Survey
from surveys.questionnaires.library import find_questionnaire, load_definition
from surveys.questionnaires.models import QuestionnaireVersion
from surveys.storage.audit import Action, AuditEntry
from tests.acting import mix
from tests.admission.test_mail import Catcher, catcher  # noqa: F401
from tests.helpers import PASSWORD, flush_mix, survey_file, vote

GROUPS = [
    {"code": "students", "name": "学生", "admission": "code"},
    {"code": "teachers", "name": "教师", "admission": "roster"},
]
CHANGES_NOTHING = {
    "ballots sheet", "ballots stacks", "questionnaire export", "questionnaire list", "questionnaire versions", "codes list", "roster list", "survey list", "survey verify",
    "units list", "db backup", "mix show", "account list", "account invitations", "audit show",
}  # fmt: skip
OUTSIDE = {
    "db migrate": "the schema, and what db erase-rosters does",
    "db restore": "the audit trail itself",
    "demo make": "done by the functions that the other commands call",
}


@pytest.fixture
def run(app, runner, catcher, tmp_path):  # noqa: F811
    """Run a command in a folder with the files it needs; returns the actions of its audit entries."""
    app.config.update(MAIL_SERVER=catcher.address, MAIL_FROM="office@example.edu.cn", MAIL_SECURITY="none")
    data = survey_file(groups=GROUPS)
    file = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in data.items()}
    (tmp_path / "survey.json").write_text(json.dumps(file), "utf-8")
    (tmp_path / "draft.json").write_text(json.dumps({**file, "slug": "draft"}), "utf-8")
    (tmp_path / "q.json").write_text(json.dumps({**load_definition("suggestions"), "key": "mine"}), "utf-8")
    (tmp_path / "units.csv").write_text("code,name,kind\nB1,甲支部,branch\n", "utf-8")
    (tmp_path / "roster.csv").write_text("学号,姓名,邮箱\n1,张三,z@example.edu.cn\n2,李四,\n", "utf-8")
    (tmp_path / "ballots.csv").write_text("group,B01/listen\nstudents,1\n", "utf-8")
    done = set()

    def command(words: str, *more: str) -> list[tuple[str, str]]:
        before = AuditEntry.select().count()
        names = {
            name: str(tmp_path / name)
            for name in ("survey.json", "draft.json", "q.json", "units.csv", "roster.csv", "ballots.csv")
        }
        answer = runner.invoke(args=[names.get(word, word) for word in [*words.split(), *more]])
        assert answer.exit_code == 0, answer.output + answer.stderr
        done.add(" ".join(words.split()[:2]))
        entries = list(AuditEntry.select().order_by(AuditEntry.id).offset(before))
        assert all(entry.account.startswith("command line (") for entry in entries)
        return [(entry.action, entry.about) for entry in entries]

    command.done = done
    return command


def prepare_and_ask(run, actions, tmp_path) -> None:
    """From the first account to a roster whose links were sent."""
    assert actions("account first-link") == [Action.INVITE]
    assert run("account create wang publisher --password", PASSWORD) == [(Action.CREATE_ACCOUNT, "wang, publisher")]
    assert run("account password WANG --password", PASSWORD) == [(Action.CHANGE_PASSWORD, "wang")]
    assert actions("account reset-link wang") == [Action.MAKE_PASSWORD_LINK]
    assert run("account invite committee") == [(Action.INVITE, "committee")]
    assert run("account revoke-invitation", str(pending_links()[0].id)) == [(Action.REVOKE_LINK, "committee")]
    assert run("account role wang committee") == [(Action.CHANGE_ROLE, "wang, committee")]
    assert run("account deactivate wang --yes") == [
        (Action.REVOKE_LINK, "wang"), (Action.DEACTIVATE_ACCOUNT, "wang"),
    ]  # fmt: skip
    assert run("account activate wang") == [(Action.ACTIVATE_ACCOUNT, "wang")]
    assert run("units import units.csv") == [(Action.IMPORT_UNITS, "1 new, 0 changed")]
    assert run("units delete B1") == [(Action.DELETE_UNIT, "B1")]
    assert actions("questionnaire import q.json") == [Action.SAVE_QUESTIONNAIRE]
    number = find_questionnaire("mine").id
    assert run("questionnaire rename mine ours") == [(Action.SAVE_QUESTIONNAIRE, "mine → ours")]
    assert run("questionnaire archive ours") == [(Action.ARCHIVE_QUESTIONNAIRE, "ours")]
    assert run("questionnaire archive ours --undo") == [(Action.UNARCHIVE_QUESTIONNAIRE, "ours")]
    version = QuestionnaireVersion.get(QuestionnaireVersion.questionnaire == number).id
    assert run(f"questionnaire bring-back ours {version}") == [(Action.SAVE_QUESTIONNAIRE, "ours")]
    assert run("survey create draft.json") == [(Action.SAVE_DRAFT, "draft")]
    assert actions("survey create draft.json --replace") == [Action.SAVE_DRAFT]
    assert run("survey next-round draft") == [(Action.SAVE_DRAFT, "draft-2")]
    assert run("survey delete draft-2 --yes") == [(Action.DELETE_DRAFT, "draft-2")]
    assert run("survey delete draft --yes") == [(Action.DELETE_DRAFT, "draft")]
    assert actions("survey create survey.json") == [Action.SAVE_DRAFT]
    assert run("survey publish test") == [(Action.PUBLISH, "test")]
    assert run("codes issue test students 7 --out", str(tmp_path / "c.csv")) == [(Action.ISSUE_CODES, "test: 7")]
    assert run("codes issue test students 2 --out", str(tmp_path / "d.csv")) == [(Action.ISSUE_CODES, "test: 2")]
    assert run("codes issue-all test 3 --out", str(tmp_path / "e.pdf")) == [(Action.ISSUE_CODES, "test: 3")]
    assert run("codes revoke test 2 --yes") == [(Action.REVOKE_CODES, "test: batch 2: 2")]
    assert actions("roster import test roster.csv") == [Action.IMPORT_ROSTER]
    assert run("roster links test --out", str(tmp_path / "l.csv")) == [(Action.EXPORT_LINKS, "test: 2")]
    assert run("roster mail test") == [(Action.SEND_LINKS, "test: 1")]
    assert actions("roster on-paper test 1") == [Action.MARK_PAPER_VOTERS]
    assert actions("roster on-paper test 1 --undo") == [Action.UNMARK_PAPER_VOTERS]
    assert actions("roster remove test 2") == [Action.REMOVE_PERSONS]


def test_each_command_leaves_the_entries_of_what_it_did(app, run, tmp_path):
    def actions(*words: str) -> list[str]:
        return [action for action, _about in run(*words)]

    prepare_and_ask(run, actions, tmp_path)
    assert actions("mix change-keys") == []  # nothing waits in the mix
    vote(Survey.get())
    assert actions("mix change-keys") == [Action.CHANGE_MIX_KEYS]
    assert actions("mix merge-keys", str(mix().folder.path)) == [Action.MERGE_MIX_KEYS]
    (mix().folder.path / "id").unlink()
    assert actions("mix accept-folder --yes") == [Action.ACCEPT_KEY_FOLDER]
    assert run("survey people test students 40") == [(Action.SET_PEOPLE, "test: students 40")]
    far = f"{datetime.now() + timedelta(days=30):%Y-%m-%dT%H:%M}"
    assert run("survey extend test", far, "--reason", "rain") == [(Action.EXTEND, "test: rain")]
    assert run("survey pause test --reason fire") == [(Action.PAUSE, "test: fire")]
    assert run("survey resume test") == [(Action.RESUME, "test")]
    assert run("survey close test --reason done") == [(Action.CLOSE, "test: done")]
    later = f"{datetime.now() + timedelta(days=2):%Y-%m-%dT%H:%M}"
    assert run("survey reopen test", later) == [(Action.REOPEN, "test")]
    assert actions("survey close test --reason done") == [Action.CLOSE]
    assert actions("ballots import test ballots.csv") == [Action.IMPORT_BALLOTS]
    for path in mix().folder.path.glob("[0-9]*"):
        path.unlink()
    run("account create li administrator --password", PASSWORD)
    run("account create zhao administrator --password", PASSWORD)
    agreed = ["--first", "li", "--first-password", PASSWORD, "--second", "zhao", "--second-password", PASSWORD]
    assert run("survey give-up-lost test", *agreed) == [
        (Action.GIVE_UP_LOST, "test: 1 ballots, li"), (Action.GIVE_UP_LOST, "test: 1 ballots, zhao"),
    ]  # fmt: skip
    assert actions("survey seal test") == [Action.SEAL]
    assert run("scores export test --out", str(tmp_path / "w.xlsx")) == [(Action.EXPORT_WORKBOOK, "test")]
    assert run("ballots dump test", str(tmp_path / "d.csv")) == [(Action.DUMP_BALLOTS, "test")]
    assert actions("roster erase test --yes") == [Action.ERASE_ROSTER]
    assert actions("db erase-rosters") == []  # nothing was left to erase
    later = survey_file(
        slug="later", opens=datetime.now() + timedelta(days=1), closes=datetime.now() + timedelta(days=2)
    )
    text = json.dumps({name: str(value) if isinstance(value, datetime) else value for name, value in later.items()})
    (tmp_path / "survey.json").write_text(text, "utf-8")
    assert actions("survey create survey.json --publish") == [Action.SAVE_DRAFT, Action.PUBLISH]
    assert run("survey open later") == [(Action.OPEN, "later")]
    every = {
        f"{group} {name}"
        for group, commands in app.cli.commands.items()
        for name in getattr(commands, "commands", {})
        if group not in ("run", "shell", "routes")
    }
    assert every == run.done | CHANGES_NOTHING | set(OUTSIDE)


@pytest.mark.parametrize("name", sorted(CHANGES_NOTHING))
def test_commands_that_only_read_leave_none(app, run, tmp_path, name):
    run("survey create survey.json --publish")
    vote(Survey.get())
    flush_mix()
    more = {
        "ballots sheet": ["test", "students", "--out", str(tmp_path / "s.html")],
        "ballots stacks": ["test"],
        "questionnaire export": ["five-goods"],
        "questionnaire versions": ["five-goods"],
        "roster list": ["test"],
        "codes list": ["test"],
        "survey verify": ["test"],
        "db backup": [str(tmp_path / "backup")],
    }
    if name == "survey verify":
        run("survey close test --reason done")
        run("survey seal test")
    assert run(name, *more.get(name, [])) == []
