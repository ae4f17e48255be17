"""Links by which staff try a draft on a phone that is not signed in."""

from __future__ import annotations

import hashlib
import hmac
import re
import time

from flask import current_app

from surveys.campaigns.drafts import Draft, read_draft
from surveys.campaigns.models import Survey
from surveys.campaigns.states import State

TRIAL_DAYS = 14
_TOKEN = re.compile(r"([0-9]{1,9})-([0-9]{1,6})-([0-9a-f]{32})\Z")  # in small letters, as such addresses are


def trial_token(survey: Survey) -> str:
    """What the link of a draft's trial ends with. It opens this draft alone, for two weeks, until it is published."""
    last_day = int(time.time() // 86400) + TRIAL_DAYS
    return f"{survey.id}-{last_day}-{_signature(survey, last_day)}"


def _signature(survey: Survey, last_day: int) -> str:
    """Signs the draft's own random key, because the id of a draft that was removed is given to another one."""
    said = b"trial/%d/%d/%s" % (survey.id, last_day, (survey.trial_key or "").encode())
    return hmac.digest(current_app.config["TOKEN_KEY"], said, hashlib.sha256)[:16].hex()


def draft_of_trial(token: str) -> Draft | None:
    """The draft that a trial's link opens; None: no such link, too old, or the draft is none any more."""
    found = _TOKEN.match(token)
    if found is None:
        return None
    survey_id, last_day = int(found[1]), int(found[2])
    survey = Survey.get_or_none(Survey.id == survey_id)
    if survey is None or survey.state != State.DRAFT or last_day < time.time() // 86400:
        return None
    return read_draft(survey) if hmac.compare_digest(found[3], _signature(survey, last_day)) else None
