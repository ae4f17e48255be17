"""The steps in which a draft is written: each is saved by itself, in any order."""

from __future__ import annotations

import json
from zoneinfo import ZoneInfo

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response
from wtforms import FieldList, SelectChoice

from surveys.campaigns.draft_changes import DraftConflictError, save_part
from surveys.campaigns.drafts import PARTS, Draft, part_digest, read_draft
from surveys.campaigns.states import State
from surveys.campaigns.surveys import find_survey
from surveys.inputs.problems import InputError
from surveys.inputs.text import pick
from surveys.questionnaires.library import all_questionnaires, find_questionnaire, title_of
from surveys.results.example import example_of
from surveys.units.models import all_units, units_with_depth
from surveys.web.access import EVERYONE, PUBLISHERS, actor, allow
from surveys.web.languages import language
from surveys.web.messages import add_to_form, localised
from surveys.web.staff.draft_check import check_page
from surveys.web.staff.draft_forms import (
    OWN_COPY,
    NameStep,
    QuestionnaireStep,
    StepForm,
    UnitsStep,
    WindowStep,
    brought_units,
    choices_of_units,
    unit_codes,
)
from surveys.web.staff.form_differences import differences, in_words
from surveys.web.staff.group_form import GroupsStep
from surveys.web.staff.lookup import survey_or_404
from surveys.web.staff.rule_form import RuleStep, kept_names
from surveys.web.staff.survey_path import LABELS

blueprint = Blueprint("drafts", __name__, url_prefix="/staff/surveys/<slug>/draft")

STEPS: dict[str, type[StepForm]] = {
    form.part: form for form in (QuestionnaireStep, NameStep, UnitsStep, GroupsStep, WindowStep, RuleStep)
}


@blueprint.route("/<part>", methods=["GET", "POST"])
@allow(PUBLISHERS)
def step(slug: str, part: str) -> str | Response | tuple[str, int]:
    """One step of a draft."""
    if part not in PARTS:
        abort(404)
    survey = find_survey(slug)
    if survey is None or survey.state != State.DRAFT:
        return _draft_is_gone(part)
    draft = read_draft(survey)
    form, conflict, status = _form(part, draft), None, 200
    if request.method == "GET":
        form.fill(draft)
        form.seen.data = part_digest(survey, part)
    elif form.validate_on_submit():
        try:
            values = form.values(draft)
            saved = save_part(actor(), slug, part, values, form.seen.data or "", current_app.config["TIMEZONE"])
        except DraftConflictError as error:
            # Both are shown: what was typed stays in the form, and what is stored now stands above it.
            stored = _form(part, read_draft(error.stored), stored=True)
            stored.fill(read_draft(error.stored))
            conflict, status = (error.stored, differences(form, stored)), 409
            form.seen.data = part_digest(error.stored, part)
        except InputError as error:
            add_to_form(form, error)
        else:
            return _saved(read_draft(saved), part)
    return _page(draft, part, form, conflict), status


def _saved(draft: Draft, part: str) -> Response:
    """To the step that was asked for; else on to the next one, or here again while something in this one is missing or wrong."""
    slug, asked = draft.survey.slug, request.form.get("go", "")
    if asked == "survey":
        return redirect(url_for("survey.show", slug=slug))
    if asked in (*PARTS, "check"):
        flash(_("Saved."))
        return redirect(
            url_for("drafts.check", slug=slug) if asked == "check" else url_for("drafts.step", slug=slug, part=asked)
        )
    if draft.problems_of(part):
        flash(_("Saved. Something in this step is still missing."))
        return redirect(url_for("drafts.step", slug=draft.survey.slug, part=part))
    parts = [*PARTS, "check"]
    following = parts[parts.index(part) + 1]
    if "back" in request.form:
        return redirect(url_for("survey.show", slug=draft.survey.slug))
    if following == "check":
        return redirect(url_for("drafts.check", slug=draft.survey.slug))
    return redirect(url_for("drafts.step", slug=draft.survey.slug, part=following))


def _form(part: str, draft: Draft, *, stored: bool = False) -> StepForm:
    """The form of a step with what can be chosen in it; `stored`: past what was sent."""
    form = STEPS[part](formdata=None) if stored else STEPS[part]()
    if isinstance(form, QuestionnaireStep):
        form.questionnaire.choices = [SelectChoice(q.key, pick(q.title, language())) for q in all_questionnaires()]
        form.questionnaire.choices += _chosen_before(draft, [choice.value for choice in form.questionnaire.choices])
        if draft.questionnaire and not isinstance(draft.data.get("questionnaire"), str):
            own = _("%(title)s, as this draft brought it along", title=pick(draft.questionnaire.title, language()))
            form.questionnaire.choices.insert(0, SelectChoice(OWN_COPY, own))
    elif isinstance(form, UnitsStep):
        units = all_units()
        brought = brought_units(draft, [unit.code for unit in units])
        form.units.choices = choices_of_units([*((unit.code, unit.name) for unit in units), *brought])
    elif isinstance(form, WindowStep):
        form.zone = ZoneInfo(current_app.config["TIMEZONE"])
    elif isinstance(form, GroupsStep | RuleStep):
        form.offer(draft)
    return form


def _chosen_before(draft: Draft, offered: list[str]) -> list[SelectChoice]:
    """The questionnaire that a draft uses stays a choice when new surveys cannot use it any more."""
    key = draft.data.get("questionnaire")
    stored = find_questionnaire(key) if isinstance(key, str) and key not in offered else None
    if stored is None:
        return []
    title = pick(title_of(json.loads(stored.definition)), language())
    words = _("%(title)s (archived)", title=title) if stored.archived else _("%(title)s (not complete)", title=title)
    return [SelectChoice(stored.key, words)]


def _page(draft: Draft, part: str, form: StepForm, conflict: object) -> str:
    chosen = set(unit_codes(draft))
    tree = units_with_depth() if part in ("units", "groups") else []
    return render_template(
        f"staff/drafts/{part}.html",
        draft=draft, part=part, form=form, conflict=conflict, labels=LABELS, parts=PARTS, tree=tree,
        chosen=[(unit, depth) for unit, depth in tree if unit.code in chosen],
        brought=brought_units(draft, [unit.code for unit, _depth in tree]) if tree or part in ("units", "groups") else [],
        lengths={q.key: len(q.items) for q in all_questionnaires()} if part == "questionnaire" else {},
        kept=kept_names(draft) if part == "rule" else [],
        problems=[localised(problem) for problem in draft.problems_of(part)],
        example=_example(draft, form) if isinstance(form, RuleStep) else None,
    )  # fmt: skip


def _draft_is_gone(part: str) -> tuple[str, int]:
    """Somebody moved, removed or published the draft since the form was opened: what was typed is shown, to be taken along."""
    if request.method == "GET":
        abort(404)
    form = STEPS[part]()
    lists = [field for field in form if isinstance(field, FieldList)]
    rows = [
        (field.label.text, in_words(field))
        for field in form
        if field.name not in ("csrf_token", "seen") and field not in lists
    ]
    used = [entry.form for field in lists for entry in field if entry.form.used]
    rows += [(inner.label.text, in_words(inner)) for row in used for inner in row if inner.data]
    return render_template("staff/drafts/gone.html", rows=rows, step=LABELS[part]), 409


def _example(draft: Draft, form: RuleStep) -> object:
    """How a few ballots would score under the rule in the form; None where it or the questionnaire cannot be read."""
    if draft.questionnaire is None or not draft.questionnaire.rated:
        return None
    try:
        return example_of(draft, form.values(draft)["rule"])
    except InputError:
        return None


@blueprint.post("/rule/example")
@allow(PUBLISHERS)
def rule_example(slug: str) -> str:
    """The live example beside the form of the rule, as a part of its page."""
    survey = survey_or_404(slug)
    draft = read_draft(survey)
    form = _form("rule", draft)
    assert isinstance(form, RuleStep)
    form.validate_on_submit()
    return render_template("staff/drafts/example.html", example=None if form.errors else _example(draft, form))


@blueprint.get("/check")
@allow(EVERYONE)
def check(slug: str) -> str | Response:
    """What is missing, wrong or unusual, and a trial on one's own phone; then publish."""
    survey = survey_or_404(slug)
    if survey.state != State.DRAFT:
        return redirect(url_for("survey.show", slug=slug))
    return check_page(survey)
