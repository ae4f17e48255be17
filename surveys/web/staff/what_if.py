"""A sealed survey under other rules, beside the official result."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, render_template, request

from surveys.campaigns.plan import SurveyPlan
from surveys.campaigns.rule_file import GRADES, TRIMS
from surveys.campaigns.states import State
from surveys.campaigns.surveys import plan_of
from surveys.inputs.problems import InputError
from surveys.results.models import stored_result
from surveys.results.report import report_of
from surveys.results.what_if import what_if
from surveys.storage.audit import Action, record_reading
from surveys.web.access import EVERYONE, actor, allow
from surveys.web.languages import language
from surveys.web.messages import localised
from surveys.web.staff.lookup import survey_or_404
from surveys.web.staff.rule_form import GRADE_CHOICES, TRIM_CHOICES

blueprint = Blueprint("what_if", __name__, url_prefix="/staff/surveys/<slug>/what-if")


@blueprint.get("")
@allow(EVERYONE)
def index(slug: str) -> str:
    survey = survey_or_404(slug)
    if survey.state != State.SEALED:
        abort(404)
    report = report_of(plan_of(survey), stored_result(survey))
    record_reading(actor().name, Action.READ_RESULT, slug)
    found, problems = None, []
    try:
        found = what_if(report, _asked(report.plan))
    except InputError as error:
        problems = [localised(problem) for problem in error.problems]
    return render_template(
        "staff/results/what_if.html", survey=survey, plan=report.plan, report=report, found=found, problems=problems,
        trims=TRIM_CHOICES, grades=GRADE_CHOICES, asked=request.args,
        items=[(item.code, report.item_name(item, language())) for item in report.plan.rated_items],
        weighs_items=any(value for name, value in request.args.items() if name.startswith("item-")),
    )  # fmt: skip


def _asked(plan: SurveyPlan) -> dict[str, Any]:
    """What the address says is different. What it does not say stays as in the official rule."""
    rule: dict[str, Any] = {}
    if request.args.get("trim") in TRIMS:
        rule["trim"] = TRIMS[request.args["trim"]]
    if request.args.get("grades") in GRADES:
        rule["grades"] = request.args["grades"]
        rule["gates"] = []
    for name, entries in (("group_weights", plan.groups), ("item_weights", plan.rated_items)):
        prefix = "weight-" if name == "group_weights" else "item-"
        typed = {entry.code: request.args.get(prefix + entry.code, "").strip() for entry in entries}
        if any(typed.values()):
            rule[name] = {code: _number(text) for code, text in typed.items() if text}
    if request.args.get("gate", "").strip():
        grades = GRADES[rule["grades"]] if "grades" in rule else plan.rule.grades
        if grades:
            cap = min(2, len(grades) - 1)
            rule["gates"] = [{"rate_under": _number(request.args["gate"].strip()), "cap": cap}]
    return rule


def _number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text
