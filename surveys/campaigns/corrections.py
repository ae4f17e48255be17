"""Correcting typos between publication and the seal. Both wordings are kept, and stand in the result's method.

What may change the meaning is refused: it is asked by a new edition, in another survey.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from surveys.campaigns.models import Survey
from surveys.campaigns.plan_file import read_plan
from surveys.campaigns.states import UNCHANGEABLE, State
from surveys.campaigns.surveys import MAX_REASON, change_survey, stored_state
from surveys.inputs.problems import Faults, InputError, Problem
from surveys.inputs.text import LANGUAGES, clean
from surveys.inputs.typos import around_the_difference, is_typo, sounds_of
from surveys.questionnaires.canonical import canonical_json, text_digest
from surveys.questionnaires.editions import freeze
from surveys.storage.audit import Action, record
from surveys.storage.unit_of_work import Actor

MAX_CORRECTIONS = 100
LONGEST_TEXT = 2000
TEXTS = frozenset(
    {
        "title",
        "campaign",
        "stage",
        "name",
        "parent",
        "description",
        "text",
        "hint",
        "introduction",
        "dont_know",
        "criterion",
    }
)
"""Names of a plan's values that people read. The score rule is not among them: it is fixed at publication."""


@dataclass(frozen=True)
class Wording:
    """A text of a survey as respondents read it, the language of its first place, and in how many places it stands."""

    language: str
    text: str
    places: int


def wordings(survey: Survey) -> list[Wording]:
    """The texts of a published survey in their order, each once."""
    texts = [(language, text) for language, text, _put in _texts(json.loads(survey.plan))]
    count = Counter(text for _language, text in texts)
    languages = {text: language for language, text in reversed(texts)}
    return [Wording(languages[text], text, number) for text, number in count.items()]


def correct_texts(actor: Actor, slug: str, changes: Mapping[str, str], reason: str, timezone: str) -> Survey:
    """Put better written texts in the place of others, wherever those stand in the survey.

    `changes` has the new text by the old one. Raises InputError with all faults: the survey is a draft or sealed, a text is
    not there, is no typo away from what was published or is another text's, or nothing would be a questionnaire any more.
    """
    why = clean(reason)
    wanted = {
        clean(old, lines=True): clean(new, lines="\n" in old)
        for old, new in changes.items()
        if len(old) <= LONGEST_TEXT and len(new) <= LONGEST_TEXT
    }
    wanted = {old: new for old, new in wanted.items() if old != new}
    faults = Faults()
    if not wanted:
        faults.note("Nothing is changed.", "")
    if not why:
        faults.note("Say why. The reason is kept in the audit trail.", "reason")
    if len(why) > MAX_REASON:
        faults.note("The text is longer than %(limit)s characters.", "reason", limit=MAX_REASON)
    faults.check()

    def apply(survey: Survey) -> Survey:
        if stored_state(survey).state in (State.DRAFT, *UNCHANGEABLE):
            raise InputError(Problem("Typos are corrected between publication and the seal."))
        data = json.loads(survey.plan)
        earlier = data.get("corrections", [])
        _check_wordings(data, earlier, wanted)
        places = _replace(data, wanted)
        now = datetime.now(ZoneInfo(timezone)).isoformat(timespec="minutes")
        made = [
            {"at": now, "before": old, "after": new, "places": places[old], "reason": why}
            for old, new in wanted.items()
        ]
        data["corrections"] = [*earlier, *made]
        if len(data["corrections"]) > MAX_CORRECTIONS:
            raise InputError(Problem("A survey takes at most %(limit)s corrections.", limit=MAX_CORRECTIONS))
        read_plan(data)
        survey.edition = freeze(data["questionnaire"])
        survey.plan = canonical_json(data)
        survey.plan_digest = text_digest(survey.plan)
        survey.save(only=[Survey.edition, Survey.plan, Survey.plan_digest])
        for old, new in wanted.items():
            before, after = around_the_difference(old, new)
            record(actor.name, Action.CORRECT, f"{slug}: “{before}” → “{after}”: {why[:60]}")
        return survey

    return change_survey(actor, None, slug, apply)


def _check_wordings(data: dict[str, Any], earlier: list[dict[str, Any]], wanted: Mapping[str, str]) -> None:
    """Raise InputError where a text is not there, comes too far from what was published, or becomes another one.

    A text never takes words that another one has or had: nothing can be exchanged or run together, not in several steps
    either, and who still has the old page or table is not misread.
    """
    now = {text for _language, text, _put in _texts(data)}
    ever = now | {one[name] for one in earlier for name in ("before", "after")}
    together = Counter(sounds_of(new) for new in wanted.values())
    faults = Faults()
    for old, new in wanted.items():
        own = [old]  # what this text said, back to its publication
        for one in reversed(earlier):
            if one["after"] == own[-1]:
                own.append(one["before"])
        others = {sounds_of(text) for text in ever.difference(own)}
        if old not in now:
            faults.note("The text “%(text)s” is not in this survey.", "", text=old[:60])
        elif not is_typo(old, new) or not is_typo(own[-1], new):
            faults.note(
                "“%(text)s” would change by more than what is certainly a typo. What may mean something else takes a new survey.",
                "",
                text=old[:60],
            )
        elif sounds_of(new) in others or together[sounds_of(new)] > 1:
            faults.note("“%(text)s” would read like another text of this survey.", "", text=old[:60])
    faults.check()


def _replace(data: dict[str, Any], wanted: Mapping[str, str]) -> Counter[str]:
    """Put the new texts into a plan's data; returns in how many places each old one stood."""
    places: Counter[str] = Counter()
    for _language, text, put in list(_texts(data)):
        if text in wanted:
            put(wanted[text])
            places[text] += 1
    return places


def _texts(data: Any) -> Iterator[tuple[str, str, Callable[[str], None]]]:
    """(language, text, what replaces it) of everything in a plan's data that people read, in its order."""
    if isinstance(data, list):
        for entry in data:
            yield from _texts(entry)
    elif isinstance(data, dict):
        for name, value in sorted(data.items(), key=lambda entry: _PLACES.get(entry[0], len(_PLACES))):
            if name in ("rule", "corrections"):
                continue
            if name in TEXTS and isinstance(value, str):
                yield "zh", clean(value, lines=True), _putter(data, name)
            elif name in TEXTS and isinstance(value, dict):
                for language in LANGUAGES:
                    if clean(value.get(language) or ""):
                        yield language, clean(value[language], lines=True), _putter(value, language)
            else:
                yield from _texts(value)


_PLACES = {name: place for place, name in enumerate(("title", "campaign", "stage", "questionnaire", "introduction", "sections",
                                                    "text", "hint"))}  # fmt: skip


def _putter(table: dict[str, Any], name: str) -> Callable[[str], None]:
    def put(text: str) -> None:
        table[name] = text

    return put
