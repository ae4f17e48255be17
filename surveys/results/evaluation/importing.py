"""The table that is filled in offline: a workbook to fill in, and reading it, all or nothing."""

from __future__ import annotations

import io
from dataclasses import dataclass

import xlsxwriter

from surveys.campaigns.indices import UnitIndex
from surveys.campaigns.models import Survey
from surveys.campaigns.surveys import get_survey
from surveys.inputs.identifiers import fold
from surveys.inputs.problems import Faults, InputError, Problem
from surveys.inputs.tables import Column as TableColumn
from surveys.inputs.tables import read_table
from surveys.inputs.text import pick
from surveys.inputs.translations import Gettext
from surveys.inputs.values import plain_number
from surveys.results.evaluation.entries import (
    CHANGED_MEANWHILE,
    Typed,
    change_points,
    points_text,
    read_points,
    read_reason,
    store,
)
from surveys.results.evaluation.overview import Overview, column_label, key_of, overview_of, revision_of
from surveys.scoring.composite import Column, Scheme
from surveys.storage.audit import Action
from surveys.storage.unit_of_work import Actor

_CODE = TableColumn("code", ("单位编号", "编号", "代码", "unit code"), required=True, identifier=True)
_NAME = TableColumn("name", ("单位名称", "单位", "unit", "name of the unit"))


@dataclass(frozen=True)
class PointChange:
    """A cell that an import would change: old and new points as text, empty for none."""

    unit: UnitIndex
    column: Column
    old: str
    new: str


@dataclass(frozen=True)
class PointFile:
    """What a file says, the cells it would change, and remarks on how it was read."""

    typed: list[Typed]
    changes: list[PointChange]
    remarks: tuple[Problem, ...]


def points_template(now: Overview, language: str, gettext: Gettext) -> bytes:
    """The workbook to fill in: a row for each unit, a column for each open cell, filled with what is stored."""
    _, plan, scheme = gettext, now.plan, now.scheme
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        sheet, text = book.add_worksheet(_("Evaluation")), book.add_format({"num_format": "@"})
        head = book.add_format({"bold": True, "bottom": 1, "bg_color": "#F8EBE9", "text_wrap": True, "valign": "top"})
        fill = book.add_format({"bg_color": "#FFF8E1", "border": 1, "num_format": "0.####"})
        headings = [_("Unit code"), _("Unit"), *(column_label(scheme, column, language) for column in scheme.columns)]
        for place, heading in enumerate(headings):
            sheet.set_column(place, place, (12, 30)[place] if place < 2 else 14)
            sheet.write_string(0, place, heading, head)
        for row, unit in enumerate(plan.units, 1):
            sheet.write_string(row, 0, unit.code, text)
            sheet.write_string(row, 1, pick(unit.text, language), text)
            for place, column in enumerate(scheme.columns, 2):
                entry = now.entry(UnitIndex(row - 1), column)
                if entry is None:
                    sheet.write_blank(row, place, None, fill)
                else:
                    sheet.write_number(row, place, float(entry.points), fill)
        for place, column in enumerate(scheme.columns, 2):
            most = scheme.criterion(column.criterion).maximum
            message = _("Points from 0 to %(high)s", high=plain_number(most))
            sheet.data_validation(1, place, len(plan.units), place, {
                "validate": "decimal", "criteria": "between", "minimum": 0, "maximum": most,
                "input_message": message, "error_message": message,
            })  # fmt: skip
        sheet.freeze_panes(1, 2)
    return out.getvalue()


def read_points_file(now: Overview, name: str, data: bytes, reason: str) -> PointFile:
    """Read a file that was filled in. Empty cells leave what is stored. Raises InputError with each fault's row and column."""
    scheme, plan, faults = now.scheme, now.plan, Faults()
    why = read_reason(faults, reason)
    faults.check()
    columns = {key_of(column): column for column in scheme.columns}
    table = read_table(name, data, [_CODE, _NAME, *(_table_column(scheme, column) for column in scheme.columns)])
    problems: list[Problem] = []
    if not set(columns) & set(table.headings):
        problems.append(Problem("There is no column with points. Take the file to fill in from this page.", name))
    typed, seen = [], set()
    for number, cells in table.rows:
        code = cells.get("code", "")
        unit = plan.unit_lookup.find(code)
        if unit is None:
            problems.append(
                Problem("There is no unit %(code)s in this survey.", table.at("code"), number, code=code[:50] or "—")
            )
            continue
        if unit in seen:
            problems.append(
                Problem("The unit %(code)s stands in the file twice.", table.at("code"), number, code=code[:50])
            )
            continue
        seen.add(unit)
        said = cells.get("name", "")
        names = {fold(name) for text in (plan.units[unit].name, plan.units[unit].text) for name in text.values()}
        if said and fold(said) not in names:
            problems.append(
                Problem("The unit %(code)s is called %(name)s, not %(given)s. Were only some of the columns sorted?",
                        table.at("name"), number, code=code[:50], name=pick(plan.units[unit].text, "zh"), given=said[:50])
            )  # fmt: skip
        for key in set(columns) & set(table.headings):
            try:
                points = read_points(scheme, columns[key], cells.get(key, ""), table.at(key), number)
            except InputError as error:
                problems += error.problems
            else:
                if points is not None:
                    typed.append(Typed(unit, columns[key], points, why))
    table.check(problems)
    typed.sort(key=lambda cell: (cell.unit, scheme.columns.index(cell.column)))
    return PointFile(typed, _compare(now, typed), table.remarks)


def _compare(now: Overview, typed: list[Typed]) -> list[PointChange]:
    changes = []
    for cell in typed:
        entry = now.entry(cell.unit, cell.column)
        old, new = entry.points if entry else "", points_text(cell.points)
        if old != new:
            changes.append(PointChange(cell.unit, cell.column, old, new))
    return changes


def import_points(
    actor: Actor, slug: str, name: str, data: bytes, reason: str, revision: int | None = None
) -> int:  # fmt: skip
    """Store what a file says, all or nothing; how many cells changed. Raises InputError with each fault's place.

    `revision` is that of the evaluation when the import was shown (overview.py: revision_of).
    """
    file = read_points_file(overview_of(get_survey(slug)), name, data, reason)

    def act(survey: Survey) -> int:
        if revision is not None and revision != revision_of(survey.id):
            raise InputError(Problem(CHANGED_MEANWHILE))
        return store(actor, survey, file.typed)

    return change_points(actor, Action.IMPORT_POINTS, slug, act, about=lambda count: f"{count} cells")


def _table_column(scheme: Scheme, column: Column) -> TableColumn:
    labels = tuple(column_label(scheme, column, language) for language in ("zh", "en"))
    return TableColumn(key_of(column), labels, answer=True)
