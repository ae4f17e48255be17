"""The form of a scheme of one's own: criteria, sources, which of them go together, grades, a gate and a quota."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from surveys.campaigns.rule_file import GRADES
from surveys.campaigns.surveys import plan_of
from surveys.inputs.identifiers import half_width
from surveys.inputs.problems import InputError
from surveys.inputs.text import clean
from surveys.results.evaluation.entries import begin_evaluation
from surveys.results.evaluation.overview import find_evaluation, scheme_of
from surveys.results.evaluation.presets import PRESETS
from surveys.results.evaluation.scheme import MAX_CRITERIA, MAX_SOURCES, read_scheme, scheme_data
from surveys.web.access import EVERYONE, actor, allow
from surveys.web.messages import localised
from surveys.web.staff.lookup import sealed_or_404
from surveys.web.staff.rule_form import GRADE_CHOICES

blueprint = Blueprint("evaluation_scheme", __name__, url_prefix="/staff/surveys/<slug>/evaluation/scheme")

KINDS = {
    "typed": _l("typed in"), "own": _l("handed in by the unit"), "judges": _l("mean of several judges"), "survey": _l("score of this survey"),
}  # fmt: skip
_NO_NAME = {"zh": "", "en": ""}
_NO_CRITERION: dict[str, Any] = {"code": "", "name": _NO_NAME, "maximum": "", "uses": []}
_NO_SOURCE: dict[str, Any] = {
    "code": "",
    "name": _NO_NAME,
    "weight": "",
    "kind": "typed",
    "judges": [],
    "drop_above": "",
}
THRESHOLDS = 3
"""Grades above the lowest one, each with its threshold."""
_MORE = 2
"""So many empty rows are offered."""


@blueprint.route("", methods=["GET", "POST"])
@allow(EVERYONE)
def index(slug: str) -> str | tuple[str, int] | Response:
    """The form, filled from the scheme as it is or from a preset."""
    survey = sealed_or_404(slug)
    problems: list[str] = []
    if request.method == "POST":
        data = _sent()
        try:
            begin_evaluation(actor(), slug, data)
        except InputError as error:
            problems = [localised(problem) for problem in error.problems]
        else:
            flash(_("The scheme is stored."))
            return redirect(url_for("evaluation.index", slug=slug))
    else:
        stored, name = find_evaluation(survey.id), request.args.get("preset", "five_goods")
        scheme = read_scheme(PRESETS.get(name, PRESETS["five_goods"])) if stored is None else scheme_of(stored)
        data = scheme_data(scheme)
    page = render_template(
        "staff/evaluation/scheme.html", survey=survey, plan=plan_of(survey), problems=problems, kinds=KINDS,
        criteria=_rows(data["criteria"], _NO_CRITERION, MAX_CRITERIA), sources=_rows(data["sources"], _NO_SOURCE, MAX_SOURCES),
        grade_choices=GRADE_CHOICES, grades_name=_name_of(data["grades"]), limits=_gate_and_quota(data),
    )  # fmt: skip
    return page, 422 if problems else 200


def _rows(rows: list[dict[str, Any]], empty: dict[str, Any], most: int) -> list[dict[str, Any]]:
    """The rows of the form, and some empty ones."""
    shown = [{**empty, **row, "name": {**empty["name"], **row["name"]}} for row in rows]
    return [*shown, *[empty] * min(_MORE, most - len(rows))]


def _gate_and_quota(data: dict[str, Any]) -> dict[str, Any]:
    """Thresholds, the gate on the satisfaction rate and the quota, as far as the form can say them."""
    gate = next((gate["rate_under"] for gate in data["gates"] if "rate_under" in gate), "")
    quota = next(iter(data["quotas"]), {"at_most": ""})
    share = next(value for name, value in quota.items() if name != "grade")
    percent = round(share * 100, 9) if isinstance(share, float) else share
    grades = GRADES.get(data["grades"], []) if isinstance(data["grades"], str) else data["grades"]
    thresholds = [grade["at"] for grade in grades[:THRESHOLDS]]
    shown = {"gates": [] if gate == "" else [{"rate_under": gate, "cap": 2}], "quotas": data["quotas"][:1]}
    says_more = len(grades) != THRESHOLDS + 1 or any(data[name] != said for name, said in shown.items())
    says_more = says_more or any(one["grade"] != ("at_least" in one) for one in data["quotas"])
    return {
        "says_more": says_more,
        "gate": gate,
        "percent": percent,
        "at_least": "at_least" in quota,
        "thresholds": thresholds,
    }


def _name_of(grades: Any) -> str:
    """Which of the ready-made grades these are, by their number of names alone where they were read."""
    if isinstance(grades, str):
        return grades
    return next((name for name, known in GRADES.items() if known[0]["name"] == grades[0]["name"]), "quality")


def _sent() -> dict[str, Any]:
    """The form as plain data; rows without a name are left out."""
    sources = [row for number in range(MAX_SOURCES) if (row := _source(number))]
    codes = [source["code"] for source in sources]
    criteria = [row for number in range(MAX_CRITERIA) if (row := _criterion(number, codes))]
    data: dict[str, Any] = {"criteria": criteria, "sources": sources, "grades": _grades()}
    gate, share = _number("gate"), _number("share")
    data["gates"] = [] if gate is None else [{"rate_under": gate, "cap": 2}]
    kind = "at_least" if request.form.get("quota") == "at_least" else "at_most"
    grade = {"at_most": 0, "at_least": 1}[kind]
    fraction = share / 100 if isinstance(share, float) else share
    data["quotas"] = [] if share is None else [{kind: fraction, "grade": grade}]
    return data


def _grades() -> str | list[dict[str, Any]]:
    """The grades that were chosen, with the thresholds that were typed; the lowest begins at 0."""
    name = request.form.get("grades", "quality")
    typed = [_number(f"t{number}") for number in range(THRESHOLDS)]
    if name not in GRADES or None in typed:
        return name
    names = [grade["name"] for grade in GRADES[name]]
    return [{"name": text, "at": at} for text, at in zip(names, [*typed, 0], strict=True)]


def _criterion(number: int, sources: list[str]) -> dict[str, Any] | None:
    names = _names(f"c{number}")
    if not names:
        return None
    uses = [code for code in request.form.getlist(f"c{number}-uses") if code in sources]
    maximum = _number(f"c{number}-max")
    return {
        "code": request.form.get(f"c{number}-code") or f"c{number + 1}", "name": names, "maximum": maximum,
        "uses": [] if len(uses) == len(sources) else uses,
    }  # fmt: skip


def _source(number: int) -> dict[str, Any] | None:
    names, kind = _names(f"s{number}"), request.form.get(f"s{number}-kind", "typed")
    if not names:
        return None
    row: dict[str, Any] = {
        "code": request.form.get(f"s{number}-code") or f"s{number + 1}",
        "name": names,
        "kind": kind,
        "weight": _number(f"s{number}-weight"),
    }
    if kind == "judges":
        lines = request.form.get(f"s{number}-judges", "").splitlines()
        row |= {"judges": [clean(line) for line in lines if clean(line)], "drop_above": _number(f"s{number}-drop")}
    return row


def _names(prefix: str) -> dict[str, str]:
    texts = {language: clean(request.form.get(f"{prefix}-{language}", "")) for language in ("zh", "en")}
    return {language: text for language, text in texts.items() if text}


def _number(field: str) -> float | str | None:
    """A number that was typed; None for nothing, and the text where it is none, which read_scheme refuses with its place."""
    text = half_width(clean(request.form.get(field, "")))
    if not text:
        return None
    return float(text) if re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,6})?", text) else text
