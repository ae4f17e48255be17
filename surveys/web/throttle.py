"""Throttling of wrong codes and wrong passwords. Right ones never count, so a lecture hall gets in.

Addresses are keys in memory for a minute; they are neither stored nor logged. This uses `limits`, the engine of
Flask-Limiter: the extension would check every request, which costs respondents' pages a sixth of their speed.
"""

from __future__ import annotations

from flask import Flask, current_app, request
from limits import RateLimitItem, parse
from limits.storage import storage_from_string
from limits.strategies import FixedWindowRateLimiter

from surveys.campaigns.indices import SurveyId


def init_throttle(app: Flask) -> None:
    """Open the storage of the counts."""
    app.extensions["throttle"] = FixedWindowRateLimiter(storage_from_string(app.config["THROTTLE_STORAGE"]))


def is_throttled(what: str) -> bool:
    """Whether this address has used up its wrong tries for a minute. `what` is CODES or PASSWORDS."""
    return not current_app.extensions["throttle"].test(_limit(what), what, request.remote_addr or "")


def count_failure(what: str) -> bool:
    """Count a wrong try of this address; returns whether it was still allowed one."""
    return bool(current_app.extensions["throttle"].hit(_limit(what), what, request.remote_addr or ""))


def count_ballot(survey_id: SurveyId, sender: str) -> int:
    """Count an open-link ballot of a sender (see ballots/proof_of_work.py); how many came within a minute.

    A storage of counts that fails stops nobody.
    """
    try:
        return int(current_app.extensions["throttle"].storage.incr(f"ballots/{survey_id}/{sender}", 60))
    except Exception as error:
        current_app.logger.error("ballots cannot be counted for throttling: %s", type(error).__name__)
        return 0


def _limit(what: str) -> RateLimitItem:
    return parse(f"{current_app.config[f'WRONG_{what}_PER_MINUTE']} per minute")
