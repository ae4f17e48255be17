"""The import contracts hold, and break when somebody imports what they forbid."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FORBIDDEN = {
    "a rule that knows the web": ("ballots/paper/stages.py", "import flask"),
    "a rule in a new module that knows forms": ("campaigns/new.py", "from wtforms import Form"),
    "upwards in the data flow": ("campaigns/states.py", "import surveys.results.report"),
    "a rule that knows pages": ("followup/remarks.py", "import surveys.web.addresses"),
    "a page that knows another door": ("web/staff/survey.py", "import surveys.web.respond.replies"),
    "the API that knows pages": ("web/api/views.py", "import surveys.web.staff.downloads"),
    "a page that knows commands": ("web/public/home.py", "import surveys.commands.console"),
    "a command that knows pages": ("commands/units.py", "import surveys.web.access"),
    "scores that know the database": ("scoring/tally.py", "import peewee"),
    "scores that know the package": ("scoring/tally.py", "import surveys.inputs.text"),
    "a package outside the order": ("extras/__init__.py", "import json"),
}


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the linter of imports on the copy in a folder."""
    tool = Path(sys.executable).with_name("lint-imports")
    return subprocess.run([tool, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    folder = tmp_path_factory.mktemp("copy")
    shutil.copy(ROOT / "pyproject.toml", folder)
    shutil.copytree(ROOT / "surveys", folder / "surveys", ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def test_the_contracts_hold(copy):
    done = lint(copy)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(("place", "line"), FORBIDDEN.values(), ids=list(FORBIDDEN))
def test_a_forbidden_import_is_found(copy, place, line):
    path = copy / "surveys" / place
    before = path.read_text("utf-8") if path.exists() else None
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"{before or ''}\n{line}\n", "utf-8")
    try:
        done = lint(copy)
    finally:
        if before is not None:
            path.write_text(before, "utf-8")
        elif path.name == "__init__.py":
            shutil.rmtree(path.parent)
        else:
            path.unlink()
    assert done.returncode == 1, done.stdout
    assert "BROKEN" in done.stdout or "missing" in (done.stdout + done.stderr).lower()
