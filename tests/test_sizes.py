"""Sizes beyond which a file holds two things, and a function does."""

import ast
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FILE, FUNCTION = 400, 60
WRITTEN = {".py", ".js", ".css", ".html", ".sh", ".md"}


def ours() -> list[Path]:
    """Every file that people write, as git knows them; without a repository, as they lie here."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split(
        "\n"
    )
    paths = [ROOT / name for name in listed if name]
    if not paths:
        folders = ("surveys", "templates", "static", "tests", "bench", "docs")
        paths = [path for folder in folders for path in (ROOT / folder).rglob("*") if path.is_file()]
    return [path for path in paths if path.suffix in WRITTEN and "vendor" not in path.parts and path.exists()]


def test_no_file_is_longer_than_400_lines():
    assert [path.name for path in ours() if len(path.read_text("utf-8").splitlines()) > FILE] == []


def test_no_function_is_longer_than_60_lines():
    long = []
    for path in ours():
        if path.suffix == ".py":
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.FunctionDef) and node.end_lineno - node.lineno + 1 > FUNCTION:
                    long.append(f"{path.relative_to(ROOT)}: {node.name}")
    assert long == []
