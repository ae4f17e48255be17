"""What respondents see. No cookie is set here, and nothing about a request is logged."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, Response, abort, current_app, render_template, request
from flask_babel import gettext as _

from surveys.database import read
from surveys.publishing.machine import Standing, State
from surveys.publishing.operations import find_admission, plan_by_digest
from surveys.publishing.plan import SurveyPlan
from surveys.responding.answers import Answers, read_answers
from surveys.responding.box import Outcome, has_receipt, put_in
from surveys.responding.flood import is_worked, sender
from surveys.responding.pages import PAPER_TEXT, RECEIPT, filled_page, store
from surveys.responding.paper import BallotPaper, Dealer, new_paper, sign, unsign
from surveys.responding.sql import run
from surveys.web.languages import language, moment
from surveys.web.messages import sentence
from surveys.web.throttle import count_ballot, count_wrong

blueprint = Blueprint("responding", __name__, url_prefix="/s")
dealer = Dealer()

_SURVEY = "SELECT id, state, opens_at, closes_at, plan_digest FROM survey WHERE slug = ?"
_MAX_BALLOT = 2 * 1024 * 1024


@dataclass(frozen=True)
class Found:
    """A published survey, as a respondent's request needs it."""

    id: int
    slug: str
    state: State
    standing: Standing
    digest: str

    @property
    def plan(self) -> SurveyPlan:
        """The survey's plan."""
        return plan_by_digest(self.id, self.digest)


def find(slug: str) -> Found:
    """The survey with this slug; drafts do not exist for respondents."""
    valid = len(slug) <= 40 and "\x00" not in slug
    row = read(lambda: run(_SURVEY, (slug,)).fetchone()) if valid else None
    if row is None or row[1] == State.DRAFT:
        abort(404)
    standing = Standing(State(row[1]), row[2], row[3])
    found = Found(row[0], slug, standing.at(time.time()), standing, row[4])
    if len(_known()) < 1000:
        _known()[slug] = found
    return found


def _known() -> dict[str, Found]:
    """Surveys that were found before. Number and plan of a published one never change; its state does."""
    known: dict[str, Found] = current_app.extensions.setdefault("known surveys", {})
    return known


@blueprint.get("/<slug>")
def welcome(slug: str) -> str | tuple[str, int]:
    found = find(slug)
    if found.state is not State.OPEN:
        return not_open(found), 200
    return _welcome(found)


def _welcome(found: Found, problem: str = "", typed: str = "") -> str:
    plan = found.plan
    coded = [g for g in plan.groups if g.admission != "open"]
    opened = [(number, g) for number, g in enumerate(plan.groups) if g.admission == "open"]
    minutes = sorted({plan.minutes(group) for group in plan.groups})
    return render_template(
        "respond/welcome.html",
        found=found,
        plan=plan,
        coded=coded,
        opened=opened,
        minutes=minutes,
        problem=problem,
        typed=typed,
        sign_on=current_app.extensions["sign_on"] if any(g.admission == "roster" for g in coded) else {},
    )


def not_open(found: Found) -> str:
    """What is said while a survey is not open."""
    if found.state is State.PUBLISHED:
        title, text = _("Not open yet"), _("It opens on %(moment)s.", moment=moment(found.standing.opens_at))
    elif found.state is State.CLOSED:
        title, text = _("This survey has ended"), _("It ended on %(moment)s. Thank you for coming.",
                                                    moment=moment(found.standing.closes_at))  # fmt: skip
    else:
        title, text = _("This survey has ended"), _("The ballots are counted and sealed.")
    return message(found, title, text, check=found.state is State.SEALED)


def message(found: Found, title: str, text: str, *, check: bool = False, done: bool = False, again: str = "") -> str:
    """A page that says one thing. `again` is the sign-on service by which somebody else can sign in."""
    return render_template(
        "respond/message.html",
        found=found,
        plan=found.plan,
        title=title,
        text=text,
        check=check,
        done=done,
        again=again,
    )


@blueprint.post("/<slug>/ballot")
def by_code(slug: str) -> Response | tuple[str, int]:
    """The questionnaire for somebody with a code."""
    found = find(slug)
    if found.state is not State.OPEN:
        return not_open(found), 200
    typed = request.form.get("code", "")[:100]
    admission = find_admission(found.id, current_app.config["CODE_KEY"], typed)
    if admission is None:
        # The address is only a key in memory, for a minute. Right codes pass even from a throttled address.
        if not count_wrong("CODES"):
            text = _("Too many wrong codes came from this network. Wait a minute, then try again; check each letter.")
            return _welcome(found, text, typed), 429
        problem = _(
            "This code is not known here. Check each letter; there is no 0, O, 1, I, 2, Z, 5, S, 8 or B in a code."
        )
        return _welcome(found, problem if typed.strip() else _("Please type the code from your slip."), typed), 422
    if admission.used:
        return _already(found, code=typed), 200
    if admission.group >= len(found.plan.groups):
        abort(404)
    # The unit is on the paper only where it decides what is rated: ballots of all units wait in the tray together.
    own = admission.own_unit if found.plan.groups[admission.group].own else -1
    return _hand_out(found, admission.group, own, bytes(admission.code_hash))


@blueprint.get("/<slug>/ballot")
def by_open_link(slug: str) -> Response | tuple[str, int]:
    """The questionnaire for an open link; `group` and, for those who rate their own unit, `unit` are codes."""
    found = find(slug)
    if found.state is not State.OPEN:
        return not_open(found), 200
    plan = found.plan
    code = request.args.get("group", "")
    number = next((n for n, g in enumerate(plan.groups) if g.admission == "open" and g.code == code), None)
    if number is None:
        return _welcome(found), 200
    group = plan.groups[number]
    own = -1
    if group.own:
        codes = [unit.code for unit in plan.units]
        if request.args.get("unit") not in codes:
            return _welcome(found, _("Please choose your unit.")), 422
        own = codes.index(request.args["unit"])
    return _hand_out(found, number, own, b"")


@blueprint.post("/<slug>/resume")
def resume(slug: str) -> Response | str | tuple[str, int]:
    """The questionnaire of a ballot paper that was handed out before: a draft goes on where it was left."""
    found = find(slug)
    paper = unsign(request.form.get("paper", ""), current_app.config["PAPER_KEY"])
    if paper is None or paper.survey != found.id or paper.group >= len(found.plan.groups):
        return _wrong_paper(found)
    if has_receipt(found.id, paper.number):
        return _thanks(found, paper)
    return _page(found, paper) if found.state is State.OPEN else not_open(found)


@blueprint.get("/worker.js")
def worker() -> Response:
    """The service worker; its address says which pages it may answer for."""
    return current_app.send_static_file("js/worker.js")


def _hand_out(found: Found, group: int, own_unit: int, admission: bytes) -> Response:
    plan = found.plan
    return _page(found, new_paper(dealer, plan, found.id, group, own_unit, admission))


def _page(found: Found, paper: BallotPaper) -> Response:
    plan = found.plan
    group = paper.group
    text = sign(paper, current_app.config["PAPER_KEY"])
    packed = "gzip" in request.headers.get("Accept-Encoding", "")
    body = store().page(
        plan, found.digest, found.slug, group, paper.units(plan.groups[group]), language(), text, packed
    )
    headers = {"Vary": "Accept-Encoding", "Cache-Control": "no-store"}
    if packed:
        headers["Content-Encoding"] = "gzip"
    return Response(body, mimetype="text/html", headers=headers)


def _already(found: Found, *, code: str = "", paper: str = "") -> str:
    text = _("A ballot was received for this code. Each code is good for one ballot, so there is nothing left to do.")
    return render_template(
        "respond/already.html",
        found=found,
        plan=found.plan,
        title=_("Already answered"),
        text=text,
        code=code,
        paper=paper,
    )


@blueprint.post("/<slug>/submit")
def submit(slug: str) -> Response | str | tuple[str, int]:
    found = _known().get(slug) or find(slug)  # its state is looked at where the ballot goes in
    request.max_content_length = _MAX_BALLOT
    form = request.form
    paper = unsign(form.get("paper", ""), current_app.config["PAPER_KEY"])
    plan = found.plan
    if paper is None or paper.survey != found.id or paper.group >= len(plan.groups):
        return _wrong_paper(found)
    units = paper.units(plan.groups[paper.group])
    fields = form.to_dict(flat=False)
    answers = read_answers(plan, units, fields)
    if answers.problems or not (paper.admission or _may_pass(paper, form)):
        return _not_taken(find(slug), paper, fields, answers)
    outcome = put_in(paper, answers)
    if outcome is Outcome.NOT_OPEN:
        return not_open(find(slug)), 200
    if outcome is Outcome.ALREADY_ANSWERED:
        return _already(found, paper=form["paper"]), 200
    return _thanks(found, paper)


def _not_taken(
    found: Found, paper: BallotPaper, fields: dict[str, list[str]], answers: Answers
) -> Response | str | tuple[str, int]:
    """The questionnaire again, with everything typed: something is wrong with it, or there is a flood."""
    if has_receipt(found.id, paper.number):
        return _thanks(found, paper)
    if found.state is not State.OPEN:
        return not_open(found), 200
    plan, units, text = found.plan, paper.units(found.plan.groups[paper.group]), fields["paper"][0]
    if answers.problems:
        problems = [(plan.slots[index], sentence(problem)) for index, problem in answers.problems]
        body = filled_page(plan, found.slug, paper.group, units, text, fields, problems)
        return Response(body, status=422, mimetype="text/html")
    bits = current_app.config["FLOOD_WORK_BITS"]
    body = filled_page(plan, found.slug, paper.group, units, text, fields, [], work=bits)
    return Response(body, status=429, mimetype="text/html", headers={"Retry-After": "60"})


def _may_pass(paper: BallotPaper, form: Mapping[str, str]) -> bool:
    """Whether an open-link ballot goes in now: there is no flood from where it comes, or it brings a proof of work."""
    config = current_app.config
    bits = config["FLOOD_WORK_BITS"]
    if bits and "work" in form and is_worked(form["paper"], form["work"], bits):
        return True
    return count_ballot(paper.survey, sender(request.remote_addr or "")) <= config["FLOOD_BALLOTS_PER_MINUTE"]


def _wrong_paper(found: Found) -> tuple[str, int]:
    text = _("The ballot paper of this page is not valid for this survey. Open the survey again from its link.")
    return message(found, _("This did not work"), text), 400


def _thanks(found: Found, paper: BallotPaper) -> str:
    page = store().thanks(found.plan, found.digest, found.slug, language())
    text = sign(paper, current_app.config["PAPER_KEY"])
    return page.replace(RECEIPT, spaced(paper.number)).replace(PAPER_TEXT, text)


def spaced(number: bytes) -> str:
    """A receipt as shown: groups of four hexadecimal digits."""
    text = number.hex()
    return " ".join(text[i : i + 4] for i in range(0, len(text), 4))
