"""How the templates are written; `make lint` checks the rest."""

import re
from pathlib import Path

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"


def test_no_line_of_a_template_is_longer_than_120_characters():
    long = []
    for path in sorted(TEMPLATES.rglob("*.html")):
        lines = enumerate(path.read_text("utf-8").splitlines(), 1)
        long += [f"{path.relative_to(TEMPLATES)}:{number}" for number, line in lines if len(line) > 120]
    assert long == []


def test_no_two_attributes_run_together():
    """Line ends behind a block are dropped, so of two conditional attributes on lines of their own the names would join."""
    tag = re.compile(r"<[a-zA-Z](?:[^<>{]|{{.*?}}|{%.*?%})*>", re.S)
    joined = []
    for path in sorted(TEMPLATES.rglob("*.html")):
        for found in tag.finditer(path.read_text("utf-8")):
            if re.search(r"%}\n\s*{% (?!end|el)", found[0]):
                joined.append((str(path.relative_to(TEMPLATES)), found[0]))
    assert joined == []
