"""A workbook to fill in with units: headings with notes, kinds to choose from, and an example."""

from __future__ import annotations

import io

import xlsxwriter

from surveys.inputs.translations import gettext_of, load_translations
from surveys.units.models import KINDS

_ROWS = 1000


def units_template(language: str) -> bytes:
    """The workbook, in the language of its reader; what is filled in can be imported as it is."""
    _ = gettext_of(load_translations(language))
    columns = [
        (_("Name of the unit"), 34, _("The full name, as people know it.")),
        (_("Kind"), 14, _("Choose from the list.")),
        (_("Unit above"), 30, _("By name. Leave it empty for the topmost unit.")),
        (_("Unit code"), 12, _("May be left empty: codes are then made.")),
        (_("English name"), 34, _("May be left empty.")),
        (_("Description"), 40, _("A few words for people who may not know the unit; they stand beside its name.")),
    ]
    kinds = [_(kind).replace("_", " ") for kind in KINDS]
    example = [
        (_("General Branch of Mechanics"), kinds[1], ""),
        (_("Teachers' Branch of Mechanics"), kinds[2], _("General Branch of Mechanics")),
    ]
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet, text = book.add_worksheet(_("Units")), book.add_format({"num_format": "@"})
        head = book.add_format({"bold": True, "bottom": 1, "bg_color": "#F8EBE9"})
        for place, (name, width, note) in enumerate(columns):
            sheet.set_column(place, place, width, text)
            sheet.write_string(0, place, name, head)
            sheet.write_comment(0, place, note)
        for row, cells in enumerate(example, 1):
            for place, cell in enumerate(cells):
                sheet.write_string(row, place, cell, text)
        sheet.data_validation(1, 1, _ROWS, 1, {"validate": "list", "source": kinds})
        sheet.freeze_panes(1, 0)
    return out.getvalue()
