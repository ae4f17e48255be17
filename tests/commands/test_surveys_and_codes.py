"""Surveys and codes by command."""

import json
from datetime import datetime
from zoneinfo import ZoneInfo

from surveys.admission.models import Admission
from surveys.campaigns.models import Survey
from tests.helpers import ZONE, ended, survey_file


def test_creating_and_publishing_by_command_is_done_whole_or_not_at_all(runner, app, tmp_path):
    data = survey_file(opens=datetime(2011, 1, 1), closes=datetime(2011, 1, 2))
    data = {k: v.isoformat() if isinstance(v, datetime) else v for k, v in data.items()}
    (tmp_path / "s.json").write_text(json.dumps(data), "utf-8")
    failed = runner.invoke(args=["survey", "create", str(tmp_path / "s.json"), "--publish"])
    assert (failed.exit_code, "in the future" in failed.stderr) == (1, True)
    assert Survey.select().count() == 0


def test_the_grace_by_command(runner, app, tmp_path):
    data = {k: v.isoformat() if isinstance(v, datetime) else v for k, v in survey_file(grace_minutes=30).items()}
    (tmp_path / "s.json").write_text(json.dumps(data), "utf-8")
    runner.invoke(args=["survey", "create", str(tmp_path / "s.json"), "--publish"])
    stored = Survey.get()
    assert (stored.grace_minutes, stored.late_until - stored.closes_at) == (30, 1800)
    ended(stored)
    until = datetime.fromtimestamp(Survey.get().late_until, ZoneInfo(ZONE))
    assert (
        f"test\tclosed, late ballots until {until:%a %Y-%m-%d %H:%M}\t" in runner.invoke(args=["survey", "list"]).output
    )
    refused = runner.invoke(args=["survey", "seal", "test"])
    assert (refused.exit_code, f"are taken until {until:%a %Y-%m-%d %H:%M}." in refused.stderr) == (1, True)
    for minutes, kept in (("5", 5), (None, 5)):
        option = ["--grace", minutes] if minutes else []
        runner.invoke(args=["survey", "reopen", "test", "2036-12-10T22:00", "--reason", "补测", *option])
        stored = Survey.get()
        assert (stored.grace_minutes, stored.late_until - stored.closes_at) == (kept, 60 * kept)
        runner.invoke(args=["survey", "close", "test", "--reason", "done"])
        assert Survey.get().late_until == Survey.get().closes_at
    wrong = runner.invoke(args=["survey", "reopen", "test", "2036-12-10T22:00", "--reason", "补测", "--grace", "1441"])
    assert (wrong.exit_code, "from 0 to 1440" in wrong.stderr) == (1, True)
    assert runner.invoke(args=["survey", "seal", "test"]).exit_code == 0


def test_survey_and_codes_by_command(runner, app, tmp_path):
    data = {k: v.isoformat() if isinstance(v, datetime) else v for k, v in survey_file().items()}
    (tmp_path / "s.json").write_text(json.dumps(data), "utf-8")
    made = runner.invoke(args=["survey", "create", str(tmp_path / "s.json"), "--publish"])
    assert "survey test: open" in made.output, made.stderr
    out = tmp_path / "codes.csv"
    assert runner.invoke(args=["codes", "issue", "test", "students", "7", "--out", str(out)]).exit_code == 0
    assert len(out.read_text("utf-8-sig").splitlines()) == 8
    nowhere = str(tmp_path / "nowhere" / "codes.csv")
    failed = runner.invoke(args=["codes", "issue", "test", "students", "7", "--out", nowhere])
    assert (failed.exit_code, "Nothing can be written" in failed.stderr) == (1, True)
    assert Admission.select().count() == 7
    unwritable = tmp_path / "gone.csv"
    unwritable.symlink_to(tmp_path / "nowhere" / "x.csv")
    failed = runner.invoke(args=["codes", "issue", "test", "students", "7", "--out", str(unwritable)])
    assert (failed.exit_code, "cannot be written" in failed.stderr) == (1, True)
    assert Admission.select().count() == 7
    failed = runner.invoke(args=["codes", "issue", "test", "nobody", "7", "--out", str(out)])
    assert failed.exit_code == 1
    assert "There is no group nobody." in failed.stderr


def test_commands_find_a_survey_under_any_case(runner, app, tmp_path):
    data = {k: v.isoformat() if isinstance(v, datetime) else v for k, v in survey_file(slug="Spring").items()}
    (tmp_path / "s.json").write_text(json.dumps(data), "utf-8")
    for _ in range(2):
        done = runner.invoke(args=["survey", "create", str(tmp_path / "s.json"), "--replace"])
        assert (done.exit_code, done.output.split("\n")[0]) == (0, "survey spring: draft")
    assert "survey spring: open" in runner.invoke(args=["survey", "publish", "Spring"]).output
    issued = runner.invoke(args=["codes", "issue", "ＳＰＲＩＮＧ", "students", "2", "--out", str(tmp_path / "c.csv")])
    assert (issued.exit_code, Admission.select().count()) == (0, 2)
    for name, command in app.cli.commands.items():
        for verb, one in getattr(command, "commands", {}).items():
            for parameter in one.params:
                assert parameter.name != "slug" or parameter.callback(None, parameter, "Spring") == "spring", (
                    name,
                    verb,
                )
