"""What there is to know of a sealed survey beside its tables. Plain values, the same in files and in the API."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from surveys.campaigns.models import Survey
from surveys.inputs.text import pick
from surveys.results.report import Report


@dataclass(frozen=True)
class GroupFacts:
    """A group: its code, name and weight (null where the method is not published), and whether it is reported apart."""

    code: str
    name: str
    weight: float | None
    apart: bool


@dataclass(frozen=True)
class UnitFacts:
    """A unit: its code and name, and the name of the unit above."""

    code: str
    name: str
    parent: str | None


@dataclass(frozen=True)
class SurveyFacts:
    """A sealed survey. Times are ISO 8601; `minimum`: fewer ratings are withheld; `valid`: whether the result counts.

    Null: not published, and the token reads what is published alone.
    """

    survey: str
    title: str
    campaign: str
    opens_at: str | None
    closes_at: str | None
    sealed_at: str
    ballots: int | None
    receipts: int | None
    lost: int | None
    valid: bool
    minimum: int | None
    decimals: int | None
    method: str | None
    digest: str
    groups: list[GroupFacts]
    units: list[UnitFacts]

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return asdict(self)


def survey_facts(survey: Survey, report: Report, timezone: str, language: str) -> SurveyFacts:
    """The facts of a sealed survey, in a language, with times of a time zone."""
    plan, stored, zone = report.plan, report.stored, ZoneInfo(timezone)

    def at(seconds: int) -> str:
        return datetime.fromtimestamp(seconds, zone).isoformat()

    return SurveyFacts(
        survey=survey.slug,
        title=pick(plan.title, language),
        campaign=pick(plan.campaign, language) if plan.campaign else "",
        opens_at=at(survey.opens_at),
        closes_at=at(survey.closes_at),
        sealed_at=at(stored.sealed_at),
        ballots=stored.ballots,
        receipts=stored.receipts,
        lost=stored.lost,
        valid=report.valid,
        minimum=plan.rule.minimum,
        decimals=plan.rule.decimals,
        method=stored.method,
        digest=stored.digest,
        groups=[GroupFacts(g.code, pick(g.text, language), g.score_weight, g.apart) for g in plan.groups],
        units=[
            UnitFacts(u.code, pick(u.text, language), pick(u.parent, language) if u.parent else None)
            for u in plan.units
        ],
    )  # fmt: skip
