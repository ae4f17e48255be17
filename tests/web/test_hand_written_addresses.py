"""Addresses are built by `url_for`, `static` and `root`, so that the service works under a path; none is written by hand."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = re.compile(
    r"""(?:href|src|srcset|action|formaction|poster|cite|data-[a-z-]+)=["']?/ | ["']/(?:s|staff|static)\b | url\(["']?/""",
    re.X,
)
SCRIPT = re.compile(r"""["'`]/(?!/)[a-z$]""")
STYLE = re.compile(r"""url\(["']?/""")
CODE = re.compile(
    r"""redirect\(\s*f?["'] | Location["']\]\s*= | f?["'][^"']*(?<![\w<])/(?:s|staff|static)/ | f?["']/(?:livez|readyz|staff|s)["']""",
    re.X,
)
# What says where a page is (a route, a prefix of `request.path`), which is without the path that the service is mounted under;
# and links of commands and of the domain, which are handed the whole address that people know the service by.
ALLOWED = {
    "surveys/admission/handouts.py": ["{base}/s/{slug}"],
    "surveys/admission/roster.py": ["{base}/s/{survey.slug}"],
    "surveys/commands/account.py": ["{link_base(base)}/staff/welcome/"],
    "surveys/commands/demo.py": ["{base}/s/", "{base}/staff/"],
    "surveys/questionnaires/items/base.py": ["`templates/staff/paper/items/`", "`static/js/`"],
    "surveys/web/addresses.py": [
        "_BEFORE_A_SURVEY = ",
        'front[:3].lower() == "/s/"',
        'f"{request.root_path}{path}',
        "{root()}",
    ],
    "surveys/web/assets.py": ["{root()}/static/", 'f"/static/{self.names[name]}"'],
    "surveys/web/languages.py": ['request.path.startswith("/s/")'],
    "surveys/web/limits.py": ['request.path.startswith("/staff/")'],
    "surveys/web/sessions.py": ['request.path.startswith(("/s/", "/api/"))'],
    "surveys/web/staff/resume.py": ['request.path.startswith("/staff/")', 'target.startswith("/staff/")'],
    "surveys/web/staff/accounts.py": ['f"{request.root_path}/staff"'],
}


def found(pattern: re.Pattern[str], *globs: str) -> list[str]:
    """Lines that match, apart from those that are allowed, from blueprints, and from comments."""
    lines = []
    for path in sorted(path for one in globs for path in ROOT.glob(one)):
        name = path.relative_to(ROOT).as_posix()
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            text = line.strip()
            own = text.startswith(("#", "//", "{#", '"""', "blueprint = Blueprint(", "@blueprint."))
            if pattern.search(text) and not own and not any(part in text for part in ALLOWED.get(name, ())):
                lines.append(f"{name}:{number}: {text}")
    return lines


def test_no_address_is_written_by_hand():
    assert found(TEMPLATE, "templates/**/*.html") == []
    assert found(SCRIPT, "static/js/*.js") == []
    assert found(STYLE, "static/css/*.css") == []
    assert found(CODE, "surveys/**/*.py") == []


def test_hand_written_addresses_would_be_found():
    for line in (
        '<a href="/s/{{ slug }}">',
        "<form action='/staff/login'>",
        '<img src="/static/icon.svg">',
        "<a href=/s/x>",
        '{% set address = "/s/" ~ slug %}',
        '<form data-worker="/static/js/work.js">',
    ):
        assert TEMPLATE.search(line), line
    for line in (
        'fetch("/s/x")',
        "form.action = `/s/${slug}/resume`",
        "importScripts('/static/x.js')",
        "new Worker(`/${x}`)",
    ):
        assert SCRIPT.search(line), line
    for line in (
        'return redirect("/staff/")',
        'f"{public_base()}/s/{slug}"',
        'return f"/static/{name}"',
        'link = "/s/" + slug',
    ):
        assert CODE.search(line), line
