"""Links on which units hand in their own scores: until when, who is how far, new links to print or as a table."""

from __future__ import annotations

import io
import time
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from surveys.campaigns.indices import UnitIndex
from surveys.campaigns.models import Survey
from surveys.inputs.csv_writing import BOM, CsvWriter
from surveys.inputs.problems import InputError
from surveys.inputs.text import pick
from surveys.inputs.values import read_datetime
from surveys.results.evaluation.overview import Overview, find_evaluation, links_of, overview_of
from surveys.results.evaluation.own_scores import link_state, make_links, own_columns, revoke_link, set_deadline
from surveys.web.access import EVERYONE, actor, allow
from surveys.web.addresses import public_address
from surveys.web.languages import language
from surveys.web.messages import localised
from surveys.web.staff.downloads import download
from surveys.web.staff.lookup import sealed_or_404

blueprint = Blueprint("evaluation_links", __name__, url_prefix="/staff/surveys/<slug>/evaluation/links")


@blueprint.route("", methods=["GET", "POST"])
@allow(EVERYONE)
def index(slug: str) -> str | Response:
    """The list with the state of each unit; sent, it sets the deadline."""
    survey = sealed_or_404(slug)
    now = _own_or_404(survey)
    if request.method == "POST":
        try:
            until = read_datetime(request.form.get("until", ""), current_app.config["TIMEZONE"], "until")
            set_deadline(actor(), slug, until)
            flash(_("Saved."))
        except InputError as error:
            flash(localised(error.problems[0]), "error")
        return redirect(url_for("evaluation_links.index", slug=slug))
    return _shown(survey, now, {})


def _shown(survey: Survey, now: Overview, made: dict[UnitIndex, str]) -> str:
    links = links_of(survey.id)
    columns = own_columns(now.scheme)
    rows = [
        (unit, links.get(unit), link_state(links.get(unit), now.stored.own_until, time.time()),
         [now.entry(unit, column) for column, _criterion in columns])
        for unit in map(UnitIndex, range(len(now.plan.units)))
    ]  # fmt: skip
    until, zone = now.stored.own_until, ZoneInfo(current_app.config["TIMEZONE"])
    return render_template(
        "staff/evaluation/links.html", survey=survey, plan=now.plan, evaluation=now, rows=rows, columns=columns, made=made,
        until=f"{datetime.fromtimestamp(until, zone):%Y-%m-%dT%H:%M}" if until else "",
    )  # fmt: skip


@blueprint.post("/make")
@allow(EVERYONE)
def make(slug: str) -> str | Response:
    """New links for the units that are ticked, shown once: on a page to print, or as a csv file."""
    survey = sealed_or_404(slug)
    now = _own_or_404(survey)
    units = [now.plan.unit_lookup.find(code) for code in request.form.getlist("unit")]
    chosen = [unit for unit in units if unit is not None]
    if not chosen:
        flash(_("Tick at least one unit."), "error")
        return redirect(url_for("evaluation_links.index", slug=slug))
    try:
        tokens = make_links(actor(), slug, chosen)
    except InputError as error:
        flash(localised(error.problems[0]), "error")
        return redirect(url_for("evaluation_links.index", slug=slug))
    made = {unit: public_address("own_scores.own_score", token=token) for unit, token in tokens.items()}
    if "csv" in request.form:
        return _table(survey, now, made)
    return _shown(survey, now, made)


def _table(survey: Survey, now: Overview, made: dict[UnitIndex, str]) -> Response:
    out = io.StringIO(newline="")
    writer = CsvWriter(out)
    writer.row([_("Unit code"), _("Unit"), _("Link")])
    for unit, link in made.items():
        writer.row([now.plan.units[unit].code, pick(now.plan.units[unit].text, language()), link])
    return download(BOM + out.getvalue(), f"{survey.slug}-own-scores.csv", "text/csv")


@blueprint.post("/revoke/<code>")
@allow(EVERYONE)
def revoke(slug: str, code: str) -> Response:
    """End the link of a unit."""
    now = _own_or_404(sealed_or_404(slug))
    unit = now.plan.unit_lookup.find(code)
    if unit is None:
        abort(404)
    try:
        revoke_link(actor(), slug, unit)
        flash(_("The link is revoked."))
    except InputError as error:
        flash(localised(error.problems[0]), "error")
    return redirect(url_for("evaluation_links.index", slug=slug))


def _own_or_404(survey: Survey) -> Overview:
    """The evaluation, where its scheme has own scores."""
    if find_evaluation(survey.id) is None:
        abort(404)
    now = overview_of(survey)
    if not own_columns(now.scheme):
        abort(404)
    return now
