"""What printed handouts say, from the settings and the reader's language."""

from __future__ import annotations

from collections.abc import Collection

from flask import current_app

from surveys.admission.font import missing_characters
from surveys.admission.printing import Handout
from surveys.campaigns.indices import GroupIndex
from surveys.campaigns.models import Survey
from surveys.campaigns.plan import Group, SurveyPlan
from surveys.campaigns.surveys import plan_of
from surveys.web.addresses import public_address
from surveys.web.languages import language


def handout_of(survey: Survey) -> Handout:
    """What slips and posters of a survey say."""
    config = current_app.config
    return Handout(
        plan_of(survey), survey.closes_at, config["TIMEZONE"], public_address("welcome.welcome", slug=survey.slug),
        config["ORGANISATION"], config["CONTACT"], language(),
    )  # fmt: skip


def unprintable(survey: Survey) -> str:
    """The characters of what handouts of a survey say that their font has not; empty: it has all."""
    plan, config = plan_of(survey), current_app.config
    texts = [
        plan.title,
        plan.campaign or {},
        *(unit.name for unit in plan.units),
        *(group.text for group in plan.groups),
    ]
    words = [word for text in texts for word in text.values()]
    return " ".join(missing_characters([*words, config["ORGANISATION"], config["CONTACT"]])[:20])


def proposed_codes(
    plan: SurveyPlan, among: Collection[GroupIndex] | None = None
) -> list[tuple[GroupIndex, Group, int]]:
    """The groups that use codes (of these), each with a number to begin with: its people, or so many of each unit."""
    rows = []
    for number, group in zip(plan.group_indices, plan.groups, strict=True):
        if group.admission == "code" and (among is None or number in among):
            share = -(-group.expected // len(plan.units)) if group.expected and group.own else group.expected
            rows.append((number, group, share or 50))
    return rows
