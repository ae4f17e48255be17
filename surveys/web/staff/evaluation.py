"""The committee's evaluation of a sealed survey: begin it, see totals and grades, decide at quotas, sign, verify."""

from __future__ import annotations

import time
from collections.abc import Callable
from fractions import Fraction

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from surveys.campaigns.models import Survey
from surveys.campaigns.surveys import plan_of
from surveys.inputs.problems import InputError
from surveys.results.evaluation.entries import begin_evaluation, discard_evaluation
from surveys.results.evaluation.overview import Overview, find_evaluation, links_of, overview_of
from surveys.results.evaluation.own_scores import LinkState, link_state, own_columns
from surveys.results.evaluation.presets import PRESET_NAMES
from surveys.results.evaluation.scheme import preset
from surveys.results.evaluation.signing import content_digest, decide, sign, signers_of, verify_evaluation
from surveys.results.evaluation.words import quota_words, scheme_sentences, unit_notes
from surveys.results.notes import not_valid
from surveys.scoring.rounding import round_half_up
from surveys.storage.audit import Action, record_reading
from surveys.web.access import COMMITTEE, EVERYONE, actor, allow, has_role
from surveys.web.languages import language
from surveys.web.messages import localised
from surveys.web.staff.lookup import sealed_or_404

blueprint = Blueprint("evaluation", __name__, url_prefix="/staff/surveys/<slug>/evaluation")


@blueprint.get("")
@allow(EVERYONE)
def index(slug: str) -> str:
    """The table of totals and what is still to be done; before there is one, the schemes to choose from."""
    survey = sealed_or_404(slug)
    if find_evaluation(survey.id) is None:
        return render_template("staff/evaluation/begin.html", survey=survey, plan=plan_of(survey), presets=PRESET_NAMES)
    record_reading(actor().name, Action.READ_RESULT, slug)
    return _shown(survey, overview_of(survey))


def _shown(survey: Survey, now: Overview) -> str:
    lang = language()
    return render_template(
        "staff/evaluation/index.html", survey=survey, plan=now.plan, evaluation=now, composite=now.composite, scheme=now.scheme,
        sentences=scheme_sentences(now.scheme, lang, _), notes={unit: unit_notes(now, unit, lang, _) for unit in now.order},
        quotas=[(number, quota, quota_words(now, quota, lang, _)) for number, quota in enumerate(now.composite.quotas)],
        cell_text=_points, invalid=not_valid(now.report, _),
        signers=signers_of(now.stored), seen=content_digest(now), may_sign=has_role(COMMITTEE), me=current_user.name,
        states=_link_states(survey, now), open_units=sum(bool(unit.missing) for unit in now.composite.units),
    )  # fmt: skip


def _points(points: Fraction | None) -> str:
    """Points of a cell as a table shows them, all with two decimals so that they stand below each other."""
    return "—" if points is None else str(round_half_up(float(points)))


def _link_states(survey: Survey, now: Overview) -> dict[LinkState, int]:
    """How many units are how far with their own scores; empty where the scheme has none."""
    if not own_columns(now.scheme):
        return {}
    links = links_of(survey.id)
    states = [link_state(links.get(unit), now.stored.own_until, time.time()) for unit in now.order]
    return {state: states.count(state) for state in LinkState if state in states}


def _tried(slug: str, act: Callable[[], object], done: str) -> Response:
    """Do something and go back to the page, which says what was done, or why not."""
    sealed_or_404(slug)
    try:
        act()
    except InputError as error:
        for problem in error.problems:
            flash(localised(problem), "error")
    else:
        flash(done)
    return redirect(url_for("evaluation.index", slug=slug))


@blueprint.post("/begin")
@allow(EVERYONE)
def begin(slug: str) -> Response:
    """Begin by a preset, with the judges who are named, one a line."""
    judges = [name.strip() for name in request.form.get("judges", "").splitlines() if name.strip()]

    def act() -> None:
        begin_evaluation(actor(), slug, preset(request.form.get("preset", ""), judges))

    return _tried(slug, act, _("The evaluation is begun."))


@blueprint.post("/discard")
@allow(COMMITTEE)
def discard(slug: str) -> Response:
    """Remove what is not signed yet."""
    return _tried(slug, lambda: discard_evaluation(actor(), slug), _("The evaluation is discarded."))


@blueprint.post("/decide/<int:number>", endpoint="decide")
@allow(COMMITTEE)
def decide_quota(slug: str, number: int) -> Response:
    """Who keeps a place at the cut of a quota."""

    def act() -> None:
        decide(actor(), slug, number, request.form.getlist("unit"), request.form.get("reason", ""))

    return _tried(slug, act, _("The decision is stored."))


@blueprint.post("/sign", endpoint="sign")
@allow(COMMITTEE)
def sign_page(slug: str) -> Response:
    """Sign what the page showed."""

    def act() -> None:
        # A form that does not say what its signer saw has seen nothing that can be signed.
        sign(actor(), slug, current_user.name, request.form.get("seen") or "nothing")

    return _tried(slug, act, _("You have signed."))


@blueprint.post("/verify")
@allow(EVERYONE)
def verify(slug: str) -> Response:
    """Compute the digest again."""
    sealed_or_404(slug)
    try:
        same, digest = verify_evaluation(slug)
    except InputError as error:
        flash(localised(error.problems[0]), "error")
    else:
        if same:
            flash(_("It is what was signed."))
        else:
            flash(_("It is NOT what was signed: the digest is now %(digest)s.", digest=digest), "error")
    return redirect(url_for("evaluation.index", slug=slug))
