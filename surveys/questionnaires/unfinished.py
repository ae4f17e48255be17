"""Definitions that are still being written: what they may hold, what is missing in them, and what can be shown of them.

A definition that is edited has the shape of one that `read_questionnaire` takes, but may lack anything.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from functools import partial
from typing import Any

from surveys.inputs.problems import Faults, InputError, Problem
from surveys.inputs.text import LANGUAGES
from surveys.inputs.values import as_list, as_table, check_names
from surveys.questionnaires.canonical import canonical_json
from surveys.questionnaires.items import KINDS
from surveys.questionnaires.items.base import COMMON_NAMES
from surveys.questionnaires.questionnaire import MAX_ITEMS, NAMES, SECTION_NAMES, Questionnaire, read_questionnaire

MAX_BYTES = 300 * 1024
MAX_SECTIONS = 100
_MAX_DEPTH = 12
_LARGEST = 2**53
"""Above it, JavaScript does not tell whole numbers apart."""

_ITEM_PLACE = re.compile(r"sections\[(\d+)\]\.items\[(\d+)\]")
_SECTION_PLACE = re.compile(r"sections\[(\d+)\]")
_SCALE_PLACE = re.compile(r"scales\.([^.\[]+)")


def check_shape(definition: object) -> str:
    """The definition as it is stored. Raises InputError where it is too large, or has not even the shape of one."""
    top, faults = as_table(definition, "questionnaire"), Faults()
    _check_plain(definition, _MAX_DEPTH)
    text = canonical_json(definition)
    if len(text.encode()) > MAX_BYTES:
        raise InputError(Problem("The questionnaire is larger than this service takes."))
    faults.take(lambda: check_names(top, NAMES, "questionnaire"))
    for name in ("title", "introduction"):
        faults.take(partial(_check_text, top.get(name), name))
    faults.take(lambda: as_table(top.get("scales", {}), "scales"))
    faults.take(lambda: as_list(top.get("quotas", []), "quotas"))
    sections = faults.take(lambda: as_list(top.get("sections", []), "sections")) or []
    if len(sections) > MAX_SECTIONS:
        faults.note("There are more than %(limit)s sections.", "sections", limit=MAX_SECTIONS)
    counts = faults.each(sections, lambda entry, number: _check_section(entry, f"sections[{number}]"))
    items = sum(count or 0 for count in counts)
    if items > MAX_ITEMS:
        faults.note("There are more than %(limit)s items.", "sections", limit=MAX_ITEMS)
    faults.check()
    return text


def _check_plain(value: object, depth: int) -> None:
    """Plain data of a bounded depth, which JSON and every browser know."""
    if not depth:
        raise InputError(Problem("The questionnaire is nested too deeply."))
    if isinstance(value, Mapping):
        for name, inner in value.items():
            _check_plain(name, depth - 1)
            _check_plain(inner, depth - 1)
    elif isinstance(value, list):
        for inner in value:
            _check_plain(inner, depth - 1)
    elif isinstance(value, float | int):
        if not math.isfinite(value) or abs(value) > _LARGEST:
            raise InputError(Problem("This is not a number."))
    elif isinstance(value, str):
        if any("\ud800" <= sign <= "\udfff" for sign in value):
            raise InputError(Problem("A text is expected here."))
    elif value is not None:
        raise InputError(Problem("A text is expected here."))


def _check_text(value: object, where: str) -> None:
    if value is None or isinstance(value, str):
        return
    for language, text in as_table(value, where).items():
        if language not in LANGUAGES or not isinstance(text, str):
            raise InputError(Problem("A text is expected here.", where))


def _check_section(data: object, where: str) -> int:
    """The number of items of a section."""
    row, faults = as_table(data, where), Faults()
    faults.take(lambda: check_names(row, SECTION_NAMES, where))
    faults.take(lambda: _check_text(row.get("title"), f"{where}.title"))
    entries = faults.take(lambda: as_list(row.get("items", []), f"{where}.items")) or []
    faults.each(entries, lambda entry, number: _check_item(entry, f"{where}.items[{number}]"))
    faults.check()
    return len(entries)


def _check_item(data: object, where: str) -> None:
    row, faults = as_table(data, where), Faults()
    kind = KINDS.get(str(row.get("type")))
    if kind is None:
        raise InputError(Problem("This must be one of: %(names)s.", f"{where}.type", names=", ".join(KINDS)))
    faults.take(lambda: check_names(row, (*COMMON_NAMES, *kind.names), where))
    for name in ("text", "criterion", "hint"):
        faults.take(partial(_check_text, row.get(name), f"{where}.{name}"))
    if isinstance(row.get("options"), list):
        for number, option in enumerate(row["options"], 1):
            place = f"{where}.options[{number}]"
            entry = faults.take(partial(as_table, option, place))
            if entry is not None:
                faults.take(partial(check_names, entry, ("code", "text"), place))
                faults.take(partial(_check_text, entry.get("text"), place))
    faults.check()


def problems_of(definition: Any) -> list[Problem]:
    """What is missing or wrong in a definition; nothing, if surveys can use it."""
    try:
        read_questionnaire(definition)
    except InputError as error:
        return error.problems
    return []


def place_of_item(problem: Problem) -> tuple[int, int] | None:
    """The positions (from 0) of the section and the item that a problem is about."""
    found = _ITEM_PLACE.match(problem.where)
    return (int(found[1]) - 1, int(found[2]) - 1) if found else None


class ReadablePart:
    """What can be shown of a definition: the questionnaire of its complete items, and where those came from.

    `places` are the positions (section, item) of its items in the definition, in order; `left_out` are those of the rest.
    """

    def __init__(self, definition: Mapping[str, Any]) -> None:
        self._top = {name: value for name, value in definition.items() if name != "quotas"}
        sections = definition.get("sections") or []
        self._kept = [[(s, i) for i in range(len(section.get("items") or []))] for s, section in enumerate(sections)]
        self._sections = [dict(section) for section in sections]
        self.questionnaire = self._read()
        self.places = [place for kept in self._kept for place in kept] if self.questionnaire else []
        shown = set(self.places)
        self.left_out = [
            (s, i) for s, section in enumerate(sections) for i in range(len(section.get("items") or []))
            if (s, i) not in shown
        ]  # fmt: skip

    def _read(self) -> Questionnaire | None:
        for _ in range(3 * MAX_ITEMS):  # each round leaves out at least one item
            numbers = [number for number, kept in enumerate(self._kept) if kept]
            if not numbers:
                return None
            data = {**self._top, "sections": [self._section(number) for number in numbers]}
            try:
                return read_questionnaire(data)
            except InputError as error:
                if not self._leave_out(error.problems, numbers):
                    return None
        return None

    def _section(self, number: int) -> dict[str, Any]:
        section = self._sections[number]
        return {**section, "items": [section["items"][i] for _, i in self._kept[number]]}

    def _leave_out(self, problems: list[Problem], numbers: list[int]) -> bool:
        """Take out what problems are about; False, if nothing was."""
        bad: set[tuple[int, int]] = set()
        changed = False
        for problem in problems:
            item, section, scale = (p.match(problem.where) for p in (_ITEM_PLACE, _SECTION_PLACE, _SCALE_PLACE))
            if item:
                bad.add(self._kept[numbers[int(item[1]) - 1]][int(item[2]) - 1])
            elif section:
                changed |= self._sections[numbers[int(section[1]) - 1]].pop("title", None) is not None
            elif scale:
                self._top["scales"] = {n: v for n, v in self._top["scales"].items() if n != scale[1]}
                changed = True
            elif problem.where == "sections":
                return False  # no items are left, or too many: leaving one out mends neither
            else:
                name = problem.where
                self._top[name] = {"key": "draft", "title": {"zh": "…"}, "introduction": None}.get(name, {})
                changed = True
        self._kept = [[place for place in kept if place not in bad] for kept in self._kept]
        return changed or bool(bad)
