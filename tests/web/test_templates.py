"""How the templates are written; `make lint` checks the rest."""

import ast
import re
from pathlib import Path

from jinja2 import meta, nodes

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


def names_given() -> dict[str, list[set[str]]]:
    """For each template, the names that each call of render_template gives it."""
    given: dict[str, list[set[str]]] = {}
    for path in (TEMPLATES.parent / "surveys").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "render_template":
                first = node.args[0]
                names = {keyword.arg for keyword in node.keywords if keyword.arg}
                for name in [first] if isinstance(first, ast.Constant) else []:
                    given.setdefault(name.value, []).append(names)
    return given


def names_wanted(environment, name: str) -> set[str]:
    """The names that a template, and what it extends and includes, takes from whoever renders it."""
    tree = environment.parse((TEMPLATES / name).read_text("utf-8"))
    own = {target.name for target in tree.find_all(nodes.Name) if target.ctx in ("store", "param")}
    own |= {
        name if isinstance(name, str) else name[1] for node in tree.find_all(nodes.FromImport) for name in node.names
    }
    own |= {macro.name for macro in tree.find_all(nodes.Macro)}
    own |= {test.node.name for test in tree.find_all(nodes.Test) if test.name == "defined"}
    wanted = meta.find_undeclared_variables(tree)
    for node in tree.find_all((nodes.Extends, nodes.Include)):
        if isinstance(node.template, nodes.Const):
            wanted |= names_wanted(environment, node.template.value)
    return wanted - own


def test_every_name_in_a_template_is_given_by_whoever_renders_it(app):
    """A name that is not given is a fault when the page is asked for (web/undefined.py): better now."""
    with app.test_request_context():
        context: dict[str, object] = {}
        app.update_template_context(context)
    known = set(app.jinja_env.globals) | set(context)
    missing = {}
    for name, calls in names_given().items():
        for names in calls:
            left = names_wanted(app.jinja_env, name) - names - known
            if left:
                missing[name] = left
    assert missing == {}
    assert len(names_given()) >= 40
