"""What a clerk types for each answer: digits, one key for a rating, so that a hand never leaves the number pad."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from surveys.authoring.questionnaire import Scale
from surveys.publishing.plan import Slot, SurveyPlan
from surveys.responding.answers import Answers, option_codes, read_answers
from surveys.responding.blocks import blocks

Typed = dict[str, str]
"""What was typed for one ballot, by the slot's index as text. Empty answers of optional questions are left out."""

BLANK = "."
BLANK_KEY = "9"
MOST_ON_ONE_KEY = 8


@dataclass(frozen=True)
class Key:
    """How an answer is typed: with one key, or several and Enter (`size` characters at most)."""

    slot: Slot
    one: bool
    size: int
    text: bool = False


def keys_of(plan: SurveyPlan, units: tuple[int, ...]) -> list[Key]:
    """The answers of a form in the order in which they are printed and typed."""
    return [
        _key(plan, slot) for block in blocks(plan, units) for slot in block.slots if slot.item.type != "note"
    ]  # fmt: skip


def _key(plan: SurveyPlan, slot: Slot) -> Key:
    item = slot.item
    if item.type == "text":
        return Key(slot, False, item.limit, text=True)
    if item.type == "number":
        return Key(slot, False, 10)
    if item.scale is not None:
        if item.scale.direct:
            return Key(slot, False, len(str(item.scale.high)))
        return Key(slot, len(item.scale.levels) <= MOST_ON_ONE_KEY, 2)
    options = len(option_codes(plan, item))
    if item.type == "choice":
        return Key(slot, options <= MOST_ON_ONE_KEY, 3)
    return Key(slot, False, 60)


def canonical(plan: SurveyPlan, key: Key, typed: str) -> str:
    """What was typed, in one way of writing it. Raises ValueError for what is no answer."""
    if key.text:
        return typed
    text = re.sub(r"\s+", " ", unicodedata.normalize("NFKC", typed)).strip().replace("。", BLANK)
    item = key.slot.item
    if item.scale is not None:
        return _rating(item.scale, key, text)
    if text in ("", BLANK) or (text in ("0", BLANK_KEY) and key.one):
        return ""
    if item.type == "number":
        if text.isdecimal() and item.low <= int(text) <= item.high:
            return str(int(text))
        raise ValueError(typed)
    options = len(option_codes(plan, item))
    parts = [text] if item.type == "choice" else _several(text, options)
    chosen = sorted({int(part) for part in parts if part.isdecimal()})
    if not chosen or len(chosen) < len(set(parts)) or not 1 <= chosen[0] <= chosen[-1] <= options:
        raise ValueError(typed)
    return " ".join(map(str, chosen))


def _several(text: str, options: int) -> list[str]:
    """The options of a multi-choice: "135" where each is one digit, else "1 13 15"."""
    parts = [part for part in re.split(r"[ ,+;、]+", text) if part]
    return [digit for part in parts for digit in part] if options < 10 else parts


def _rating(scale: Scale, key: Key, text: str) -> str:
    # A blank is typed, too: an empty field would not tell a blank from an answer that the clerk missed.
    if text == BLANK or (key.one and text == BLANK_KEY):
        return BLANK
    number = str(int(text)) if text.isdecimal() and len(text) <= 4 else ""
    if number not in scale.field_values:
        raise ValueError(text)
    return number


def read_typed(plan: SurveyPlan, units: tuple[int, ...], raw: Mapping[str, str]) -> tuple[Typed, list[int]]:
    """What was typed for a ballot of these units, and the indexes of the slots for which it is no answer."""
    typed, wrong = {}, []
    for key in keys_of(plan, units):
        name = str(key.slot.index)
        try:
            value = canonical(plan, key, raw.get(name, ""))
        except ValueError:
            wrong.append(key.slot.index)
            value = raw.get(name, "")[: key.size]
        if value:
            typed[name] = value
    if not wrong:  # texts that are too long, and whatever else the rules of the form say
        wrong = [index for index, _ in answers_of(plan, units, typed).problems]
    return typed, wrong


def answers_of(plan: SurveyPlan, units: tuple[int, ...], typed: Typed) -> Answers:
    """The ballot that was typed. As with any paper ballot nothing is demanded of it: it is taken as it was filled in."""
    fields: dict[str, list[str]] = {}
    for key in keys_of(plan, units):
        value = typed.get(str(key.slot.index), "")
        if value and value != BLANK:
            fields[str(key.slot.index)] = [value] if key.text else value.split(" ")
    return read_answers(plan, units, fields, enforce=False)
