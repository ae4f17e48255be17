"""A plan to look at a questionnaire with, before there is a survey: a few units, one group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from surveys.campaigns.indices import UnitIndex
from surveys.campaigns.plan import Group, RatedUnit, SurveyPlan
from surveys.inputs.text import Text
from surveys.questionnaires.items.base import Option
from surveys.questionnaires.questionnaire import Questionnaire
from surveys.scoring.rule import ScoreRule
from surveys.units.models import Unit, all_units

MOST_UNITS = 3
MADE_UP: tuple[Text, ...] = (
    {"zh": "第一党支部", "en": "Branch 1"},
    {"zh": "第二党支部", "en": "Branch 2"},
    {"zh": "第三党支部", "en": "Branch 3"},
)
EVERYBODY: Text = {"zh": "全体", "en": "Everybody"}


def sample_units() -> list[RatedUnit]:
    """The first stored branches, other units where there are none, or made-up names."""
    stored = all_units()
    by_id = {unit.id: unit for unit in stored}
    chosen = [unit for unit in stored if unit.kind == "branch"] or [unit for unit in stored if unit.kind != "committee"]
    if not chosen:
        return [RatedUnit(f"U{n}", name, "branch", None, name) for n, name in enumerate(MADE_UP, 1)]
    return [_rated(unit, by_id.get(unit.parent_id or 0)) for unit in chosen[:MOST_UNITS]]


def _rated(unit: Unit, parent: Unit | None) -> RatedUnit:
    return RatedUnit(unit.code, unit.text, unit.kind, parent.text if parent else None, unit.text, unit.about)


def for_everybody(definition: Mapping[str, Any]) -> dict[str, Any]:
    """A definition whose items the one group of a sample sees, whichever groups they are for."""
    sections = [
        {**section, "items": [{name: value for name, value in item.items() if name != "groups"}
                              for item in section.get("items") or []]}
        for section in definition.get("sections") or []
    ]  # fmt: skip
    return {**definition, "sections": sections}


def sample_plan(questionnaire: Questionnaire, units: Sequence[RatedUnit]) -> SurveyPlan:
    """A plan in which one group rates all of these units."""
    every = tuple(UnitIndex(position) for position in range(len(units)))
    group = Group("all", EVERYBODY, 1.0, "open", every, False, 0, (), None, None)
    asked = questionnaire.with_units([Option(unit.code, unit.text) for unit in units])
    return SurveyPlan("sample", questionnaire.title, None, None, asked, tuple(units), (group,), ScoreRule())
