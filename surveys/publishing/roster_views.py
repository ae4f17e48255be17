"""Staff pages of rosters: import with a preview, who has answered, personal links and slips, erasing."""

from __future__ import annotations

import base64

from flask import Blueprint, Response, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from werkzeug.wrappers import Response as BaseResponse
from wtforms import SubmitField

from surveys.accounts.access import EVERYONE, PUBLISHERS, allow
from surveys.accounts.models import record
from surveys.publishing.handouts import codes_csv, codes_xlsx, qr_svg
from surveys.publishing.letters import letter, mail_server
from surveys.publishing.machine import State
from surveys.publishing.mail import send_links
from surveys.publishing.operations import plan_of, state_of
from surveys.publishing.roster import (
    classes_of,
    compare,
    erase_roster,
    links_of,
    mark_on_paper,
    matching,
    remove_persons,
    roster_of,
    store_roster,
)
from surveys.publishing.roster_file import read_roster
from surveys.publishing.views import survey_or_404
from surveys.text import InputError, Problem
from surveys.web.addresses import public_base
from surveys.web.messages import localised, localised_place, sentence

# The page carries the file back when the import is confirmed.
MAX_PREVIEW = 4 * 1024 * 1024
MAILS_AT_A_TIME = 25
ROWS = 200
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

blueprint = Blueprint("rosters", __name__, url_prefix="/staff/surveys/<slug>/roster")


class RosterForm(FlaskForm):
    """A table of persons."""

    file = FileField(_l("Table (xlsx, xls, ods or csv)"), [FileRequired(_l("Please choose a file."))])
    submit = SubmitField(_l("Preview"))


@blueprint.route("/", methods=["GET", "POST"])
@allow(PUBLISHERS)
def index(slug: str) -> str:
    survey = survey_or_404(slug)
    plan = plan_of(survey)
    form = RosterForm()
    problems = None
    if form.validate_on_submit():
        name, data = form.file.data.filename or "file", form.file.data.read()
        try:
            if len(data) > MAX_PREVIEW:
                raise InputError(Problem("The form or file is larger than this service takes.", name))
            found = compare(survey, read_roster(plan, name, data))
        except InputError as error:
            problems = [(localised_place(problem), sentence(problem)) for problem in error.problems]
        else:
            return render_template("surveys/roster_preview.html", survey=survey, plan=plan, name=name, found=found,
                                   data=base64.b64encode(data).decode())  # fmt: skip
    everyone = roster_of(survey)
    wanted, waiting = request.args.get("q", "")[:60], request.args.get("show") == "waiting"
    shown = matching(everyone, wanted, waiting=waiting)
    pages = max(1, -(-len(shown) // ROWS))
    page = min(max(1, request.args.get("page", 1, int)), pages)
    return render_template(
        "surveys/roster.html", survey=survey, plan=plan, form=form, problems=problems, state=state_of(survey),
        total=len(everyone), answered=sum(one.answered for one in everyone), wanted=wanted, waiting=waiting,
        found=len(shown), people=shown[(page - 1) * ROWS : page * ROWS], page=page, pages=pages,
    )  # fmt: skip


@blueprint.post("/import")
@allow(PUBLISHERS)
def confirm(slug: str) -> BaseResponse:
    """Import what was previewed; the page sends the file back, and it is read and checked again."""
    survey = survey_or_404(slug)
    try:
        data = base64.b64decode(request.form.get("data", ""), validate=True)
        rows = read_roster(plan_of(survey), request.form.get("name", "file")[:200], data)
        done = store_roster(slug, current_app.config["CODE_KEY"], rows, remove_missing="remove" in request.form)
    except InputError as error:
        flash(localised(error.problems[0]), "error")
    except ValueError:  # no base64
        flash(_("The file did not arrive whole. Choose it again."), "error")
    else:
        record(
            current_user.name,
            "imported a roster",
            f"{slug}: {done.added} new, {done.changed} changed, {done.removed} removed",
        )
        flash(_("%(added)s persons added, %(changed)s changed, %(removed)s removed.",
                added=done.added, changed=done.changed, removed=done.removed))  # fmt: skip
        if done.kept:
            flash(_("%(n)s persons were kept because they have answered.", n=done.kept))
    return redirect(url_for("rosters.index", slug=slug))


@blueprint.post("/links/<kind>")
@allow(PUBLISHERS)
def links(slug: str, kind: str) -> Response | str:
    """Personal links of those who have not answered: a table, or slips to print."""
    survey = survey_or_404(slug)
    plan = plan_of(survey)
    found = links_of(survey, current_app.config["CODE_KEY"], public_base())
    record(current_user.name, "made personal links", f"{slug}: {len(found)}")
    if kind == "slips":
        slips = [
            (person.name, f"{person.number} {person.of_class}".strip(), code, qr_svg(link))
            for person, code, link in found
        ]
        return render_template(
            "surveys/slips.html", survey=survey, plan=plan, slips=slips, address=f"{public_base()}/s/{slug}"
        )
    rows = [(person.number, person.name, code, link) for person, code, link in found]
    heading = [_("Number"), _("Name"), _("Code"), _("Link")]
    if kind not in ("csv", "xlsx"):
        abort(404)
    body, mimetype = (codes_csv(heading, rows), "text/csv") if kind == "csv" else (codes_xlsx(heading, rows), XLSX)
    headers = {"Content-Disposition": f'attachment; filename="{slug}-links.{kind}"'}
    return Response(body, mimetype=mimetype, headers=headers)


@blueprint.post("/remove")
@allow(PUBLISHERS)
def remove(slug: str) -> BaseResponse:
    """Take persons who have not answered off the roster."""
    survey_or_404(slug)
    try:
        removed = remove_persons(slug, request.form.getlist("number"))
    except InputError as error:
        flash(localised(error.problems[0]), "error")
    else:
        record(current_user.name, "removed persons", f"{slug}: {removed}")
        flash(_("%(n)s persons are removed from the roster.", n=removed))
    return redirect(url_for("rosters.index", slug=slug))


@blueprint.post("/on-paper")
@allow(PUBLISHERS)
def on_paper(slug: str) -> BaseResponse:
    """Strike out who voted on paper, or take that back."""
    survey_or_404(slug)
    undo = "undo" in request.form
    try:
        changed = mark_on_paper(slug, request.form.getlist("number"), undo=undo)
    except InputError as error:
        flash(localised(error.problems[0]), "error")
    else:
        record(current_user.name, "unmarked paper voters" if undo else "marked paper voters", f"{slug}: {changed}")
        if undo:
            flash(_("%(n)s marks are taken back.", n=changed))
        else:
            flash(_("%(n)s persons are marked as having voted on paper.", n=changed))
    return redirect(url_for("rosters.index", slug=slug))


@blueprint.route("/mail", methods=["GET", "POST"])
@allow(PUBLISHERS)
def mail(slug: str) -> str:
    """Send personal links to those who have not answered, some at a time; the page carries on by itself."""
    survey = survey_or_404(slug)
    plan = plan_of(survey)
    after = request.form.get("after", "")
    counts = {name: request.form.get(name, 0, int) for name in ("sent", "bare", "refused")}
    links = links_of(survey, current_app.config["CODE_KEY"], public_base())
    waiting = sorted((link for link in links if link[0].number > after), key=lambda link: link[0].number)
    subject, text = letter(plan, survey.closes_at)
    problem = ""
    if request.method == "POST" and state_of(survey) in (State.PUBLISHED, State.OPEN):
        part = waiting[:MAILS_AT_A_TIME]
        try:
            done = send_links(mail_server(current_app.config), part, subject, text)
        except InputError as error:
            problem = localised(error.problems[0])
        else:
            if not after:
                record(current_user.name, "sent personal links", f"{slug}: {len(waiting)}")
            counts["sent"] += done.sent
            counts["bare"] += done.without_address
            counts["refused"] += len(done.refused)
            waiting = waiting[MAILS_AT_A_TIME:]
            after = part[-1][0].number if part else after
    addressed = [person for person, _code, _link in waiting if person.email]
    sample = text(links[0][0], links[0][2].split("#")[0] + "#…") if links else ""
    return render_template(
        "surveys/roster_mail.html", survey=survey, plan=plan, state=state_of(survey), counts=counts, after=after,
        waiting=waiting, addressed=len(addressed), of=len(links), subject=subject, sample=sample, problem=problem,
        started=request.method == "POST", ready=bool(current_app.config["MAIL_SERVER"]),
    )  # fmt: skip


@blueprint.get("/classes")
@allow(EVERYONE)
def classes(slug: str) -> str:
    """How many of each class have answered, to show around: it names nobody and is the same for everyone."""
    survey = survey_or_404(slug)
    return render_template("surveys/classes.html", survey=survey, plan=plan_of(survey), classes=classes_of(survey))


@blueprint.post("/erase")
@allow(PUBLISHERS)
def erase(slug: str) -> BaseResponse:
    survey_or_404(slug)
    try:
        erased = erase_roster(slug)
    except InputError as error:
        flash(localised(error.problems[0]), "error")
    else:
        record(current_user.name, "erased a roster", f"{slug}: {erased}")
        flash(_("%(n)s persons are erased. The turnout figures stay.", n=erased))
    return redirect(url_for("rosters.index", slug=slug))
