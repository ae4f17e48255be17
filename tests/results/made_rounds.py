"""Sealed rounds of a campaign with ballots that are given as arrays of levels."""

from __future__ import annotations

from typing import Any

import numpy as np

from surveys.ballots.models import insert_ballots, insert_receipts
from surveys.campaigns.campaigns import CampaignFields, add_survey, create_campaign, find_campaign, get_campaign
from surveys.campaigns.models import Campaign, Survey
from surveys.campaigns.surveys import plan_of
from surveys.questionnaires.scales import PRESETS
from surveys.storage.transactions import write
from tests.acting import TESTER, seal
from tests.helpers import closed, published, units

ITEMS = ("listen", "serve", "mend")
GROUPS = [{"code": "students", "name": "学生", "admission": "code"}]


def questionnaire(items: tuple[str, ...] = ITEMS, scale: str = "satisfaction4") -> dict[str, Any]:
    """Ratings alone, so that a ballot is its levels, unit by unit."""
    asked = [{"code": code, "type": "rating", "scale": "s", "text": code} for code in items]
    scales = {"s": PRESETS[scale]}
    return {"key": "made", "title": "测评", "scales": scales, "sections": [{"per": "unit", "items": asked}]}


def named_units(codes: list[str], parent: str = "机关党总支") -> list[dict[str, Any]]:
    """Units with these codes."""
    return [{"code": code, "name": {"zh": f"{code}党支部"}, "parent": parent} for code in codes]


def sealed_round(slug: str, *groups: np.ndarray, campaign: str = "drive", stage: int = 3, **changes: Any) -> Survey:
    """A sealed survey in a campaign with these ballots, as arrays (ballots, units × items) of levels by group."""
    rows = [np.asarray(rows, np.uint8) for rows in groups]
    data = {"questionnaire": questionnaire(), "groups": GROUPS, **changes}
    data.setdefault("units", units(rows[0].shape[1] // len(ITEMS)))
    survey = published(slug=slug, **data)
    assert plan_of(survey).width == rows[0].shape[1]

    def fill() -> None:
        numbers = np.random.default_rng(survey.id)
        for group, ballots in enumerate(rows):
            insert_ballots(survey.id, group, [(0, ballot.tobytes()) for ballot in ballots], [])
            insert_receipts(survey.id, [numbers.bytes(16) for _ in ballots])

    write(fill)
    closed(survey)
    seal(slug)
    put_into(slug, campaign, stage)
    return Survey.get_by_id(survey.id)


def put_into(slug: str, campaign: str = "drive", stage: int = 3) -> Campaign:
    """Put a survey into a campaign, which is made where it is not there."""
    if find_campaign(campaign) is None:
        create_campaign(TESTER, campaign, CampaignFields("党建活动", "Party building drive"))
    add_survey(TESTER, campaign, slug, stage)
    survey = Survey.get(Survey.slug == slug)
    # Tests make surveys within a second: rounds are in the order in which they were made.
    Survey.update(closes_at=survey.closes_at + survey.id).where(Survey.id == survey.id).execute()
    return get_campaign(campaign)
