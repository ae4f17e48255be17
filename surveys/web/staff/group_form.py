"""The form of the step that says who answers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    FieldList,
    FloatField,
    FormField,
    IntegerField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.validators import Length, NumberRange, Optional, Regexp

from surveys.campaigns.drafts import Draft
from surveys.campaigns.plan_file import MAX_GROUPS
from surveys.inputs.text import clean
from surveys.inputs.values import CODE
from surveys.web.row_forms import RowForm
from surveys.web.staff.draft_forms import StepForm, unit_codes

RATES = [
    SelectChoice("all", _l("all chosen units")),
    SelectChoice("own", _l("their own unit")),
    SelectChoice("draw", _l("a few, drawn at random")),
    SelectChoice("own_draw", _l("their own unit and a few drawn at random")),
    SelectChoice("list", _l("the units ticked below")),
]
AS_IN_FILE = SelectChoice("file", _l("as in the survey file"))
"""For what a survey file can say and this form cannot: it stays as it is."""

WELL_KNOWN = {
    "学生": "students",
    "教职工": "staff",
    "教师": "teachers",
    "职工": "workers",
    "党员": "members",
    "群众": "public",
}
"""Codes that groups of these names get; others are numbered."""

_MANNERS = ("own", "draw", "units", "draw_from")


class GroupForm(RowForm):
    """One group of respondents; left out where it has no name."""

    name = StringField(_l("Name of the group"), [Length(max=50)])
    name_en = StringField(_l("Name in English"), [Length(max=50)])
    weight = FloatField(_l("Weight"), [Optional(), NumberRange(0, 1000)])
    admission = SelectField(
        _l("Admitted by"),
        choices=[
            SelectChoice("code", _l("a code")),
            SelectChoice("roster", _l("the roster")),
            SelectChoice("open", _l("an open link")),
        ],
    )
    rates = SelectField(_l("Rates"), choices=RATES)
    draw = IntegerField(_l("How many are drawn"), [Optional(), NumberRange(1, 500)])
    units = SelectMultipleField(_l("Which units"), validate_choice=False)
    expected = IntegerField(_l("People expected"), [Optional(), NumberRange(1, 10**7)])
    required_turnout = FloatField(_l("Required turnout, percent"), [Optional(), NumberRange(0, 100)])
    code = StringField(
        _l("Code of the group"), [Optional(), Regexp(CODE, message=_l("A code is 1 to 40 letters, digits, - and _."))],
        description=_l("Stands in files, and in questionnaires that show a question to some groups only."),
    )  # fmt: skip

    @property
    def used(self) -> bool:
        """Whether anything is filled in."""
        return bool(clean(self.name.data or ""))


class GroupsStep(StepForm):
    """Who answers."""

    part = "groups"
    groups = FieldList(FormField(GroupForm), min_entries=1, max_entries=MAX_GROUPS + 1)

    def fill(self, draft: Draft) -> None:
        while self.groups.entries:
            self.groups.pop_entry()
        for number, group in enumerate(draft.data.get("groups") or [], 1):
            self.groups.append_entry()
            _fill(self.groups[-1].form, group, number)
        if not self.groups.entries:
            self.groups.append_entry()
        self.offer(draft)

    def offer(self, draft: Draft) -> None:
        """Offer what each group can rate: what a survey file says of it too, if the form cannot say it."""
        stored = {group.get("code"): group for group in draft.data.get("groups") or []}
        for entry in self.groups:
            row = entry.form
            said = stored.get(row.code.data)
            row.rates.choices = [*RATES, AS_IN_FILE] if said and _manner(said) is None else RATES

    def values(self, draft: Draft) -> dict[str, Any]:
        stored = {group.get("code"): group for group in draft.data.get("groups") or []}
        known = set(unit_codes(draft))
        named = [entry.form for entry in self.groups if clean(entry.form.name.data or "")]
        taken = {clean(row.code.data or "") for row in named}
        groups = []
        for row in named:
            code = clean(row.code.data or "") or _new_code(clean(row.name.data or ""), taken)
            taken.add(code)
            groups.append(_data(row, code, stored.get(code, {}), known))
        return {"groups": groups}


def _new_code(name: str, taken: set[str]) -> str:
    wanted = WELL_KNOWN.get(name) or re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:30]
    numbered = (f"g{number}" for number in range(1, 100))
    return wanted if wanted and wanted not in taken else next(code for code in numbered if code not in taken)


def _manner(group: Mapping[str, Any]) -> str | None:
    """What a group rates, as the form says it; None where it cannot."""
    own, draw = bool(group.get("own")), bool(group.get("draw"))
    if "units" in group:
        return "list" if not own and not draw else None
    if "draw_from" in group and not draw:
        return None
    return {(True, True): "own_draw", (True, False): "own", (False, True): "draw"}.get((own, draw), "all")


def _fill(row: Any, group: Mapping[str, Any], number: int) -> None:
    name = group.get("name")
    name = name if isinstance(name, Mapping) else {"zh": name or ""}
    row.name.data, row.name_en.data = name.get("zh", ""), name.get("en", "")
    row.weight.data, row.admission.data = group.get("weight", 1), group.get("admission", "code")
    row.expected.data, row.required_turnout.data = group.get("expected"), group.get("required_turnout")
    row.rates.data, row.draw.data = _manner(group) or "file", group.get("draw") or None
    row.units.data = group.get("units") or group.get("draw_from") or []
    row.code.data = group.get("code") or f"g{number}"


def _data(row: Any, code: str, stored: Mapping[str, Any], known: set[str]) -> dict[str, Any]:
    rates = row.rates.data
    en = clean(row.name_en.data or "")
    data: dict[str, Any] = {
        "code": code,
        "name": {"zh": clean(row.name.data), **({"en": en} if en else {})},
        "weight": 1.0 if row.weight.data is None else row.weight.data,
        "admission": row.admission.data,
    }
    ticked = [unit for unit in row.units.data or [] if unit in known]
    if rates == "file":
        data |= {name: stored[name] for name in _MANNERS if name in stored}
    if rates in ("own", "own_draw"):
        data["own"] = True
    if rates in ("draw", "own_draw"):
        data["draw"] = row.draw.data or 3
        if ticked:
            data["draw_from"] = ticked
    if rates == "list":
        data["units"] = ticked
    for name in ("expected", "required_turnout"):
        if row[name].data is not None:
            data[name] = row[name].data
    return data
