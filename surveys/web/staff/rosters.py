"""Staff pages of rosters: import with a preview, who has answered, personal links and slips, erasing."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from surveys.admission.handouts import qr_svg
from surveys.admission.invitation_mail import letter, mail_server
from surveys.admission.mail import DeliveryError, send_links
from surveys.admission.roster import check_links_are_good, classes_of, compare, links_of, matching, roster_of
from surveys.admission.roster_changes import erase_roster, mark_on_paper, remove_persons, store_roster
from surveys.admission.roster_file import read_roster
from surveys.campaigns.surveys import plan_of, state_of
from surveys.inputs.problems import InputError
from surveys.storage.audit import Action, record
from surveys.web.access import EVERYONE, PUBLISHERS, actor, allow
from surveys.web.addresses import public_base
from surveys.web.messages import localised
from surveys.web.staff.downloads import table_download
from surveys.web.staff.lookup import survey_or_404
from surveys.web.staff.uploads import UploadForm, chosen_file, listed, returned_file

MAILS_AT_A_TIME = 25
ROWS_A_PAGE = 200

blueprint = Blueprint("rosters", __name__, url_prefix="/staff/surveys/<slug>/roster")


@blueprint.route("/", methods=["GET", "POST"])
@allow(PUBLISHERS)
def index(slug: str) -> str:
    survey = survey_or_404(slug)
    plan = plan_of(survey)
    form = UploadForm()
    problems = None
    if form.validate_on_submit():
        try:
            upload = chosen_file(form)
            comparison = compare(survey, read_roster(plan, upload.name, upload.data))
        except InputError as error:
            problems = listed(error)
        else:
            return render_template(
                "staff/surveys/roster_preview.html", survey=survey, plan=plan, upload=upload, comparison=comparison
            )
    everyone = roster_of(survey)
    wanted, waiting = request.args.get("q", "")[:60], request.args.get("show") == "waiting"
    shown = matching(everyone, wanted, waiting=waiting)
    pages = max(1, -(-len(shown) // ROWS_A_PAGE))
    page = min(max(1, request.args.get("page", 1, int)), pages)
    return render_template(
        "staff/surveys/roster.html", survey=survey, plan=plan, form=form, problems=problems, state=state_of(survey),
        total=len(everyone), answered=sum(one.answered for one in everyone), wanted=wanted, waiting=waiting,
        matches=len(shown), people=shown[(page - 1) * ROWS_A_PAGE : page * ROWS_A_PAGE], page=page, pages=pages,
    )  # fmt: skip


@blueprint.post("/import")
@allow(PUBLISHERS)
def confirm(slug: str) -> BaseResponse:
    """Import what was previewed; the page sends the file back, and it is read and checked again."""
    survey = survey_or_404(slug)
    try:
        upload = returned_file()
        rows = read_roster(plan_of(survey), upload.name, upload.data)
        done = store_roster(
            actor(), survey, current_app.config["CODE_KEY"], rows, remove_missing="remove" in request.form
        )  # fmt: skip
    except InputError as error:
        flash(localised(error.problems[0]), "error")
    else:
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
    waiting = links_of(survey, current_app.config["CODE_KEY"], public_base())
    record(actor().name, Action.EXPORT_LINKS, f"{slug}: {len(waiting)}")
    if kind == "slips":
        slips = [
            (one.person.name, f"{one.person.number} {one.person.class_name}".strip(), one.code, qr_svg(one.link))
            for one in waiting
        ]
        return render_template(
            "staff/surveys/slips.html", survey=survey, plan=plan_of(survey), slips=slips,
            address=f"{public_base()}/s/{slug}",
        )  # fmt: skip
    rows = [(one.person.number, one.person.name, one.code, one.link) for one in waiting]
    return table_download([_("Number"), _("Name"), _("Code"), _("Link")], rows, f"{slug}-links", kind)


@blueprint.post("/remove")
@allow(PUBLISHERS)
def remove(slug: str) -> BaseResponse:
    """Take persons who have not answered off the roster."""
    survey_or_404(slug)
    try:
        removed = remove_persons(actor(), slug, request.form.getlist("number"))
    except InputError as error:
        flash(localised(error.problems[0]), "error")
    else:
        flash(_("%(n)s persons are removed from the roster.", n=removed))
    return redirect(url_for("rosters.index", slug=slug))


@blueprint.post("/on-paper")
@allow(PUBLISHERS)
def on_paper(slug: str) -> BaseResponse:
    """Strike out who voted on paper, or take that back."""
    survey_or_404(slug)
    undo = "undo" in request.form
    try:
        changed = mark_on_paper(actor(), slug, request.form.getlist("number"), undo=undo)
    except InputError as error:
        flash(localised(error.problems[0]), "error")
    else:
        if undo:
            flash(_("%(n)s marks are removed.", n=changed))
        else:
            flash(_("%(n)s persons are marked as having voted on paper.", n=changed))
    return redirect(url_for("rosters.index", slug=slug))


@blueprint.route("/mail", methods=["GET", "POST"])
@allow(PUBLISHERS)
def mail(slug: str) -> str:
    """Send personal links to those who have not answered, some at a time; the page carries on by itself."""
    survey, config = survey_or_404(slug), current_app.config
    plan = plan_of(survey)
    after = request.form.get("after", "")
    counts = {name: request.form.get(name, 0, int) for name in ("sent", "bare", "refused")}
    links = links_of(survey, config["CODE_KEY"], public_base())
    waiting = [one for one in links if one.person.number > after]
    subject, text = letter(plan, survey.closes_at, config["TIMEZONE"], config["ORGANISATION"])
    problem = ""
    if request.method == "POST":
        part = waiting[:MAILS_AT_A_TIME]
        try:
            check_links_are_good(survey)
            done = send_links(mail_server(config), part, subject, text)
        except DeliveryError as error:
            # What was sent stays sent: it is counted, and whoever goes on begins behind it.
            problem = localised(error.problems[0])
            record(actor().name, Action.SEND_LINKS, f"{slug}: {error.done.sent}")
            counts["sent"] += error.done.sent
            after = error.done.last or after
            waiting = [one for one in waiting if one.person.number > after]
        except InputError as error:
            problem = localised(error.problems[0])
        else:
            record(actor().name, Action.SEND_LINKS, f"{slug}: {done.sent}")
            counts["sent"] += done.sent
            counts["bare"] += done.without_address
            counts["refused"] += len(done.refused)
            waiting = waiting[MAILS_AT_A_TIME:]
            after = part[-1].person.number if part else after
    addressed = [one for one in waiting if one.person.email]
    sample = text(links[0].person, links[0].link.split("#")[0] + "#…") if links else ""
    return render_template(
        "staff/surveys/roster_mail.html", survey=survey, plan=plan, state=state_of(survey), counts=counts, after=after,
        waiting=waiting, addressed=len(addressed), of=len(links), subject=subject, sample=sample, problem=problem,
        started=request.method == "POST", ready=bool(config["MAIL_SERVER"]),
    )  # fmt: skip


@blueprint.get("/classes")
@allow(EVERYONE)
def classes(slug: str) -> str:
    """How many of each class have answered, to show around: it names nobody and is the same for everyone."""
    survey = survey_or_404(slug)
    return render_template(
        "staff/surveys/classes.html", survey=survey, plan=plan_of(survey), classes=classes_of(survey)
    )  # fmt: skip


@blueprint.post("/erase")
@allow(PUBLISHERS)
def erase(slug: str) -> BaseResponse:
    survey_or_404(slug)
    try:
        erased = erase_roster(actor(), slug)
    except InputError as error:
        flash(localised(error.problems[0]), "error")
    else:
        flash(_("%(n)s persons are erased. The turnout figures stay.", n=erased))
    return redirect(url_for("rosters.index", slug=slug))
