"""The form of the step that says how a survey is scored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FloatField, IntegerField, RadioField, SelectChoice, SelectField
from wtforms.validators import InputRequired, NumberRange, Optional

from surveys.campaigns.drafts import Draft
from surveys.inputs.text import pick
from surveys.questionnaires.items.rating import RatingItem
from surveys.web.languages import language
from surveys.web.staff.draft_forms import StepForm
from surveys.web.staff.group_form import AS_IN_FILE

SHOWN = (
    "minimum",
    "trim",
    "short_group",
    "void",
    "rate_item",
    "grades",
    "gates",
    "parts",
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
_TRIMS = {"none": {}, "drop_ends": {"drop_ends": 1}, "share5": {"share": 0.05}, "share10": {"share": 0.1}}
_DEFAULTS: dict[str, Any] = {"grades": "quality", "parts": "five_goods", "gates": [], "trim": {}, "void": {}}


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
                                           "satisfaction rate under 90 % neither of the two best grades")),
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
    gate = FloatField(
        _l("A satisfaction rate below this percentage caps the grade at the third"), [Optional(), NumberRange(0, 100)]
    )
    parts = SelectField(_l("Evaluation sheet"))

    def offer(self, draft: Draft) -> None:
        """Offer the questionnaire's ratings, and what a survey file says if the form cannot say it."""
        rule = _rule(draft)

        def also(known: bool, choices: list[SelectChoice]) -> list[SelectChoice]:
            return choices if known else [*choices, AS_IN_FILE]

        self.trim.choices = also(rule["trim"] in _TRIMS.values(), [
            SelectChoice("none", _l("all ratings count")),
            SelectChoice("drop_ends", _l("with more than 5 ratings, the highest and the lowest are dropped")),
            SelectChoice("share5", _l("the highest 5 percent and the lowest 5 percent are dropped")),
            SelectChoice("share10", _l("the highest 10 percent and the lowest 10 percent are dropped")),
        ])  # fmt: skip
        self.grades.choices = also(rule["grades"] in ("quality", "grading2012"), [
            SelectChoice("quality", _l("优秀 90 · 良好 80 · 一般 60 · 较差")),
            SelectChoice("grading2012", _l("好 90 · 较好 80 · 一般 60 · 较差")),
        ])  # fmt: skip
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
        self.trim.data = next((name for name, said in _TRIMS.items() if said == rule["trim"]), "file")
        self.void_same_over.data = rule["void"].get("same_over")
        self.rate_item.data = rule.get("rate_item") or ""
        self.open_apart.data, self.turnout_required.data = (
            bool(rule.get("open_apart")),
            bool(rule.get("turnout_required")),
        )
        for field, name in ((self.grades, "grades"), (self.parts, "parts")):
            field.data = rule[name] if isinstance(rule[name], str) else "file"
        self.gate.data = _simple_gate(rule["gates"])
        self.offer(draft)

    def values(self, draft: Draft) -> dict[str, Any]:
        stored = _rule(draft)
        rule = {name: value for name, value in stored.items() if name not in SHOWN}
        preset = PRESETS.get(self.preset.data or OWN)
        rule |= {
            "minimum": self.minimum.data,
            "short_group": self.short_group.data,
            "rate_item": self.rate_item.data or None,
            "open_apart": self.open_apart.data,
            "turnout_required": self.turnout_required.data,
            **(self._own(stored) if preset is None else {**_DEFAULTS, **preset}),
        }
        return {"rule": {name: value for name, value in rule.items() if value not in (None, False, {}, [])}}

    def _own(self, stored: Mapping[str, Any]) -> dict[str, Any]:
        """What is set in the form itself."""
        own: dict[str, Any] = {
            name: stored[name] if self[name].data == "file" else self[name].data for name in ("grades", "parts")
        }
        own["trim"] = stored["trim"] if self.trim.data == "file" else _TRIMS[self.trim.data]
        own["void"] = {name: value for name, value in stored["void"].items() if name != "same_over"}
        if self.void_same_over.data:
            own["void"]["same_over"] = self.void_same_over.data
        gates = stored["gates"]
        if gates and _simple_gate(gates) is None and self.gate.data is None:
            own["gates"] = gates  # of a kind that the form does not show
        else:
            own["gates"] = [] if self.gate.data is None else [{"rate_under": self.gate.data, "cap": 2}]
        return own


def kept_names(draft: Draft) -> list[str]:
    """What a survey file says of the rule and the form does not show."""
    return sorted(name for name in _rule(draft) if name not in SHOWN)


def _rule(draft: Draft) -> dict[str, Any]:
    return {**_DEFAULTS, **(draft.data.get("rule") or {})}


def _rated(draft: Draft) -> tuple[RatingItem, ...]:
    return draft.questionnaire.rated if draft.questionnaire else ()


def _simple_gate(gates: list[Any]) -> float | None:
    """The percentage of the one gate that the form can show."""
    if len(gates) == 1 and gates[0].get("cap") == 2 and "rate_under" in gates[0]:
        return gates[0]["rate_under"]
    return None


def _preset_of(rule: Mapping[str, Any]) -> str:
    said = {name: rule[name] for name in _DEFAULTS}
    return next((name for name, preset in PRESETS.items() if {**_DEFAULTS, **preset} == said), OWN)
