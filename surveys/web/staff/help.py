"""The pages of docs/ as help: one sentence on every staff page, with a link to where it is explained."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

from flask import Blueprint, Flask, Response, abort, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from surveys.web.access import EVERYONE, allow
from surveys.web.languages import language

DOCS = Path(__file__).resolve().parents[3] / "docs"
SCHEMA = "questionnaire.schema.json"
PAGES = {
    "clerk": _l("A survey in ten minutes"), "office": _l("For the party office"), "committee": _l("For the evaluation committee"),
    "respondents": _l("For students and staff"), "imports": _l("What imports accept"), "survey-file": _l("Survey files"),
    "anonymity": _l("What is protected, and what is not"), "operators": _l("For operators"),
    "api": _l("For programs that read results"),
}  # fmt: skip

_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")

blueprint = Blueprint("help", __name__, url_prefix="/staff/help")


@dataclass(frozen=True)
class Help:
    """What one page is for, in a sentence, and where it is explained: a page of docs/ and a heading's anchor."""

    sentence: LazyString
    page: str
    anchor: str = ""


_NEW = "new-survey"
OF_PAGES = {
    "surveys.index": Help(_l("All surveys with their states; a click leads to what comes next."), "office", "from-nothing-to-a-sealed-result"),
    "surveys.new": Help(_l("A new survey asks a questionnaire about units; everything can be changed until you publish."), "office", _NEW),
    "survey.show": Help(_l("The path of one survey: hand out access, watch the turnout, seal, take the result."), "office", "watch-the-turnout"),
    "drafts.step": Help(_l("Each step is saved by itself, in any order."), "office", _NEW),
    "drafts.check": Help(_l("What is missing or unusual, and a trial on your own phone, before you publish."), "office", "publish"),
    "survey.preview": Help(_l("Each group has its own units and questions; look at each before you publish."), "office", "publish"),
    "survey.people": Help(_l("The turnout is a share of these numbers."), "office", "watch-the-turnout"),
    "corrections.index": Help(_l("Only typos: what may change the meaning takes a new survey."), "office", "publish"),
    "codes.index": Help(_l("An access code lets one person in once, and is shown only when it is issued."), "office", "give-people-access"),
    "codes.for_all": Help(_l("An access code lets one person in once, and is shown only when it is issued."), "office", "give-people-access"),
    "rosters.index": Help(_l("A roster gives each person a link of their own; you see who has answered, never what."), "office", "give-people-access"),
    "rosters.mail": Help(_l("Everybody who has not answered gets their link by mail; you do not see who that is."), "office", "give-people-access"),
    "rosters.classes": Help(_l("How many of each class have answered, without names."), "office", "give-people-access"),
    "rosters.on_paper": Help(_l("Whoever voted on paper cannot vote on the phone as well."), "office", "on-paper"),
    "paper.index": Help(_l("Print forms, type what comes back twice, compare, accept."), "office", "on-paper"),
    "paper.typing": Help(_l("One key for each rating: the number of its column; 0 is “don't know”, 9 a blank."), "office", "on-paper"),
    "paper.compare": Help(_l("Where the two entries differ, look at the paper ballot and choose."), "office", "on-paper"),
    "results.seal_page": Help(_l("The seal ends a survey for good and computes its result."), "office", "close-and-seal"),
    "results.result": Help(_l("Scores with what is certain about them, and the rule by which they were made."), "committee", "reading-the-result"),
    "pictures.index": Help(_l("The result as pictures, each with the table behind it, to look at and to download."), "committee", "pictures"),
    "printed.index": Help(_l("What is signed, filed and handed to units and general branches, with the same figures in each."), "committee", "printing-and-handing-on"),
    "letterhead.index": Help(_l("What stands at the head of everything that is printed of a result."), "committee", "printing-and-handing-on"),
    "what_if.index": Help(_l("What other rules would have given, beside the official result; nothing is stored."), "committee", "reading-the-result"),
    "remarks.index": Help(_l("What people wrote, apart from their ballots: search, tag, merge, mask names, publish."), "committee", "remarks"),
    "remarks.remark": Help(_l("Tick the names that are masked; what was written stays as it is until it is deleted."), "committee", "remarks"),
    "remarks.alike": Help(_l("Remarks that may say the same, found by their characters: you decide about each group."), "committee", "remarks"),
    "actions.index": Help(_l("What units are to do about remarks and low scores, until when, and what they answer."), "committee", "actions"),
    "actions.action": Help(_l("The unit answers by its link without an account; the committee checks what it says."), "committee", "actions"),
    "actions.review": Help(_l("What is good, what is wrong, what to work for: the supervision's three headings."), "committee", "actions"),
    "results.verification": Help(_l("Ballots, receipts and scores are computed again and compared with the seal."), "committee", "is-it-still-what-was-sealed"),
    "bulletin_publication.index": Help(_l("The committee decides what everybody may read of the result."), "committee", "the-public-bulletin"),
    "objection_answers.index": Help(_l("What people object to in the bulletin; you answer, and say which answers everybody may read."), "committee", "the-public-bulletin"),
    "campaigns.index": Help(_l("A campaign holds the surveys of several years and shows what has changed between them."), "committee", "campaigns-and-rounds"),
    "campaigns.new": Help(_l("A campaign has four stages; their names and days can be changed later."), "committee", "campaigns-and-rounds"),
    "campaigns.edit": Help(_l("A campaign has four stages; their names and days can be changed later."), "committee", "campaigns-and-rounds"),
    "campaigns.show": Help(_l("Stages, surveys, and what changed from round to round, as far as it is not chance."), "committee", "campaigns-and-rounds"),
    "campaigns.units": Help(_l("Units that were renamed, merged or split are followed by the lines you enter."), "committee", "units-that-changed"),
    "evaluation.index": Help(_l("The committee's totals by criteria and sources: points, grades, decisions at quotas, two signatures."), "committee", "the-evaluation"),
    "evaluation_scheme.index": Help(_l("Which criteria are judged, with how many points, and from which sources."), "committee", "the-evaluation"),
    "evaluation_points.index": Help(_l("Points of all units; each change is kept with who made it and why."), "committee", "the-evaluation"),
    "evaluation_points.unit": Help(_l("Points of one unit, and the history of each."), "committee", "the-evaluation"),
    "evaluation_files.index": Help(_l("Take the table with you, fill it in, bring it back: what it changes is shown first."), "committee", "the-evaluation"),
    "evaluation_links.index": Help(_l("Units hand in their own scores by a link, without an account, until the date that you set."), "committee", "the-evaluation"),
    "units.index": Help(_l("Units are what people rate: branches, unions, offices, or persons."), "office", "units"),
    "unit_grid.index": Help(_l("Say which column is what, and mend marked cells; nothing is stored before you import."), "imports", "headings"),
    "unit_form.new": Help(_l("One unit more in the organisation's tree; its code is made if you leave it empty."), "office", "units"),
    "unit_form.edit": Help(_l("Drafts follow at once; published surveys keep the units as they were."), "office", "units"),
    "roster_grid.index": Help(_l("Say which column is what, and mend marked cells; nothing is stored before you import."), "imports", "headings"),
    "questionnaires.index": Help(_l("What surveys can ask: ready-made ones, your own, and those from Word, 问卷星 or XLSForm."), "office", "writing-a-questionnaire"),
    "new_questionnaire.new": Help(_l("Begin with nothing, or with a copy of what was asked before."), "office", "writing-a-questionnaire"),
    "editor.edit": Help(_l("Everything is saved as you type, and can be undone."), "office", "writing-a-questionnaire"),
    "scales.index": Help(_l("The answers of ratings, kept in one place; each questionnaire has its own copy."), "office", "writing-a-questionnaire"),
    "scales.new": Help(_l("Words in both languages, points and colours; editors of questionnaires offer it from then on."), "office", "writing-a-questionnaire"),
    "scales.edit": Help(_l("You say which questionnaires take the change; what is published never changes."), "office", "writing-a-questionnaire"),
    "editor.versions": Help(_l("Who changed what and when; an old version can be brought back."), "office", "writing-a-questionnaire"),
    "administration.accounts": Help(_l("Who may sign in, and what each may do."), "office", "accounts-and-the-audit-trail"),
    "administration.account": Help(_l("Who may sign in, and what each may do."), "office", "accounts-and-the-audit-trail"),
    "api_tokens.index": Help(_l("A token lets a program read results, and nothing else; it is shown once."), "api", "tokens"),
    "installation.index": Help(_l("What an operator looks at: space, backups, and ballots that wait."), "office", "accounts-and-the-audit-trail"),
    "administration.audit": Help(_l("Who of the staff did what and when; nothing about respondents."), "office", "accounts-and-the-audit-trail"),
    "accounts.password": Help(_l("Choose a password that you use nowhere else."), "office", "accounts-and-the-audit-trail"),
}  # fmt: skip
"""By endpoint. A test walks all staff pages."""


def init_help(app: Flask) -> None:
    """Give templates `help_of_page()`."""
    app.jinja_env.globals["help_of_page"] = lambda: OF_PAGES.get(request.endpoint or "")


@blueprint.get("/")
@blueprint.get("/<page>")
@allow(EVERYONE)
def index(page: str = "clerk") -> str:
    """A page of docs/, in the language of the reader where there is one."""
    if page not in PAGES:
        abort(404)
    text, headings = _rendered(page, language())
    lines = [(level, anchor, title) for level, anchor, title in headings if level > 1]
    return render_template("staff/help.html", pages=PAGES, page=page, text=text, headings=lines, title=headings[0][2])


@blueprint.get("/screenshots/<name>.png")
@allow(EVERYONE)
def picture(name: str) -> Response:
    """A picture of docs/."""
    path = DOCS / "screenshots" / f"{name}.png"
    if not path.is_file():
        abort(404)
    return Response(path.read_bytes(), mimetype="image/png")


@blueprint.get(f"/{SCHEMA}")
@allow(EVERYONE)
def schema() -> Response:
    """The JSON Schema of a questionnaire."""
    return Response((DOCS / SCHEMA).read_bytes(), mimetype="application/schema+json")


def source_of(page: str, lang: str) -> str:
    """The Markdown of a page: in English where it is written in no other language."""
    translated = DOCS / f"{page}.{lang}.md"
    return (translated if translated.exists() else DOCS / f"{page}.md").read_text("utf-8")


def _parsed(page: str, lang: str) -> tuple[list[Token], list[tuple[int, str]]]:
    """The tokens of a page, and (level, title) of its headings."""
    # A line that ends within Chinese text goes on without a space.
    text = re.sub(r"(?<=[\u3000-\u9fff\uff00-\uffef”])\n *(?=[\u4e00-\u9fff（“])", "", source_of(page, lang))
    tokens = _MARKDOWN.parse(text)
    pairs = pairwise(tokens)
    return tokens, [(int(one.tag[1]), after.content) for one, after in pairs if one.type == "heading_open"]


@cache
def anchors_of(page: str) -> list[str]:
    """The anchors of a page's headings: the English words of the English page, also in its translation."""
    return [re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-") for _level, title in _parsed(page, "en")[1]]


def _rendered(page: str, lang: str) -> tuple[Markup, list[tuple[int, str, str]]]:
    """A page as HTML, and (level, anchor, title) of its headings."""
    tokens, titles = _parsed(page, lang)
    anchors = iter(anchors_of(page))
    for token in tokens:
        if token.type == "heading_open":
            token.attrs["id"] = next(anchors)
        for part in token.children or ():
            if part.type == "link_open" and (href := _target(str(part.attrs["href"]))):
                part.attrs["href"] = href
            elif part.type == "link_open":
                part.tag, part.attrs = "span", {}
            if part.type == "image":
                part.attrs |= {
                    "src": url_for("help.picture", name=Path(str(part.attrs["src"])).stem),
                    "loading": "lazy",
                }
    for token in tokens:
        if token.type in ("table_open", "fence", "code_block"):  # wide ones are scrolled, by keyboard, too
            token.attrSet("tabindex", "0")
    html = Markup(_MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {}))  # noqa: S704 - our own pages, without HTML
    return html, [(level, anchor, title) for (level, title), anchor in zip(titles, anchors_of(page), strict=True)]


def _target(href: str) -> str:
    """Where a link of docs/ leads: to the page here; empty where it is not one of those that are served."""
    path, _hash, anchor = href.partition("#")
    name = path.removesuffix(".md")
    if name in PAGES:
        return url_for("help.index", page=name, _anchor=anchor or None)
    if path == SCHEMA:
        return url_for("help.schema")
    return href if href.startswith(("https://", "#")) else ""
