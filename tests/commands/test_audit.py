"""Whatever a command changes leaves the entry in the audit trail that the page leaves."""

import json
from datetime import datetime, timedelta

import pytest

from surveys.accounts.links import pending_links
from surveys.ballots.models import Remark
from surveys.campaigns.campaigns import get_campaign, rounds_of
from surveys.campaigns.models import Survey
from surveys.campaigns.surveys import get_survey
from surveys.followup.objections import object_to
from surveys.questionnaires.library import find_questionnaire, load_definition
from surveys.questionnaires.models import QuestionnaireVersion
from surveys.questionnaires.scales import PRESETS
from surveys.results import sealing
from surveys.results.models import StoredResult, stored_result
from surveys.storage.audit import Action, AuditEntry
from tests.acting import TESTER, mix
from tests.admission.test_mail import Catcher, catcher  # noqa: F401
from tests.followup.sealed import sealed_with
from tests.helpers import PASSWORD, flush_mix, survey_file, vote

GROUPS = [
    {"code": "students", "name": "学生", "admission": "code"},
    {"code": "teachers", "name": "教师", "admission": "roster"},
]
CHANGES_NOTHING = {
    "ballots sheet", "ballots stacks", "questionnaire export", "questionnaire list", "questionnaire versions", "scales list", "scales show", "codes list", "roster list", "survey list", "survey verify",
    "remarks list", "remarks alike", "remarks names", "remarks export", "actions list", "evaluation show", "evaluation template", "evaluation verify",
    "campaign list", "campaign show", "units list", "db backup", "db verify", "db check", "mix show", "account list", "bulletin show", "bulletin objections", "api-token list", "account invitations", "audit show",
}  # fmt: skip
OUTSIDE = {
    "db alert": "a mail, which changes nothing here",
    "db show": "reads, and exits with 1 here: no backups are kept",
    **dict.fromkeys(["backup make", "backup list", "backup open", "backup rehearse"], "files beside the database"),
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
    scale = {"key": "service", "name": "服务", "levels": PRESETS["quality4"]["levels"]}
    (tmp_path / "scale.json").write_text(json.dumps(scale), "utf-8")
    scheme = {
        "criteria": [{"code": "work", "name": "工作"}], "sources": [{"code": "own", "name": "自评", "kind": "own"}],
        "quotas": [{"at_most": 0.4, "grade": 0}],
    }  # fmt: skip
    (tmp_path / "scheme.json").write_text(json.dumps(scheme), "utf-8")
    (tmp_path / "points.csv").write_text("单位编号,work/own\nB01,95\n", "utf-8")
    (tmp_path / "units.csv").write_text("code,name,kind\nB1,甲支部,branch\n", "utf-8")
    (tmp_path / "roster.csv").write_text("学号,姓名,邮箱\n1,张三,z@example.edu.cn\n2,李四,\n", "utf-8")
    (tmp_path / "ballots.csv").write_text("group,B01/listen\nstudents,1\n", "utf-8")
    done = set()

    def command(words: str, *more: str) -> list[tuple[str, str]]:
        before = AuditEntry.select().count()
        names = {
            name: str(tmp_path / name)
            for name in (
                "survey.json",
                "draft.json",
                "q.json",
                "scale.json",
                "units.csv",
                "roster.csv",
                "ballots.csv",
                "scheme.json",
                "points.csv",
            )
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
    assert actions("api-token add portal --scope public:read --until 2099-12-31") == [Action.ADD_API_TOKEN]
    assert run("api-token revoke PORTAL --yes") == [(Action.REVOKE_API_TOKEN, "portal")]
    assert run("units import units.csv") == [(Action.IMPORT_UNITS, "1 new, 0 changed")]
    assert run("units add 乙支部 --kind branch --parent B1 --code B2") == [(Action.SAVE_UNIT, "B2")]
    assert run("units set B2 --name 丙支部") == [(Action.SAVE_UNIT, "B2")]
    assert run("units delete B2") == [(Action.DELETE_UNIT, "B2")]
    assert run("units delete B1") == [(Action.DELETE_UNIT, "B1")]
    assert actions("questionnaire import q.json") == [Action.SAVE_QUESTIONNAIRE]
    number = find_questionnaire("mine").id
    assert run("questionnaire rename mine ours") == [(Action.SAVE_QUESTIONNAIRE, "mine → ours")]
    assert run("questionnaire archive ours") == [(Action.ARCHIVE_QUESTIONNAIRE, "ours")]
    assert run("questionnaire archive ours --undo") == [(Action.UNARCHIVE_QUESTIONNAIRE, "ours")]
    version = QuestionnaireVersion.get(QuestionnaireVersion.questionnaire == number).id
    assert run(f"questionnaire bring-back ours {version}") == [(Action.SAVE_QUESTIONNAIRE, "ours")]
    assert run("scales save scale.json") == [(Action.SAVE_SCALE, "service")]
    assert run("scales save scale.json --take-all") == [(Action.SAVE_SCALE, "service")]
    assert run("scales archive service") == [(Action.ARCHIVE_SCALE, "service")]
    assert run("scales archive service --undo") == [(Action.UNARCHIVE_SCALE, "service")]
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


def export_and_publish(run, tmp_path) -> None:
    """From the sealed result to the withdrawn bulletin."""
    assert run("scores export test --out", str(tmp_path / "w.xlsx")) == [(Action.EXPORT_WORKBOOK, "test")]
    assert run("report letterhead --organisation 某某学院 --pattern {number}号") == [
        (Action.SET_LETTERHEAD, "某某学院")
    ]
    assert run("report letterhead") == []
    assert run("report number test 3") == [(Action.SET_DOCUMENT_NUMBER, "test: 3")]
    assert run("scores report test --number 4 --out", str(tmp_path / "r.pdf")) == [
        (Action.SET_DOCUMENT_NUMBER, "test: 4"), (Action.EXPORT_REPORT, "test: pdf"),
    ]  # fmt: skip
    assert run("scores report test --format docx --out", str(tmp_path / "r.docx")) == [
        (Action.EXPORT_REPORT, "test: docx"),
    ]  # fmt: skip
    assert run("scores units test --out", str(tmp_path / "u.zip")) == [(Action.EXPORT_UNIT_PAGES, "test: 3")]
    assert run("scores units test --unit B02 --out", str(tmp_path / "u.pdf")) == [
        (Action.EXPORT_UNIT_PAGES, "test: B02")
    ]
    assert run("scores branches test --out", str(tmp_path / "b.zip")) == [(Action.EXPORT_BRANCH_WORKBOOKS, "test: 1")]
    assert run("scores export test --format csv --out", str(tmp_path / "w.zip")) == [
        (Action.EXPORT_TABLES, "test: csv"),
    ]  # fmt: skip
    assert run("bulletin publish test --part window --part turnout --days 7") == [
        (Action.PUBLISH_BULLETIN, "test: window turnout"),
    ]  # fmt: skip
    number = object_to(Survey.get(Survey.slug == "test").id, "why", "Asia/Shanghai")
    assert run(f"bulletin answer test {number} --answer because --public") == [
        (Action.ANSWER_OBJECTION, f"test: {number}"),
    ]  # fmt: skip
    assert run("bulletin withdraw test --reason mistake") == [(Action.WITHDRAW_BULLETIN, "test: mistake")]


def treat_actions(run) -> None:
    """Everything that is done with actions."""
    assert run("actions add spoken B01 2020-01-01 多开窗口 --email w@example.edu.cn") == [
        (Action.ADD_ACTIONS, "spoken: no. 1")
    ]
    assert run("actions add-low spoken 2026-12-31") == [(Action.ADD_ACTIONS, "spoken: 0")]
    assert run("actions set spoken 1 --person 王建国") == [(Action.CHANGE_ACTION, "spoken: no. 1")]
    assert run("actions link spoken 1") == [(Action.MAKE_ACTION_LINK, "spoken: no. 1")]
    assert run("actions link spoken 1 --revoke") == [(Action.REVOKE_ACTION_LINK, "spoken: no. 1")]
    assert run("actions remind spoken") == [
        (Action.MAKE_ACTION_LINK, "spoken: no. 1"), (Action.REMIND_OF_ACTIONS, "spoken: 1"),
    ]  # fmt: skip
    assert run("actions answer spoken 1 --state done --evidence 照片") == [(Action.MOVE_ACTION, "spoken: no. 1")]
    assert run("actions review spoken B01 成绩 问题 方向") == [(Action.REVIEW_UNIT, "spoken: B01")]


def lead_a_campaign(run, tmp_path) -> None:
    """From a campaign to its removal, with two surveys that are its rounds."""
    (tmp_path / "map.csv").write_text("old,new\nB01,B02\nB02,B01\n", "utf-8")
    assert run("campaign create drive 党建活动 --days 1=2026-03-01..2026-03-31") == [(Action.SAVE_CAMPAIGN, "drive")]
    assert run("campaign set drive --name-en Drive --stage 4=评议") == [(Action.SAVE_CAMPAIGN, "drive")]
    assert run("campaign add drive test 4") == [(Action.ADD_TO_CAMPAIGN, "drive: test: 4")]
    assert run("campaign add drive spoken 4") == [(Action.ADD_TO_CAMPAIGN, "drive: spoken: 4")]
    assert run("campaign export drive --out", str(tmp_path / "c.csv")) == [(Action.EXPORT_TABLES, "drive: changes csv")]
    later = next(one.survey.slug for one in reversed(rounds_of(get_campaign("drive"))))
    assert run(f"campaign map drive {later}", str(tmp_path / "map.csv")) == [(Action.MAP_UNITS, f"drive: {later}")]
    assert run("campaign remove drive test") == [(Action.REMOVE_FROM_CAMPAIGN, "drive: test")]
    assert run("campaign remove drive spoken") == [(Action.REMOVE_FROM_CAMPAIGN, "drive: spoken")]
    assert run("campaign delete drive --yes") == [(Action.DELETE_CAMPAIGN, "drive")]


def treat_remarks(run) -> None:
    """Everything that is done with remarks."""
    sealed_with("张伟老师很好", "很好", "都很好", slug="spoken")
    zero, one, two = (bytes(row.number).hex()[:8] for row in Remark.select().order_by(Remark.number))
    named = bytes(Remark.get(Remark.body == "张伟老师很好").number).hex()[:8]
    assert run(f"remarks tag spoken 教学 {zero} {one}") == [(Action.TAG_REMARKS, f"spoken: 教学: {zero}, {one}")]
    assert run(f"remarks tag spoken 教学 {zero} --remove") == [(Action.UNTAG_REMARKS, f"spoken: 教学: {zero}")]
    assert run(f"remarks abusive spoken {two}") == [(Action.MARK_ABUSIVE, f"spoken: {two}")]
    assert run(f"remarks abusive spoken {two} --undo") == [(Action.UNMARK_ABUSIVE, f"spoken: {two}")]
    assert run(f"remarks mask spoken {named} 张伟") == [(Action.MASK_REMARK, f"spoken: {named}")]
    assert run(f"remarks not-alike spoken {zero} {two}") == [(Action.REFUSE_ALIKE, f"spoken: {zero}, {two}")]
    assert run(f"remarks merge spoken {zero} {one}") == [(Action.MERGE_REMARKS, f"spoken: {zero}, {one}")]
    assert run(f"remarks split spoken {one}") == [(Action.SPLIT_REMARKS, f"spoken: {one}")]
    assert run(f"remarks publish spoken {zero} --names-checked") == [(Action.PUBLISH_REMARKS, f"spoken: {zero}")]
    assert run(f"remarks withdraw spoken {zero}") == [(Action.WITHDRAW_REMARKS, f"spoken: {zero}")]
    treat_actions(run)
    assert run("db erase-remarks") == []  # it is not time yet
    StoredResult.update(sealed_at=0).where(StoredResult.digest == stored_result(get_survey("spoken")).digest).execute()
    assert run("db erase-remarks") == [(Action.ERASE_REMARKS, "spoken: 3")]


def evaluate(run) -> None:
    """Everything that is done with an evaluation; what is imported says what is stored already."""
    sealed_with(slug="judged")
    assert run("evaluation make judged --preset by_source") == [(Action.MAKE_EVALUATION, "judged: 1 × 3")]
    assert run("evaluation discard judged --yes") == [(Action.DISCARD_EVALUATION, "judged")]
    run("evaluation make judged --file scheme.json")
    assert run("evaluation links judged --until 2099-12-31T17:00") == [(Action.SET_SCORE_DEADLINE, "judged")]
    assert run("evaluation links judged --make B01") == [(Action.MAKE_SCORE_LINKS, "judged: B01")]
    assert run("evaluation links judged --revoke B01") == [(Action.REVOKE_SCORE_LINK, "judged: B01")]
    for unit in ("B01", "B02", "B03"):
        done = run(f"evaluation set judged {unit} work/own=95 --reason 总结")
        assert done == [(Action.SET_POINTS, f"judged: {unit}, 1 cells")]
    assert run("evaluation import judged points.csv") == [(Action.IMPORT_POINTS, "judged: 0 cells")]
    assert run("evaluation decide judged 1 B01 --reason 表决") == [(Action.DECIDE_QUOTA, "judged: 1: B01")]
    for name in ("sun", "qian"):
        run(f"account create {name} committee --password", PASSWORD)
        assert run(f"evaluation sign judged --name {name} --yes --password", PASSWORD) == [
            (Action.SIGN_EVALUATION, f"judged: {name}"),
        ]  # fmt: skip


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
    assert run("survey correct test 机关党总支 机关党总枝 --reason 错字") == [
        (Action.CORRECT, "test: “机关党总支” → “机关党总枝”: 错字"),
    ]  # fmt: skip
    assert run("survey resume test") == [(Action.RESUME, "test")]
    assert run("survey close test --reason done") == [(Action.CLOSE, "test: done")]
    later = f"{datetime.now() + timedelta(days=2):%Y-%m-%dT%H:%M}"
    assert run("survey reopen test --reason again", later) == [(Action.REOPEN, "test: again")]
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
    sealing._begin(TESTER, mix(), "test")
    assert actions("survey stop-sealing test") == [Action.GIVE_SEAL_UP]
    assert actions("survey seal test") == [Action.BEGIN_SEAL, Action.SEAL]
    export_and_publish(run, tmp_path)
    assert actions("scores what-if test") == []  # nothing is stored, and nothing shown that the result does not show
    assert run("ballots dump test", str(tmp_path / "d.csv")) == [(Action.DUMP_BALLOTS, "test")]
    assert actions("roster erase test --yes") == [Action.ERASE_ROSTER]
    assert actions("db clean-up") == []
    assert actions("db erase-rosters") == []  # nothing was left to erase
    treat_remarks(run)
    lead_a_campaign(run, tmp_path)
    evaluate(run)
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
    run("campaign create drive 党建活动")
    vote(Survey.get())
    flush_mix()
    more = {
        "ballots sheet": ["test", "students", "--out", str(tmp_path / "s.html")],
        "ballots stacks": ["test"],
        "questionnaire export": ["five-goods"],
        "questionnaire versions": ["five-goods"],
        "scales show": ["quality4"],
        "campaign show": ["drive"],
        "roster list": ["test"],
        "codes list": ["test"],
        "survey verify": ["test"],
        "bulletin show": ["test"],
        "bulletin objections": ["test"],
        "remarks list": ["test"],
        "actions list": ["test"],
        "remarks alike": ["test"],
        "evaluation show": ["test"],
        "evaluation template": ["test", "--out", str(tmp_path / "p.xlsx")],
        "evaluation verify": ["test"],
        "remarks names": ["test"],
        "remarks export": ["test", "--out", str(tmp_path / "r.csv")],
        "db backup": [str(tmp_path / "backup")],
    }
    if name in ("survey verify", "bulletin show") or name.startswith("remarks "):
        run("survey close test --reason done")
        run("survey seal test")
    seen = [(Action.READ_REMARKS, "test")] if name == "remarks list" else []  # they are read with a trace
    if name.startswith("evaluation "):
        run("survey close test --reason done")
        run("survey seal test")
        run("evaluation make test --file scheme.json")
        if name == "evaluation verify":
            evaluate(run)
            more[name] = ["judged"]
    assert run(name, *more.get(name, [])) == seen


def test_the_name_of_every_action_fits_into_its_column():
    assert [action.value for action in Action if len(action.value) > AuditEntry.action.max_length] == []
