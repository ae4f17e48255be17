"""What the editor of a questionnaire is told of it, as plain data: the stored state, what is missing, how it is shown."""

from __future__ import annotations

import json
import re
from typing import Any

from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf

from surveys.campaigns.sample import for_everybody, sample_plan, sample_units
from surveys.inputs.problems import Problem
from surveys.questionnaires.conditions import NO_ANSWER
from surveys.questionnaires.models import StoredQuestionnaire
from surveys.questionnaires.unfinished import ReadablePart, place_of_item, problems_of
from surveys.web.languages import format_short
from surveys.web.messages import sentence
from surveys.web.staff.item_fields import LABELS

_SECTION = re.compile(r"sections\[(\d+)\]")
_OPTION = re.compile(r"\.options\[(\d+)\]")
_FIELD = re.compile(r"(?:sections\[\d+\])?(?:\.?items\[\d+\])?\.?([a-z_]+)")


def state_of(stored: StoredQuestionnaire) -> dict[str, Any]:
    """The stored state with everything that follows from it."""
    definition = json.loads(stored.definition)
    part = ReadablePart(for_everybody(definition))
    shown: list[list[int]] = []
    seconds = (15.0, 0.0)
    if part.questionnaire is not None:
        plan = sample_plan(part.questionnaire, sample_units())
        first: dict[str, int] = {}
        for slot in plan.slots:
            first.setdefault(slot.item.code, slot.index)
        codes = [item.code for item in part.questionnaire.items]
        shown = [[*place, first[code]] for place, code in zip(part.places, codes, strict=True)]
        seconds = part.questionnaire.seconds()
    return {
        "id": stored.id,
        "key": stored.key,
        "revision": stored.revision,
        "definition": definition,
        "changedBy": stored.changed_by,
        "changedAt": format_short(stored.changed_at),
        "problems": sorted(_problems(definition), key=_place),
        "leftOut": part.left_out,
        "shown": shown,
        "seconds": seconds,
        "csrf": generate_csrf(),
    }


def _problems(definition: Any) -> list[dict[str, Any]]:
    """What is missing or wrong; of a condition that names several answers that are gone, that is said once."""
    found: list[dict[str, Any]] = []
    for problem in problems_of(definition):
        said = _problem(_in_words(problem, definition))
        if said not in found:
            found.append(said)
    return found


def _in_words(problem: Problem, definition: Any) -> Problem:
    """A problem by the words of questions in place of codes, which the editor does not show."""
    place = place_of_item(problem)
    if problem.message != NO_ANSWER or place is None:
        return problem
    items = [item for section in definition["sections"] for item in section.get("items") or []]
    source = definition["sections"][place[0]]["items"][place[1]]["when"].get("item")
    text = next((item.get("text") for item in items if item.get("code") == source), None)
    if not text:
        return Problem("The answers that this condition names were removed.", problem.where)
    return Problem("An answer of “%(question)s” that this condition names was removed. Choose others, or remove the condition.",
                   problem.where, question={"zh": text} if isinstance(text, str) else text)  # fmt: skip


def _problem(problem: Problem) -> dict[str, Any]:
    """A problem with the positions (from 0) of the section and the item that it is about."""
    place, section = place_of_item(problem), _SECTION.match(problem.where)
    name = _FIELD.match(problem.where)
    label = LABELS.get(name[1]) if name else None
    option = _OPTION.search(problem.where)
    if option:
        label = _("Answer %(n)s", n=option[1])
    text = sentence(problem)
    return {
        "section": int(section[1]) - 1 if section else None,
        "item": place[1] if place else None,
        "field": name[1] if name else "",
        "text": _("%(place)s: %(sentence)s", place=label, sentence=text) if label else text,
    }


def _place(problem: dict[str, Any]) -> tuple[int, int, bool]:
    """Problems in the order of the page: those of a question's text before the rest of it."""
    section, item = problem["section"], problem["item"]
    return (-1 if section is None else section, -1 if item is None else item, problem["field"] != "text")
