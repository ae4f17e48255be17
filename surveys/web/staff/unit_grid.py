"""A table of units as an office has it: its columns are assigned and its cells mended on one page, before it is imported."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from surveys.inputs.mapped_tables import UnmappedTable, added_rows, apply_mapping, read_unmapped
from surveys.inputs.problems import InputError
from surveys.units.changes import alike_codes, compare_units, store_units
from surveys.units.guessing import (
    HEADING_PATTERNS,
    MADE,
    GuessedUnits,
    guess_unit_columns,
    guess_units,
    names_persons,
)
from surveys.units.importing import COLUMNS, kind_of
from surveys.units.models import KINDS, all_units
from surveys.web.access import PUBLISHERS, actor, allow
from surveys.web.messages import kind_name, localised, sentence
from surveys.web.staff.table_grid import Chosen, GridColumn, GridRow, faults_of, read_chosen, rows_to_show
from surveys.web.staff.uploads import Upload, after_units, returned_file

blueprint = Blueprint("unit_grid", __name__, url_prefix="/staff/units/table")

LABELS = {
    "name": _l("Name of the unit"), "code": _l("Unit code"), "kind": _l("Kind"), "parent": _l("Unit above"), "name_en": _l("English name"),
    "description": _l("Description"), "description_en": _l("Description in English"),
}  # fmt: skip
SHOWN = ("name", "kind", "parent", "code")
MOST_ROWS = 600
"""More rows than this are not shown cell by cell: only those with a fault are."""


def grid(upload: Upload, chosen: Chosen) -> tuple[UnmappedTable, dict[int, str], GuessedUnits | None]:
    """Read a table by what was chosen, or by a guess. None: it has no column of names yet. Raises InputError."""
    table = read_unmapped(upload.name, upload.data, COLUMNS, HEADING_PATTERNS, chosen.heading, chosen.sheet)
    mapping = guess_unit_columns(table) if chosen.mapping is None else chosen.mapping
    mapped = apply_mapping(table, mapping, COLUMNS)
    if "name" not in mapping.values():
        return table, mapping, None
    persons = names_persons(table, mapping)
    guessed = guess_units(mapped, chosen.mending, added_rows(table, chosen.mending), persons=persons)
    zeros = guessed.file.remarks[len(mapped.remarks) :] if guessed.file else ()
    return table, mapping, replace(guessed, remarks=(*mapped.remarks, *guessed.remarks, *zeros))


def grid_page(upload: Upload, chosen: Chosen) -> tuple[str, int]:
    """The page. Raises InputError for what is no table."""
    table, mapping, units = grid(upload, chosen)
    rows = list(units.table.rows) if units else []
    faults = faults_of(units.problems if units else (), LABELS, SHOWN)
    file = units.file if units else None
    changes: dict[str, str] = {row.code: change for row, change in compare_units(file.rows)} if file else {}
    added = added_rows(table, chosen.mending) if units else []
    given = dict(table.rows)
    shown = [
        _row(number, cells, faults.cells.get(number, {}), changes, added=number in added)
        for number, cells in rows_to_show([row for row in rows if row[0] != MADE], chosen.mending, faults, MOST_ROWS)
    ]
    left_out = [
        GridRow(number, {column: given[number][at].text for at, column in mapping.items() if at < len(given[number])},
                {}, {}, "", left_out=True)
        for number in sorted(chosen.mending.without) if number in given
    ]  # fmt: skip
    blank = [_row(number, dict.fromkeys(SHOWN, ""), {}, {}, added=True) for number in added if number not in dict(rows)]
    page = render_template(
        "staff/units/grid.html",
        upload=upload,
        table=table,
        mapping=mapping,
        labels=LABELS,
        grid_class="grid",
        columns=[
            GridColumn("name", str(LABELS["name"])),
            GridColumn("kind", str(LABELS["kind"]), [(kind, kind_name(kind)) for kind in KINDS]),
            GridColumn("parent", str(LABELS["parent"]), suggested=True),
            GridColumn("code", str(LABELS["code"])),
        ],
        made=[cells for number, cells in rows if number == MADE],
        rows=sorted([*shown, *left_out, *blank], key=lambda row: row.number),
        total=len(rows),
        hidden=len([row for row in rows if row[0] != MADE]) - len(shown),
        faults=faults,
        chosen=chosen,
        changes=changes,
        ready=file is not None,
        suggestions=sorted({unit.name for unit in all_units()} | {cells["name"] for _, cells in rows}),
        alike=alike_codes(file.rows) if file else [],
        remarks=[sentence(remark) for remark in (units.remarks if units else table.remarks)],
        missing=[] if units else [_("Say which column holds the names of the units.")],
    )
    return page, 200 if file else 422


def _row(
    number: int,
    cells: Mapping[str, str],
    faults: Mapping[str, str],
    changes: Mapping[str, str],
    *,
    added: bool = False,
) -> GridRow:
    kind = kind_of(cells["kind"])
    notes = {"kind": cells["kind"]} if cells["kind"] and not kind else {}
    return GridRow(number, {**cells, "kind": kind}, faults, notes, changes.get(cells["code"], ""), added=added)


def can_be_mended(upload: Upload, error: InputError) -> bool:
    """Whether the faults of a table are such that assigning its columns and changing its cells can mend them."""
    for problem in error.problems:
        if problem.message.startswith("The column %(name)s is missing"):
            continue
        if problem.row is None or not problem.where:
            return False
    try:
        table = read_unmapped(upload.name, upload.data, COLUMNS, HEADING_PATTERNS)
    except InputError:
        return False
    return bool(guess_unit_columns(table)) or table.heading is None


@blueprint.post("/")
@allow(PUBLISHERS)
def index() -> str | tuple[str, int] | Response:
    """The page again after a change, or the import."""
    chosen = read_chosen(LABELS)
    try:
        upload = returned_file()
        if "import" not in request.form:
            return grid_page(upload, chosen)
        units = grid(upload, chosen)[2]
        if units is None or units.file is None:
            return grid_page(upload, chosen)
        done = store_units(actor(), units.file.rows)
    except InputError as error:
        flash(localised(error.problems[0]), "error")
        return redirect(url_for("units.index"))
    flash(_("%(added)s units added, %(changed)s changed.", added=done.added, changed=done.changed))
    return redirect(after_units())
