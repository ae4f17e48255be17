"""While a survey runs: live turnout, the projector's page, a poster, and texts to pass the link on."""

from __future__ import annotations

import time

from flask import Blueprint, Response, abort, jsonify, render_template, request
from flask_babel import gettext as _

from surveys.admission.handouts import qr_svg
from surveys.admission.pictures import TurnoutRow, turnout_picture
from surveys.admission.printing import poster_pdf
from surveys.admission.roster import ClassTurnout, classes_of
from surveys.ballots.turnout import turnout_of
from surveys.campaigns.models import Survey
from surveys.campaigns.plan import SurveyPlan
from surveys.campaigns.states import State
from surveys.campaigns.surveys import plan_of, state_of
from surveys.inputs.text import pick
from surveys.web.access import EVERYONE, allow
from surveys.web.addresses import public_address
from surveys.web.languages import format_datetime, language
from surveys.web.staff.downloads import PDF, PNG, download
from surveys.web.staff.handouts import handout_of, unprintable
from surveys.web.staff.lookup import published_or_404

blueprint = Blueprint("running", __name__, url_prefix="/staff/surveys/<slug>")


@blueprint.get("/turnout")
@allow(EVERYONE)
def turnout(slug: str) -> str:
    """The turnout as a part of the survey's page, which asks for it again while it is open."""
    survey = published_or_404(slug)
    plan = plan_of(survey)
    return render_template(
        "staff/surveys/turnout.html", plan=plan, turnout=turnout_of(survey.id, plan), classes=classes_of(survey.id)
    )


@blueprint.get("/turnout.png")
@allow(EVERYONE)
def turnout_file(slug: str) -> Response:
    """The turnout as a picture for group chats: by group, by class, and by own unit."""
    survey = published_or_404(slug)
    plan = plan_of(survey)
    counted, rows = turnout_of(survey.id, plan), []
    for group, one in zip(plan.groups, counted.groups, strict=True):
        rows.append(TurnoutRow(pick(group.text, language()), one.ballots, one.base))
    if classes := classes_of(survey.id):
        rows.append(TurnoutRow(_("By class")))
        rows += [TurnoutRow(_class_name(one), one.answered, one.persons) for one in classes]
    if counted.by_unit:
        rows.append(TurnoutRow(_("By the holders' own unit")))
        rows += [
            TurnoutRow(
                f"{pick(plan.units[one.unit].text, language())} · {pick(plan.groups[one.group].text, language())}",
                one.used,
                one.admissions,
            )
            for one in counted.by_unit
        ]
    picture = turnout_picture(
        pick(plan.title, language()), _("As of %(time)s", time=format_datetime(int(time.time()))), rows
    )
    return download(picture, f"{slug}-turnout.png", PNG)


@blueprint.get("/progress")
@allow(EVERYONE)
def progress(slug: str) -> Response:
    """What the projector shows: ballots so far, of how many people if that is known, and the seconds that are left."""
    return jsonify(_progress(published_or_404(slug)))


def _progress(survey: Survey) -> dict[str, object]:
    groups = turnout_of(survey.id, plan_of(survey)).groups
    bases = [group.base for group in groups]
    state = state_of(survey)
    until = survey.opens_at if state is State.PUBLISHED else survey.closes_at
    return {
        "ballots": sum(group.ballots for group in groups),
        "people": sum(base or 0 for base in bases) if all(bases) else None,
        "seconds": max(0, int(until - time.time())),
        "state": state.value,
    }


@blueprint.get("/projector")
@allow(EVERYONE)
def projector(slug: str) -> str:
    """A page for the projector of a meeting, readable from the last row."""
    survey = published_or_404(slug)
    link = public_address("welcome.welcome", slug=slug)
    return render_template(
        "staff/surveys/projector.html", survey=survey, plan=plan_of(survey), qr=qr_svg(link), progress=_progress(survey),
        address=link.partition("://")[2],
    )  # fmt: skip


@blueprint.get("/poster")
@allow(EVERYONE)
def poster(slug: str) -> str:
    """A poster to print, on A4 or A3."""
    survey = published_or_404(slug)
    plan = plan_of(survey)
    link = public_address("welcome.welcome", slug=slug)
    return render_template(
        "staff/surveys/poster.html", survey=survey, plan=plan, qr=qr_svg(link), address=link.partition("://")[2],
        unprintable=unprintable(survey), large=request.args.get("size") == "a3", minutes=sorted({plan.minutes(group) for group in plan.groups}),
    )  # fmt: skip


@blueprint.get("/poster-<size>.pdf")
@allow(EVERYONE)
def poster_file(slug: str, size: str) -> Response:
    """The poster as PDF."""
    survey = published_or_404(slug)
    if size not in ("a3", "a4"):
        abort(404)
    return download(poster_pdf(handout_of(survey), "A3" if size == "a3" else "A4"), f"{slug}-poster-{size}.pdf", PDF)


def _class_name(one: ClassTurnout) -> str:
    if one.classes > 1:
        return _("%(n)s small classes together", n=one.classes)
    return one.name or _("without a class")


def share_texts(survey: Survey, plan: SurveyPlan) -> list[tuple[str, str]]:
    """Texts to paste into group chats, as (what it is for, text): those that are true now, and the next ones."""
    state = state_of(survey)
    values = {
        "title": pick(plan.title, language()),
        "opens": format_datetime(survey.opens_at),
        "until": format_datetime(survey.closes_at),
        "minutes": max(plan.minutes(group) for group in plan.groups),
        "link": public_address("welcome.welcome", slug=survey.slug),
    }
    announcement = _(
        "%(title)s opens on %(opens)s and ends on %(until)s. It takes about %(minutes)s minutes and is stored without your "
        "name. Open the link on your phone then: %(link)s", **values,
    )  # fmt: skip
    invitation = _(
        "%(title)s is open until %(until)s. It takes about %(minutes)s minutes and is stored without your name. Open the "
        "link on your phone: %(link)s", **values,
    )  # fmt: skip
    pause = _("%(title)s is paused. It goes on soon under the same link: %(link)s", **values)
    reminder = _(
        "If you have not answered %(title)s yet: it ends on %(until)s. About %(minutes)s minutes: %(link)s", **values
    )
    thanks = _("%(title)s has ended. Thank you to everyone who took part. The result will be published.", **values)
    at_end = (_("Thanks, after the end"), thanks)
    if state is State.PUBLISHED:
        later = _("Invitation, not before it opens on %(opens)s", **values)
        return [
            (_("Announcement"), announcement),
            (later, invitation),
            (_("Reminder, while it is open"), reminder),
            at_end,
        ]
    if state is State.PAUSED:
        return [(_("While it is paused"), pause), at_end]
    if state is State.OPEN:
        return [(_("Invitation"), invitation), (_("Reminder"), reminder), at_end]
    return [at_end]
