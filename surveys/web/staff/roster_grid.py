"""A table of persons as an office has it: its columns are assigned and its cells mended, then it is previewed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from surveys.admission.roster import compare
from surveys.admission.roster_file import COLUMNS, RosterFile, read_roster, roster_groups
from surveys.admission.roster_guessing import PATTERNS, GuessedRoster, RosterChoices, guess_roster, mapping_problems
from surveys.campaigns.models import Survey
from surveys.campaigns.plan import SurveyPlan
from surveys.campaigns.surveys import plan_of
from surveys.inputs.mapped_tables import UnmappedTable, added_rows, guess_columns, read_unmapped
from surveys.inputs.problems import InputError, Problem
from surveys.inputs.text import pick
from surveys.web.access import PUBLISHERS, allow
from surveys.web.languages import language
from surveys.web.messages import localised, sentence
from surveys.web.staff.lookup import survey_or_404
from surveys.web.staff.table_grid import Chosen, Faults, GridColumn, GridRow, faults_of, read_chosen, rows_to_show
from surveys.web.staff.uploads import Upload, returned_file

blueprint = Blueprint("roster_grid", __name__, url_prefix="/staff/surveys/<slug>/roster/table")

LABELS = {
    "number": _l("Number"), "name": _l("Name"), "group": _l("Group"), "unit": _l("Unit"), "class": _l("Class"), "email": _l("E-mail"),
}  # fmt: skip
MOST_ROWS = 100
"""Of a longer roster only persons with an error are shown cell by cell."""
_MOST_WORDS = 30


def read_table_of(
    plan: SurveyPlan, upload: Upload, chosen: Chosen
) -> tuple[UnmappedTable, dict[int, str], GuessedRoster | None]:
    """Read a table by what was chosen, or by a guess. None: a column is not assigned yet that must be. Raises InputError."""
    roster_groups(plan)
    table = read_unmapped(upload.name, upload.data, COLUMNS, PATTERNS, chosen.heading, chosen.sheet)
    mapping = guess_columns(table, COLUMNS, PATTERNS) if chosen.mapping is None else chosen.mapping
    if mapping_problems(mapping):
        return table, mapping, None
    choices = RosterChoices(chosen.mending, chosen.group, chosen.words)
    return table, mapping, guess_roster(plan, table, mapping, choices)


def read_returned(plan: SurveyPlan, upload: Upload) -> RosterFile:
    """The persons of a table that a page sends back: with what was chosen for it, or as its headings say. Raises InputError."""
    chosen = read_chosen(LABELS)
    if chosen.mapping is None:
        return read_roster(plan, upload.name, upload.data)
    found = read_table_of(plan, upload, chosen)[2]
    if found is None or found.file is None:
        raise InputError(list(found.problems) if found else mapping_problems(chosen.mapping))
    return found.file


def grid_page(
    survey: Survey, plan: SurveyPlan, upload: Upload, chosen: Chosen, refused: Sequence[Problem] = ()
) -> tuple[str, int]:
    """The page; `refused` is why the rows as they are were not stored. Raises InputError for what is no table."""
    table, mapping, found = read_table_of(plan, upload, chosen)
    columns = _columns(plan, mapping)
    shown_names = {column.name for column in columns}
    faults = faults_of([*refused, *(found.problems if found else ())], LABELS, shown_names)
    rows = found.table.rows if found else ()
    comparison = compare(survey, found.file.rows) if found and found.file else None
    changes: dict[str, str] = {row.number: change for row, change in comparison.rows} if comparison else {}
    shown = rows_to_show(rows, chosen.mending, faults, MOST_ROWS)
    page = render_template(
        "staff/surveys/roster_grid.html",
        survey=survey,
        plan=plan,
        upload=upload,
        table=table,
        mapping=mapping,
        labels=LABELS,
        grid_class="grid people",
        columns=columns,
        rows=_grid_rows(plan, table, mapping, chosen, found, shown, faults, changes),
        total=len(rows),
        hidden=len(rows) - len(shown),
        faults=faults,
        chosen=chosen,
        ready=found is not None and found.file is not None,
        suggestions=[pick(unit.text, "zh") for unit in plan.units],
        groups=_group_choices(plan),
        units=[(unit.code, pick(unit.text, language())) for unit in plan.units],
        ask_group="group" not in mapping.values() and len(roster_groups(plan).things) > 1,
        unknown=found.unknown[:_MOST_WORDS] if found else (),
        alike=comparison.alike if comparison else [],
        remarks=[sentence(remark) for remark in (found.remarks if found else table.remarks)],
        missing=[sentence(problem) for problem in mapping_problems(mapping)],
    )
    return page, 200 if comparison and not refused else 422


def _group_choices(plan: SurveyPlan) -> list[tuple[str, str]]:
    return [(group.code, pick(group.text, language())) for group in plan.groups if group.admission == "roster"]


def _columns(plan: SurveyPlan, mapping: Mapping[int, str]) -> list[GridColumn]:
    """The columns that are shown: those of the file, and what this survey must know of each person."""
    names = set(mapping.values()) | {"number", "name"}
    groups = _group_choices(plan)
    if len(groups) > 1:
        names.add("group")
    if any(group.own and group.admission == "roster" for group in plan.groups):
        names.add("unit")
    every = {
        "name": GridColumn("name", str(LABELS["name"])),
        "number": GridColumn("number", str(LABELS["number"])),
        "group": GridColumn("group", str(LABELS["group"]), groups),
        "unit": GridColumn("unit", str(LABELS["unit"]), suggested=True),
        "class": GridColumn("class", str(LABELS["class"])),
        "email": GridColumn("email", str(LABELS["email"])),
    }
    return [column for name, column in every.items() if name in names]


def _grid_rows(
    plan: SurveyPlan, table: UnmappedTable, mapping: Mapping[int, str], chosen: Chosen, found: GuessedRoster | None,
    shown: list[tuple[int, Mapping[str, str]]], faults: Faults, changes: Mapping[str, str],
) -> list[GridRow]:  # fmt: skip
    """The rows that are shown, those that were left out, and those that were added and are still empty."""
    if found is None:
        return []
    lookup, added, given = roster_groups(plan), added_rows(table, chosen.mending), dict(table.rows)
    rows = []
    for number, cells in shown:
        group = lookup.find(cells["group"])
        code = "" if group is None else plan.groups[group].code
        notes = {name: found.guessed[number, name] for name in ("group", "unit") if (number, name) in found.guessed}
        if cells["group"] and group is None:
            notes["group"] = cells["group"]
        change = changes.get(cells["number"], "")
        wrong = faults.cells.get(number, {})
        rows.append(GridRow(number, {**cells, "group": code}, wrong, notes, change, added=number in added))
    for number in chosen.mending.without:
        line = given.get(number, [])
        cells = {name: line[at].text for at, name in mapping.items() if at < len(line)}
        if number in given or number in added:
            rows.append(GridRow(number, cells, {}, {}, "", left_out=True))
    present = {number for number, _ in found.table.rows} | chosen.mending.without
    empty = dict.fromkeys(LABELS, "")
    rows += [GridRow(number, empty, {}, {}, "", added=True) for number in added if number not in present]
    return sorted(rows, key=lambda row: row.number)


def preview_page(survey: Survey, plan: SurveyPlan, upload: Upload, found: RosterFile, chosen: Chosen) -> str:
    """What importing a table would change; nothing is stored before it is confirmed."""
    return render_template(
        "staff/surveys/roster_preview.html", survey=survey, plan=plan, upload=upload,
        comparison=compare(survey, found.rows), fields=chosen.fields,
        remarks=[sentence(remark) for remark in found.remarks],
    )  # fmt: skip


def sees_more(upload: Upload, found: RosterFile) -> bool:
    """Whether a guess would read columns that the headings of a table do not name as this service does."""
    table = read_unmapped(upload.name, upload.data, COLUMNS, PATTERNS)
    guessed = set(guess_columns(table, COLUMNS, PATTERNS).values())
    unsaid = found.rows[0].unsaid if found.rows else frozenset()
    fields = {"unit": "own_unit", "class": "class_name", "email": "email"}
    return any(fields[name] in unsaid for name in guessed & fields.keys())


def can_be_mended(upload: Upload, problems: list[Problem]) -> bool:
    """Whether the faults of a table are such that assigning its columns and changing its cells can mend them."""
    try:
        table = read_unmapped(upload.name, upload.data, COLUMNS, PATTERNS)
    except InputError:
        return False
    if table.other_sheets and {"number", "name"} <= set(guess_columns(table, COLUMNS, PATTERNS).values()):
        return True  # the persons are on another sheet than the first
    return all(
        problem.row is not None for problem in problems if problem.message != "%(n)s more faults are not listed."
    )


@blueprint.post("/")
@allow(PUBLISHERS)
def index(slug: str) -> str | tuple[str, int] | Response:
    """The page again after a change, or the preview of what would be imported."""
    survey = survey_or_404(slug)
    plan, chosen = plan_of(survey), read_chosen(LABELS)
    try:
        upload = returned_file()
        if "preview" in request.form:
            found = read_table_of(plan, upload, chosen)[2]
            if found is not None and found.file is not None:
                return preview_page(survey, plan, upload, RosterFile(found.file.rows, found.remarks), chosen)
        return grid_page(survey, plan, upload, chosen)
    except InputError as error:
        flash(localised(error.problems[0]), "error")
        return redirect(url_for("rosters.index", slug=slug))
