"""A table of units as an office has it: its columns are assigned and its cells mended on one page, before it is imported."""

from __future__ import annotations

import re
from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from surveys.inputs.mapped_tables import GUESS, UnmappedTable, apply_mapping, guess_columns, read_unmapped
from surveys.inputs.problems import InputError
from surveys.units.changes import alike_codes, compare_units, store_units
from surveys.units.guessing import MADE, PATTERNS, GuessedUnits, guess_units
from surveys.units.importing import COLUMNS, kind_of
from surveys.units.models import KINDS, all_units
from surveys.web.access import PUBLISHERS, actor, allow
from surveys.web.messages import localised, localised_place, sentence
from surveys.web.staff.uploads import Upload, after_units, returned_file

blueprint = Blueprint("unit_grid", __name__, url_prefix="/staff/units/table")

LABELS = {
    "name": _l("Name of the unit"), "code": _l("Unit code"), "kind": _l("Kind"), "parent": _l("Unit above"), "name_en": _l("English name"),
}  # fmt: skip
_EDIT = re.compile(r"e-([0-9]{1,6})-([a-z_]+)")
_LISTED = 20
MOST_ROWS = 600
"""More rows than this are not shown cell by cell: only those with a fault are."""


@dataclass(frozen=True)
class Chosen:
    """What is said on the page: which column is which, where the headings are, and cells that were changed."""

    mapping: dict[int, str] | None
    heading: int
    edits: dict[tuple[int, str], str]


def _chosen() -> Chosen:
    form = request.form
    mapping = None
    if "heading" in form:
        mapping = {
            int(name[2:]): value for name, value in form.items()
            if re.fullmatch(r"m-[0-9]{1,2}", name) and value in LABELS
        }  # fmt: skip
    edits = {
        (int(found[1]), found[2]): value for name, value in form.items()
        if (found := _EDIT.fullmatch(name)) and found[2] in LABELS
    }  # fmt: skip
    return Chosen(mapping, form.get("heading", GUESS, int), edits)


def grid(upload: Upload, chosen: Chosen) -> tuple[UnmappedTable, dict[int, str], GuessedUnits | None]:
    """Read a table by what was chosen, or by a guess. None: it has no column of names yet. Raises InputError."""
    table = read_unmapped(upload.name, upload.data, COLUMNS, PATTERNS, chosen.heading)
    mapping = guess_columns(table, COLUMNS, PATTERNS) if chosen.mapping is None else chosen.mapping
    mapped = apply_mapping(table, mapping, COLUMNS)
    return table, mapping, guess_units(mapped, chosen.edits) if "name" in mapping.values() else None


def grid_page(upload: Upload, chosen: Chosen) -> tuple[str, int]:
    """The page. Raises InputError for what is no table."""
    table, mapping, units = grid(upload, chosen)
    rows = list(units.table.rows) if units else []
    faults: dict[int, dict[str, str]] = {}
    others, places = [], []
    for problem in units.problems if units else ():
        if problem.row is not None and problem.where in LABELS:
            faults.setdefault(problem.row, {}).setdefault(problem.where, sentence(problem))
            places.append(
                (f"e-{problem.row}-{problem.where}", localised(problem.at(str(LABELS[problem.where]), problem.row)))
            )
        else:
            others.append((localised_place(problem), sentence(problem)))
    file = units.file if units else None
    changes = {row.code: change for row, change in compare_units(file.rows)} if file else {}
    page = render_template(
        "staff/units/grid.html",
        upload=upload,
        table=table,
        mapping=mapping,
        labels=LABELS,
        kinds=KINDS,
        kind_of=kind_of,
        made=[cells for number, cells in rows if number == MADE],
        rows=[row for row in rows if row[0] != MADE and (len(rows) <= MOST_ROWS or row[0] in faults)],
        total=len(rows),
        faults=faults,
        others=others,
        places=places[:_LISTED],
        edits=chosen.edits,
        changes=changes,
        ready=file is not None,
        parents=sorted({unit.name for unit in all_units()} | {cells["name"] for _, cells in rows}),
        alike=alike_codes(file.rows) if file else [],
        remarks=[
            sentence(remark)
            for remark in (*table.remarks, *(units.remarks if units else ()), *(file.remarks if file else ()))
        ],
    )
    return page, 200 if file else 422


def can_be_mended(upload: Upload, error: InputError) -> bool:
    """Whether the faults of a table are such that assigning its columns and changing its cells can mend them."""
    for problem in error.problems:
        if problem.message.startswith("The column %(name)s is missing"):
            continue
        if problem.row is None or not problem.where:
            return False
    try:
        table = read_unmapped(upload.name, upload.data, COLUMNS, PATTERNS)
    except InputError:
        return False
    return bool(guess_columns(table, COLUMNS, PATTERNS)) or table.heading is None


@blueprint.post("/")
@allow(PUBLISHERS)
def index() -> str | tuple[str, int] | Response:
    """The page again after a change, or the import."""
    chosen = _chosen()
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
