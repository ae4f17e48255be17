"""Campaigns: their stages, surveys, and the rounds compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from surveys.ballots.turnout import turnout_of
from surveys.campaigns.campaigns import (
    STAGES,
    CampaignFields,
    CampaignRound,
    Stage,
    add_survey,
    all_campaigns,
    change_campaign,
    create_campaign,
    delete_campaign,
    fields_of,
    find_campaign,
    mapping_of,
    remove_survey,
    round_before,
    rounds_of,
    save_mapping,
    stages_of,
    surveys_in_campaigns,
    unit_names,
    unused_mappings,
)
from surveys.campaigns.drafts import read_draft
from surveys.campaigns.mapping import Pair, alike_pairs, follow_units, pairs_of_file, unit_label
from surveys.campaigns.models import Campaign, Survey
from surveys.campaigns.states import State
from surveys.campaigns.surveys import all_surveys, plan_of, state_of
from surveys.followup.before_after import actions_after
from surveys.inputs.problems import InputError
from surveys.inputs.text import Text, pick
from surveys.results.export.changes import export_changes
from surveys.results.rounds import RoundPair, Rounds, compare_rounds
from surveys.storage.unit_of_work import RepeatedFormError
from surveys.web.access import EVERYONE, PUBLISHERS, actor, allow
from surveys.web.languages import language
from surveys.web.messages import localised
from surveys.web.staff.downloads import download
from surveys.web.staff.once import OnceForm
from surveys.web.staff.round_chart import Chart, round_chart

blueprint = Blueprint("campaigns", __name__, url_prefix="/staff/campaigns")

MANY = 30
"""More units than this are looked for by name and kind."""
_EMPTY_LINES = 3


@dataclass(frozen=True)
class Row:
    """A survey of a campaign, or one that could be: ballots and the people that they are a share of."""

    survey: Survey
    stage: int
    title: Text
    state: State
    ballots: int
    people: int | None


def _row(one: CampaignRound) -> Row:
    state = state_of(one.survey)
    if state is State.DRAFT:
        return Row(one.survey, one.stage, read_draft(one.survey).title, state, 0, None)
    plan = plan_of(one.survey)
    groups = turnout_of(one.survey.id, plan).groups
    bases = [row.base for row in groups]
    known = [base for base in bases if base is not None]
    people = sum(known) if len(known) == len(bases) else None
    return Row(one.survey, one.stage, plan.title, state, sum(row.ballots for row in groups), people)


@blueprint.get("/")
@allow(EVERYONE)
def index() -> str:
    """All campaigns."""
    rows = [(one, stages_of(one), rounds_of(one)) for one in all_campaigns()]
    return render_template("staff/campaigns/index.html", rows=rows, today=_today())


@blueprint.route("/new", methods=["GET", "POST"])
@allow(PUBLISHERS)
def new() -> str | tuple[str, int] | Response:
    """A new campaign."""
    once, fields, problems = OnceForm(), CampaignFields(""), []
    if request.method == "POST" and once.validate():
        fields = _typed_fields()
        try:
            made = create_campaign(actor(), request.form.get("code", ""), fields, once=once.key)
        except RepeatedFormError:
            return redirect(url_for("campaigns.index"))
        except InputError as error:
            problems = [localised(problem) for problem in error.problems]
            once.renew()
        else:
            return redirect(url_for("campaigns.show", code=made.code))
    page = render_template("staff/campaigns/edit.html", one=None, fields=fields, once=once, problems=problems)
    return page, 422 if problems else 200


@blueprint.route("/<code>/edit", methods=["GET", "POST"])
@allow(PUBLISHERS)
def edit(code: str) -> str | tuple[str, int] | Response:
    """Change the name, the stages and their days."""
    one = _campaign_or_404(code)
    fields, problems = fields_of(one), []
    if request.method == "POST":
        fields = _typed_fields()
        try:
            change_campaign(actor(), one.code, fields)
        except InputError as error:
            problems = [localised(problem) for problem in error.problems]
        else:
            flash(_("Saved."))
            return redirect(url_for("campaigns.show", code=one.code))
    page = render_template("staff/campaigns/edit.html", one=one, fields=fields, once=None, problems=problems)
    return page, 422 if problems else 200


@blueprint.get("/<code>")
@allow(EVERYONE)
def show(code: str) -> str:
    """A campaign with its stages and surveys, and its sealed rounds compared."""
    one = _campaign_or_404(code)
    rows = [_row(entry) for entry in rounds_of(one)]
    taken = surveys_in_campaigns()
    free = [survey for survey in all_surveys() if survey.id not in taken]
    rounds = compare_rounds(one)
    wanted = request.args.get("q", "").strip()[:100], request.args.get("kind", "")[:20]
    shown = _wanted_units(rounds, *wanted)
    mapped = [row.survey.slug for row in rows if row.state is not State.DRAFT][1:]
    return render_template(
        "staff/campaigns/show.html", one=one, stages=stages_of(one), rows=rows, today=_today(), mapped=mapped,
        free=[(survey, _title(survey)) for survey in free], rounds=rounds, shown=shown, wanted=wanted, many=MANY,
        chart=_chart(rounds, shown), actions=[actions_after(pair) for pair in rounds.pairs],
        unused=[(_title(older), _title(newer)) for older, newer in unused_mappings(one)],
    )  # fmt: skip


def _title(survey: Survey) -> Text:
    return read_draft(survey).title if survey.state == State.DRAFT else plan_of(survey).title


def _wanted_units(rounds: Rounds, text: str, kind: str) -> list[int]:
    """The units of the last round that are looked for, by rank."""
    if not rounds.rounds:
        return []
    report = rounds.rounds[-1].report
    units = report.plan.units
    return [
        unit for unit in report.order
        if (not kind or units[unit].kind == kind)
        and any(text.casefold() in name.casefold() for name in (units[unit].code, *units[unit].text.values()))
    ]  # fmt: skip


def _chart(rounds: Rounds, shown: list[int]) -> Chart | None:
    if not rounds.pairs:
        return None
    pair: RoundPair = rounds.pairs[-1]
    lines = []
    for unit in shown:
        row = pair.units[unit]
        kind = ("up" if row.change.value > 0 else "down") if row.clear and row.change else ""
        lines.append((pick(pair.newer.report.plan.units[unit].text, language()), kind, rounds.lines[unit]))
    return round_chart(lines)


@blueprint.get("/<code>/changes.csv")
@allow(EVERYONE)
def changes(code: str) -> Response:
    """What changed between the rounds, for statistics programs."""
    file = export_changes(actor(), _campaign_or_404(code).code, language())
    return download(file.body, file.name, file.media_type)


@blueprint.post("/<code>/surveys")
@allow(PUBLISHERS)
def put(code: str) -> Response:
    """Put a survey into a stage, or into another one."""
    one = _campaign_or_404(code)
    stage = request.form.get("stage", type=int)
    try:
        add_survey(actor(), one.code, request.form.get("slug", ""), -1 if stage is None else stage)
        flash(_("Saved."))
    except InputError as error:
        flash(localised(error.problems[0]), "error")
    return redirect(url_for("campaigns.show", code=one.code))


@blueprint.post("/<code>/surveys/<slug>/remove")
@allow(PUBLISHERS)
def take_out(code: str, slug: str) -> Response:
    """Take a survey out of a campaign."""
    one = _campaign_or_404(code)
    try:
        remove_survey(actor(), one.code, slug)
        flash(_("The survey is no longer in this campaign. Nothing else about it has changed."))
    except InputError as error:
        flash(localised(error.problems[0]), "error")
    return redirect(url_for("campaigns.show", code=one.code))


@blueprint.post("/<code>/delete")
@allow(PUBLISHERS)
def delete(code: str) -> Response:
    """Remove a campaign without surveys."""
    one = _campaign_or_404(code)
    try:
        delete_campaign(actor(), one.code)
    except InputError as error:
        flash(localised(error.problems[0]), "error")
        return redirect(url_for("campaigns.show", code=one.code))
    flash(_("The campaign is removed."))
    return redirect(url_for("campaigns.index"))


@blueprint.route("/<code>/units/<slug>", methods=["GET", "POST"])
@allow(PUBLISHERS)
def units(code: str, slug: str) -> str | tuple[str, int] | Response:
    """Say which units of a round are which of the round before, where their codes do not say it."""
    one = _campaign_or_404(code)
    try:
        older, newer = round_before(one, slug)
    except InputError:
        abort(404)
    old, new = unit_names(older), unit_names(newer)
    stored, problems = mapping_of(older, newer), []
    proposed = [] if stored or request.method == "POST" else alike_pairs(old, new)
    typed = [(_label(before, old), _label(after, new)) for before, after in stored or proposed]
    if request.method == "POST":
        try:
            typed = _typed_pairs()
            if "more" not in request.form:
                lines = save_mapping(actor(), one.code, slug, typed)
                flash(ngettext("%(num)s line is stored.", "%(num)s lines are stored.", lines))
                return redirect(url_for("campaigns.show", code=one.code))
        except InputError as error:
            problems = [localised(problem) for problem in error.problems]
    page = render_template(
        "staff/campaigns/units.html", one=one, older=older, newer=newer, titles=(plan_of(older).title, plan_of(newer).title), typed=typed, problems=problems,
        empty_lines=_EMPTY_LINES, following=follow_units(list(old), list(new), stored), names=(old, new),
        labels=[[_label(unit, texts) for unit in texts] for texts in (old, new)], proposed=len(proposed),
    )  # fmt: skip
    return page, 422 if problems else 200


def _label(unit: str, names: Mapping[str, Text]) -> str:
    return unit_label(unit, names[unit], language()) if unit in names else unit


def _typed_pairs() -> list[Pair]:
    """From the fields, or from a file where one was chosen."""
    file = request.files.get("file")
    if file is not None and file.filename:
        return pairs_of_file(file.filename, file.read())
    return [
        pair for pair in zip(request.form.getlist("old"), request.form.getlist("new"), strict=False) if any(pair)
    ]  # fmt: skip


def _typed_fields() -> CampaignFields:
    form: Mapping[str, str] = request.form

    def stage(number: int) -> Stage:
        return Stage(*(form.get(f"stage-{number}-{name}", "") for name in ("name", "name_en", "first", "last")))

    stages = tuple(stage(number) for number in range(1, STAGES + 1))
    return CampaignFields(form.get("name", ""), form.get("name_en", ""), stages)


def _campaign_or_404(code: str) -> Campaign:
    found = find_campaign(code)
    if found is None:
        abort(404)
    return found


def _today() -> date:
    return datetime.now(ZoneInfo(current_app.config["TIMEZONE"])).date()
