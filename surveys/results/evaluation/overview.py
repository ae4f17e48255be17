"""The evaluation of a survey as it stands: its scheme, its points, and what follows from them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal

import peewee

from surveys.campaigns.indices import SurveyId, UnitIndex
from surveys.campaigns.models import Survey
from surveys.campaigns.plan import SurveyPlan
from surveys.campaigns.surveys import plan_of
from surveys.inputs.problems import InputError, Problem
from surveys.inputs.text import pick
from surveys.results.evaluation.models import (
    Evaluation,
    EvaluationChange,
    EvaluationDecision,
    EvaluationEntry,
    EvaluationLink,
)
from surveys.results.evaluation.scheme import read_scheme
from surveys.results.models import stored_result
from surveys.results.report import Report, report_of
from surveys.scoring.composite import Column, Composite, Scheme, UnitInput, evaluate
from surveys.scoring.result import unit_turnout
from surveys.scoring.rounding import kept, round_half_up

SCORE_DECIMALS = 10
"""As many as the workbook's cells keep of a score from which others are computed."""


@dataclass(frozen=True)
class Overview:
    """What pages, commands and the workbook show. `entries` by position of the unit."""

    report: Report
    stored: Evaluation
    scheme: Scheme
    entries: dict[UnitIndex, dict[Column, EvaluationEntry]]
    decisions: dict[int, EvaluationDecision]
    composite: Composite

    @property
    def plan(self) -> SurveyPlan:
        """The survey's plan."""
        return self.report.plan

    @property
    def is_signed(self) -> bool:
        """Whether two have signed: then nothing changes any more."""
        return bool(self.stored.digest)

    @property
    def order(self) -> list[UnitIndex]:
        """The units by rank; those without a total behind, in the survey's order."""
        units = self.composite.units
        return [
            UnitIndex(unit) for unit in sorted(range(len(units)), key=lambda u: (units[u].rank is None, units[u].rank or 0))
        ]  # fmt: skip

    def entry(self, unit: UnitIndex, column: Column) -> EvaluationEntry | None:
        """What is stored of a cell."""
        return self.entries.get(unit, {}).get(column)

    def grade_name(self, grade: int | None, language: str) -> str:
        """The name of a grade, or a dash."""
        return "—" if grade is None else pick(self.scheme.grades[grade].name, language)


def find_evaluation(survey_id: SurveyId) -> Evaluation | None:
    """The evaluation of a survey, if it was begun."""
    return Evaluation.get_or_none(Evaluation.survey == survey_id)


def get_evaluation(survey: Survey) -> Evaluation:
    """The same. Raises InputError if there is none."""
    found = find_evaluation(survey.id)
    if found is None:
        raise InputError(Problem("The evaluation of the survey %(name)s is not begun.", name=survey.slug))
    return found


def overview_of(survey: Survey) -> Overview:
    """The evaluation as it stands. Raises InputError: the survey is not sealed, or there is none."""
    report = report_of(plan_of(survey), stored_result(survey))
    stored = get_evaluation(survey)
    scheme = scheme_of(stored)
    entries: dict[UnitIndex, dict[Column, EvaluationEntry]] = {}
    for entry in EvaluationEntry.select().where(EvaluationEntry.survey_id == survey.id):
        entries.setdefault(entry.unit, {})[column_of(entry)] = entry
    rows = EvaluationDecision.select().where(EvaluationDecision.survey_id == survey.id)
    decisions = {row.quota: row for row in rows}
    position = {unit.code: number for number, unit in enumerate(report.plan.units)}
    chosen = {number: [position[code] for code in row.chosen.split()] for number, row in decisions.items()}
    composite = evaluate(scheme, inputs_of(report, entries), chosen)
    return Overview(report, stored, scheme, entries, decisions, composite)


def overview_if_begun(survey: Survey) -> Overview | None:
    """The same; None where no evaluation was begun."""
    return overview_of(survey) if find_evaluation(survey.id) else None


def scheme_of(stored: Evaluation) -> Scheme:
    """The scheme of an evaluation."""
    return read_scheme(json.loads(stored.scheme))


def column_of(row: EvaluationEntry | EvaluationChange) -> Column:
    """The cell that a row is about."""
    return Column(row.criterion, row.source, row.judge)


def inputs_of(report: Report, entries: dict[UnitIndex, dict[Column, EvaluationEntry]]) -> list[UnitInput]:
    """What is known of each unit: what is withheld in the result is not known here either."""
    result = report.result
    turnouts = unit_turnout(result.turnout, len(result.score))
    inputs = []
    for unit, (score, rate) in enumerate(zip(result.score, result.rate, strict=True)):
        points = {column: Decimal(row.points) for column, row in entries.get(UnitIndex(unit), {}).items()}
        inputs.append(
            UnitInput(
                points,
                None if score is None else kept(score, SCORE_DECIMALS),
                None if rate is None else round_half_up(rate),
                turnouts[unit],
            )
        )
    return inputs


def column_label(scheme: Scheme, column: Column, language: str) -> str:
    """What stands above a cell to fill in."""
    criterion, source = scheme.criterion(column.criterion), scheme.source(column.source)
    names = [pick(criterion.name, language), pick(source.name, language), column.judge]
    return " · ".join(name for name in names if name)


def key_of(column: Column) -> str:
    """A cell as files, commands and messages name it: criterion/source, and the judge where there are several."""
    return "/".join(filter(None, (column.criterion, column.source, column.judge)))


def points_at(survey_id: SurveyId, revision: int) -> dict[tuple[UnitIndex, Column], str]:
    """The points as they were at a revision, by the history."""
    table = EvaluationChange
    rows = table.select().where(table.survey_id == survey_id, table.id <= revision).order_by(table.id)
    return {(row.unit, column_of(row)): row.new for row in rows}


def changes_of(survey_id: SurveyId, unit: UnitIndex | None = None) -> list[EvaluationChange]:
    """The history of a survey's points, or of those of a unit, newest first."""
    rows = EvaluationChange.select().where(EvaluationChange.survey_id == survey_id)
    if unit is not None:
        rows = rows.where(EvaluationChange.unit == unit)
    return list(rows.order_by(EvaluationChange.id.desc()))


def revision_of(survey_id: SurveyId) -> int:
    """What a form carries, so that nobody overwrites what another one saved meanwhile: the last change it shows."""
    table = EvaluationChange
    return table.select(peewee.fn.MAX(table.id)).where(table.survey_id == survey_id).scalar() or 0


def links_of(survey_id: SurveyId) -> dict[UnitIndex, EvaluationLink]:
    """The links for own scores, by unit."""
    return {row.unit: row for row in EvaluationLink.select().where(EvaluationLink.survey_id == survey_id)}
