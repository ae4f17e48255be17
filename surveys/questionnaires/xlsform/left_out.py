"""What a form says beyond what is represented here: named by row, once for each column."""

from __future__ import annotations

from collections.abc import Mapping

from surveys.inputs.problems import Problem, shortened
from surveys.questionnaires.xlsform.answers import LOOKS_OF_A_TABLE
from surveys.questionnaires.xlsform.kinds import IGNORED, NO
from surveys.questionnaires.xlsform.workbook import Form, Row

_READ = {
    "survey": {
        "type", "name", "label", "hint", "required", "relevant", "constraint", "parameters", "appearance", "disabled",
        "x_per", "x_criterion", "x_weight", "x_scale", "x_when", "x_decimals", "x_groups",
        # Refused, or named for each row.
        "choice_filter", "calculation", "readonly", "repeat_count", "default", "image", "audio", "video", "big_image",
    },
    "choices": {"list_name", "name", "label", "x_points", "x_satisfied", "x_colour", "x_dont_know", "x_units"},
    "settings": {"title", "id", "language", "x_title", "x_introduction", "x_quotas"},
}  # fmt: skip
_LOOKS_READ = LOOKS_OF_A_TABLE | {"table-list", "label"}
_LOOKS_REFUSED = frozenset(
    {"year", "month-year", "ethiopian", "coptic", "islamic", "bikram-sambat", "myanmar", "persian"}
)
"""Appearances by which something else is asked."""


def changes_what_is_asked(look: str) -> str:
    """The part of an appearance by which something else is asked; empty where it only says how a question looks."""
    words = look.casefold().split()
    found = [word for word in words if word in _LOOKS_REFUSED or word.startswith(("search(", "ex:"))]
    return found[0] if found else ""


def what_is_left_out(form: Form, passed_over: Mapping[tuple[str, str], list[int]]) -> list[Problem]:
    """A remark for each column that is not read, with its rows, and for other sheets.

    `passed_over`: rows by sheet and column whose texts without a language are left out.
    """
    rows = {"survey": form.survey, "choices": form.choices, "settings": [form.settings]}
    remarks = []
    for sheet, of_sheet in rows.items():
        for column, numbers in _unread(of_sheet, sheet).items():
            remarks.append(
                Problem("What stands in the column “%(name)s” is left out (rows %(rows)s).", sheet, numbers[0],
                        name=column, rows=_listed(numbers))
            )  # fmt: skip
    looks = [row.number for row in form.survey if set(row.get("appearance").casefold().split()) - _LOOKS_READ]
    if looks:
        remarks.append(
            Problem("How questions look (appearance) is left out (rows %(rows)s).", "survey", looks[0], rows=_listed(looks))
        )  # fmt: skip
    for (sheet, column), numbers in passed_over.items():
        remarks.append(
            Problem("In the column “%(name)s” texts without a language are left out, for there are others with one (rows %(rows)s).",
                    sheet, numbers[0], name=column, rows=_listed(numbers))
        )  # fmt: skip
    if form.others:
        remarks.append(Problem("These sheets are not read: %(names)s.", "", names=shortened(form.others, 5)))
    return remarks


def _unread(rows: list[Row], sheet: str) -> dict[str, list[int]]:
    """The columns that are not read, with the rows in which they say something."""
    found: dict[str, list[int]] = {}
    for row in rows:
        if sheet == "survey" and " ".join(row.get("type").casefold().split()) in IGNORED:
            continue  # the row as a whole is left out, and named
        said = {column for column, text in row.cells.items() if text.casefold() not in NO} | set(row.texts)
        for column in sorted(said - _READ[sheet]):
            found.setdefault(column, []).append(row.number)
    return found


def _listed(numbers: list[int]) -> str:
    return shortened(map(str, numbers), 10)
