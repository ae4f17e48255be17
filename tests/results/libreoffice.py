"""LibreOffice as a second program that computes and shows workbooks, where it is installed."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

_ALWAYS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""


def is_here() -> bool:
    """Whether it is installed."""
    return shutil.which("soffice") is not None


def recalculated(paths: list[Path], folder: Path, kind: str) -> list[Path]:
    """Files as it writes them in another format, with all formulas computed anew."""
    profile = folder / "profile" / "user"
    profile.mkdir(parents=True)
    (profile / "registrymodifications.xcu").write_text(_ALWAYS, "utf-8")
    command = ["soffice", f"-env:UserInstallation=file://{profile.parent}", "--headless", "--convert-to", kind]
    subprocess.run([*command, "--outdir", str(folder), *map(str, paths)], check=True, capture_output=True, timeout=300)
    return [folder / f"{path.stem}.{kind}" for path in paths]
