"""The version stands in three places, and they agree."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from pathlib import Path

from surveys.version import __version__

ROOT = Path(__file__).resolve().parent.parent
HEADINGS = re.findall(r"^## \[(.+?)\](?: - (.+))?$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)


def test_pyproject_package_and_changelog_name_the_same_version():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert [project["version"], HEADINGS[1][0]] == [__version__, __version__]


def test_the_changelog_begins_with_what_is_unreleased_and_dates_every_release():
    assert HEADINGS[0] == ("Unreleased", "")
    for _version, day in HEADINGS[1:]:
        date.fromisoformat(day)
