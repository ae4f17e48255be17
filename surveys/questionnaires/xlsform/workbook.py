"""The sheets of an XLSForm as rows of named cells, with headings in any writing."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from surveys.inputs.lines import Cell, Lines
from surveys.inputs.problems import Faults, InputError, Problem, at_most
from surveys.inputs.sheets import read_sheets
from surveys.inputs.text import clean

SHEETS = ("survey", "choices", "settings")
MAX_ROWS = {"survey": 2_000, "choices": 20_000, "settings": 20}
MAX_CELL, MAX_COLUMNS = 10_000, 300
LITERAL = "$\u2060{"
"""How "${" is written where it is meant as such: an invisible sign keeps other programs from taking it for a reference."""
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
    references: frozenset[str] = frozenset()
    """The columns whose texts have another answer in them: ${name}."""

    def get(self, column: str) -> str:
        """A cell; empty where there is none."""
        return self.cells.get(column, "")


@dataclass(frozen=True)
class Form:
    """The three sheets that matter, and the names of the others."""

    survey: list[Row]
    choices: list[Row]
    settings: Row
    others: tuple[str, ...] = ()


def read_form(name: str, data: bytes) -> Form:
    """The sheets of a workbook. Raises InputError with all faults of their headings."""
    found = read_sheets(name, data, [*SHEETS])
    if found[0] is None:
        raise no_form(name)
    faults = Faults()
    survey, choices, settings = faults.each(found, lambda lines, number: _rows(lines, SHEETS[number - 1]))
    faults.problems = at_most(faults.problems)
    faults.check()
    others = tuple(name for name in found[0].other_sheets if name.casefold() not in SHEETS)
    return Form(survey, choices, settings[0] if settings else Row(2, {}), others)


def _rows(of_sheet: Lines | None, sheet: str) -> list[Row]:
    if of_sheet is None or not of_sheet.lines:
        return []
    (_, heading), *rest = of_sheet.lines
    if len(rest) > MAX_ROWS[sheet]:
        raise InputError(Problem("The sheet has more than %(limit)s rows.", sheet, limit=MAX_ROWS[sheet]))
    if len(heading) > MAX_COLUMNS:
        raise InputError(Problem("The sheet has more than %(limit)s columns.", sheet, limit=MAX_COLUMNS))
    faults = Faults()
    columns = faults.take(lambda: [_column(cell.text, sheet) for cell in heading])
    faults.check()
    rows = faults.each(rest, lambda line, _number: _row(line[0], line[1], columns, sheet))
    faults.check()
    return [row for row in rows if row.cells or row.texts]


def _column(heading: str, sheet: str) -> tuple[str, tuple[str, str]]:
    """A heading as it is written, and what it means."""
    if len(heading) > MAX_CELL:
        raise InputError(Problem("A cell is longer than %(limit)s characters.", sheet, 1, limit=MAX_CELL))
    title = " ".join(clean(heading).split())
    return title, column_of(title)


def _row(number: int, cells: list[Cell], columns: list[tuple[str, tuple[str, str]]], sheet: str) -> Row:
    """A row of named cells. Raises InputError: a cell is too long, or two say different things of one column."""
    found: dict[tuple[str, str], tuple[str, str]] = {}
    references = set()
    for (title, column), cell in zip(columns, cells, strict=False):
        if not title or not cell.text:
            continue
        if len(cell.text) > MAX_CELL:
            raise InputError(Problem("A cell is longer than %(limit)s characters.", sheet, number, limit=MAX_CELL))
        text = clean(cell.text, lines=True)
        if not text:
            continue
        if "${" in cell.text:
            references.add(column[0])
        first, before = found.setdefault(column, (title, text))
        if before != text:
            raise InputError(
                Problem("Two columns have one meaning and say different things: %(first)s and %(second)s.", sheet, number,
                        first=first, second=title)
            )  # fmt: skip
    row = Row(number, {}, {}, frozenset(references))
    for (known, language), (_, text) in found.items():
        if known in TRANSLATED:
            row.texts.setdefault(known, {})[language] = text
        else:
            row.cells[known] = text
    return row


def column_of(heading: str) -> tuple[str, str]:
    """A heading as (column, language): "Label :: English (en)" is ("label", "english (en)")."""
    parts = [part.strip() for part in heading.strip().casefold().split(":") if part.strip()]
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
    """zh or en for a language as it is called in a form, zh-Hant for Chinese in traditional signs; empty for another one."""
    code = re.search(r"\(([a-z]{2,3})((?:[_-][a-z]+)*)\)", language)
    short = (code[1] + code[2] if code else language.strip()).replace("_", "-")
    main = short.split("-")[0]
    if main in ("zh", "chi", "zho", "cmn") or re.search("chinese|中文|汉语|漢語|简体|繁體|繁体", language):
        return "zh-Hant" if re.search("hant|tw|hk|traditional|繁", language) else "zh"
    return "en" if main in ("en", "eng") or language.startswith("english") else ""


def no_form(name: str) -> InputError:
    """What is said of a workbook that is no XLSForm."""
    return InputError(
        Problem("This is no XLSForm: it needs a sheet “survey” with the columns type, name and label.", name)
    )
