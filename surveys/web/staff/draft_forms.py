"""The forms of the steps in which a draft is written, and what they say as the data of a survey file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    DateTimeLocalField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectMultipleField,
    StringField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from surveys.campaigns.drafts import Draft
from surveys.campaigns.survey_file import GRACE_MINUTES, MAX_GRACE_MINUTES
from surveys.inputs.identifiers import fold
from surveys.inputs.text import clean

OWN_COPY = "-"
"""The choice that keeps the questionnaire which the draft brought along."""

_TIMES = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]


class StepForm(FlaskForm):
    """A step. `seen` is the digest of what was stored when the form was made."""

    part: ClassVar[str]
    seen = HiddenField()

    def fill(self, draft: Draft) -> None:
        """Show what the draft says."""
        raise NotImplementedError

    def values(self, draft: Draft) -> dict[str, Any]:
        """What was typed, by the names of a survey file."""
        raise NotImplementedError


class QuestionnaireStep(StepForm):
    """Which questionnaire is asked."""

    part = "questionnaire"
    questionnaire = RadioField(_l("Questionnaire"))

    def fill(self, draft: Draft) -> None:
        chosen = draft.data.get("questionnaire")
        self.questionnaire.data = OWN_COPY if isinstance(chosen, Mapping) else chosen

    def values(self, draft: Draft) -> dict[str, Any]:
        chosen = self.questionnaire.data
        return {"questionnaire": draft.data["questionnaire"] if chosen == OWN_COPY else chosen}


class NameStep(StepForm):
    """What the survey is called, and its address."""

    part = "name"
    title = StringField(_l("Title"), [Length(max=100)], description=_l("People see it above the questionnaire."))
    title_en = StringField(_l("Title in English"), [Length(max=100)])
    campaign = StringField(_l("Campaign"), [Length(max=100)], description=_l("May be left empty."))
    stage = StringField(_l("Stage"), [Length(max=100)], description=_l("May be left empty."))
    slug = StringField(
        _l("Address"),
        [InputRequired(), Length(max=40)],
        description=_l("Proposed; part of the link. Letters, digits and dashes."),
    )

    def fill(self, draft: Draft) -> None:
        self.title.data, self.title_en.data = _both(draft.data.get("title"))
        self.campaign.data, self.stage.data = (_both(draft.data.get(name))[0] for name in ("campaign", "stage"))
        self.slug.data = draft.survey.slug

    def values(self, draft: Draft) -> dict[str, Any]:
        title = _text(self.title.data, self.title_en.data)
        values: dict[str, Any] = {"slug": clean(self.slug.data or ""), "title": title}
        for name in ("campaign", "stage"):
            # Its English, which this form does not show, stays while the Chinese is the same.
            old = draft.data.get(name)
            typed = clean(self[name].data or "")
            values[name] = (old if typed == _both(old)[0] else typed) or None
        return values


class UnitsStep(StepForm):
    """Which units are rated."""

    part = "units"
    units = SelectMultipleField(
        _l("Units to rate"), option_widget=CheckboxInput(), widget=ListWidget(prefix_label=False), validate_choice=True
    )

    def fill(self, draft: Draft) -> None:
        self.units.data = unit_codes(draft)

    def values(self, draft: Draft) -> dict[str, Any]:
        brought = {entry["code"]: entry for entry in draft.data.get("units") or [] if isinstance(entry, Mapping)}
        return {"units": [brought.get(code, code) for code in self.units.data or []]}


class WindowStep(StepForm):
    """When it is open."""

    part = "window"
    opens = DateTimeLocalField(_l("Opens"), [InputRequired()], format=_TIMES)
    closes = DateTimeLocalField(_l("Closes"), [InputRequired()], format=_TIMES)
    grace_minutes = IntegerField(
        _l("Minutes for late ballots"), [Optional(), NumberRange(0, MAX_GRACE_MINUTES)],
        default=GRACE_MINUTES, description=_l("Who began before the end may still send until so long after it."),
    )  # fmt: skip
    zone: ZoneInfo

    def fill(self, draft: Draft) -> None:
        survey = draft.survey
        for field, seconds in ((self.opens, survey.opens_at), (self.closes, survey.closes_at)):
            field.data = datetime.fromtimestamp(seconds, self.zone).replace(tzinfo=None)
        self.grace_minutes.data = survey.grace_minutes

    def values(self, draft: Draft) -> dict[str, Any]:
        grace = self.grace_minutes.data
        return {
            "opens": self.opens.data,
            "closes": self.closes.data,
            "grace_minutes": GRACE_MINUTES if grace is None else grace,
        }


def unit_codes(draft: Draft) -> list[str]:
    """The codes of the units that a draft names."""
    entries = draft.data.get("units") or []
    return [entry["code"] if isinstance(entry, Mapping) else entry for entry in entries]


def brought_units(draft: Draft, stored: Sequence[str]) -> list[tuple[str, str]]:
    """The units, as (code, name), that a draft names and that are not in the list of units."""
    known = {fold(code) for code in stored}
    named = [(entry["code"], _both(entry.get("name"))[0]) if isinstance(entry, Mapping) else (entry, entry)
             for entry in draft.data.get("units") or []]  # fmt: skip
    return [(code, name) for code, name in named if fold(code) not in known]


def choices_of_units(named: Sequence[tuple[str, str]]) -> list[SelectChoice]:
    """Units, as (code, name), to choose from."""
    return [SelectChoice(code, name) for code, name in named]


def _both(text: Any) -> tuple[str, str]:
    """A text of a survey file in Chinese and English."""
    if isinstance(text, Mapping):
        return text.get("zh", ""), text.get("en", "")
    return (text or "", "")


def _text(zh: str | None, en: str | None) -> dict[str, str] | None:
    words = {"zh": clean(zh or ""), "en": clean(en or "")}
    return {language: word for language, word in words.items() if word} or None
