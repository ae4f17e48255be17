"""What the editor of questionnaires says: the kinds of questions it offers, criteria, and the sentences of its script."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from surveys.questionnaires.library import READY_MADE


@dataclass(frozen=True)
class KindChoice:
    """A kind of question to add. `each_unit`: asked for each unit, or (False) once; None: either."""

    name: str
    type: str
    label: Any
    each_unit: bool | None = None
    more: dict[str, Any] = field(default_factory=dict)


KIND_CHOICES = (
    KindChoice("rating", "rating", _l("Rating"), more={"scale": "satisfaction4"}),
    KindChoice("choice", "choice", _l("Single choice"), more={"options": []}),
    KindChoice("multi", "multi", _l("Multiple choice"), more={"options": []}),
    KindChoice("ranking", "ranking", _l("Put in order"), more={"options": []}),
    KindChoice("number", "number", _l("A number")),
    KindChoice("date", "date", _l("Date")),
    KindChoice("short", "text", _l("Short text"), more={"limit": 100}),
    KindChoice("long", "text", _l("Long text"), more={"limit": 1000}),
    KindChoice("note", "note", _l("Note to read")),
)


@cache
def _criteria() -> tuple[dict[str, str], ...]:
    found: dict[str, dict[str, str]] = {}
    for name in ("five-goods", "five-leads"):
        definition = json.loads((READY_MADE / f"{name}.json").read_text("utf-8"))
        for section in definition["sections"]:
            for item in section["items"]:
                text = item.get("criterion") or (item["text"] if item["type"] == "rating" else None)
                if text and text["zh"] not in found:
                    found[text["zh"]] = text
    return tuple(found.values())


def criteria() -> list[dict[str, str]]:
    """The criteria of the ready-made questionnaires: the five goods and the five leads."""
    return list(_criteria())


def editor_words() -> dict[str, str]:
    """The sentences of the script, in the language of the page."""
    return {
        **_library_words(),
        "saved": _("Saved"),
        "saving": _("Saving…"),
        "unsaved": _("Not saved yet"),
        "offline": _("Not saved: no network. Kept on this device."),
        "signin": _("Not saved: your session has ended. Kept on this device."),
        "refused": _("Not saved: %(why)s", why="{why}"),
        "merged": _("%(name)s changed something else meanwhile; both are kept.", name="{name}"),
        "updated": _("%(name)s changed the questionnaire; you see the new state.", name="{name}"),
        "conflict": _("%(name)s changed the same thing meanwhile. Choose which wording stays.", name="{name}"),
        "renamed": _("Somebody renamed the questionnaire; you go on under its new name %(name)s.", name="{name}"),
        "others": _("Also open at: %(names)s", names="{names}"),
        "toFinish": _("%(n)s to finish", n="{n}"),
        "complete": _("complete"),
        "untranslated": _("%(n)s not translated yet", n="{n}"),
        "minutes": _("about %(n)s min", n="{n}"),
        "moved": _("Question %(n)s of %(all)s", n="{n}", all="{all}"),
        "movedSection": _("Section %(n)s of %(all)s", n="{n}", all="{all}"),
        "added": _("Question added"),
        "copied": _("Question duplicated"),
        "removed": _("Removed. Undo brings it back."),
        "undone": _("Undone"),
        "redone": _("Done again"),
        "noText": _("(no text yet)"),
        "section": _("Section %(n)s", n="{n}"),
        "eachUnit": _("for each unit"),
        "once": _("asked once"),
        "gone": _("The question that this condition names was removed."),
        "behind": _("The question that this condition names no longer stands before this one in the section."),
        "answersGone": _("The answers that this condition names were removed."),
        "never": _("A rating of the units is asked of everyone: it takes no condition."),
        "anyBefore": _("any question before it"),
        "when": _("if %(question)s: %(answers)s", question="{question}", answers="{answers}"),
        "levels": _("%(n)s levels", n="{n}"),
        "numbers": _("numbers from %(low)s to %(high)s", low="{low}", high="{high}"),
        "or": _(" or "),
        "title": _("Title"),
        "introduction": _("Introduction"),
        "order": _("Order"),
        "deleted": _("(removed)"),
        "quota": _("%(levels)s: %(bounds)s", levels="{levels}", bounds="{bounds}"),
        "mostShare": _("at most %(n)s %%", n="{n}"),
        "most": _("at most %(n)s", n="{n}"),
        "least": _("at least %(n)s", n="{n}"),
        "kept": _("This device keeps changes of %(time)s that were not saved.", time="{time}"),
        "leftOut": _("Not in the preview until complete: %(numbers)s", numbers="{numbers}"),
    }


def _library_words() -> dict[str, str]:
    """What it says of scales, and of questions that are taken from elsewhere."""
    return {
        "noSources": _("Nothing came back. Look at your network, or sign in again in another tab."),
        "foundSources": _("%(n)s questionnaires found", n="{n}"),
        "takeThem": _("Take %(n)s questions", n="{n}"),
        "taken": _("%(n)s questions taken.", n="{n}"),
        "conditionsLeft": _(
            "Conditions left out, because what they name was not taken: %(questions)s", questions="{questions}"
        ),
        "tooMany": _("There would be more than %(n)s questions.", n="{n}"),
        "altered": _("%(name)s (altered here)", name="{name}"),
        "presets": _("Presets"),
        "ofCollege": _("Scales of the college"),
        "own": _("Of this questionnaire alone"),
        "keptScale": _("The scale “%(name)s” is stored.", name="{name}"),
        "needsName": _("A name in Chinese is needed."),
    }
