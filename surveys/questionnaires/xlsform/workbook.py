"""The sheets of an XLSForm as rows of named cells, with headings in any writing."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from surveys.inputs.lines import Lines
from surveys.inputs.problems import Faults, InputError, Problem
from surveys.inputs.sheets import read_sheets
from surveys.inputs.text import clean

SHEETS = ("survey", "choices", "settings")
ALIASES = {
    "command": "type", "value": "name", "list_name": "list_name", "form_title": "title", "set_form_title": "title",
    "form_id": "id", "id_string": "id", "set_form_id": "id", "caption": "label", "relevance": "relevant", "skip": "relevant",
    "calculate": "calculation", "read_only": "readonly", "repeat_count": "repeat_count", "constraint_msg": "constraint_message",
    "default_language": "language",
}  # fmt: skip
"""Other names of columns and settings; those of "bind" columns without it."""

TRANSLATED = ("label", "hint", "guidance_hint", "constraint_message", "required_message", "noapperrorstring", "image", "audio", "video",
              "big_image", "media", "x_criterion", "x_title", "x_introduction")  # fmt: skip


@dataclass(frozen=True)
class Row:
    """A row of a sheet: its number there, its cells by column, and texts by column and language ("": none named)."""

    number: int
    cells: dict[str, str]
    texts: dict[str, dict[str, str]] = field(default_factory=dict)

    def get(self, column: str) -> str:
        """A cell; empty where there is none."""
        return self.cells.get(column, "")


@dataclass(frozen=True)
class Form:
    """The three sheets that matter. `sheet` of the survey as it is called there is "survey"."""

    survey: list[Row]
    choices: list[Row]
    settings: Row


def read_form(name: str, data: bytes) -> Form:
    """The sheets of a workbook. Raises InputError with all faults of their headings."""
    found = read_sheets(name, data, [*SHEETS])
    if found[0] is None:
        raise no_form(name)
    faults = Faults()
    survey, choices, settings = faults.each(found, lambda lines, number: _rows(lines, SHEETS[number - 1]))
    faults.check()
    return Form(survey, choices, settings[0] if settings else Row(2, {}))


def _rows(of_sheet: Lines | None, sheet: str) -> list[Row]:
    if of_sheet is None or not of_sheet.lines:
        return []
    (_, heading), *rest = of_sheet.lines
    headings = [clean(cell.text) for cell in heading]
    faults, rows = Faults(), []
    for number, cells in rest:
        found: dict[tuple[str, str], tuple[str, str]] = {}
        for title, cell in zip(headings, cells, strict=False):
            text, column = clean(cell.text, lines=True), column_of(title)
            if not title or not text:
                continue
            first, before = found.setdefault(column, (title, text))
            if before != text:
                faults.problems.append(Problem("Two columns have one meaning and say different things: %(first)s and %(second)s.",
                                               sheet, number, first=first, second=title))  # fmt: skip
        row = Row(number, {}, {})
        for (known, language), (_, text) in found.items():
            if known in TRANSLATED:
                row.texts.setdefault(known, {})[language] = text
            else:
                row.cells[known] = text
        if found:
            rows.append(row)
    faults.check()
    return rows


def column_of(heading: str) -> tuple[str, str]:
    """A heading as (column, language): "Label :: English (en)" is ("label", "english (en)")."""
    parts = [part for part in re.split(r"\s*::?\s*", heading.strip().casefold()) if part]
    if len(parts) > 1 and parts[0] in ("bind", "control", "body"):
        parts = [parts[-1]]  # bind:relevant, bind:jr:constraintMsg
    if len(parts) > 1 and parts[0] == "media":
        parts = parts[1:]
    column = re.sub(r"[\s_-]+", "_", parts[0]) if parts else ""
    column = {"constraintmsg": "constraint_message", "requiredmsg": "required_message"}.get(column, column)
    return ALIASES.get(column, column), " ".join(parts[1:]) if column in TRANSLATED else ""


def languages_of(rows: list[Row]) -> set[str]:
    """All languages that texts are in."""
    return {language for row in rows for texts in row.texts.values() for language in texts}


def known_language(language: str) -> str:
    """zh or en for a language as it is called in a form; empty for another one."""
    code = re.search(r"\(([a-z]{2,3})([_-][a-z]+)?\)", language)
    short = code[1] if code else language.strip()[:7]
    if short in ("zh", "chi", "zho", "cmn", "zh-cn", "zh_cn", "zh-hans") or re.search(
        "chinese|中文|汉语|简体", language
    ):
        return "zh"
    return "en" if short in ("en", "eng") or language.startswith("english") else ""


def no_form(name: str) -> InputError:
    """What is said of a workbook that is no XLSForm."""
    return InputError(
        Problem("This is no XLSForm: it needs a sheet “survey” with the columns type, name and label.", name)
    )
