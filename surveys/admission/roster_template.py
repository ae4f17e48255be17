"""A workbook to fill in with persons: headings with notes, and the survey's own groups and units to choose from."""

from __future__ import annotations

import io

import xlsxwriter

from surveys.campaigns.plan import SurveyPlan
from surveys.inputs.text import pick
from surveys.inputs.translations import gettext_of, load_translations

_ROWS = 5_000


def roster_template(plan: SurveyPlan, language: str) -> bytes:
    """The workbook, in the language of its reader; what is filled in can be imported as it is."""
    _ = gettext_of(load_translations(language))
    groups = [pick(group.text, language) for group in plan.groups if group.admission == "roster"]
    units = [pick(unit.text, language) for unit in plan.units]
    own = any(group.own and group.admission == "roster" for group in plan.groups)
    columns: list[tuple[str, int, str, list[str]]] = [
        (_("Student or staff number"), 18, _("1 to 40 letters, digits, - and _."), []),
        (_("Name"), 14, _("Up to 60 characters."), []),
        (_("Group"), 16, _("Choose from the list."), groups),
        (_("Unit"), 34, _("Choose from the list: the unit the person belongs to, and rates if the group rates its own unit.")
         if own else _("May be left empty. Choose from the list."), units),
        (_("Class"), 18, _("May be left empty."), []),
        (_("E-mail"), 30, _("May be left empty. Personal links are sent to it."), []),
    ]  # fmt: skip
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet, text = book.add_worksheet(_("Roster")), book.add_format({"num_format": "@"})
        choices = book.add_worksheet(_("Choices"))
        choices.hide()  # a list longer than 255 characters must stand in cells; the first visible sheet is what is read
        head = book.add_format({"bold": True, "bottom": 1, "bg_color": "#F8EBE9"})
        for place, (name, width, note, listed) in enumerate(columns):
            sheet.set_column(place, place, width, text)
            sheet.write_string(0, place, name, head)
            sheet.write_comment(0, place, note)
            for row, choice in enumerate(listed):
                choices.write_string(row, place, choice)
            if listed:
                column = "ABCDEF"[place]
                source = f"='{choices.get_name()}'!${column}$1:${column}${len(listed)}"
                sheet.data_validation(1, place, _ROWS, place, {"validate": "list", "source": source})
        sheet.freeze_panes(1, 0)
    return out.getvalue()
