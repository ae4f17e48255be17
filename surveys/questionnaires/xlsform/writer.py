"""A questionnaire as an XLSForm, for ODK, KoBoToolbox and SurveyCTO, and to be read here again.

What XLSForm has no column for stands in columns that begin with x_, which other programs pass over: which sections are asked
for each unit, criteria, weights, points and colours of scales, the introduction, quotas.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping
from typing import Any

import xlsxwriter

from surveys.inputs.text import Text
from surveys.inputs.values import plain_number
from surveys.questionnaires.questionnaire import Questionnaire, read_questionnaire
from surveys.questionnaires.scales import usual_colours
from surveys.questionnaires.xlsform.workbook import LITERAL

NAMES = {"zh": "中文 (zh)", "en": "English (en)"}
_SURVEY = ["type", "name", "label::中文 (zh)", "label::English (en)", "hint::中文 (zh)", "hint::English (en)", "required", "relevant", "constraint", "parameters", "appearance",
           "x_per", "x_criterion::中文 (zh)", "x_criterion::English (en)", "x_weight", "x_scale", "x_when",
           "x_decimals", "x_groups"]  # fmt: skip
_CHOICES = [
    "list_name",
    "name",
    "label::中文 (zh)",
    "label::English (en)",
    "x_points",
    "x_satisfied",
    "x_colour",
    "x_dont_know",
    "x_units",
]
_SETTINGS = ["form_title", "form_id", "default_language", "x_title::English (en)", "x_introduction::中文 (zh)",
             "x_introduction::English (en)", "x_quotas"]  # fmt: skip
_DONT_KNOW = "dont_know"
_SELECTS = {"choice": "select_one", "multi": "select_multiple", "ranking": "rank"}


def write_xlsform(definition: Mapping[str, Any]) -> bytes:
    """The workbook of a stored questionnaire's definition. Raises InputError for what is no questionnaire."""
    questionnaire = read_questionnaire(definition)
    writer = _Writer(questionnaire, definition)
    writer.fill()
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        head = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        wrap = book.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})
        for title, columns, rows in (
            ("survey", _SURVEY, writer.survey), ("choices", _CHOICES, writer.choices), ("settings", _SETTINGS, [writer.settings()]),
        ):  # fmt: skip
            sheet = book.add_worksheet(title)
            sheet.freeze_panes(1, 0)
            for column, name in enumerate(columns):
                sheet.write_string(0, column, name, head)
                sheet.set_column(column, column, 40 if name.startswith("label") else 16)
                for number, row in enumerate(rows, 1):
                    if row.get(name):
                        sheet.write_string(number, column, row[name], wrap)
    return out.getvalue()


class _Writer:
    def __init__(self, questionnaire: Questionnaire, definition: Mapping[str, Any]) -> None:
        self.questionnaire, self.definition = questionnaire, definition
        self.survey: list[dict[str, str]] = []
        self.choices: list[dict[str, str]] = []
        self.lists: set[str] = set()

    def fill(self) -> None:
        """A group for each section, and a row for each item."""
        for number, (section, raw) in enumerate(
            zip(self.questionnaire.sections, self.definition["sections"], strict=True), 1
        ):
            start = {"type": "begin_group", "name": f"section{number}", **_texts("label", section.title)}
            self.survey.append({**start, "x_per": "unit" if section.each_unit else ""})
            before: list[Any] = []
            for item, entry in zip(section.items, raw["items"], strict=True):
                self.survey.append(self._row(item, entry, before))
                before.append(item)
            self.survey.append({"type": "end_group", "name": f"section{number}"})

    def settings(self) -> dict[str, str]:
        """The one row of settings."""
        one = self.questionnaire
        return {
            "form_title": _literal(one.title.get("zh", "")), "form_id": one.key, "default_language": NAMES["zh"],
            "x_title::English (en)": _literal(one.title.get("en", "")), **_texts("x_introduction", one.introduction),
            "x_quotas": _json(self.definition["quotas"]) if self.definition.get("quotas") else "",
        }  # fmt: skip

    def _row(self, item: Any, entry: Mapping[str, Any], before: list[Any]) -> dict[str, str]:
        row = {"name": name_of(item.code), **_texts("label", item.text), **_texts("hint", item.hint),
               **_texts("x_criterion", item.criterion), "x_groups": _json(item.groups) if item.groups else ""}  # fmt: skip
        row["required"] = "yes" if item.required else ""
        if item.type == "rating":
            row.update(self._rating(item))
        elif item.type in _SELECTS:
            row["type"] = f"{_SELECTS[item.type]} {self._options(item, entry)}" + (
                " or_other" if entry.get("other") else ""
            )
        else:
            row.update(_PLAIN[item.type](item))
        if item.when is not None:
            known = [other for other in before if item.when.item in ("*", other.code) and other.answer_codes]
            parts = [_is(other, code) for other in known for code in other.answer_codes if code in item.when.answers]
            row["relevant"] = " or ".join(parts)
            if item.when.item == "*":
                row["x_when"] = "* " + " ".join(sorted(item.when.answers))
        return row

    def _rating(self, item: Any) -> dict[str, str]:
        """A rating: of a list of choices, or a number on a direct scale."""
        scale = item.scale
        row = {"x_weight": plain_number(item.weight)}
        if scale.direct:
            whole = {"direct": {"low": scale.low, "high": scale.high}, "dont_know": dict(scale.dont_know or {}) or None,
                     "dont_know_at": scale.dont_know_at, "satisfied_from": scale.satisfied_from}  # fmt: skip
            kept = {name: value for name, value in whole.items() if value is not None}
            row["x_scale"] = _json({"key": scale.key, **kept})
            return {**row, "type": "range", "parameters": f"start={scale.low} end={scale.high} step=1"}
        name = f"scale_{scale.key}"
        if name not in self.lists:
            self.lists.add(name)
            usual = usual_colours(scale.points)
            for level, colour in zip(scale.levels, usual, strict=True):
                self.choices.append({"list_name": name, "name": level.code, **_texts("label", level.text),
                                     "x_points": plain_number(level.points), "x_satisfied": "yes" if level.satisfied else "",
                                     "x_colour": level.colour if level.colour != colour else ""})  # fmt: skip
            if scale.dont_know:
                unknown = {"list_name": name, "name": _DONT_KNOW, **_texts("label", scale.dont_know)}
                self.choices.append({**unknown, "x_dont_know": "yes"})
        return {**row, "type": f"select_one {name}", "appearance": "likert", "x_scale": scale.key}

    def _options(self, item: Any, entry: Mapping[str, Any]) -> str:
        """The name of the list of an item's options."""
        if entry.get("options") == "units":
            if "units" not in self.lists:
                self.lists.add("units")
                self.choices.append({"list_name": "units", "name": "unit", **_texts("label", {"zh": "参评单位", "en": "The units"}),
                                     "x_units": "yes"})  # fmt: skip
            return "units"
        name = f"options_{item.code}"
        self.choices += [
            {"list_name": name, "name": option.code, **_texts("label", option.text)}
            for option in (item.options[:-1] if entry.get("other") else item.options)
        ]
        return name


def name_of(code: str) -> str:
    """A code as a name in a form, which begins with a letter or _."""
    return code if code[0].isalpha() else f"_{code}"


def _literal(text: str) -> str:
    """A text in which no program sees a reference to another answer."""
    return text.replace("${", LITERAL)


def _json(data: Any) -> str:
    """Plain data as JSON in which no program sees a reference."""
    return json.dumps(data, ensure_ascii=False).replace("${", "$\\u007b")


def _texts(column: str, text: Text | None) -> dict[str, str]:
    return {f"{column}::{NAMES[language]}": _literal(words) for language, words in (text or {}).items()}


def _is(item: Any, code: str) -> str:
    """That an item was answered by a code: a ranking by what was put first."""
    field = f"${{{name_of(item.code)}}}"
    if item.type == "multi":
        return f"selected({field}, '{code}')"
    return f"selected-at({field}, 0) = '{code}'" if item.type == "ranking" else f"{field} = '{code}'"


def _number(item: Any) -> dict[str, str]:
    low, high = item.bounds
    row = {"type": "decimal" if item.decimals else "integer", "constraint": f". >= {low} and . <= {high}"}
    return {**row, "x_decimals": str(item.decimals)} if item.decimals else row


_PLAIN: dict[str, Callable[[Any], dict[str, str]]] = {
    "number": _number,
    "date": lambda item: {"type": "date", "constraint": f". >= date('{item.first}') and . <= date('{item.last}')"},
    "text": lambda item: {"type": "text", "constraint": f"string-length(.) <= {item.limit}"},
    "note": lambda item: {"type": "note"},
}
