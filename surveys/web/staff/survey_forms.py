"""The form of a new survey, and what it says as the data of a survey file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateTimeLocalField,
    Field,
    FieldList,
    FloatField,
    Form,
    FormField,
    HiddenField,
    IntegerField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    SubmitField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from surveys.admission.issuing import MAX_CODES
from surveys.campaigns.plan import SurveyPlan
from surveys.campaigns.survey_file import GRACE_MINUTES, MAX_GRACE_MINUTES
from surveys.web.staff.once import OnceForm

RATES = [
    SelectChoice("all", _l("all chosen units")),
    SelectChoice("own", _l("their own unit")),
    SelectChoice("draw", _l("a few, drawn at random")),
    SelectChoice("own_draw", _l("their own unit and a few drawn at random")),
    SelectChoice("list", _l("these units (codes):")),
]


class GroupForm(Form):
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
    units = StringField(_l("Codes of units"), [Length(max=2000)])
    expected = IntegerField(_l("People expected"), [Optional(), NumberRange(1, 10**7)])
    required_turnout = FloatField(_l("Required turnout, percent"), [Optional(), NumberRange(0, 100)])


class SurveyForm(FlaskForm):
    """A new survey."""

    questionnaire = SelectField(_l("Questionnaire"))
    title = StringField(_l("Title"), [Length(max=100)], description=_l("Empty: the title of the questionnaire."))
    title_en = StringField(_l("Title in English"), [Length(max=100)])
    slug = StringField(
        _l("Address"),
        [InputRequired(), Length(max=40)],
        description=_l("Letters, digits and dashes; it is part of the link, for example response-2011."),
    )
    campaign = StringField(_l("Campaign"), [Length(max=100)])
    stage = StringField(_l("Stage"), [Length(max=100)])
    units = SelectMultipleField(
        _l("Units to rate"), option_widget=CheckboxInput(), widget=ListWidget(prefix_label=False), validate_choice=True
    )
    groups = FieldList(FormField(GroupForm), min_entries=3, max_entries=8)
    opens = DateTimeLocalField(_l("Opens"), [InputRequired()], format=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"])
    closes = DateTimeLocalField(_l("Closes"), [InputRequired()], format=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"])
    grace_minutes = IntegerField(
        _l("Minutes for late ballots"), [Optional(), NumberRange(0, MAX_GRACE_MINUTES)],
        default=GRACE_MINUTES, description=_l("Who began before the end may still send until so long after it."),
    )  # fmt: skip
    minimum = IntegerField(
        _l("Smallest number of ratings that may be shown"),
        [InputRequired(), NumberRange(2, 1000)],
        default=5,
        description=_l("Figures from fewer ratings are withheld, so that nobody can be recognised in them."),
    )
    trim = SelectField(
        _l("Before a mean"),
        choices=[
            SelectChoice("none", _l("all ratings count")),
            SelectChoice("drop_ends", _l("with more than 5 ratings, the highest and the lowest are dropped")),
            SelectChoice("share5", _l("the highest 5 percent and the lowest 5 percent are dropped")),
            SelectChoice("share10", _l("the highest 10 percent and the lowest 10 percent are dropped")),
        ],
    )
    short_group = SelectField(
        _l("If a group has too few ratings of a unit"),
        choices=[
            SelectChoice("reweigh", _l("the other groups' weights are used, and the result says so")),
            SelectChoice("no_score", _l("the unit gets no score")),
        ],
    )
    void_same_over = IntegerField(
        _l("A ballot that gives the same answer throughout is void if it rates at least so many units"),
        [Optional(), NumberRange(1, 500)],
    )
    rate_overall = BooleanField(_l("The satisfaction rate is that of the item “overall”"), default=True)
    open_apart = BooleanField(
        _l("Ballots by open link are reported separately and count in no score"),
        description=_l("Anyone with the link can send one, so they may come from other people, or twice from one."),
    )
    grades = SelectField(
        _l("Grades"),
        choices=[
            SelectChoice("quality", _l("优秀 90 · 良好 80 · 一般 60 · 较差")),
            SelectChoice("grading2012", _l("好 90 · 较好 80 · 一般 60 · 较差")),
        ],
    )
    gate = FloatField(
        _l("A satisfaction rate below this percentage caps the grade at the third"), [Optional(), NumberRange(0, 100)]
    )
    parts = SelectField(
        _l("Evaluation sheet"),
        choices=[
            SelectChoice("five_goods", _l("by the five goods, 20 each")),
            SelectChoice("by_source", _l("own score 20, survey 30, check group 50")),
        ],
    )
    revision = HiddenField()
    submit = SubmitField(_l("Save the draft"))


def survey_data(form: SurveyForm, items: set[str]) -> dict[str, Any]:
    """The form as the data of a survey file; `items` are the codes of the questionnaire's ratings."""
    data: dict[str, Any] = {
        "slug": (form.slug.data or "").strip(),
        "questionnaire": form.questionnaire.data,
        "units": form.units.data or [],
        "groups": [
            _group_data(entry, number)
            for number, entry in enumerate(form.groups, 1)
            if (entry.form.name.data or "").strip()
        ],
        "opens": form.opens.data,
        "closes": form.closes.data,
        "grace_minutes": GRACE_MINUTES if form.grace_minutes.data is None else form.grace_minutes.data,
        "rule": _rule_data(form, items),
    }
    if form.title.data:
        data["title"] = {"zh": form.title.data, "en": form.title_en.data or ""}
    for name in ("campaign", "stage"):
        if form[name].data:
            data[name] = form[name].data
    return data


def fill_form(form: SurveyForm, plan: SurveyPlan) -> None:
    """Fill the form with a draft's plan, so far as the form can say it."""
    rule = plan.rule
    form.questionnaire.data, form.slug.data = plan.questionnaire.key, plan.slug
    form.title.data, form.title_en.data = plan.title["zh"], plan.title.get("en", "")
    form.campaign.data = plan.campaign["zh"] if plan.campaign else ""
    form.stage.data = plan.stage["zh"] if plan.stage else ""
    form.units.data = [unit.code for unit in plan.units]
    while len(form.groups) < len(plan.groups):
        form.groups.append_entry()
    for entry in form.groups:
        entry.form.name.data = entry.form.name_en.data = ""
        entry.form.weight.data = None
    for entry, group in zip(form.groups, plan.groups, strict=False):
        row = entry.form
        row.name.data, row.name_en.data = group.text["zh"], group.text.get("en", "")
        row.weight.data, row.admission.data = group.weight, group.admission
        row.expected.data, row.required_turnout.data = group.expected, group.required_turnout
        listed = len(group.fixed) < len(plan.units) and not group.own and not group.draw
        row.rates.data = {(True, True): "own_draw", (True, False): "own", (False, True): "draw"}.get(
            (group.own, bool(group.draw)), "list" if listed else "all"
        )
        row.draw.data = group.draw or None
        row.units.data = " ".join(plan.units[unit].code for unit in group.fixed) if listed else ""
    form.minimum.data, form.short_group.data = rule.minimum, rule.short_group
    form.trim.data = {"none": "none", "drop_ends": "drop_ends"}.get(
        rule.trim.kind, f"share{int(rule.trim.share * 100)}"
    )
    form.void_same_over.data, form.rate_overall.data = rule.void_same_over, rule.rate_item == "overall"
    form.open_apart.data = rule.open_apart
    form.grades.data = "grading2012" if rule.grades and rule.grades[0].name["zh"] == "好" else "quality"
    form.gate.data = rule.gates[0].under if rule.gates else None
    form.parts.data = "by_source" if len(rule.parts) == 3 else "five_goods"


@dataclass(frozen=True)
class FieldDifference:
    """A field in which two versions of a draft differ, with both in words."""

    label: str
    typed: str
    stored: str


def differences(typed: SurveyForm, stored: SurveyForm) -> list[FieldDifference]:
    """The fields in which what somebody typed differs from what is stored."""
    pairs = list(zip(_fields_of(typed), _fields_of(stored), strict=False))
    return [
        FieldDifference(label, mine, theirs) for (label, mine), (_label, theirs) in pairs if mine != theirs
    ]  # fmt: skip


def _fields_of(form: SurveyForm) -> list[tuple[str, str]]:
    """The fields of a form as (label, value in words)."""
    found = []
    for field in form:
        if field.type in ("HiddenField", "SubmitField", "CSRFTokenField"):
            continue
        if isinstance(field, FieldList):
            for number, entry in enumerate(field, 1):
                named = bool((entry.form.name.data or "").strip())
                for inner in entry.form:
                    words = " ".join(_codes(inner.data)) if inner is entry.form.units else _in_words(inner)
                    found.append((f"{_l('Group')} {number}: {inner.label.text}", words if named else ""))
        else:
            found.append((str(field.label.text), _in_words(field)))
    return found


def _in_words(field: Field) -> str:
    """A field's value as people read it."""
    if isinstance(field, BooleanField):
        return "✓" if field.data else "—"
    values = field.data if isinstance(field.data, list) else [field.data]
    names = {str(choice.value): str(choice.label) for choice in getattr(field, "choices", None) or []}
    return ", ".join(names.get(str(value), str(value)) for value in values if value not in (None, ""))


def _codes(typed: str | None) -> list[str]:
    """The codes in a field: with spaces, commas or semicolons between them."""
    return [code for code in re.split(r"[\s,;，；、]+", typed or "") if code]


def _group_data(entry: Any, number: int) -> dict[str, Any]:
    row = entry.form
    rates = row.rates.data
    data: dict[str, Any] = {
        "code": f"g{number}",
        "name": {"zh": row.name.data, "en": row.name_en.data or ""},
        "weight": 1.0 if row.weight.data is None else row.weight.data,
        "admission": row.admission.data,
        "own": rates in ("own", "own_draw"),
    }
    if rates in ("draw", "own_draw"):
        data["draw"] = row.draw.data or 3
    if rates == "list":
        data["units"] = _codes(row.units.data)
    for name in ("expected", "required_turnout"):
        if row[name].data is not None:
            data[name] = row[name].data
    return data


def _rule_data(form: SurveyForm, items: set[str]) -> dict[str, Any]:
    rule: dict[str, Any] = {
        "minimum": form.minimum.data,
        "short_group": form.short_group.data,
        "grades": form.grades.data,
        "parts": form.parts.data,
    }
    if form.trim.data == "drop_ends":
        rule["trim"] = {"drop_ends": 1}
    elif form.trim.data and form.trim.data.startswith("share"):
        rule["trim"] = {"share": int(form.trim.data[5:]) / 100}
    if form.void_same_over.data:
        rule["void"] = {"same_over": form.void_same_over.data}
    if form.rate_overall.data and "overall" in items:
        rule["rate_item"] = "overall"
    if form.open_apart.data:
        rule["open_apart"] = True
    if form.gate.data is not None:
        rule["gates"] = [{"rate_under": form.gate.data, "cap": 2}]
    return rule


NO_UNIT, EACH_UNIT = "none", "each"


class CodesForm(OnceForm):
    """How many codes, for whom. `unit`: NO_UNIT, EACH_UNIT, or a position in the plan's units."""

    group = SelectField(_l("Group"), coerce=int)
    unit = SelectField(_l("Own unit"))
    count = IntegerField(_l("How many"), [InputRequired(), NumberRange(1, MAX_CODES)], default=50)
    submit = SubmitField(_l("Issue codes"))


class ReopenForm(FlaskForm):
    """A new end."""

    closes = DateTimeLocalField(_l("Closes"), [InputRequired()], format=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"])
    grace_minutes = IntegerField(_l("Minutes for late ballots"), [InputRequired(), NumberRange(0, MAX_GRACE_MINUTES)])
