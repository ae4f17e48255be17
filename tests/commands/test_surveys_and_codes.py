"""Surveys and codes by command."""

import json
from datetime import datetime

from surveys.admission.models import Admission
from surveys.campaigns.models import Survey
from tests.helpers import survey_file


def test_creating_and_publishing_by_command_is_done_whole_or_not_at_all(runner, app, tmp_path):
    data = survey_file(opens=datetime(2011, 1, 1), closes=datetime(2011, 1, 2))
    data = {k: v.isoformat() if isinstance(v, datetime) else v for k, v in data.items()}
    (tmp_path / "s.json").write_text(json.dumps(data), "utf-8")
    failed = runner.invoke(args=["survey", "create", str(tmp_path / "s.json"), "--publish"])
    assert (failed.exit_code, "in the future" in failed.stderr) == (1, True)
    assert Survey.select().count() == 0


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
