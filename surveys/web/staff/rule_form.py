"""The form of the step that says how a survey is scored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FieldList, FloatField, FormField, IntegerField, RadioField, SelectChoice, SelectField
from wtforms.validators import InputRequired, NumberRange, Optional

from surveys.campaigns.drafts import Draft
from surveys.campaigns.rule_file import TRIMS
from surveys.inputs.text import pick
from surveys.questionnaires.items.rating import RatingItem
from surveys.web.languages import language
from surveys.web.staff.draft_forms import StepForm
from surveys.web.staff.group_form import AS_IN_FILE
from surveys.web.staff.rule_rows import MOST_GRADES, GateRow, GradeRow, QuotaRow, said_rows, show_rows

SHOWN = (
    "minimum",
    "trim",
    "short_group",
    "void",
    "rate_item",
    "grades",
    "gates",
    "quotas",
    "improve_under",
    "parts",
    "population",
    "turnout_required",
    "open_apart",
)
"""What this form says of a rule. What else a survey file said stays."""

PRESETS: dict[str, dict[str, Any]] = {
    "plain": {},
    "careful": {"trim": {"drop_ends": 1}, "void": {"same_over": 5}},
    "grading2012": {"grades": "grading2012", "gates": [{"rate_under": 90.0, "cap": 2}], "parts": "by_source"},
}
"""Rules ready to use, as what they say beside the defaults."""

OWN = "own"
TRIM_CHOICES = [
    SelectChoice("none", _l("all ratings count")),
    SelectChoice("drop_ends", _l("with more than 5 ratings, the highest and the lowest are dropped")),
    SelectChoice("share5", _l("the highest 5 percent and the lowest 5 percent are dropped")),
    SelectChoice("share10", _l("the highest 10 percent and the lowest 10 percent are dropped")),
]
GRADE_CHOICES = [
    SelectChoice("quality", _l("优秀 90 · 良好 80 · 一般 60 · 较差")),
    SelectChoice("grading2012", _l("好 90 · 较好 80 · 一般 60 · 较差")),
]
OWN_GRADES = SelectChoice(OWN, _l("grades of our own, below"))
MOST_LIMITS = 6
"""The most rows of what caps grades, and of their quotas."""
_DEFAULTS: dict[str, Any] = {
    "grades": "quality",
    "parts": "five_goods",
    "gates": [],
    "quotas": [],
    "trim": {},
    "void": {},
}


class RuleStep(StepForm):
    """How it is scored."""

    part = "rule"
    preset = RadioField(
        _l("How scores are made"),
        choices=[
            SelectChoice("plain", _l("Plain: the mean of all ratings, the groups by their weights")),
            SelectChoice("careful", _l("Careful: beyond five ratings the highest and the lowest are dropped, and a ballot "
                                       "that gives the same answer to five units or more is void")),
            SelectChoice("grading2012", _l("Grading of 2012: own score, survey and check group together; with a "
                                           "satisfaction rate under 90 percent neither of the two best grades")),
            SelectChoice(OWN, _l("A rule of our own, set below")),
        ],
    )  # fmt: skip
    minimum = IntegerField(
        _l("Smallest number of ratings that may be shown"),
        [InputRequired(), NumberRange(2, 1000)],
        default=5,
        description=_l("Figures from fewer ratings are withheld, so that nobody can be recognised in them."),
    )
    trim = SelectField(_l("Before a mean"))
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
    rate_item = SelectField(_l("The satisfaction rate is of"))
    open_apart = BooleanField(
        _l("Ballots by open link are reported separately and count in no score"),
        description=_l("Anyone with the link can send one, so they may come from other people, or twice from one."),
    )
    turnout_required = BooleanField(_l("Short of the required turnout, the result is not valid"))
    grades = SelectField(_l("Grades"))
    own_grades = FieldList(FormField(GradeRow), max_entries=MOST_GRADES)
    gates = FieldList(FormField(GateRow), max_entries=MOST_LIMITS)
    quotas = FieldList(FormField(QuotaRow), max_entries=MOST_LIMITS)
    improve_under = FloatField(
        _l("Under this satisfaction rate in percent, improvements are required of a unit"),
        [Optional(), NumberRange(0, 100)],
    )
    parts = SelectField(_l("Evaluation sheet"))
    population = SelectField(
        _l("Intervals are about"),
        choices=[
            SelectChoice("people_like_these", _l("people like those asked")),
            SelectChoice("finite", _l("the people entitled, where their number is known")),
        ],
        description=_l("With the second, the more of the people entitled answer, the shorter an interval is."),
    )

    def offer(self, draft: Draft) -> None:
        """Offer the questionnaire's ratings, and what a survey file says if the form cannot say it."""
        rule = _rule(draft)
        grades = rule["grades"] if _shown_grades(rule["grades"]) == OWN else []
        named = [
            {**one, "name": one["name"] if isinstance(one["name"], Mapping) else {"zh": one["name"]}} for one in grades
        ]
        self._stored_rows = [named, rule["gates"], rule["quotas"]]

        def also(known: bool, choices: list[SelectChoice]) -> list[SelectChoice]:
            return choices if known else [*choices, AS_IN_FILE]

        self.trim.choices = also(rule["trim"] in TRIMS.values(), TRIM_CHOICES)
        self.grades.choices = also(_shown_grades(rule["grades"]) is not None, [*GRADE_CHOICES, OWN_GRADES])
        self.parts.choices = also(rule["parts"] in ("five_goods", "by_source"), [
            SelectChoice("five_goods", _l("by the five goods, 20 each")),
            SelectChoice("by_source", _l("own score 20, survey 30, check group 50")),
        ])  # fmt: skip
        rated = _rated(draft)
        self.rate_item.choices = [
            SelectChoice("", _l("all ratings")),
            *(SelectChoice(item.code, pick(item.text, language())) for item in rated),
        ]
        if rule.get("rate_item") and rule["rate_item"] not in [item.code for item in rated]:
            self.rate_item.choices.append(SelectChoice(rule["rate_item"], rule["rate_item"]))

    def fill(self, draft: Draft) -> None:
        rule = _rule(draft)
        self.preset.data = _preset_of(rule)
        self.minimum.data, self.short_group.data = rule.get("minimum", 5), rule.get("short_group", "reweigh")
        self.trim.data = next((name for name, said in TRIMS.items() if said == rule["trim"]), "file")
        self.void_same_over.data = rule["void"].get("same_over")
        self.rate_item.data = rule.get("rate_item") or ""
        self.improve_under.data = rule.get("improve_under")
        self.population.data = rule.get("population", "people_like_these")
        self.open_apart.data, self.turnout_required.data = (
            bool(rule.get("open_apart")),
            bool(rule.get("turnout_required")),
        )
        self.parts.data = rule["parts"] if isinstance(rule["parts"], str) else "file"
        self.grades.data = _shown_grades(rule["grades"]) or "file"
        show_rows(self.own_grades, rule["grades"] if self.grades.data == OWN else [], MOST_GRADES, 4)
        show_rows(self.gates, rule["gates"], MOST_LIMITS)
        show_rows(self.quotas, rule["quotas"], MOST_LIMITS)
        self.offer(draft)

    def values(self, draft: Draft) -> dict[str, Any]:
        stored = _rule(draft)
        rule = {name: value for name, value in stored.items() if name not in SHOWN}
        preset = PRESETS.get(self.preset.data or OWN)
        rule |= {
            "minimum": self.minimum.data,
            "short_group": self.short_group.data,
            "rate_item": self.rate_item.data or None,
            "improve_under": self.improve_under.data,
            "population": self.population.data if self.population.data == "finite" else None,
            "open_apart": self.open_apart.data,
            "turnout_required": self.turnout_required.data,
            **(self._own(stored) if preset is None else {**_DEFAULTS, **preset}),
        }
        left_out = {name: value for name, value in rule.items() if value in (None, False, {}, []) and name != "grades"}
        return {"rule": {name: value for name, value in rule.items() if name not in left_out}}

    def validate(self, extra_validators: Mapping[str, Any] | None = None) -> bool:
        """Nothing that is typed is dropped: rows that are filled in count only in a rule of one's own."""
        valid = super().validate(extra_validators)
        if self.preset.data == OWN and self.grades.data == OWN and not said_rows(self.own_grades):
            self.grades.errors = [*self.grades.errors, _l("Fill in the grades of your own, or choose other ones.")]
            valid = False
        if self.preset.data != OWN and self._rows() != self._stored_rows:
            self.preset.errors = [
                *self.preset.errors,
                _l(
                    "Grades, limits or quotas are filled in below. They count only in a rule of your own: choose it, or empty them."
                ),
            ]
            valid = False
        return valid

    def _rows(self) -> list[list[dict[str, Any]]]:
        return [said_rows(rows) for rows in (self.own_grades, self.gates, self.quotas)]

    def _own(self, stored: Mapping[str, Any]) -> dict[str, Any]:
        """What is set in the form itself."""
        own: dict[str, Any] = {
            name: stored[name] if self[name].data == "file" else self[name].data for name in ("grades", "parts")
        }
        if own["grades"] == OWN:
            own["grades"] = said_rows(self.own_grades)
        own["gates"], own["quotas"] = said_rows(self.gates), said_rows(self.quotas)
        own["trim"] = stored["trim"] if self.trim.data == "file" else TRIMS[self.trim.data]
        own["void"] = {name: value for name, value in stored["void"].items() if name != "same_over"}
        if self.void_same_over.data:
            own["void"]["same_over"] = self.void_same_over.data
        return own


def kept_names(draft: Draft) -> list[str]:
    """What a survey file says of the rule and the form does not show."""
    return sorted(name for name in _rule(draft) if name not in SHOWN)


def _rule(draft: Draft) -> dict[str, Any]:
    return {**_DEFAULTS, **(draft.data.get("rule") or {})}


def _rated(draft: Draft) -> tuple[RatingItem, ...]:
    return draft.questionnaire.rated if draft.questionnaire else ()


def _shown_grades(grades: object) -> str | None:
    """The choice that says these grades; None where only a survey file can."""
    if isinstance(grades, str):
        return grades
    return OWN if isinstance(grades, list) and len(grades) <= MOST_GRADES else None


def _preset_of(rule: Mapping[str, Any]) -> str:
    said = {name: rule[name] for name in _DEFAULTS}
    return next((name for name, preset in PRESETS.items() if {**_DEFAULTS, **preset} == said), OWN)
