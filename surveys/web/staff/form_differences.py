"""Two versions of a form, field by field: what somebody typed beside what somebody else stored meanwhile."""

from __future__ import annotations

from dataclasses import dataclass

from flask_wtf import FlaskForm
from wtforms import BooleanField, Field, FieldList


@dataclass(frozen=True)
class FieldDifference:
    """A field in which two versions differ, with both in words."""

    label: str
    typed: str
    stored: str


def differences(typed: FlaskForm, stored: FlaskForm) -> list[FieldDifference]:
    """The fields in which what somebody typed differs from what is stored."""
    mine, theirs = dict(_fields_of(typed)), dict(_fields_of(stored))
    labels = list(dict.fromkeys([*mine, *theirs]))
    return [
        FieldDifference(label, mine.get(label, ""), theirs.get(label, ""))
        for label in labels
        if mine.get(label, "") != theirs.get(label, "")
    ]


def _fields_of(form: FlaskForm) -> list[tuple[str, str]]:
    """The fields of a form as (label, value in words)."""
    found = []
    for field in form:
        if field.type in ("HiddenField", "SubmitField", "CSRFTokenField"):
            continue
        if isinstance(field, FieldList):
            for number, entry in enumerate(field, 1):
                for inner in entry.form:
                    found.append((f"{number}: {inner.label.text}", in_words(inner) if entry.form.used else ""))
        else:
            found.append((str(field.label.text), in_words(field)))
    return found


def in_words(field: Field) -> str:
    """A field's value as people read it."""
    if isinstance(field, BooleanField):
        return "✓" if field.data else "—"
    values = field.data if isinstance(field.data, list) else [field.data]
    names = {str(choice.value): str(choice.label) for choice in getattr(field, "choices", None) or []}
    return ", ".join(names.get(str(value), str(value)) for value in values if value not in (None, ""))
