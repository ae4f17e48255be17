"""Typing in the points of an evaluation: all units in a grid, or one after another with the history of each cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import ngettext
from werkzeug.wrappers import Response

from surveys.campaigns.indices import UnitIndex
from surveys.campaigns.models import Survey
from surveys.inputs.problems import InputError
from surveys.results.evaluation.entries import save_points
from surveys.results.evaluation.overview import (
    Overview,
    changes_of,
    column_label,
    column_of,
    find_evaluation,
    key_of,
    overview_of,
    revision_of,
)
from surveys.scoring.composite import Column
from surveys.web.access import EVERYONE, actor, allow
from surveys.web.languages import language
from surveys.web.messages import localised
from surveys.web.staff.lookup import sealed_or_404

MAX_REVISION = 2**31 - 1

blueprint = Blueprint("evaluation_points", __name__, url_prefix="/staff/surveys/<slug>/evaluation/points")


@blueprint.route("", methods=["GET", "POST"])
@allow(EVERYONE)
def index(slug: str) -> str | tuple[str, int] | Response:
    """The grid of units and cells."""
    survey = sealed_or_404(slug)
    now = _overview_or_404(survey)
    units = [UnitIndex(unit) for unit in range(len(now.plan.units))]
    problems = _saved(survey, now, units)
    if problems is None:
        return redirect(url_for("evaluation_points.index", slug=slug))
    page = render_template(
        "staff/evaluation/points.html", survey=survey, plan=now.plan, evaluation=now, units=units, problems=problems,
        grid=_grid(now), revision=revision_of(survey.id), typed=request.form,
    )  # fmt: skip
    return page, 422 if problems else 200


@blueprint.route("/<code>", methods=["GET", "POST"])
@allow(EVERYONE)
def unit(slug: str, code: str) -> str | tuple[str, int] | Response:
    """One unit, with the history of its points; saving leads to the next one."""
    survey = sealed_or_404(slug)
    now = _overview_or_404(survey)
    found = now.plan.unit_lookup.find(code)
    if found is None:
        abort(404)
    following = UnitIndex(found + 1) if found + 1 < len(now.plan.units) else None
    problems = _saved(survey, now, [found])
    if problems is None:
        go_on = following is not None and "next" in request.form
        to = now.plan.units[following if go_on and following is not None else found].code
        return redirect(url_for("evaluation_points.unit", slug=slug, code=to))
    lang = language()
    history = [
        (column_label(now.scheme, column_of(row), lang), row)
        for row in changes_of(survey.id, found) if column_of(row) in now.scheme.columns
    ]  # fmt: skip
    page = render_template(
        "staff/evaluation/unit.html", survey=survey, plan=now.plan, evaluation=now, unit=found, following=following,
        before=found - 1 if found else None, history=history, problems=problems, grid=_grid(now),
        revision=revision_of(survey.id), typed=request.form,
    )  # fmt: skip
    return page, 422 if problems else 200


@dataclass(frozen=True)
class Grid:
    """The cells that are open for each unit, with labels and maximum points."""

    now: Overview
    columns: list[tuple[Column, str, float]]

    def field(self, unit: UnitIndex, column: Column) -> str:
        """The name of a cell's field."""
        return _field(self.now, unit, column)


def _grid(now: Overview) -> Grid:
    lang = language()
    return Grid(now, [
        (column, column_label(now.scheme, column, lang), now.scheme.criterion(column.criterion).maximum)
        for column in now.scheme.columns
    ])  # fmt: skip


def _saved(survey: Survey, now: Overview, units: Sequence[UnitIndex]) -> list[str] | None:
    """What is wrong with a form that was sent; None where it was stored, [] where none was sent."""
    if request.method != "POST":
        return []
    typed = {
        (unit, column): request.form[_field(now, unit, column)]
        for unit in units for column in now.scheme.columns if _field(now, unit, column) in request.form
    }  # fmt: skip
    try:
        revision = min(request.form.get("revision", 0, type=int), MAX_REVISION)
        count = save_points(actor(), survey.slug, typed, request.form.get("reason", ""), revision)
    except InputError as error:
        return [localised(problem) for problem in error.problems]
    flash(ngettext("%(num)s cell is changed.", "%(num)s cells are changed.", count))
    return None


def _field(now: Overview, unit: UnitIndex, column: Column) -> str:
    """The name of a cell's field."""
    return f"{now.plan.units[unit].code}/{key_of(column)}"


def _overview_or_404(survey: Survey) -> Overview:
    if find_evaluation(survey.id) is None:
        abort(404)
    return overview_of(survey)
