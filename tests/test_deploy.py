"""The files in docs/deploy are what systemd takes, and name commands and settings that there are."""

import re
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from surveys.settings import Settings

DEPLOY = Path(__file__).parent.parent / "docs" / "deploy"
UNITS = sorted(path for path in (DEPLOY / "systemd").iterdir() if path.suffix in (".service", ".timer"))
OF_GUNICORN = {"HOST", "PORT", "WORKERS", "THREADS", "BODY_SECONDS"}


def commands() -> list[str]:
    """The commands of this service that units run."""
    return [
        line
        for unit in UNITS
        for line in re.findall(r"^Exec\w+=-?\S+/flask --app app (.+)", unit.read_text("utf-8"), re.M)
    ]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd")
def test_systemd_takes_the_units(tmp_path):
    """With programs that there are in place of those in /opt/surveys, which systemd looks for."""
    program = tmp_path / "program"
    program.write_text("#!/bin/sh\n", "utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    for unit in UNITS:
        text = re.sub(r"/opt/surveys/\.venv/bin/\w+", str(program), unit.read_text("utf-8"))
        (tmp_path / unit.name).write_text(text.replace("file:/opt/surveys/", "file:/"), "utf-8")
    files = [str(tmp_path / unit.name) for unit in UNITS]
    done = subprocess.run(["systemd-analyze", "verify", *files], capture_output=True, text=True, check=False)
    said = [line for line in done.stderr.splitlines() if "surveys" in line]
    assert (done.returncode, said) == (0, [])


def test_every_command_of_a_unit_is_there(app):
    assert len(commands()) >= 5
    for words in commands():
        group, name = words.split()
        assert name in app.cli.commands[group].commands


def test_every_setting_is_one():
    lines = (DEPLOY / "surveys.env").read_text("utf-8").splitlines()
    names = {line.lstrip("#").partition("=")[0] for line in lines if "=" in line}
    assert "BASE_URL" in names
    assert names <= set(Settings.__dataclass_fields__) | OF_GUNICORN
