"""requirements*.txt are compiled from requirements*.in: they hold the same pins, and pin everything else too."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PIN = re.compile(r"(?P<name>[\w.-]+)(?P<extras>\[[\w,]+\])?==(?P<version>[\w.]+)(?P<marker> ; .+)?")


def lines(name: str) -> list[str]:
    """The requirements of a file, without comments and options."""
    text = (ROOT / name).read_text("utf-8")
    stripped = [line.split("#")[0].strip() for line in text.splitlines()]
    return [line for line in stripped if line and not line.startswith("-")]


def pins(name: str) -> dict[str, str]:
    """Names as they are compared (lower case, with and without extras) with their versions."""
    found = {}
    for line in lines(name):
        pin = PIN.fullmatch(line)
        assert pin, f"{name} does not pin: {line}"
        plain = re.sub(r"[-_.]+", "-", pin["name"]).lower()
        found[plain] = found[plain + (pin["extras"] or "")] = pin["version"]
    return found


@pytest.mark.parametrize("name", ["requirements", "requirements-dev"])
def test_compiled_requirements_hold_every_line_they_were_compiled_from(name):
    asked, compiled = pins(f"{name}.in"), pins(f"{name}.txt")
    assert {what: compiled.get(what) for what in asked} == asked, "run make requirements"


def test_the_development_requirements_hold_those_of_the_service():
    service, development = pins("requirements.txt"), pins("requirements-dev.txt")
    assert {what: development.get(what) for what in service} == service, "run make requirements"


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_compiled_requirements_name_no_place_to_download_from(name):
    assert not re.search(r"://|^-|index-url|find-links", (ROOT / name).read_text("utf-8"), re.MULTILINE)


@pytest.mark.parametrize("name", ["requirements.in", "requirements-dev.in"])
def test_every_requirement_gives_its_reason(name):
    without = [line for line in (ROOT / name).read_text("utf-8").splitlines() if "==" in line and "#" not in line]
    assert not without
