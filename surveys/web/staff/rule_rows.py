"""The parts of a score rule that are lists: grades with their thresholds, what caps them, and their quotas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import FieldList, FloatField, SelectChoice, SelectField, StringField
from wtforms.validators import Length, NumberRange, Optional

from surveys.inputs.text import clean
from surveys.web.row_forms import RowForm

MOST_GRADES = 6
_SPARE = 2
"""Empty rows under those that are filled in."""

_PLACES = [
    SelectChoice("0", _l("the first grade")),
    SelectChoice("1", _l("the second grade")),
    SelectChoice("2", _l("the third grade")),
    SelectChoice("3", _l("the fourth grade")),
    SelectChoice("4", _l("the fifth grade")),
    SelectChoice("5", _l("the sixth grade")),
]


class GradeRow(RowForm):
    """A grade; left out where it has no name and no threshold."""

    name = StringField(_l("Grade"), [Length(max=20)])
    name_en = StringField(_l("Grade in English"), [Length(max=20)])
    at = FloatField(_l("From so many points"), [Optional(), NumberRange(0, 100)])

    @property
    def used(self) -> bool:
        """Whether anything is filled in."""
        return bool(clean(self.name.data or "")) or self.at.data is not None

    def show(self, grade: Mapping[str, Any]) -> None:
        """Fill it in."""
        name = grade.get("name")
        name = name if isinstance(name, Mapping) else {"zh": name or ""}
        self.name.data, self.name_en.data, self.at.data = name.get("zh", ""), name.get("en", ""), grade.get("at")

    def said(self) -> dict[str, Any]:
        """What it says, as in a survey file."""
        en = clean(self.name_en.data or "")
        return {"name": {"zh": clean(self.name.data or ""), **({"en": en} if en else {})}, "at": self.at.data}


class GateRow(RowForm):
    """A limit under which a grade is capped; left out without a percentage."""

    kind = SelectField(
        _l("If this is too low"),
        choices=[SelectChoice("rate", _l("the satisfaction rate")), SelectChoice("turnout", _l("the turnout"))],
    )
    under = FloatField(_l("Under so many percent"), [Optional(), NumberRange(0, 100)])
    cap = SelectField(_l("A unit gets at best"), choices=_PLACES, default="2")

    @property
    def used(self) -> bool:
        """Whether anything is filled in."""
        return self.under.data is not None

    def show(self, gate: Mapping[str, Any]) -> None:
        """Fill it in."""
        self.kind.data = "turnout" if "turnout_under" in gate else "rate"
        self.under.data, self.cap.data = gate.get(f"{self.kind.data}_under"), str(gate.get("cap"))

    def said(self) -> dict[str, Any]:
        """What it says, as in a survey file."""
        return {f"{self.kind.data}_under": self.under.data, "cap": int(self.cap.data)}


class QuotaRow(RowForm):
    """A quota of a grade; left out without a percentage."""

    kind = SelectField(
        _l("Of the units"),
        choices=[SelectChoice("at_most", _l("at most")), SelectChoice("at_least", _l("at least"))],
    )
    share = FloatField(_l("Percent"), [Optional(), NumberRange(0, 100)])
    grade = SelectField(
        _l("Get this grade or a better one; with “at least”, this one or a lower one"), choices=_PLACES, default="0"
    )

    @property
    def used(self) -> bool:
        """Whether anything is filled in."""
        return self.share.data is not None

    def show(self, quota: Mapping[str, Any]) -> None:
        """Fill it in."""
        self.kind.data = "at_least" if "at_least" in quota else "at_most"
        share = quota.get(self.kind.data)
        self.share.data = None if share is None else round(100 * share, 6)
        self.grade.data = str(quota.get("grade"))

    def said(self) -> dict[str, Any]:
        """What it says, as in a survey file."""
        return {self.kind.data: round((self.share.data or 0) / 100, 8), "grade": int(self.grade.data)}


def show_rows(rows: FieldList, entries: Sequence[Mapping[str, Any]], most: int, fewest: int = 0) -> None:
    """Fill a list of rows in, with some empty ones to add more, and `fewest` in all."""
    while rows.entries:
        rows.pop_entry()
    for entry in entries:
        rows.append_entry()
        rows[-1].form.show(entry)
    while len(rows.entries) < min(most, max(fewest, len(entries) + _SPARE)):
        rows.append_entry()


def said_rows(rows: FieldList) -> list[dict[str, Any]]:
    """What is filled in."""
    return [entry.form.said() for entry in rows if entry.form.used]
