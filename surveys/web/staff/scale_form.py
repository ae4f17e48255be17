"""The form of a scale: rows for its levels, or the bounds of numbers, as it was typed and as plain data."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict

from surveys.inputs.identifiers import fold, half_width
from surveys.inputs.problems import InputError, Problem
from surveys.inputs.text import Text, clean
from surveys.inputs.values import plain_number
from surveys.questionnaires.scales import COLOURS, MAX_LEVELS
from surveys.questionnaires.stored_scales import stored_scales
from surveys.web.messages import localised, sentence

COLOUR_NAMES = {
    "deep-red": _l("deep red"), "red": _l("red"), "orange": _l("orange"), "yellow": _l("yellow"),
    "lime": _l("lime"), "green": _l("green"), "deep-green": _l("deep green"),
}  # fmt: skip
_LEVEL = re.compile(r"scale\.levels\[(\d+)\]")
_LABELS = {
    "name": _l("Name of the scale"), "points": _l("Points"), "code": _l("Code"), "colour": _l("Colour"),
    "dont_know": _l("Words for “don't know”"), "direct": _l("Numbers"), "low": _l("From"), "high": _l("To"),
    "dont_know_at": _l("Number for “don't know”"), "satisfied_from": _l("Satisfied from"),
}  # fmt: skip


@dataclass
class LevelRow:
    """One level as it was typed."""

    code: str = ""
    zh: str = ""
    en: str = ""
    points: str = ""
    satisfied: bool = False
    colour: str = ""

    @property
    def blank(self) -> bool:
        """Whether nothing was typed: such a row is passed over."""
        return not (self.zh or self.en)


@dataclass
class ScaleForm:
    """A scale as it was typed. `problems` are sentences, `bad` the numbers (from 0) of levels with a problem."""

    zh: str = ""
    en: str = ""
    kind: str = "words"
    levels: list[LevelRow] = field(default_factory=list)
    dont_know_zh: str = ""
    dont_know_en: str = ""
    low: str = ""
    high: str = ""
    satisfied_from: str = ""
    dont_know_at: str = ""
    problems: list[str] = field(default_factory=list)
    bad: set[int] = field(default_factory=set)

    def data(self) -> dict[str, Any]:
        """What was typed as plain data, which may have faults."""
        data: dict[str, Any] = {"name": _text(self.zh, self.en)}
        if self.kind == "numbers":
            data["direct"] = {"low": _number(self.low), "high": _number(self.high)}
            for name in ("satisfied_from", "dont_know_at"):
                if getattr(self, name):
                    data[name] = _number(getattr(self, name))
        else:
            codes = [row.code for row in self.levels if row.code]
            data["levels"] = []
            for row in self.levels:
                if row.blank:
                    continue
                code = row.code or _new_code(codes, row.en)
                codes.append(code)
                level = {"code": code, "text": _text(row.zh, row.en), "points": _number(row.points)}
                level |= {"satisfied": True} if row.satisfied else {}
                data["levels"].append({**level, "colour": row.colour} if row.colour else level)
        words = _text(self.dont_know_zh, self.dont_know_en)
        return {**data, "dont_know": words} if words else data

    def arrange(self, act: str) -> None:
        """Add a level ("more"), or move or remove one ("up-2", "down-2", "remove-2")."""
        verb, _dash, number = act.partition("-")
        at = int(number) if number.isdigit() else -1
        if verb == "more" and len(self.levels) < MAX_LEVELS:
            self.levels.append(LevelRow())
        elif 0 <= at < len(self.levels) and verb in ("up", "down", "remove"):
            row = self.levels.pop(at)
            if verb != "remove":
                self.levels.insert(max(0, at - 1) if verb == "up" else at + 1, row)

    def refuse(self, error: InputError) -> None:
        """Show what is wrong, each at its level."""
        filled = [number for number, row in enumerate(self.levels) if not row.blank]
        for problem in error.problems:
            found = _LEVEL.match(problem.where)
            if found and 0 < int(found[1]) <= len(filled):
                self.bad.add(filled[int(found[1]) - 1])
            self.problems.append(_placed(problem, filled, found))


def _placed(problem: Problem, filled: list[int], found: re.Match[str] | None) -> str:
    """A problem as a sentence with the names that the form has for its place."""
    label = _LABELS.get(problem.where.rpartition(".")[2])
    place = [str(label)] if label else []
    if found and 0 < int(found[1]) <= len(filled):
        place.insert(0, _("Level %(n)s", n=filled[int(found[1]) - 1] + 1))
    if not place:
        return sentence(problem) if problem.where in ("", "scale") else localised(problem)
    return _("%(place)s: %(sentence)s", place=_(", ").join(place), sentence=sentence(problem))


def typed_form(form: MultiDict[str, str]) -> ScaleForm:
    """A form as it was sent."""
    one = ScaleForm(kind="numbers" if form.get("kind") == "numbers" else "words")
    for name in ("zh", "en", "dont_know_zh", "dont_know_en", "low", "high", "satisfied_from", "dont_know_at"):
        setattr(one, name, clean(form.get(name, "")))
    numbers = sorted(int(name[6:-3]) for name in form if re.fullmatch(r"level-[0-9]{1,2}-zh", name))
    for number in numbers[:MAX_LEVELS]:
        words = {
            name: clean(form.get(f"level-{number}-{name}", "")) for name in ("code", "zh", "en", "points", "colour")
        }
        one.levels.append(LevelRow(**words, satisfied=f"level-{number}-satisfied" in form))
        if one.levels[-1].colour not in COLOURS:
            one.levels[-1].colour = ""
    return one


def filled_form(name: Text, data: Mapping[str, Any]) -> ScaleForm:
    """The form of a scale."""
    one = ScaleForm(name.get("zh", ""), name.get("en", ""))
    unknown = data.get("dont_know") or {}
    one.dont_know_zh, one.dont_know_en = unknown.get("zh", ""), unknown.get("en", "")
    if "direct" in data:
        one.kind = "numbers"
        one.low, one.high = plain_number(data["direct"]["low"]), plain_number(data["direct"]["high"])
        for name_of in ("satisfied_from", "dont_know_at"):
            setattr(one, name_of, plain_number(data[name_of]) if name_of in data else "")
    for level in data.get("levels", []):
        text = level["text"]
        row = LevelRow(level["code"], text.get("zh", ""), text.get("en", ""), plain_number(level["points"]))
        row.satisfied, row.colour = bool(level.get("satisfied")), level.get("colour", "")
        one.levels.append(row)
    return one


def empty_form() -> ScaleForm:
    """The form of a new scale."""
    rows = [LevelRow(points=points) for points in ("100", "75", "50", "25")]
    return ScaleForm(levels=rows, dont_know_zh="不了解", dont_know_en="Don't know", low="0", high="100")


def offered_scales() -> list[dict[str, Any]]:
    """The scales of the college that the editor of questionnaires offers, as plain data."""
    return [{"key": one.key, "name": one.name, "data": one.data} for one in stored_scales()]


def _text(zh: str, en: str) -> dict[str, str]:
    return {language: said for language, said in (("zh", zh), ("en", en)) if said}


def _number(typed: str) -> object:
    """A number that was typed; what is none stays as it was typed, and is refused where it is read."""
    plain = half_width(typed).strip()
    return float(plain) if re.fullmatch(r"\d{1,6}(\.\d{1,6})?", plain, re.ASCII) else typed


def _new_code(codes: list[str], words: str) -> str:
    """A code that no other level has: of ASCII words, else l1, l2 …"""
    taken = {fold(code) for code in codes}
    base = re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")[:24].strip("-")
    if base and base not in taken:
        return base
    number = 1
    while f"l{number}" in taken:
        number += 1
    return f"l{number}"
