"""Staff pages of rosters: import with a preview, who has answered, personal links and slips, erasing."""

from __future__ import annotations

from contextlib import suppress

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from surveys.admission.invitation_mail import letter, mail_server
from surveys.admission.mailing import mailing_of, send_round
from surveys.admission.printing import personal_slips
from surveys.admission.qr_codes import svgs_of
from surveys.admission.roster import classes_of, had_roster, links_of, matching, roster_of
from surveys.admission.roster_changes import erase_roster, mark_on_paper, remove_persons, store_roster
from surveys.admission.roster_file import read_roster
from surveys.admission.roster_template import roster_template
from surveys.campaigns.models import Survey
from surveys.campaigns.plan import SurveyPlan
from surveys.campaigns.surveys import plan_of, state_of
from surveys.inputs.problems import InputError
from surveys.storage.audit import Action, record
from surveys.web.access import EVERYONE, PUBLISHERS, actor, allow
from surveys.web.addresses import public_address, public_base
from surveys.web.languages import language
from surveys.web.messages import localised
from surveys.web.staff.downloads import XLSX, download, slips_download, table_download
from surveys.web.staff.handouts import handout_of
from surveys.web.staff.lookup import survey_or_404
from surveys.web.staff.roster_grid import LABELS, can_be_mended, grid_page, preview_page, read_returned, sees_more
from surveys.web.staff.table_grid import Chosen, read_chosen
from surveys.web.staff.uploads import Listed, TableForm, Upload, listed, returned_file

MAILS_AT_A_TIME = 25
ROWS_A_PAGE = 200

blueprint = Blueprint("rosters", __name__, url_prefix="/staff/surveys/<slug>/roster")


@blueprint.route("/", methods=["GET", "POST"])
@allow(PUBLISHERS)
def index(slug: str) -> str | tuple[str, int]:
    survey = survey_or_404(slug)
    form = TableForm()
    if not form.validate_on_submit():
        return _roster_page(survey, form)
    plan, upload = plan_of(survey), None
    try:
        upload = form.upload()
        found = read_roster(plan, upload.name, upload.data)
    except InputError as error:
        if upload is not None and can_be_mended(upload, error.problems):
            return grid_page(survey, plan, upload, Chosen())
        return _roster_page(survey, form, listed(error)), 422
    if sees_more(upload, found):
        return grid_page(survey, plan, upload, Chosen())
    return preview_page(survey, plan, upload, found, Chosen())


def _roster_page(survey: Survey, form: TableForm, problems: Listed | None = None) -> str:
    plan = plan_of(survey)
    everyone = roster_of(survey)
    by_roster = any(group.admission == "roster" for group in plan.groups)
    wanted, waiting = request.args.get("q", "")[:60], request.args.get("show") == "waiting"
    shown = matching(everyone, wanted, waiting=waiting)
    pages = max(1, -(-len(shown) // ROWS_A_PAGE))
    page = min(max(1, request.args.get("page", 1, int)), pages)
    return render_template(
        "staff/surveys/roster.html", survey=survey, plan=plan, form=form, problems=problems, state=state_of(survey),
        total=len(everyone), answered=sum(one.answered for one in everyone), wanted=wanted, waiting=waiting,
        matches=len(shown), people=shown[(page - 1) * ROWS_A_PAGE : page * ROWS_A_PAGE], page=page, pages=pages,
        by_roster=by_roster, erased=not everyone and had_roster(survey.id),
        several=len([group for group in plan.groups if group.admission == "roster"]) > 1,
        own=any(group.own for group in plan.groups if group.admission == "roster"),
    )  # fmt: skip


@blueprint.post("/import")
@allow(PUBLISHERS)
def confirm(slug: str) -> BaseResponse | tuple[str, int]:
    """Import what was previewed; the page sends the file back, and it is read and checked again."""
    survey = survey_or_404(slug)
    plan, upload = plan_of(survey), None
    try:
        upload = returned_file()
        rows = read_returned(plan, upload).rows
        done = store_roster(
            actor(), survey, current_app.config["CODE_KEY"], rows, remove_missing="remove" in request.form
        )  # fmt: skip
    except InputError as error:
        # Shown at once and not kept for the next page: the cookie of the session is no place for numbers of persons.
        return _refused_page(survey, plan, upload, error)
    flash(_("%(added)s persons added, %(changed)s changed, %(removed)s removed.",
            added=done.added, changed=done.changed, removed=done.removed))  # fmt: skip
    if done.kept:
        flash(_("%(n)s persons were kept because they have answered.", n=done.kept))
    return redirect(url_for("rosters.index", slug=slug))


def _refused_page(survey: Survey, plan: SurveyPlan, upload: Upload | None, error: InputError) -> tuple[str, int]:
    """Why nothing was imported, with the table to mend, if it is one."""
    if upload is not None:
        with suppress(InputError):
            return grid_page(survey, plan, upload, read_chosen(LABELS), error.problems)
    return _roster_page(survey, TableForm(formdata=None), listed(error)), 422


@blueprint.get("/template.xlsx")
@allow(PUBLISHERS)
def template(slug: str) -> BaseResponse:
    """A workbook to fill in, with notes and with the survey's groups and units to choose from."""
    survey = survey_or_404(slug)
    return download(roster_template(plan_of(survey), language()), f"{slug}-roster.xlsx", XLSX)


@blueprint.post("/links/<kind>")
@allow(PUBLISHERS)
def links(slug: str, kind: str) -> BaseResponse | str:
    """Personal links of those who have not answered: a table, or slips to print."""
    survey = survey_or_404(slug)
    waiting = links_of(survey, current_app.config["CODE_KEY"], public_base())
    record(actor().name, Action.EXPORT_LINKS, f"{slug}: {len(waiting)}")
    if kind == "pdf":
        slips_of = personal_slips(plan_of(survey), waiting, language())
        return slips_download(handout_of(survey), slips_of, f"{slug}-slips")
    if kind == "slips":
        slips = [
            (one.person.name, f"{one.person.number} {one.person.class_name}".strip(), one.code, qr)
            for one, qr in zip(waiting, svgs_of([one.link for one in waiting]), strict=True)
        ]
        return render_template(
            "staff/surveys/slips.html", survey=survey, plan=plan_of(survey), slips=slips,
            address=public_address("welcome.welcome", slug=slug),
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


@blueprint.get("/mail")
@allow(PUBLISHERS)
def mail(slug: str) -> str:
    """How far the mails are. While a round goes on, the page sends for its next part by itself."""
    survey, config = survey_or_404(slug), current_app.config
    plan = plan_of(survey)
    mailing = mailing_of(survey, config["CODE_KEY"], public_base())
    subject, text = letter(plan, survey.closes_at, config["TIMEZONE"], config["ORGANISATION"])
    links = links_of(survey, config["CODE_KEY"], public_base())
    sample = text(links[0].person, links[0].link.split("#")[0] + "#…") if links else ""
    return render_template(
        "staff/surveys/roster_mail.html", survey=survey, plan=plan, state=state_of(survey), mailing=mailing,
        subject=subject, sample=sample, going_on="going" in request.args, ready=bool(config["MAIL_SERVER"]),
    )  # fmt: skip


@blueprint.post("/mail")
@allow(PUBLISHERS)
def send_mails(slug: str) -> BaseResponse:
    """Send the next part of a round, or begin another one, which the same form does once."""
    survey, config = survey_or_404(slug), current_app.config
    mailing = mailing_of(survey, config["CODE_KEY"], public_base())
    going = "1" if mailing.waiting else None
    if "again" in request.form:
        if request.form["again"] != str(mailing.round):
            return redirect(url_for("rosters.mail", slug=slug))
        mailing, going = mailing_of(survey, config["CODE_KEY"], public_base(), again=True), "1"
    text = letter(plan_of(survey), survey.closes_at, config["TIMEZONE"], config["ORGANISATION"])
    try:
        send_round(actor(), survey, mailing, mail_server(config), text, limit=MAILS_AT_A_TIME)
    except InputError as error:
        flash(localised(error.problems[0]), "error")
        going = None
    return redirect(url_for("rosters.mail", slug=slug, going=going))


@blueprint.get("/classes")
@allow(EVERYONE)
def classes(slug: str) -> str:
    """How many of each class have answered, to show around: it names nobody and is the same for everyone."""
    survey = survey_or_404(slug)
    return render_template(
        "staff/surveys/classes.html", survey=survey, plan=plan_of(survey), classes=classes_of(survey.id)
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
